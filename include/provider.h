/* SPDX-License-Identifier: MIT */
/*
 * provider.h: what an upstream can do, as pure functions.
 *
 * A provider builds the HTTP request of a call and reads its answer. It does no
 * I/O and keeps no state; everything it makes lives in the arena given. What it
 * is like it says of itself, so that nobody else asks for its name.
 */
#ifndef PROVIDER_H
#define PROVIDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "outcome.h"
#include "provider_facts.h"
#include "task.h"
#include "token.h"
#include "upstream.h"

struct conf;
struct solver_credentials;

/*
 * The calls, facet by facet: what a provider can do at all is a facet of struct
 * provider, and a call of one facet is never given to another.
 */
enum call {
	/* jobs, and the token whose jobs they are */
	CALL_UPLOAD,		/* one reference of the task; call_input.media */
	CALL_CREATE,
	CALL_PENDING,		/* of a token: its unfinished tasks, all in one answer */
	CALL_DRAFTS,		/* of a token: a page of finished tasks, newest first; call_input.cursor */
	CALL_DRAFT,		/* one finished task again (its link expired); task->generation_id */
	CALL_QUOTA,		/* of a token: videos left */
	CALL_PUBLISH,		/* makes a post of a finished task; task->generation_id */
	CALL_UNPUBLISH,		/* deletes it again; task->post_id */
	CALL_RECENT,		/* of a token: a page of image tasks, which are in no other list, newest first;
				   call_input.cursor */
	/* of a provider that is asked for each job by itself */
	CALL_JOB,		/* one task: one sighting, or VERDICT_GONE */
	CALL_JOBS,		/* of a token: a page of its jobs, newest first; call_input.cursor */
	CALL_CONTENT,		/* the file of a finished task; call_input.location, outcome.location */
	CALL_DELETE,		/* a job that is not needed any more; call_input.job_id */
	/* account; what they tell is in outcome.facts */
	CALL_ME,		/* who it is */
	CALL_SUBSCRIPTION,	/* its plan */
	CALL_INVITE_MINE,	/* whether it may make videos, and its invitations; call_input.bootstrapped */
	CALL_BOOTSTRAP,		/* wakes an account that was never used */
	CALL_INVITE_ACCEPT,	/* call_input.invite_code, device_id */
	CALL_USERNAME_CHECK,	/* whether call_input.username is free */
	CALL_USERNAME_SET,	/* call_input.username; VERDICT_OLD_PATHS: repeat with old_paths */
	CALL_CAMEO_UPDATE,	/* changes a character that the account has; call_input.cameo */
	CALL_SESSION,		/* an access token for token->st */
	CALL_OAUTH,		/* an access token for token->rt */
	/* character: making one, and its end; call_input.making */
	CALL_CAMEO_UPLOAD,	/* the clip call_input.media; outcome.id is the cameo's */
	CALL_CAMEO_STATUS,	/* how far it is: outcome.cameo */
	CALL_ASSET_UPLOAD,	/* its picture, call_input.media_path; outcome.id is the asset pointer */
	CALL_CAMEO_FINALIZE,	/* outcome.id is the character's, or NULL */
	CALL_CHARACTER_DELETE,	/* fine, too, when it is gone already */
	/* public data, for a client that waits; call_input.lookup, outcome.json, outcome_error() */
	CALL_PROFILE,
	CALL_USER_FEED,
	CALL_PROFILE_FEED,	/* of the token's own account */
	CALL_SEARCH,
	CALL_FEED,
	CALL_ENHANCE,
	CALL_TASKS,		/* of a token: its unfinished tasks as they are; old_paths: the older list */
	CALL__MAX
};

enum facet_kind { FACET_JOB, FACET_ACCOUNT, FACET_CHARACTER, FACET_PUBLIC, FACET__MAX };

enum facet_kind	 call_facet(enum call call);
/* "create", "pending", ...: for the counters. */
const char	*call_name(enum call call);

struct cameo_making {		/* of a character: what its calls need, else NULL */
	const char	*cameo_id;	/* CALL_CAMEO_STATUS, CALL_CAMEO_FINALIZE */
	const char	*character_id;	/* CALL_CHARACTER_DELETE */
	const char	*timestamps;	/* CALL_CAMEO_UPLOAD: "0,3", which NULL stands for */
	const char	*username;	/* CALL_CAMEO_FINALIZE, as the next two */
	const char	*display_name;
	const char	*asset_pointer;
	const char	*instruction_set;	/* CALL_CAMEO_FINALIZE: plain text; NULL: none */
	const char	*safety_instruction_set;
};

struct lookup {			/* of public data; what a call does not need is not looked at */
	const char	*name;		/* a user name, or a part of it; CALL_USER_FEED: a user id */
	const char	*intent;	/* CALL_SEARCH: users, cameo */
	const char	*cut;		/* CALL_FEED: nf2_latest, nf2_top */
	int		 limit;
	const char	*cursor;	/* NULL: the first page */
	const char	*prompt;	/* CALL_ENHANCE, as the next two */
	const char	*expansion_level;
	int		 duration_s;	/* 0: not said */
	const char	*task_id;	/* CALL_TASKS: this one only; NULL: all */
};

struct cameo_update {		/* NULL: unchanged */
	const char	*cameo_id;
	const char	*instruction;	/* text; "" clears it */
	const char	*safety_instruction;
	const char	*visibility;	/* public, private */
};

struct call_input {
	enum call	 call;
	const struct conf *conf;
	const struct token *token;
	const struct task *task;	/* NULL for the calls of a token */
	const struct task_media *media;	/* CALL_UPLOAD */
	const char	*media_path;	/* of its file */
	const char	*cursor;	/* CALL_DRAFTS, CALL_RECENT: NULL for the first page */
	bool		 old_paths;	/* the server has this call's other path only, see VERDICT_OLD_PATHS */
	bool		 bootstrapped;	/* CALL_INVITE_MINE: CALL_BOOTSTRAP went before */
	const char	*invite_code;	/* CALL_INVITE_ACCEPT */
	const char	*device_id;	/* CALL_INVITE_ACCEPT: a new UUID */
	const char	*username;	/* CALL_USERNAME_CHECK, CALL_USERNAME_SET */
	const struct cameo_update *cameo;	/* CALL_CAMEO_UPDATE */
	const struct cameo_making *making;	/* the calls of a character */
	const struct lookup *lookup;	/* the calls of public data */
	const struct solver_credentials *solver;	/* cookies and user agent to go along; NULL: none */
	bool		 watermark_free;	/* lists: a file without watermark is preferred */
	const char	*spool_dir;	/* CALL_CREATE: where the task's media are, which no CALL_UPLOAD took */
	bool		 want_url;	/* CALL_JOB: a URL for the file, though there is a path for it */
	const char	*location;	/* CALL_CONTENT: where we were sent; NULL: where the task's file is */
	bool		 stranger;	/* CALL_CONTENT: another host was asked on the way: no key goes along */
	int64_t		 have;		/* CALL_CONTENT: so many bytes came before */
	const char	*job_id;	/* CALL_DELETE: the upstream's id */
};

/* How the calls of one facet are asked and read. */
struct facet {
	/* Fills `out`. ERR_INVALID_VALUE when this provider has no such call, or not for such a task. */
	enum err	(*build)(const struct call_input *in, struct arena *a, struct call_request *out,
			    struct error *e);
	/* `attempt` counts from 0, `now` is Unix time. Never fails: see out->verdict. */
	void		(*parse)(const struct call_input *in, const struct call_response *r, int attempt,
			    int64_t now, struct arena *a, struct outcome *out);
};

struct server_findings {	/* zeroed to begin with */
	int		 asked;		/* questions */
	int		 question;	/* the provider's own number of the last one */
	bool		 may_fail;	/* without an answer to it nothing is wrong */
	const char	*preset;	/* what the server is; NULL: not known yet */
	bool		 has_list;	/* it told its models */
	const char	**models;	/* those that may make videos or images, at most 256 */
	size_t		 n_models;
};

/* Finding out whether a token's server answers, what it is, and which models it has. */
struct server_facet {
	/* The next question, which changes nothing there; false: nothing more is needed. */
	bool		(*ask)(const struct token *t, struct server_findings *f, struct arena *a,
			    struct call_request *out);
	/* Adds what the answer tells; one that cannot be read tells nothing. */
	void		(*hear)(const struct token *t, const struct call_response *r, struct arena *a,
			    struct server_findings *f);
	/* As JSON text for tokens.found. */
	const char	*(*found)(const struct server_findings *f, struct arena *a);
};

struct provider {
	struct provider_facts facts;
	const struct facet *facets[FACET__MAX];	/* NULL: it cannot do that; FACET_JOB all have */
	const struct server_facet *server;	/* NULL: its tokens name no server, or one that is taken at its word */
	/* The prompt that upstream's lists show for this task: to find it again. */
	const char	*(*upstream_prompt)(const struct task *t, struct arena *a);
	/* by_job: whether a job of CALL_JOBS can be that task; its age is for the caller to see. */
	bool		(*is_its)(const struct token *token, const struct task *t, const struct sighting *s);
};

/*
 * The facet's build and parse of in->call: what a provider cannot do is refused
 * as ERR_INVALID_VALUE, and has no answer to be read.
 */
enum err	provider_build(const struct provider *p, const struct call_input *in, struct arena *a,
		    struct call_request *out, struct error *e);
void		provider_parse(const struct provider *p, const struct call_input *in,
		    const struct call_response *r, int attempt, int64_t now, struct arena *a,
		    struct outcome *out);

extern const struct provider provider_sora, provider_openai;

/* More providers, NULL at the end: none, but a program may be linked with an array of its own. */
extern const struct provider *const provider_more[];

/*
 * Fills the error that a client of public data gets for an outcome without
 * json; returns its code. `now` is Unix time, for Retry-After.
 */
enum err	outcome_error(const struct outcome *out, int64_t now, struct error *e);

/* TRANSPORT_LOCAL, of a call that takes the task's own things along. */
void		outcome_unsendable(const struct call_response *r, struct outcome *out);

/* The provider of that name; NULL when there is none. */
const struct provider *provider_find(const char *name);
/* The first that can do that; NULL when none can. */
const struct provider *provider_with(enum facet_kind kind);

#endif
