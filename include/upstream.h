/* SPDX-License-Identifier: MIT */
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
#include "header.h"

struct arena;

struct call_part {		/* of a multipart body */
	const char	*name;
	const char	*value;		/* text, or NULL for a file */
	const char	*path;		/* the file's */
	const char	*filename;	/* as told to the upstream */
	const char	*type;
};

struct call_piece {		/* of a body that is not in memory as a whole */
	const char	*text;		/* NULL: a file's bytes, in base64 */
	const char	*path;
};

/*
 * Where a request may go. Whoever makes one says so: client.h takes none that does
 * not, so that no new place can forget that its address came from elsewhere.
 */
enum reach {
	REACH_UNSAID,		/* a mistake of ours */
	REACH_PUBLIC,		/* public addresses only, whatever its name stands for; a proxy's own
				   address is the operator's, and so is what the proxy reaches */
	REACH_ANY,		/* the operator named it, or was asked whether it may be private */
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
	const struct call_piece *pieces;	/* the body is these, one behind the other */
	size_t		 n_pieces;
	int		 timeout;	/* s for the whole exchange */
	int		 connect_timeout;	/* s; 0: 10 */
	int		 idle_timeout;	/* s without a byte to or fro; 0: any */
	const char	*tls_ca;	/* file of the certificates that are trusted; NULL: the system's */
	enum reach	 reach;
	const char	*proxy;		/* URL, or NULL */
	const char	*label;		/* for the counters: a constant; NULL: "other" */
	size_t		 max_body;	/* of the answer in memory; 0: 4 MiB */
	const char	*sink_dir;	/* not NULL: the answer's body goes to a file there, see call_response.sink */
	int64_t		 max_sink;	/* bytes; 0: 2 GiB */
	bool		 unpack;	/* a 2xx answer in JSON goes to `body` all the same; a file that comes
					   inside it (b64_json, a data URL) is decoded, and goes to the sink */
	bool		 keep_partial;	/* what came of a file before the exchange failed is handed over */
	struct file	*resume;	/* such a file, to be gone on with (the request asks for the range); taken over */
};

enum transport {
	TRANSPORT_OK,		/* an HTTP answer came whole */
	TRANSPORT_NOT_SENT,	/* failed before the request was sent: safe to repeat */
	TRANSPORT_LOST,		/* failed after sending began: the upstream may have acted */
	TRANSPORT_LOCAL,	/* nothing was sent, for what was to be sent is not there, or wrong */
};

struct call_response {
	enum transport	 transport;
	bool		 timed_out;	/* no answer, for the time was over */
	long		 status;	/* 0 without an answer */
	bool		 too_large;	/* no answer, for it passed its limit */
	bool		 refused;	/* no answer, for its address is not public */
	bool		 unusable;	/* no answer, for what came is broken: it would be so again */
	bool		 local;		/* no answer, for something failed here: it says nothing of the upstream */
	bool		 passing;	/* with `local`: it may be gone soon (too many open files, a full disk) */
	const char	*reason;	/* why there is no answer, for the log */
	struct header	*headers;
	size_t		 n_headers;
	const char	*body;		/* NUL-terminated; "" for a sunk one */
	size_t		 body_len;
	struct file	*sink;		/* uncommitted file; file_abort it or commit it. It has the body of a 2xx
					   answer; that of another is in `body`, as far as there is room. NULL
					   with `unpack` when nothing went there */
	bool		 payload;	/* with `unpack`: the sink has the file that came inside `body` */
	int64_t		 elapsed_ms;
};

/* The value of a response header (any case) or NULL. */
const char	*response_header(const struct call_response *r, const char *name);
/* When it was answered, Unix time as the upstream has it; 0: it does not say. */
int64_t		 response_date(const struct call_response *r);
/* Adds a header to a request whose headers were all added so; strings are borrowed. */
void		 request_header(struct call_request *r, struct arena *a, const char *name, const char *value);

#endif
