/* SPDX-License-Identifier: MIT */
/*
 * fuzz_sora.c: any bytes as an answer of the sora upstream.
 *
 * The first byte picks the call, the second the status, and bits of the first
 * the transport and a Retry-After header, which is the first line of the rest;
 * the highest bit of the second: of the calls for images, characters and public
 * data, not of those for videos.
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
check_cameo(const struct cameo_status *c)
{
	check_text(c->username_hint, 600);
	check_text(c->display_name_hint, 600);
	check_text(c->asset_url, 8192);
	check_text(c->message, 600);
	need(c->state != CAMEO_READY || c->asset_url != NULL);
	need((c->state == CAMEO_FAILED) == (c->message != NULL));
}

/* There is either something to answer with, or a reason why not. */
static void
check_public(const struct outcome *out)
{
	struct error e;

	need((out->verdict == VERDICT_OK) == (out->json != NULL));
	need(out->json == NULL || cJSON_IsObject(out->json));
	if (out->json != NULL)
		return;
	need(outcome_error(out, NOW, &e) != ERR_OK);
	need(error_row(e.code)->status >= 404);
}

static void
check_outcome(const struct call_input *in, const struct outcome *out)
{
	bool makes = in->call == CALL_CREATE || in->call == CALL_UPLOAD ||
	    in->call == CALL_CAMEO_UPLOAD || in->call == CALL_ASSET_UPLOAD;
	bool writes = makes || in->call == CALL_CAMEO_FINALIZE ||
	    in->call == CALL_CHARACTER_DELETE;

	check_text(out->message, 600);
	check_text(out->log, 1200);
	check_text(out->id, 200);
	need(out->retry_ms >= 0 && out->retry_ms <= 30000);
	need(out->slots >= 0 && out->slots <= 1000);
	need(out->token.cooled_until == 0 ||
	    (out->token.cooled_until > NOW && out->token.cooled_until <= NOW + 3600));
	need(makes == false || out->verdict != VERDICT_OK || out->id != NULL);
	need(writes || out->verdict != VERDICT_FAIL || in->call == CALL_TASKS);
	need(writes || (out->verdict != VERDICT_UNKNOWN &&
	    out->verdict != VERDICT_SLOT));
	need(out->verdict == VERDICT_OK || out->log != NULL);
	check_cameo(&out->cameo);
	if (in->call >= CALL_PROFILE)
		check_public(out);
	for (size_t i = 0; i < out->n_sightings; i++) {
		const struct sighting *s = &out->sightings[i];

		need(s->upstream_id != NULL);
		need(s->progress >= -1 && s->progress <= 100);
		need(s->state != SEEN_DONE || s->url != NULL);
		need(s->state != SEEN_FAILED || s->message != NULL);
		need(s->created_at >= 0);
		check_text(s->message, 600);
		check_text(s->url, 8192);
		need(s->n_urls == 0 || s->state == SEEN_DONE);
		for (size_t k = 0; k < s->n_urls; k++)
			check_text(s->urls[k], 8192);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const enum call more[] = {
		CALL_RECENT, CALL_CAMEO_UPLOAD, CALL_CAMEO_STATUS,
		CALL_ASSET_UPLOAD, CALL_CAMEO_FINALIZE,
		CALL_CHARACTER_DELETE, CALL_PROFILE, CALL_USER_FEED,
		CALL_PROFILE_FEED, CALL_SEARCH, CALL_FEED, CALL_ENHANCE,
		CALL_TASKS,
	};
	static const struct conf conf = { .sora_base_url = "http://u/backend",
	    .sora_share_url = "http://u", .sora_max_retries = 3 };
	static const struct token token = { .id = 1, .token = "tok-1" };
	static const struct task task = { .kind = TASK_VIDEO,
	    .upstream_id = "task_1", .generation_id = "gen_1" };
	static const struct lookup lookup = { .name = "lina", .cut = "nf2_top" };
	static const struct lookup one = { .name = "lina", .cut = "nf2_top",
	    .task_id = "task_1" };
	struct call_input in = { .conf = &conf, .token = &token, .task = &task };
	struct call_response r = { 0 };
	struct header header = { "Retry-After", NULL };
	struct arena *a = arena_new();
	struct outcome out;

	if (len >= 2) {
		char *body = arena_strndup(a, (const char *)data + 2, len - 2);

		in.call = (enum call)(data[0] % (CALL_QUOTA + 1));
		if ((data[1] & 0x80) != 0)
			in.call = more[(data[0] & 0x1f) % NELEM(more)];
		in.lookup = (data[0] & 0x20) != 0 ? &one : &lookup;
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
		provider_parse(&provider_sora, &in, &r, data[1] % 5, NOW, a, &out);
		check_outcome(&in, &out);
	}
	arena_free(a);
	return 0;
}
