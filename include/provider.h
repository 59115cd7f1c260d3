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
#include "json.h"
#include "task.h"
#include "token.h"
#include "upstream.h"

struct conf;
struct solver_credentials;

enum call {
	CALL_UPLOAD,		/* one reference of the task; call_input.media */
	CALL_CREATE,
	CALL_PENDING,		/* of a token: its unfinished tasks, all in one answer */
	CALL_DRAFTS,		/* of a token: a page of finished tasks, newest first; call_input.cursor */
	CALL_DRAFT,		/* one finished task again (its link expired); task->generation_id */
	CALL_QUOTA,		/* of a token: videos left */
	CALL_PUBLISH,		/* makes a post of a finished task; task->generation_id */
	CALL_UNPUBLISH,		/* deletes it again; task->post_id */
	/* of an account; what they tell is in outcome.facts */
	CALL_ME,		/* who it is */
	CALL_SUBSCRIPTION,	/* its plan */
	CALL_INVITE_MINE,	/* whether it may make videos, and its invitations; call_input.bootstrapped */
	CALL_BOOTSTRAP,		/* wakes an account that was never used */
	CALL_INVITE_ACCEPT,	/* call_input.invite_code, device_id */
	CALL_USERNAME_CHECK,	/* whether call_input.username is free */
	CALL_USERNAME_SET,	/* call_input.username; VERDICT_OLD_PATHS: repeat with old_paths */
	CALL_CAMEO_UPDATE,	/* changes a character; call_input.cameo */
	CALL_SESSION,		/* an access token for token->st */
	CALL_OAUTH,		/* an access token for token->rt */
	/* of a token's images: they are in no other list */
	CALL_RECENT,		/* a page of image tasks, newest first; call_input.cursor */
	/* of a character; call_input.making */
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
	/* of a provider that is asked for each job by itself */
	CALL_JOB,		/* one task: one sighting, or VERDICT_GONE */
	CALL_JOBS,		/* of a token: a page of its jobs, newest first; call_input.cursor */
	CALL_CONTENT,		/* the file of a finished task; call_input.location, outcome.location */
	CALL_DELETE,		/* a job that is not needed any more; call_input.job_id */
	CALL__MAX
};

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

/* What to do after a call that did not do what it should. */
enum verdict {
	VERDICT_OK,
	VERDICT_RETRY,		/* the same token, after retry_ms; at most conf.sora_max_retries times */
	VERDICT_OTHER,		/* another token; this one is not for it, or not now */
	VERDICT_OTHER_ONCE,	/* one more try on another token, then fail the task */
	/*
	 * The upstream may have acted: reconcile before repeating. Nothing lists
	 * what CALL_CAMEO_UPLOAD and CALL_CAMEO_FINALIZE made: not to be repeated.
	 */
	VERDICT_UNKNOWN,
	VERDICT_REFRESH,	/* the token was refused (401): refresh it and repeat, else another token */
	VERDICT_SLOT,		/* the account is full: back to the queue, the token is fine */
	VERDICT_OLD_PATHS,	/* the server lacks this path: repeat with old_paths, from now on */
	VERDICT_FAIL,		/* the task has failed for good; of an account: what was asked for was refused */
	VERDICT_DOWN,		/* nothing was begun, for the server is down or busy: back to the queue, as if
				   it had never been asked; see outcome.down */
	VERDICT_GONE,		/* CALL_JOB, CALL_CONTENT, CALL_DELETE: the server knows no such job */
	VERDICT_EARLY,		/* CALL_CONTENT: the file may be there soon */
};

enum sighting_state { SEEN_RUNNING, SEEN_DONE, SEEN_NOT_READY, SEEN_FAILED };

struct sighting {		/* a task as a list of the upstream shows it */
	const char	*upstream_id;
	const char	*prompt;	/* as upstream has it, or NULL */
	int64_t		 created_at;	/* 0: the list does not say */
	enum sighting_state state;
	double		 progress;	/* 0..100; -1: not said */
	const char	*generation_id;
	const char	*url;		/* SEEN_DONE */
	const char	**urls;		/* CALL_RECENT, SEEN_DONE: all of them, `url` first */
	size_t		 n_urls;
	bool		 watermark_free;	/* SEEN_DONE: that file has none */
	const char	*permalink;
	bool		 policy;	/* SEEN_FAILED: the content was refused */
	bool		 retryable;	/* SEEN_FAILED: may be tried once on another token */
	const char	*message;	/* SEEN_FAILED: fit for the client */
	const char	*log;		/* SEEN_FAILED: what upstream said, for our log; NULL: the same */
	const char	*code;		/* SEEN_FAILED: of the API; NULL: generation_failed */
	const char	*odd_status;	/* SEEN_RUNNING: a word that nobody knows; else NULL */
	const char	*model;		/* CALL_JOBS: as upstream has it, or NULL */
	const char	*fetch_url;	/* SEEN_DONE without `url`: where the file is, for us alone; NULL: CALL_CONTENT knows */
	bool		 payload;	/* SEEN_DONE: the file came along with the answer */
};

enum cameo_state {
	CAMEO_PROCESSING,
	CAMEO_NO_ASSET,		/* ready, but its picture is not there yet: soon, or never */
	CAMEO_READY,
	CAMEO_FAILED,
};

struct cameo_status {		/* a character that is being made; strings are NULL when not said */
	enum cameo_state state;
	const char	*username_hint;
	const char	*display_name_hint;
	bool		 finalized;	/* it has got its name */
	const char	*asset_url;	/* CAMEO_READY: its picture */
	bool		 policy;	/* CAMEO_FAILED: the content was refused */
	const char	*message;	/* CAMEO_FAILED: fit for the client */
};

struct quota {
	bool		 known;
	int		 remaining;	/* videos, purchased ones included; -1: not said */
	int64_t		 resets_in;	/* s; 0: not said */
	bool		 reached;
};

/*
 * What the calls of an account tell. Strings are NULL when they were not said;
 * tokens are credentials.
 */
struct account_facts {
	bool		 has_me;	/* CALL_ME: the next three are known */
	const char	*email;		/* CALL_SESSION, too */
	const char	*name;
	const char	*username;	/* CALL_USERNAME_SET, too */
	bool		 has_plan;	/* CALL_SUBSCRIPTION: the next three are known; no plan is all empty */
	const char	*plan_type;
	const char	*plan_title;
	int64_t		 subscription_end;	/* 0: not said */
	bool		 has_sora2;	/* CALL_INVITE_MINE, and CALL_QUOTA of an account without: the next four are known */
	int		 sora2_supported;	/* 1, 0; -1: not known */
	const char	*invite_code;
	int		 redeemed_count;
	int		 total_count;
	bool		 bootstrap;	/* CALL_INVITE_MINE: send CALL_BOOTSTRAP, then ask again */
	bool		 success;	/* CALL_INVITE_ACCEPT, CALL_USERNAME_SET: it was done */
	bool		 already_accepted;	/* CALL_INVITE_ACCEPT: it had been done before */
	bool		 available;	/* CALL_USERNAME_CHECK */
	const char	*access_token;	/* CALL_SESSION, CALL_OAUTH */
	const char	*session_token;	/* CALL_SESSION: a new one in place of token->st */
	const char	*session_expires;	/* CALL_SESSION: as upstream writes it */
	const char	*refresh_token;	/* CALL_OAUTH: a new one, the old one is void; NULL: it stays */
	int64_t		 expires_in;	/* CALL_OAUTH: s; 0: not said */
};

struct outcome {		/* zeroed: VERDICT_OK and nothing said */
	enum verdict	 verdict;
	int64_t		 retry_ms;	/* VERDICT_RETRY: wait that long first */
	bool		 policy;	/* VERDICT_FAIL: the content was refused */
	bool		 local;		/* VERDICT_FAIL: nothing was sent, for the task's own files or fields
					   cannot be: it says nothing of token or server */
	const char	*message;	/* VERDICT_FAIL, and every failed call of an account: fit for the client */
	const char	*log;		/* what happened, for our log: code and upstream's text, no secrets */
	struct token_change token;	/* what it means for the token */
	int		 slots;		/* VERDICT_SLOT: how many the account has; 0: not said */
	bool		 challenge;	/* a challenge page came: the egress is at fault */
	const char	*country;	/* not served there, the egress is at fault: its code, or ""; NULL: not said */
	bool		 expired;	/* the access token was refused because its time is over */
	struct quota	 quota;
	const char	*id;		/* CALL_UPLOAD: media id; CALL_CREATE: task id; CALL_PUBLISH: post id */
	const char	*permalink;	/* CALL_PUBLISH: where everybody can see it */
	struct sighting	*sightings;	/* CALL_PENDING, CALL_DRAFTS, CALL_DRAFT, CALL_RECENT */
	size_t		 n_sightings;	/* CALL_CREATE, one: the server has done it all at once */
	const char	*cursor;	/* CALL_DRAFTS, CALL_RECENT, CALL_JOBS: of the next page; NULL: this was the last */
	const char	*code;		/* VERDICT_FAIL: of the API; NULL: by `policy` */
	bool		 unreachable;	/* nothing was sent, for there is no way there now */
	bool		 down;		/* the server cannot be reached, or says that it is busy: it is to rest */
	bool		 sick;		/* it answered badly, maybe for this job alone */
	int		 seconds;	/* CALL_CREATE: as upstream took it; 0: not said */
	const char	*size;		/* CALL_CREATE: the same; NULL: not said */
	int64_t		 ask_after_ms;	/* CALL_CREATE, CALL_JOB: as upstream wishes; 0: not said */
	const char	*location;	/* CALL_CONTENT, VERDICT_OK: the file is there; NULL: this is the file */
	bool		 stranger;	/* CALL_CONTENT: that is another host */
	bool		 want_url;	/* CALL_CONTENT: the job is to be asked for its URL */
	struct account_facts facts;
	struct cameo_status cameo;	/* CALL_CAMEO_STATUS */
	bool		 bad_clip;	/* the clip shows nobody a character can be made of */
	bool		 name_refused;	/* CALL_CAMEO_FINALIZE: another user name has to do */
	const cJSON	*json;		/* public data: the body to answer with; CALL_CAMEO_UPDATE: the upstream's
					   object, or NULL; the arena's */
	enum err	 cause;		/* public data without it: why; see outcome_error */
};

struct provider {
	const char	*name;
	bool		 by_job;	/* CALL_JOB tells of one task; else lists tell of all of a token:
					   CALL_PENDING, CALL_DRAFTS, CALL_RECENT */
	bool		 uploads;	/* CALL_UPLOAD sends a reference ahead; else CALL_CREATE takes it along */
	bool		 publishes;	/* CALL_PUBLISH and CALL_UNPUBLISH; links of finished tasks are public */
	bool		 has_quota;	/* CALL_QUOTA */
	bool		 bans;		/* errors in a row disable a token; else it only rests */
	/* Fills `out`. ERR_INVALID_VALUE when this provider cannot do such a task. */
	enum err	(*build)(const struct call_input *in, struct arena *a, struct call_request *out,
			    struct error *e);
	/* `attempt` counts from 0, `now` is Unix time. Never fails: see out->verdict. */
	void		(*parse)(const struct call_input *in, const struct call_response *r, int attempt,
			    int64_t now, struct arena *a, struct outcome *out);
	/* The prompt that upstream's lists show for this task: to find it again. */
	const char	*(*upstream_prompt)(const struct task *t, struct arena *a);
	/* by_job: whether a job of CALL_JOBS can be that task; its age is for the caller to see. */
	bool		(*is_its)(const struct token *token, const struct task *t, const struct sighting *s);
};

extern const struct provider provider_sora, provider_openai;

/*
 * Fills the error that a client of public data gets for an outcome without
 * json; returns its code. `now` is Unix time, for Retry-After.
 */
enum err	outcome_error(const struct outcome *out, int64_t now, struct error *e);

/* TRANSPORT_LOCAL, of a call that takes the task's own things along. */
void		outcome_unsendable(struct outcome *out);

/* The provider of that name; NULL when there is none. */
const struct provider *provider_find(const char *name);

#endif
