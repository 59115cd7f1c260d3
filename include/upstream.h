/*
 * upstream.h: requests to the upstream and their answers, as plain data.
 *
 * A provider makes a struct call_request and reads a struct call_response; it
 * does no I/O. client.h carries one to the other.
 */
#ifndef UPSTREAM_H
#define UPSTREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attr.h"
#include "http.h"		/* struct header */

struct arena;

struct call_part {		/* of a multipart body */
	const char	*name;
	const char	*value;		/* text, or NULL for a file */
	const char	*path;		/* the file's */
	const char	*filename;	/* as told to the upstream */
	const char	*type;
};

struct call_request {		/* all of it lives in the arena of whoever built it */
	const char	*method;	/* "GET", "POST", ... */
	const char	*url;
	struct header	*headers;
	size_t		 n_headers;
	const char	*body;		/* NULL: none, or multipart */
	size_t		 body_len;
	struct call_part *parts;
	size_t		 n_parts;
	int		 timeout;	/* s for the whole exchange */
	const char	*proxy;		/* URL, or NULL */
	const char	*label;		/* for the counters: a constant; NULL: "other" */
	size_t		 max_body;	/* of the answer in memory; 0: 4 MiB */
	const char	*sink_dir;	/* not NULL: the answer's body goes to a file there, see call_response.sink */
	int64_t		 max_sink;	/* bytes; 0: 2 GiB */
};

enum transport {
	TRANSPORT_OK,		/* an HTTP answer came whole */
	TRANSPORT_NOT_SENT,	/* failed before the request was sent: safe to repeat */
	TRANSPORT_LOST,		/* failed after sending began: the upstream may have acted */
};

struct call_response {
	enum transport	 transport;
	bool		 timed_out;	/* no answer, for the time was over */
	long		 status;	/* 0 without an answer */
	const char	*reason;	/* why there is no answer, for the log */
	struct header	*headers;
	size_t		 n_headers;
	const char	*body;		/* NUL-terminated; "" for a sunk one */
	size_t		 body_len;
	struct file	*sink;		/* uncommitted file with the body; file_abort it or commit it */
	int64_t		 elapsed_ms;
};

/* The value of a response header (any case) or NULL. */
const char	*response_header(const struct call_response *r, const char *name);
/* Adds a header to a request whose headers were all added so; strings are borrowed. */
void		 request_header(struct call_request *r, struct arena *a, const char *name, const char *value);

#endif
