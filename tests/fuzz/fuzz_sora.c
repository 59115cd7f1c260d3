/*
 * fuzz_sora.c: any bytes as an answer of the sora upstream.
 *
 * The first byte picks the call, the second the status, and bits of the first
 * the transport and a Retry-After header, which is the first line of the rest.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "attr.h"
#include "conf.h"
#include "fuzz.h"
#include "json.h"
#include "provider.h"

#define NOW	1774688900

static const long statuses[] = { 200, 201, 400, 401, 402, 403, 404, 408, 410,
	429, 451, 500, 502, 503, 504, 529, 302, 0, 999 };

static void
need(bool holds)
{
	if (!holds)
		abort();
}

/* What is shown to clients or logged is one line of valid UTF-8. */
static void
check_text(const char *s, size_t max)
{
	if (s == NULL)
		return;
	need(strlen(s) <= max && utf8_count(s, strlen(s)) >= 0);
	for (; *s != '\0'; s++)
		need((unsigned char)*s >= ' ' && *s != 0x7f);
}

static void
check_outcome(const struct call_input *in, const struct outcome *out)
{
	bool writes = in->call == CALL_CREATE || in->call == CALL_UPLOAD;

	check_text(out->message, 600);
	check_text(out->log, 1200);
	check_text(out->id, 200);
	need(out->retry_ms >= 0 && out->retry_ms <= 30000);
	need(out->slots >= 0 && out->slots <= 1000);
	need(out->token.cooled_until == 0 ||
	    (out->token.cooled_until > NOW && out->token.cooled_until <= NOW + 3600));
	need(writes == false || out->verdict != VERDICT_OK || out->id != NULL);
	need(writes || (out->verdict != VERDICT_FAIL &&
	    out->verdict != VERDICT_UNKNOWN && out->verdict != VERDICT_SLOT));
	need(out->verdict == VERDICT_OK || out->log != NULL);
	for (size_t i = 0; i < out->n_sightings; i++) {
		const struct sighting *s = &out->sightings[i];

		need(s->upstream_id != NULL);
		need(s->progress >= -1 && s->progress <= 100);
		need(s->state != SEEN_DONE || s->url != NULL);
		need(s->state != SEEN_FAILED || s->message != NULL);
		need(s->created_at >= 0);
		check_text(s->message, 600);
		check_text(s->url, 8192);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct conf conf = { .sora_base_url = "http://u/backend",
	    .sora_share_url = "http://u", .sora_max_retries = 3 };
	static const struct token token = { .id = 1, .token = "tok-1" };
	static const struct task task = { .kind = TASK_VIDEO,
	    .upstream_id = "task_1", .generation_id = "gen_1" };
	struct call_input in = { .conf = &conf, .token = &token, .task = &task };
	struct call_response r = { 0 };
	struct header header = { "Retry-After", NULL };
	struct arena *a = arena_new();
	struct outcome out;

	if (len >= 2) {
		char *body = arena_strndup(a, (const char *)data + 2, len - 2);

		in.call = (enum call)(data[0] % (CALL_QUOTA + 1));
		in.old_paths = (data[0] & 0x20) != 0;
		r.transport = (data[0] & 0x40) != 0 ? TRANSPORT_LOST : TRANSPORT_OK;
		r.status = statuses[data[1] % NELEM(statuses)];
		r.reason = body;
		r.body = body;
		r.body_len = len - 2;
		if ((data[0] & 0x80) != 0) {
			header.value = arena_strndup(a, body, strcspn(body, "\n"));
			r.headers = &header;
			r.n_headers = 1;
		}
		provider_sora.parse(&in, &r, data[1] % 5, NOW, a, &out);
		check_outcome(&in, &out);
	}
	arena_free(a);
	return 0;
}
