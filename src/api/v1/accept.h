/* SPDX-License-Identifier: MIT */
/*
 * accept.h: from a valid request to a stored task, at most once for an
 * idempotency key: what the routes that create tasks have in common.
 */
#ifndef API_ACCEPT_H
#define API_ACCEPT_H

#include "api/api.h"
#include "capability.h"
#include "digest.h"
#include "idem.h"
#include "media_ref.h"

struct accept;

struct accept_ops {
	/* Fills task from the request, and features. */
	enum err	 (*make)(struct accept *ac, struct error *e);
	/* Brings the references into the spool: accept_media, or media and n_media. */
	enum err	 (*store)(struct accept *ac, struct error *e);
	/* Parks the request until the task ends. */
	void		 (*wait)(struct accept *ac, struct resp *rs);
	/*
	 * For a request that does not wait: the body, stored with the idempotency key, and the
	 * answer.
	 */
	const char	*(*accepted)(const struct task *t, struct arena *a);
	void		 (*answer)(struct accept *ac, struct resp *rs, const char *body);
	const char	*verbatim;	/* see struct req; NULL: none */
};

struct accept {			/* one request on its way to a task */
	const struct accept_ops *ops;
	struct req	*rq;
	struct api	*api;
	const struct settings *settings;
	const struct pool *pool;	/* what can be served: until the task is stored */
	struct form	 form;
	bool		 waits;		/* for the result; else it is answered at once */
	struct task	 task;
	unsigned	 features;	/* that the task's fields do not tell of: capability.h */
	struct task_media media[MEDIA_REFS_MAX];
	size_t		 n_media;
	struct task_media clip;		/* file NULL: none */
	bool		 by_server;	/* remixes a server's video: that server only */
	const char	*prompt_field;	/* named in errors about the prompt; NULL: prompt */
	struct idem	 idem;		/* key NULL: the client sent none */
	unsigned char	 body_hash[DIGEST_SHA256_LEN];
};

/* Settings and form; accept_end in any case. */
MUST_CHECK enum err accept_begin(struct accept *ac, const struct accept_ops *ops, struct req *rq,
    struct error *e);
/* The form as the field readers of src/gen take it. */
struct request_body accept_body(struct accept *ac);
/* Everything after the check of the fields: media, storing, waiting or answering. */
MUST_CHECK enum err accept_run(struct accept *ac, struct resp *rs, struct error *e);
void	accept_end(struct accept *ac);

/*
 * Sets what the task remixes: a post or a local task; `source` is that task if the
 * caller has loaded it.
 */
MUST_CHECK enum err accept_remix(struct accept *ac, const char *target, const struct task *source,
    struct error *e);
/* Stores these references, in their order. */
MUST_CHECK enum err accept_media(struct accept *ac, const struct media_ref *refs, size_t n,
    struct error *e);
/* Stores the clip that a character is made of. */
MUST_CHECK enum err accept_clip(struct accept *ac, const struct media_ref *ref, struct error *e);

#endif
