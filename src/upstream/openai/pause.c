/* SPDX-License-Identifier: MIT */
/* pause.c: when a server wishes to be asked again. */
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "openai.h"

#define LEAST_PAUSE_MS	1000
#define MOST_PAUSE_MS	120000

/* "6m0s", "2s", "150ms" */
static int64_t
duration_ms(const char *s)
{
	double total = 0;

	while (*s != '\0') {
		char *end;
		double n = strtod(s, &end);

		if (end == s || n < 0 || n > 1e6)
			return 0;
		if (strncmp(end, "ms", 2) == 0)
			total += n;
		else if (*end == 's')
			total += n * 1000;
		else if (*end == 'm')
			total += n * 60000;
		else if (*end == 'h')
			total += n * 3600000;
		else
			return 0;
		s = end + (strncmp(end, "ms", 2) == 0 ? 2 : 1);
	}
	return (int64_t)total;
}

static double
header_number(const struct openai_answer *ans, const char *name)
{
	const char *s = response_header(ans->r, name);
	char *end;
	double n;

	if (s == NULL)
		return -1;
	n = strtod(s, &end);
	return end == s || *end != '\0' || !(n >= 0 && n < 1e12) ? -1 : n;
}

/* Milliseconds that the server asks for, as it said it; 0 when it did not. */
static int64_t
wished_ms(const struct openai_answer *ans)
{
	const char *date = response_header(ans->r, "Retry-After");
	double n;
	time_t t;

	if ((n = header_number(ans, "openai-poll-after-ms")) > 0 ||
	    (n = header_number(ans, "retry-after-ms")) > 0)
		return (int64_t)n;
	if ((n = header_number(ans, "Retry-After")) > 0)
		return (int64_t)(n * 1000);
	if (date != NULL && (t = curl_getdate(date, NULL)) > ans->now)
		return ((int64_t)t - ans->now) * 1000;
	return 0;
}

/* A limit that is used up: until it is not. */
static int64_t
limit_ms(const struct openai_answer *ans)
{
	const char *reset = response_header(ans->r,
	    "x-ratelimit-reset-requests");
	double n;

	if (ans->r->status != 429 &&
	    header_number(ans, "x-ratelimit-remaining-requests") != 0)
		return 0;
	if (reset != NULL && duration_ms(reset) > 0)
		return duration_ms(reset);
	n = header_number(ans, "X-RateLimit-Reset");
	return n > (double)ans->now ? (int64_t)(n - (double)ans->now) * 1000
	    : 0;
}

int64_t
openai_wish(const struct openai_answer *ans)
{
	int64_t ms = wished_ms(ans);

	return ms != 0 ? ms : limit_ms(ans);
}

int64_t
openai_pause(const struct openai_answer *ans)
{
	int64_t ms = openai_wish(ans);

	if (ms == 0)
		return 0;
	return ms < LEAST_PAUSE_MS ? LEAST_PAUSE_MS
	    : ms > MOST_PAUSE_MS ? MOST_PAUSE_MS : ms;
}
