/* SPDX-License-Identifier: MIT */
/*
 * exchange.h: one HTTP exchange over a libcurl handle.
 *
 * exchange_begin sets the handle up, the caller performs it (at once or in a
 * multi), exchange_result tells what came of it, exchange_end releases. The
 * handle stays the caller's and must outlive the exchange.
 */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "file.h"
#include "inline.h"
#include "pieces.h"
#include "upstream.h"

enum exchange_fault {		/* ours; all else is in the CURLcode */
	EXCHANGE_FINE,
	EXCHANGE_TOO_LARGE,	/* the answer passes its limit */
	EXCHANGE_DISK,		/* the answer could not be stored */
	EXCHANGE_REPEAT,	/* libcurl was kept from sending a second time */
	EXCHANGE_BAD_REQUEST,
	EXCHANGE_PRIVATE,	/* its address is not public */
	EXCHANGE_BAD_RANGE,	/* not the part of the file that was asked for */
	EXCHANGE_BAD_FILE,	/* the file inside a JSON text is broken */
};

enum exchange_way {		/* of the bytes of an answer that may go to a file */
	WAY_UNKNOWN,		/* none has come */
	WAY_FILE,
	WAY_JSON,		/* text, and maybe a file inside it */
	WAY_ERROR,		/* of an answer that is not 2xx: text, as far as there is room */
};

struct exchange {
	CURL		*curl;
	CURLcode	 setup;		/* the first option that failed */
	struct curl_slist *headers;
	curl_mime	*mime;
	struct buf	 body;
	struct file	 sink;		/* fd -1: the body goes to memory */
	bool		 sinking;
	bool		 unpack;
	bool		 keep_partial;
	bool		 public_only;
	enum exchange_way way;
	char		 dir[512];	/* of a sink that is begun when it is needed */
	struct inline_scan *scan;	/* NULL: none is on */
	struct pieces	 pieces;	/* of the request's body */
	bool		 repeatable;	/* sending it twice does no harm */
	bool		 sent;		/* sending has begun */
	bool		 as_is;		/* the body's coding is not undone */
	int64_t		 max;		/* bytes of the answer's body */
	int64_t		 received;	/* of them, so far */
	size_t		 header_bytes;
	int64_t		 started_us;
	const char	*label;		/* for the counters */
	enum exchange_fault fault;
	bool		 passing;	/* of the fault: see call_response.passing */
	char		 reason[512];	/* of the fault; "": see the CURLcode */
};

/* Takes what it needs of `rq`. Not CURLE_OK: do not perform, but do take the result. */
CURLcode exchange_begin(struct exchange *x, CURL *curl, const struct call_request *rq);
/*
 * Fills `r` from what performing returned (or exchange_begin, if it failed).
 * Headers, reason and the struct file are in the arena; the body stays in the
 * exchange, until exchange_end. A sunk file becomes the reader's.
 */
void	 exchange_result(struct exchange *x, CURLcode code, struct arena *a, struct call_response *r);
void	 exchange_end(struct exchange *x);
/* Whether the same is to be performed once more, for which the handle is set up then. */
bool	 exchange_again(struct exchange *x, CURLcode code);
/* See client_trust; the string stays the caller's. */
void	 exchange_trust(const char *ca_file);

#endif
