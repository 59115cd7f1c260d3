/* SPDX-License-Identifier: MIT */
/* request.c: headers of requests to the upstream and of their answers. */
#include "upstream.h"

#include <curl/curl.h>
#include <string.h>
#include <strings.h>

#include "arena.h"

#define HEADERS_STEP	32

const char *
response_header(const struct call_response *r, const char *name)
{
	for (size_t i = 0; i < r->n_headers; i++)
		if (strcasecmp(r->headers[i].name, name) == 0)
			return r->headers[i].value;
	return NULL;
}

int64_t
response_date(const struct call_response *r)
{
	const char *date = response_header(r, "Date");
	time_t t = date == NULL ? -1 : curl_getdate(date, NULL);

	return t > 0 ? (int64_t)t : 0;
}

void
request_header(struct call_request *r, struct arena *a, const char *name,
    const char *value)
{
	if (r->n_headers % HEADERS_STEP == 0) {
		struct header *grown = arena_array(a,
		    r->n_headers + HEADERS_STEP, sizeof(*grown));

		if (r->n_headers > 0)
			memcpy(grown, r->headers,
			    r->n_headers * sizeof(*grown));
		r->headers = grown;
	}
	r->headers[r->n_headers++] = (struct header){ name, value };
}
