/* SPDX-License-Identifier: MIT */
/* task.h: a generation task, from its acceptance to its result. Its rows: task_store.h. */
#ifndef TASK_H
#define TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct character;

enum task_status { TASK_QUEUED, TASK_PROCESSING, TASK_COMPLETED, TASK_FAILED, TASK_CANCELLED };
enum task_kind { TASK_VIDEO, TASK_IMAGE, TASK_CHARACTER };

/*
 * What comes next for a task: a column of its row, so that a poller that was
 * killed, or another one, simply goes on.
 */
enum task_step {
	STEP_ASSIGN,		/* waits for a token and its slot */
	STEP_CLIP,		/* the clip a character is made of may be sent */
	STEP_UPLOAD,		/* its reference media go to the upstream */
	STEP_CREATE,		/* may be sent to the upstream */
	STEP_CREATING,		/* is being sent: after a crash its fate is unknown */
	STEP_RECONCILE,		/* its fate is unknown: look for it before anything else */
	STEP_POLL,		/* the upstream works on it */
	STEP_RESOLVE,		/* it left the list of the unfinished; its result is looked for */
	STEP_PUBLISH,		/* it gets a post, for the operator's parse service */
	STEP_PARSE,		/* the service is asked for a file, which goes to the cache */
	STEP_DOWNLOAD,		/* the result goes to the cache */
	STEP_UNPUBLISH,		/* the result is there: the post goes */
	/* of a character; see step_character.h */
	STEP_CLIP_SENDING,	/* the clip is being sent: after a crash its fate is unknown */
	STEP_CAMEO,		/* the upstream makes a character of it */
	STEP_ASSET,		/* it has, but for the picture */
	STEP_PICTURE,		/* the picture goes from one place there to another */
	STEP_NAME,		/* a name is tried */
	STEP_FINALIZE,		/* the name is free: it may be given */
	STEP_FINALIZING,	/* is being given: after a crash its fate is unknown */
	STEP_FINALIZE_LOST,	/* its fate is unknown: look whether it was */
	STEP_SHOW,		/* everybody may use it */
	STEP_DONE,		/* terminal status */
};

struct task_media {		/* a reference that the client gave, in the spool */
	const char	*file;		/* name in the spool folder */
	const char	*mime;
	const char	*upstream_id;	/* NULL until uploaded with the task's token */
};

struct task {			/* strings live in the arena given; NULL where absent */
	int64_t		 row;		/* tasks.id */
	const char	*task_id;	/* public */
	int64_t		 api_key_id;
	int64_t		 token_id;	/* 0 while queued */
	enum task_kind	 kind;
	const char	*operation;	/* of the request log: video_generation, video_remix, ... */
	enum task_status status;
	enum task_step	 step;
	double		 progress;	/* 0..100 */
	const char	*model;		/* catalogue id that is run */
	const char	*public_model;	/* as the client named it, normalised */
	const char	*prompt;	/* remix links removed */
	const char	*size;
	int		 seconds;	/* 0 for images */
	const char	*style_id;
	const char	*remixed_from;	/* as the client named it */
	const char	*remix_target;	/* upstream's id of the source: s_... or gen_... */
	const char	*character_options;	/* JSON text; NULL: it makes no character */
	const char	*metadata;	/* JSON text of the client's object; of an image: not NULL
					   when its file is needed here even without a cache */
	bool		 is_async;
	const char	*base_url;	/* scheme and host of the creating request */
	const char	*request_id;	/* of that request, for the log; NULL: not known */
	int64_t		 bound_token;	/* only this token may do it; 0: any */
	const char	*needs;		/* what a token must offer, see capability.h: only read by task_submit,
					   NULL: only sora has it */
	/* upstream's */
	const char	*upstream_id;
	const char	*generation_id;
	const char	*permalink;
	const char	*post_id;	/* of the post that we made of it, as long as it is there */
	const char	*source_url;	/* of the finished file, there */
	const char	*fetch_url;	/* the same, when it is not fit for clients */
	const char	*result_file;	/* name in the cache folder */
	int		 resubmitted;	/* times that it was sent again because the upstream lost it */
	/* failure */
	const char	*error_code;	/* of the API: generation_failed, ...; of a task that waits: why */
	const char	*error_message;	/* fit for the client */
	/* times for people: seconds of the wall clock, 0 where not yet */
	int64_t		 created_at;
	int64_t		 started_at;	/* slot taken */
	int64_t		 submitted_at;	/* accepted by the upstream */
	int64_t		 completed_at;	/* any terminal status */
	/* times that decide: ms of the service's clock, see work_clock.h */
	int64_t		 step_ms;	/* when the step was entered */
	int64_t		 due_ms;	/* the step is not to be taken before */
	/* of the task's own clock: the service's, less outage_ms */
	int64_t		 wait_from_ms;	/* accepted here */
	int64_t		 work_from_ms;	/* slot taken; then: accepted by the upstream */
	int64_t		 outage_ms;	/* that its upstream could not be reached while a poller worked */
	int		 timeout_s;	/* how long it may wait, and then be worked on: as it was when it was
					   accepted; 0: as it is now */
	int		 limit_s;	/* how long it may be worked on where its server has a limit of its own */
	int		 tokens_tried;
	int		 attempts;	/* of this step with this token */
	int64_t		 change;	/* of the change counter, when the row last changed visibly */
	struct task_media *media;
	size_t		 n_media;
	const struct task_media *clip;	/* a character is made of it; NULL: none */
	const struct character *character;	/* from the clip on; NULL: not yet, or none */
};

enum token_verdict {		/* what an answer said about the token */
	TOKEN_FINE,
	TOKEN_SUCCEEDED,	/* clears its consecutive errors */
	TOKEN_ERROR,		/* counts towards the ban */
	TOKEN_OVERLOADED,	/* counted, not towards the ban */
	TOKEN_REFUSED,		/* 401: refresh it, or disable it */
	TOKEN_RENEWING,		/* 401, and a refresh is on its way: counted, but no reason to ban */
	TOKEN_NO_VIDEO,		/* cannot do video until the operator acts */
};

struct token_change {		/* zeroed: nothing changes */
	enum token_verdict verdict;
	int64_t		 cooled_until;		/* rate limit; 0: unchanged */
	int64_t		 sora2_cooldown_until;	/* quota; 0: unchanged; -1: cleared */
	int		 remaining_plus_1;	/* videos left, plus 1; 0: unknown */
	bool		 full;			/* its account takes no more at once than it has now */
	bool		 one_more;		/* the same, but one: which shows whether it takes more */
	bool		 accepted;		/* upstream accepted a generation: use_count and media counters */
};

struct cameo_change {		/* of the character a task makes; NULL: unchanged */
	const char	*cameo_id;	/* the upstream began it: now it has a row */
	const char	*username_hint;
	const char	*username;	/* that is tried, or has been given */
	int		 name_tries;	/* with `username` */
	const char	*display_name;
	const char	*profile_url;
	const char	*instruction_set;	/* JSON text, as the next */
	const char	*safety_instruction_set;
	const char	*asset_pointer;
	const char	*character_id;
	bool		 finalized;
	bool		 shown;		/* everybody sees it */
};

/*
 * What to write about a task in one transaction. Back to TASK_QUEUED gives
 * token and slot back and forgets what that token's account knew of the task; a
 * terminal status gives the slot back.
 */
struct task_change {
	enum task_status status;
	enum task_step	 step;
	double		 progress;	/* below the stored one: the stored one stays */
	int64_t		 clock_ms;	/* when it was decided, by the service's clock; 0: as it is stored */
	int64_t		 due_ms;
	int		 attempts;
	int		 limit_s;	/* 0: unchanged */
	bool		 submitted;	/* the upstream has it now */
	bool		 untried;	/* back to the queue, as if this token had never had it */
	bool		 uncounted;	/* the same, but tokens that have not had it come first */
	bool		 resubmit;	/* it is going to be sent again: counted */
	bool		 tidy;		/* what the upstream has of it is to be deleted there; with a terminal status */
	int		 seconds;	/* 0: unchanged */
	const char	*size;		/* NULL: unchanged, here and below */
	const char	*upstream_id;	/* "": none any more */
	const char	*generation_id;
	const char	*permalink;	/* "": none any more, as the next */
	const char	*post_id;
	const char	*source_url;
	const char	*fetch_url;
	const char	*result_file;
	const char	*result_url;	/* the URL told to clients, for the record */
	const char	*media_id;	/* upstream's id of media[media_index] */
	size_t		 media_index;
	const char	*prompt;	/* as it is sent from now on */
	const struct cameo_change *cameo;
	const char	*error_code;
	const char	*error_message;
	const char	*log_error;	/* what really happened, for the request log */
	int		 log_status;	/* 200, 400, 408, 499, 500; used with a terminal status */
	struct token_change token;
};

/* Copies all that the change points to into the arena: a new member must be added there. */
void	task_change_keep(struct task_change *c, struct arena *a);

const char	*task_status_name(enum task_status s);	/* internal: queued, processing, ... */
const char	*task_status_shown(enum task_status s);	/* of the API: queued, in_progress, ... */
const char	*task_kind_name(enum task_kind k);
const char	*task_step_name(enum task_step s);
/* Back from the name; -1: nothing is called so, or NULL. */
int		 task_status_find(const char *name);
int		 task_kind_find(const char *name);
int		 task_step_find(const char *name);
bool		 task_is_terminal(enum task_status s);

#endif
