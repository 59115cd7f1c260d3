/* SPDX-License-Identifier: MIT */
/*
 * dialects.h: the servers that speak OpenAI's /v1/videos and /v1/images, and
 * what each does in its own way.
 *
 * A dialect has a row of the one table. What never changes is in the row; its
 * manners are copied at the start, and a test may change each of them by name.
 */
#ifndef SANDBOX_DIALECTS_H
#define SANDBOX_DIALECTS_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "error.h"

enum id_form {
	ID_OPENAI,		/* video_ and 48 hex digits */
	ID_HEX,			/* video_gen_ and 32 hex digits */
	ID_UUID,
	ID_TASK,		/* task_ and 32 letters and digits */
	ID_BASE64,		/* video_ and base64 that has '+', '/' and '=' */
	ID_BASE64URL,		/* 200 characters of base64url */
};

enum progress_form {
	PROGRESS_INT,
	PROGRESS_FLOAT,		/* 45.5 */
	PROGRESS_RATIO,		/* 0.45 */
	PROGRESS_TEXT,		/* "45" */
	PROGRESS_PERCENT,	/* "45%" */
	PROGRESS_NULL,
	PROGRESS_MISSING,
	PROGRESS_FALLING,	/* from 90 down to 5, then 100 */
	PROGRESS_TOO_MUCH,	/* 150 */
	PROGRESS_AT_END,	/* 0, then 100 */
};

enum error_form {		/* of a failed video's object */
	ERROR_OBJECT,		/* error: { code: text, message } */
	ERROR_NUMBER,		/* error: { code: number, message } */
	ERROR_MESSAGE,		/* error: { message } */
	ERROR_TEXT,		/* error: text */
	ERROR_DETAIL,		/* detail: text */
	ERROR_DETAILS,		/* detail: [ { loc, msg, type } ] */
	ERROR_FLAT,		/* code, message */
	ERROR_REASON,		/* fail_reason: text */
	ERROR_BASE_RESP,	/* base_resp: { status_code, status_msg } */
};

enum refusal_form {		/* of an answer of 400 and more */
	REFUSAL_OPENAI,		/* error: { message, type, param, code } */
	REFUSAL_DETAIL,		/* detail: text */
	REFUSAL_DETAILS,	/* detail: [ { loc, msg, type } ] */
	REFUSAL_FLAT,		/* code, message, data */
	REFUSAL_STATUS,		/* as REFUSAL_OPENAI, with the status as text as its code */
};

enum content_form {
	CONTENT_BYTES,
	CONTENT_CHUNKED,	/* bytes without a length */
	CONTENT_TRUNCATED,	/* half of the bytes that the length promises */
	CONTENT_EMPTY,
	CONTENT_AVI,		/* this and the next three: the first bytes of such a file */
	CONTENT_WEBM,
	CONTENT_MOV,
	CONTENT_GIF,
	CONTENT_HTML,		/* a page that says it is a video */
	CONTENT_JSON,		/* 200 and { url } */
	CONTENT_USE_URL,	/* 400: the object has a url */
	CONTENT_REDIRECT,	/* 302 to this host */
	CONTENT_OTHER_HOST,	/* 302 to the same files under another name */
	CONTENT_PRIVATE,	/* 302 to them at 0.0.0.0 */
	CONTENT_LOOP,		/* 302 to itself */
};

enum delete_form {
	DELETED_VIDEO,		/* object: "video.deleted", deleted: true */
	DELETED_FLAG,		/* deleted: true */
	DELETED_OBJECT,		/* the object with the status "deleted" */
	DELETED_NONE,		/* there is no such call */
};

enum running_form {		/* what a delete does to a job that runs */
	RUNNING_REFUSED,
	RUNNING_ABORTED,
	RUNNING_GOES_ON,
};

enum list_form {
	LIST_CURSOR,		/* first_id, last_id, has_more */
	LIST_DATA,		/* data alone */
	LIST_NONE,
};

enum sync_form {		/* whether a create answers when the video is done */
	SYNC_NO,
	SYNC_URL,		/* data[0].url */
	SYNC_B64,		/* data[0].b64_json */
};

enum image_form {		/* where nothing else was asked for */
	IMAGE_B64,
	IMAGE_URL,
	IMAGE_RELATIVE,		/* a url without a host */
	IMAGE_EMPTY,		/* both, and empty */
};

enum models_form {
	MODELS_OPENAI,
	MODELS_VLLM,		/* with root and max_model_len */
	MODELS_SERVER,		/* model_path, task_type: no list */
	MODELS_NEW_API,		/* with success and supported_endpoint_types */
};

enum body_form { TAKES_ALL, TAKES_JSON, TAKES_MULTIPART };

enum {				/* bits: what an input_reference may be */
	REFERENCE_FILE = 1,
	REFERENCE_OBJECT = 2,
	REFERENCE_STRING = 4,
};

enum {				/* bits: what an object has besides */
	EXTRA_PROMPT = 1,
	EXTRA_EXPIRES = 2,
	EXTRA_FILE_NAME = 4,
	EXTRA_FILE_PATH = 8,
	EXTRA_INFERENCE = 16,
	EXTRA_MEMORY = 32,
};

enum seconds_form {		/* of a create */
	LENGTH_LISTED,		/* text: 4, 8 or 12 */
	LENGTH_DIGITS,		/* text */
	LENGTH_NUMBER,		/* number, or digits as text */
	LENGTH_DURATION,	/* the same, also called duration */
};

struct manners {
	int		 id_form;
	int		 body_form;
	int		 progress;
	int		 error;
	int		 refusal;
	int		 content;
	int		 delete_form;
	int		 running_form;
	int		 list;
	int		 sync;
	int		 images;
	int		 create_status;
	int		 early_status;	/* content of a video that is not done */
	int		 content_count;	/* so many have that form, then CONTENT_BYTES; 0: all */
	int		 content_mib;	/* it is padded to so many MiB; 0: as it is */
	int		 content_rate;	/* bytes a second; 0: at once */
	int		 content_seconds;	/* then the connection ends; 0: never */
	int		 poll_bytes;	/* an object is padded by so many */
	int		 poll_after_ms;	/* the header openai-poll-after-ms; 0: none */
	char		 key[128];	/* "": none is needed */
	char		 id_at[64];	/* in the answer to a create; "": nowhere */
	char		 url_at[64];	/* in the object of a finished video; "": nowhere */
	char		 location[256];	/* of redirects; "": as `content` says */
	char		 word_queued[64];	/* JSON; false: no status at all */
	char		 word_running[64];
	char		 word_completed[64];
	char		 word_failed[64];
};

struct dialect {
	const char	*name;
	enum seconds_form seconds;
	bool		 listed_sizes;	/* OpenAI's four only */
	unsigned	 references;
	unsigned	 extras;
	bool		 remix;
	bool		 variant_is_index;	/* of content: a number */
	bool		 has_formats;	/* images take response_format */
	enum models_form models_form;
	const char	*models[4];	/* the first is the usual one */
	const char	*image_model;
	const char	*no_model;	/* a row of refusal.h; NULL: takes any model */
	const char	*no_video;	/* a row of refusal.h, for an unknown id */
	const char	*fastapi;	/* the title in openapi.json; NULL: has none */
	const char	*id_header;	/* of the request's id; NULL: none */
	struct manners	 manners;
};

/* The row of that name; NULL when there is none. */
const struct dialect *dialect_find(const char *name);
/* The i-th row; NULL past the last. */
const struct dialect *dialect_at(size_t i);
/*
 * Sets those manners that are members of `body`; null stands for what is usual
 * in the dialect, but a word_ may be null. ERR_INVALID_VALUE says what is wrong,
 * and `m` is as it was.
 */
MUST_CHECK enum err manners_set(struct manners *m, const struct dialect *d,
    const cJSON *body, struct error *e);
/* All manners as a new object. */
cJSON	*manners_json(const struct manners *m);

#endif
