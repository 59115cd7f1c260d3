/* SPDX-License-Identifier: MIT */
/*
 * fuzz_openai.c: any bytes as an answer of a server of the openai provider.
 *
 * The first byte picks the call, the second the status, the third options of
 * the server and of the transport; the first line of the rest is the value of a
 * header, and all behind it the body, which goes through the scan for files.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "attr.h"
#include "buf.h"
#include "conf.h"
#include "fuzz.h"
#include "json.h"
#include "provider.h"
#include "upstream/client/inline.h"
#include "upstream/openai/options.h"

#define NOW	1774688900

static const long statuses[] = { 200, 201, 202, 204, 206, 301, 302, 307, 400,
	401, 402, 403, 404, 408, 409, 410, 413, 416, 422, 425, 429, 500, 502,
	503, 504, 529, 0 };
static const enum call calls[] = { CALL_CREATE, CALL_JOB, CALL_JOBS,
	CALL_CONTENT, CALL_DELETE };
static const char *const headers[] = { "Retry-After", "Location",
	"openai-poll-after-ms", "x-ratelimit-reset-requests",
	"X-RateLimit-Reset" };

static void
need(bool holds)
{
	if (!holds)
		abort();
}

/* What is shown to clients or logged is one line of valid UTF-8, and has no key. */
static void
check_text(const char *s, size_t max)
{
	if (s == NULL)
		return;
	need(strlen(s) <= max && utf8_count(s, strlen(s)) >= 0);
	need(strcasestr(s, "sk-fuzz-secret") == NULL);
	for (; *s != '\0'; s++)
		need((unsigned char)*s >= ' ' && *s != 0x7f);
}

static void
check_url(const char *s)
{
	if (s == NULL)
		return;
	need(strlen(s) <= 8192);
	need(strncmp(s, "https://", 8) == 0 || strncmp(s, "http://", 7) == 0);
	for (; *s != '\0'; s++)
		need((unsigned char)*s > ' ' && (unsigned char)*s < 0x7f);
}

static void
check_sighting(const struct openai_options *b, const struct sighting *s)
{
	if (s->upstream_id != NULL)
		need(*s->upstream_id != '\0' && strlen(s->upstream_id) <= 512);
	need(s->progress >= -1 && s->progress <= 100);
	need(s->created_at >= 0);
	check_text(s->message, 600);
	check_text(s->log, 600);
	check_text(s->odd_status, 600);
	check_url(s->url);
	check_url(s->fetch_url);
	need((s->state == SEEN_FAILED) == (s->message != NULL));
	need(s->state == SEEN_DONE || (s->url == NULL && s->fetch_url == NULL));
	/* what is told to clients is nobody's private matter */
	need(s->url == NULL || (strncmp(s->url, "https://", 8) == 0 &&
	    !b->allow_private));
}

static void
check_outcome(const struct call_input *in, const struct outcome *o)
{
	check_text(o->message, 600);
	check_text(o->log, 1300);
	check_url(o->location);
	need(o->retry_ms >= 0 && o->retry_ms <= 120000);
	need(o->ask_after_ms >= 0 && o->ask_after_ms <= 120000);
	need(o->token.cooled_until == 0 || (o->token.cooled_until > NOW &&
	    o->token.cooled_until <= NOW + 600));
	need(o->seconds >= 0 && o->seconds <= 3600);
	need(o->verdict != VERDICT_FAIL || o->message != NULL ||
	    in->call == CALL_CONTENT);
	if (in->call == CALL_CREATE)	/* accepted means that there is something */
		need((o->verdict == VERDICT_OK) == (o->token.accepted &&
		    (o->id != NULL || o->n_sightings == 1)));
	if (in->call == CALL_JOB)
		need((o->verdict == VERDICT_OK) == (o->n_sightings == 1));
	for (size_t i = 0; i < o->n_sightings; i++)
		check_sighting(openai_options(in->token), &o->sightings[i]);
}

static bool
put(void *arg, const void *data, size_t len)
{
	return buf_append(arg, data, len);
}

static bool
swallow(void *arg UNUSED, const void *data UNUSED, size_t len)
{
	need(len > 0 && len <= 3072);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct conf conf = { .cache_dir = "/c",
	    .sora_timeout = 30 };
	struct arena *a;
	struct openai_options options = { .base_url = "https://gpu.example/v1" };
	const struct token token = { .provider = "openai",
	    .token = "sk-fuzz-secret", .own = &options };
	struct task task = { .task_id = "t", .prompt = "p",
	    .upstream_id = "u" };
	struct call_input in = { .conf = &conf, .token = &token,
	    .task = &task };
	struct call_response r = { 0 };
	struct header header;
	struct inline_scan scan;
	struct outcome o;
	struct buf text;
	const uint8_t *line;

	if (size < 3)
		return 0;
	a = arena_new();
	in.call = calls[data[0] % NELEM(calls)];
	task.kind = (data[0] & 0x80) != 0 ? TASK_IMAGE : TASK_VIDEO;
	r.status = statuses[data[1] % NELEM(statuses)];
	options.allow_private = (data[2] & 1) != 0;
	options.content_from = (enum options_content)(data[2] >> 1 & 1);
	options.remix = (data[2] & 4) != 0;
	in.want_url = (data[2] & 8) != 0;
	r.too_large = (data[2] & 16) != 0;
	if ((data[2] & 0x60) == 0x60 || r.status == 0 || r.too_large)
		r.transport = (data[2] & 0x80) != 0 ? TRANSPORT_LOST
		    : TRANSPORT_NOT_SENT;
	header.name = headers[data[2] % NELEM(headers)];
	data += 3;
	size -= 3;
	line = memchr(data, '\n', size);
	header.value = arena_strndup(a, (const char *)data,
	    line != NULL ? (size_t)(line - data) : 0);
	if (line != NULL) {
		size -= (size_t)(line + 1 - data);
		data = line + 1;
	}
	r.headers = &header;
	r.n_headers = 1;
	buf_init(&text, 1 << 20);
	inline_begin(&scan, put, swallow, &text);
	inline_feed(&scan, (const char *)data, size);
	/* without a file the text is what came */
	need(scan.found || scan.bad || scan.state == INLINE_HEADING ||
	    (text.len == size && (size == 0 ||
	    memcmp(text.data, data, size) == 0)));
	r.body = text.data;
	r.body_len = text.len;
	r.payload = scan.found && !scan.bad;
	provider_parse(&provider_openai, &in, &r,
	    data == NULL ? 0 : (int)(size % 5), NOW, a, &o);
	check_outcome(&in, &o);
	buf_clear(&text);
	arena_free(a);
	return 0;
}
