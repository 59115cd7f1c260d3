/* SPDX-License-Identifier: MIT */
/*
 * state.h: what the sandbox remembers: accounts, their tasks and uploads, the
 * faults to come, and counters. All of it is in memory, behind one lock.
 *
 * Unless said otherwise, functions here are called with the lock held, and what
 * they return is valid until it is given back. Accounts stay for good; a reset
 * empties them.
 */
#ifndef SANDBOX_STATE_H
#define SANDBOX_STATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "limits.h"
#include "sandbox/openai/dialects.h"
#include "sandbox/sora/clearance.h"
#include "timeline.h"

struct account;
struct asked;
struct cameo;
struct clips;
struct fault;
struct grant;
struct invite;
struct options;
struct post;
struct req;
struct session;
struct username_rule;

#define ENDPOINTS_MAX	96		/* rows of the route table */

struct job {			/* a task: a video, or an image */
	char		*id;		/* task_... */
	char		*gen_id;	/* gen_... of the draft to come */
	char		*uuid;		/* of its media files */
	char		*prompt;
	char		*style;		/* NULL: none */
	char		*remix_target;
	const char	*orientation;	/* static */
	bool		 storyboard;
	bool		 image;
	int		 n_frames;
	int		 width, height;
	int		 asked_width, asked_height;	/* of an image, as the next */
	int		 n_inputs;
	struct account	*account;
	struct timeline	 timeline;
	struct post	*post;		/* the newest made of it; NULL: none */
	int64_t		 created_ms;	/* wall clock */
	int64_t		 created_mono;
	char		*model;		/* of a dialect's; NULL: none was named */
	char		*fields;	/* of the create, in JSON; NULL: too long */
	char		*input_sha256;	/* of the first file that came with it; NULL: none */
	bool		 gone;		/* deleted, or forgotten by a restart */
	char		*prompt_json;	/* what every poll repeats: the prompt, */
	char		*config_json;	/* and the creation_config; NULL until asked for */
};

struct media {			/* an uploaded file */
	char		*id;		/* media_... */
	char		*uuid;
	char		*file;		/* its name in the media folder */
	const char	*mime;		/* static */
	struct account	*account;
};

struct prompt_count {
	char		*prompt;
	long		 attempts;	/* creates that were read */
	long		 accepted;	/* tasks made */
};

struct endpoint_count {
	long		 calls;
	long		 refused;	/* answered with 400 or more, or by a fault */
};

enum index_kind {
	INDEX_JOB,			/* by id */
	INDEX_GENERATION,		/* jobs by gen_id */
	INDEX_FILE_JOB,			/* jobs by uuid */
	INDEX_MEDIA,			/* by id */
	INDEX_FILE_MEDIA,		/* media by uuid */
	INDEX_PROMPT,
	INDEX_ACCOUNT,			/* by e-mail, or user id without one */
	INDEX_DEAD_TOKEN,		/* digests of invalidated access tokens */
	INDEX_LATE_TOKEN,		/* of those that count as expired */
	INDEX_SESSION,			/* by session token */
	INDEX_GRANT,			/* by refresh token */
	INDEX_POST,			/* by id */
	INDEX_CAMEO,			/* by id */
	INDEX_FILE_CAMEO,		/* by uuid */
	INDEX_CHARACTER,		/* cameos by character id */
};

struct job_list {
	struct job	**at;
	size_t		  n, cap;
};

struct sandbox {
	pthread_mutex_t	 lock;
	pthread_cond_t	 stop_cond;	/* with the lock: `stopping` was set */
	bool		 stopping;
	const char	*public_url;	/* NULL: as the client wrote it */
	const char	*media_dir;
	bool		 control;
	bool		 shared_clips;
	char		 secret[65];	/* signs media URLs */
	long		 epoch;		/* of the signatures */
	const struct options *start;	/* what a reset goes back to */
	struct limits	 limits;
	const struct dialect *dialect;	/* NULL: the video service itself */
	struct manners	 manners;	/* of the dialect */
	long		 peak;		/* most unfinished videos at once, of it */
	long		 media_keys;	/* calls of media with an Authorization */
	struct clips	*clips;		/* has a lock of its own */
	void		*index;		/* tsearch(3) */
	void		*account_index;
	struct account	**accounts;
	size_t		 n_accounts, cap_accounts;
	struct job_list	 jobs;		/* all, oldest first */
	struct media	**media;
	size_t		 n_media, cap_media;
	struct prompt_count **prompts;
	size_t		 n_prompts, cap_prompts;
	struct fault	*faults;
	struct invite	*invites;
	struct username_rule *usernames;
	struct session	*sessions;
	struct grant	*grants;
	struct post	*posts;		/* the newest first */
	struct cameo	*cameos;	/* the newest first */
	struct clearance clearance;
	char		*parse_token;	/* of the link service; NULL: takes any */
	struct asked	*asked;		/* the newest first */
	size_t		 n_asked;
	void		*asked_index;
	struct endpoint_count calls[ENDPOINTS_MAX];
};

/* Both without the lock. `opt` is borrowed. */
struct sandbox	*sandbox_new(const struct options *opt);
void		 sandbox_free(struct sandbox *sb);
void		 sandbox_lock(struct sandbox *sb);
void		 sandbox_unlock(struct sandbox *sb);
/* Forgets everything that happened; without the lock. */
void		 sandbox_reset(struct sandbox *sb);
/* Ends the waits of sandbox_sleep, now and from now on; without the lock. */
void		 sandbox_wake(struct sandbox *sb);
/* Sleeps, without the lock. */
void		 sandbox_sleep(struct sandbox *sb, int64_t ms);

/* What URLs begin with. */
const char	*sandbox_base(const struct sandbox *sb, const struct req *rq);

/* What was put under that key, or NULL. Keys are borrowed by the index. */
void		*index_find(struct sandbox *sb, enum index_kind kind, const char *key);
void		 index_put(struct sandbox *sb, enum index_kind kind, const char *key, void *object);

/* Sets a text from the control path: an absent key changes nothing, null is a value. */
void		 set_text(const cJSON *body, const char *key, char **field);
/* The count of that prompt, made when it is new. */
struct prompt_count *prompt_count(struct sandbox *sb, const char *prompt);
/* Takes the media object into the state. */
void		 media_add(struct sandbox *sb, struct media *m);

#endif
