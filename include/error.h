/* SPDX-License-Identifier: MIT */
/*
 * error.h: one way to fail.
 *
 * A function that can fail returns an `enum err` and takes a `struct error`
 * last. The error is filled once, where the cause is known; whoever deals with
 * it logs it, once. The rows behind the codes are the contract's: error_row().
 */
#ifndef ERROR_H
#define ERROR_H

#include <stdbool.h>

#include "attr.h"

enum err {
	ERR_OK,
	/* the request is at fault */
	ERR_INVALID_BODY,	/* malformed JSON, multipart, UTF-8 */
	ERR_INVALID_TYPE,	/* a field of the wrong JSON type */
	ERR_MISSING,		/* a required field absent or blank */
	ERR_INVALID_VALUE,	/* outside the accepted set or range */
	ERR_MODEL_NOT_FOUND,	/* in a field: 400 */
	ERR_UNKNOWN_MODEL,	/* in a path: 404 */
	ERR_UNSUPPORTED_PARAM,
	ERR_INVALID_IMAGE,
	ERR_INVALID_VIDEO,
	ERR_INVALID_IMAGE_URL,
	ERR_CONTENT_POLICY,
	ERR_UNAUTHORIZED,
	ERR_UNKNOWN_URL,
	ERR_TASK_NOT_FOUND,
	ERR_NOT_FOUND,		/* any other object */
	ERR_CONTENT_NOT_FOUND,
	ERR_TASK_NOT_COMPLETED,
	ERR_TASK_FAILED,	/* the addressed task failed: 400 */
	ERR_METHOD,
	ERR_CONFLICT,
	ERR_IDEM_REUSE,
	ERR_IDEM_IN_PROGRESS,
	ERR_TOO_LARGE,
	ERR_MEDIA_TYPE,
	ERR_RATE_LIMIT,
	/* we, or the upstream, are */
	ERR_INTERNAL,		/* a defect here, or the disk; never shown */
	ERR_UNAVAILABLE,	/* for now: database busy, stopping */
	ERR_UPSTREAM,		/* unreachable, failing, unusable answer */
	ERR_GENERATION_FAILED,
	ERR_NO_TOKEN,
	ERR_GENERATION_TIMEOUT,
	ERR_OUTCOME_UNKNOWN,	/* the upstream may have made it: it was not sent again */
	ERR_UPSTREAM_LOST,	/* it forgot the task */
	ERR_UPSTREAM_TIMEOUT,	/* it did not finish in time */
	ERR_VIDEO_EXPIRED,	/* it has no file of the finished task any more */
	ERR_CANCELLED,		/* the client left: nobody reads this */
	ERR__MAX
};

struct error {
	enum err	 code;
	const char	*param;		/* the field at fault (static or in the request's arena), or NULL */
	int		 retry_after;	/* seconds, for ERR_RATE_LIMIT; 0: none */
	bool		 no_retry;	/* tell clients not to send it again */
	char		 text[512];	/* one line, for the log; for a client only if it is at fault */
};

struct err_row {		/* how an error looks from outside */
	int		 status;	/* HTTP */
	const char	*type;		/* OpenAI's error.type */
	const char	*code;		/* OpenAI's error.code */
	const char	*video_code;	/* error.code of /v1/videos */
};

/* The row of `code`; never NULL. */
const struct err_row *error_row(enum err code);

/*
 * Fills `e` and returns `code`, so that a failure is one line. `param` is
 * borrowed and must outlive `e`. Text that does not fit is cut.
 */
enum err error_set(struct error *e, enum err code, const char *param,
    const char *fmt, ...) PRINTF_LIKE(4, 5);

/* Puts "context: " before the text of an error already set; returns its code. */
enum err error_wrap(struct error *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
