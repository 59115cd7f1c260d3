/* SPDX-License-Identifier: MIT */
/*
 * outcome.h: what an upstream's answer to a call means.
 *
 * A provider reads it out of the answer (provider.h, which names the calls); the
 * steps of a task and the rows of the store follow from it. Plain data.
 */
#ifndef OUTCOME_H
#define OUTCOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "json.h"
#include "task.h"

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
					   cannot be: it says nothing of token or server. VERDICT_RETRY: the
					   same, but for trouble of this host that may pass: no try counts */
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

#endif
