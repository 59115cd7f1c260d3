/* SPDX-License-Identifier: MIT */
/* test_sora_lists.c: good answers: accepted tasks, running and finished ones, quota. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "attr.h"
#include "sora_data.h"

#define TASK	"task_01kmv4t8q2e7hb9xm5yc0r3wdn"
#define GEN	"gen_01kmv51z7cf4k8s6p0j2vqyt3g"
#define POST	"s_69d2f1c4a7b88190b3e5c6d7f8091a2b"
#define MEDIA	"https://videos.openai.com/az/files/"
#define SIGNED	"?se=2026-03-31T00%3A00%3A00Z&sp=r&sig=EXAMPLE"
#define FULL	MEDIA "00000000-77d4-7230-91b6-5c0e2a8d4f13%2Fraw" SIGNED

static void
assert_text(const char *want, const char *got)
{
	if (want == NULL) {
		assert_null(got);
		return;
	}
	assert_non_null(got);
	assert_string_equal(want, got);
}

static void
parse_file(struct sora_data *d, enum call call, const char *file,
    struct outcome *out)
{
	sora_data_parse(d, call, 200, sora_data_file(d, file), 0, out);
	assert_int_equal(VERDICT_OK, out->verdict);
	assert_null(out->log);
}

static void
an_accepted_create_names_its_task_and_the_quota(void **state)
{
	struct sora_data *d = *state;
	struct outcome out;

	parse_file(d, CALL_CREATE, "create.json", &out);
	assert_string_equal(TASK, out.id);
	assert_true(out.token.accepted);
	assert_int_equal(TOKEN_FINE, out.token.verdict);
	assert_true(out.quota.known);
	assert_int_equal(26, out.quota.remaining);
	assert_int_equal(46833, out.quota.resets_in);
	assert_false(out.quota.reached);
	assert_int_equal(27, out.token.remaining_plus_1);
	assert_int_equal(0, out.token.sora2_cooldown_until);
}

static void
the_task_of_a_create_may_be_named_otherwise(void **state)
{
	struct sora_data *d = *state;
	static const char *const bodies[] = { "{\"task_id\":\"t1\"}",
	    "[{\"id\":\"t1\"}]", "{\"id\":\"t1\",\"error\":null}",
	    "{\"id\":\"t1\",\"type\":\"rate_limit_exhausted\"}" };

	for (size_t i = 0; i < NELEM(bodies); i++) {
		struct outcome out;

		print_message("# case %zu\n", i);
		sora_data_parse(d, CALL_CREATE, 201, bodies[i], 0, &out);
		assert_int_equal(VERDICT_OK, out.verdict);
		assert_string_equal("t1", out.id);
		assert_false(out.quota.known);
	}
}

static void
an_upload_names_its_media(void **state)
{
	struct sora_data *d = *state;
	struct outcome out;

	parse_file(d, CALL_UPLOAD, "upload.json", &out);
	assert_string_equal("media_01kmv4q0n8dyj5r2w7c9bxt6sf", out.id);
	assert_false(out.token.accepted);
}

static void
a_number_may_be_an_identifier(void **state)
{
	static const char *const ids[][2] = { { "7", "7" },
	    { "4326796003218200779", "4326796003218200779" },
	    { "999999999999999", "999999999999999" } };
	struct sora_data *d = *state;
	struct outcome out;

	for (size_t i = 0; i < NELEM(ids); i++) {
		sora_data_parse(d, CALL_CREATE, 200,
		    arena_printf(d->a, "{\"id\":%s}", ids[i][0]), 0, &out);
		assert_int_equal(VERDICT_OK, out.verdict);
		assert_text(ids[i][1], out.id);
	}
}

static void
identifiers_are_plain_words(void **state)
{
	struct sora_data *d = *state;
	static const char *const ids[] = { "-7", "7.5", "null", "true", "{}", "[\"a\"]",
	    "\"\"", "\"a b\"", "\"a\\nb\"", "\"\xc3\xa9\"" };
	char *longest = arena_alloc(d->a, 300);
	struct outcome out;

	for (size_t i = 0; i < NELEM(ids); i++) {
		print_message("# case %zu\n", i);
		sora_data_parse(d, CALL_CREATE, 200,
		    arena_printf(d->a, "{\"id\":%s}", ids[i]), 0, &out);
		assert_int_equal(VERDICT_UNKNOWN, out.verdict);
		assert_null(out.id);
	}
	memset(longest, 'a', 200);
	sora_data_parse(d, CALL_CREATE, 200,
	    arena_printf(d->a, "{\"id\":\"%s\"}", longest), 0, &out);
	assert_text(longest, out.id);
	sora_data_parse(d, CALL_CREATE, 200,
	    arena_printf(d->a, "{\"id\":\"a%s\"}", longest), 0, &out);
	assert_int_equal(VERDICT_UNKNOWN, out.verdict);
}

static void
both_lists_of_running_tasks_are_read(void **state)
{
	struct sora_data *d = *state;
	struct outcome out;

	parse_file(d, CALL_PENDING, "pending_v2.json", &out);
	assert_int_equal(1, out.n_sightings);
	assert_string_equal(TASK, out.sightings[0].upstream_id);
	assert_string_equal("a quiet harbour at night", out.sightings[0].prompt);
	assert_int_equal(SEEN_RUNNING, out.sightings[0].state);
	assert_true(out.sightings[0].progress > 41.9 &&
	    out.sightings[0].progress < 42.1);
	assert_int_equal(0, out.sightings[0].created_at);

	parse_file(d, CALL_PENDING, "pending_v1.json", &out);
	assert_int_equal(1, out.n_sightings);
	assert_string_equal("task_01kmv6b3d9x2w8f4t7n0k5qzjh",
	    out.sightings[0].upstream_id);
	assert_int_equal(SEEN_RUNNING, out.sightings[0].state);
	assert_true(out.sightings[0].progress < 0);
	assert_int_equal(1774689242, out.sightings[0].created_at);
}

static void
a_list_may_be_wrapped_or_empty(void **state)
{
	struct sora_data *d = *state;
	static const struct {
		const char	*body;
		size_t		 n;
	} lists[] = {
		{ "[]", 0 }, { "{\"items\":[]}", 0 },
		{ "{\"items\":[{\"id\":\"a\"}]}", 1 },
		{ "{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}]}", 2 },
		{ "[null,1,\"x\",[],{},{\"id\":-4},{\"id\":\"a\"}]", 1 },
	};

	for (size_t i = 0; i < NELEM(lists); i++) {
		struct outcome out;

		print_message("# case %zu\n", i);
		sora_data_parse(d, CALL_PENDING, 200, lists[i].body, 0, &out);
		assert_int_equal(VERDICT_OK, out.verdict);
		assert_int_equal(lists[i].n, out.n_sightings);
	}
}

static const struct {
	const char	*value;
	double		 progress;
} progresses[] = {
	{ "null", -1 }, { "\"0.5\"", -1 }, { "true", -1 }, { "0", 0 },
	{ "0.5", 50 }, { "0.995", 99 }, { "1", 99 }, { "1.0", 99 },
	{ "42", 42 }, { "99.5", 99 }, { "100", 99 }, { "-3", 0 },
	{ "1e308", 99 }, { "-1e308", 0 },
};

static void
progress_is_per_cent_and_never_the_end(void **state)
{
	struct sora_data *d = *state;

	for (size_t i = 0; i < NELEM(progresses); i++) {
		struct outcome out;

		print_message("# case %zu\n", i);
		sora_data_parse(d, CALL_PENDING, 200, arena_printf(d->a,
		    "[{\"id\":\"a\",\"progress_pct\":%s}]", progresses[i].value),
		    0, &out);
		assert_int_equal(1, out.n_sightings);
		assert_true(progresses[i].progress == out.sightings[0].progress);
	}
}

static const struct {
	const char	*members;	/* of a running task */
	enum sighting_state state;
	bool		 policy;
	const char	*message;
	const char	*log;		/* NULL: any */
} running[] = {
	{ "\"status\":\"preprocessing\"", SEEN_RUNNING, false, NULL, NULL },
	{ "\"status\":\"queued\"", SEEN_RUNNING, false, NULL, NULL },
	{ "\"status\":\"processing\",\"progress_pct\":1.0", SEEN_RUNNING, false, NULL, NULL },
	{ "\"status\":\"succeeded\"", SEEN_RUNNING, false, NULL, NULL },
	{ "\"status\":7,\"failure_reason\":{}", SEEN_RUNNING, false, NULL, NULL },
	{ "\"failure_reason\":\"\"", SEEN_RUNNING, false, NULL, NULL },
	{ "\"error_message\":\"x\"", SEEN_RUNNING, false, NULL, NULL },
	{ "\"status\":\"failed\"", SEEN_FAILED, false, "Generation failed", NULL },
	{ "\"status\":\"error\",\"error_message\":\"x\"", SEEN_FAILED, false,
	    "Generation failed", "x" },
	{ "\"status\":\"cancelled\"", SEEN_FAILED, false, "Generation failed", NULL },
	{ "\"status\":\"canceled\"", SEEN_FAILED, false, "Generation failed", NULL },
	{ "\"failure_reason\":\"out of memory\"", SEEN_FAILED, false,
	    "Generation failed", "out of memory" },
	{ "\"status\":\"failed\",\"failure_reason\":\"a\",\"error_message\":\"b\"",
	    SEEN_FAILED, false, "Generation failed", "a" },
	{ "\"failure_reason\":\"The prompt is too long\"", SEEN_FAILED, false,
	    "The prompt is too long", "The prompt is too long" },
	{ "\"failure_reason\":\"violates our guardrails, see /srv/rules.py\"", SEEN_FAILED, true,
	    "Content policy violation: Content violates guardrails",
	    "violates our guardrails, see /srv/rules.py" },
	{ "\"failure_reason\":\"Policy Violation\"", SEEN_FAILED, true,
	    "Content policy violation: Policy Violation", NULL },
	{ "\"failure_reason\":\"breaks our guardrails\"", SEEN_FAILED, true,
	    "Content policy violation: breaks our guardrails", NULL },
};

static void
a_running_task_can_have_failed(void **state)
{
	struct sora_data *d = *state;

	for (size_t i = 0; i < NELEM(running); i++) {
		struct outcome out;

		print_message("# case %zu\n", i);
		sora_data_parse(d, CALL_PENDING, 200, arena_printf(d->a,
		    "[{\"id\":\"a\",%s}]", running[i].members), 0, &out);
		assert_int_equal(1, out.n_sightings);
		assert_int_equal(running[i].state, out.sightings[0].state);
		assert_int_equal(running[i].policy, out.sightings[0].policy);
		assert_false(out.sightings[0].retryable);
		assert_text(running[i].message, out.sightings[0].message);
		if (running[i].log != NULL)
			assert_text(running[i].log, out.sightings[0].log);
	}
}

static void
the_prompt_may_be_in_the_creation_config_only(void **state)
{
	struct sora_data *d = *state;
	struct outcome out;

	sora_data_parse(d, CALL_PENDING, 200, "[{\"id\":\"a\","
	    "\"creation_config\":{\"prompt\":\"p\"}}]", 0, &out);
	assert_text("p", out.sightings[0].prompt);
	sora_data_parse(d, CALL_PENDING, 200, "[{\"id\":\"a\"}]", 0, &out);
	assert_null(out.sightings[0].prompt);
}

static void
assert_finished(const struct sighting *s)
{
	assert_string_equal(TASK, s->upstream_id);
	assert_string_equal(GEN, s->generation_id);
	assert_string_equal("a quiet harbour at night", s->prompt);
	assert_int_equal(1774688742, s->created_at);
	assert_int_equal(SEEN_DONE, s->state);
	assert_true(s->progress == 100);
	assert_string_equal(FULL, s->url);
	assert_null(s->permalink);
	assert_null(s->message);
}

static void
drafts_are_finished_tasks(void **state)
{
	struct sora_data *d = *state;
	struct outcome out;

	parse_file(d, CALL_DRAFTS, "drafts.json", &out);
	assert_int_equal(2, out.n_sightings);
	assert_null(out.cursor);
	assert_finished(&out.sightings[0]);
	assert_string_equal("task_01kmv58w1f6h9m3s5b0q7dvxta",
	    out.sightings[1].upstream_id);
	assert_int_equal(SEEN_FAILED, out.sightings[1].state);
	assert_true(out.sightings[1].policy);
	assert_false(out.sightings[1].retryable);
	assert_null(out.sightings[1].url);
	assert_string_equal("Content policy violation: This content may violate "
	    "our guardrails concerning similarity to third-party content.",
	    out.sightings[1].message);
}

static void
one_draft_is_read_in_both_its_forms(void **state)
{
	struct sora_data *d = *state;
	static const char *const files[] = { "draft.json", "draft_wrapped.json" };
	struct outcome out;

	for (size_t i = 0; i < NELEM(files); i++) {
		print_message("# case %zu\n", i);
		parse_file(d, CALL_DRAFT, files[i], &out);
		assert_int_equal(1, out.n_sightings);
		assert_finished(&out.sightings[0]);
	}
	d->task.upstream_id = "task_mine";	/* asked for by the generation's id */
	sora_data_parse(d, CALL_DRAFT, 200, "{\"id\":\"gen_1\","
	    "\"url\":\"https://v/1\"}", 0, &out);
	assert_int_equal(1, out.n_sightings);
	assert_text("task_mine", out.sightings[0].upstream_id);
}

struct draft {
	const char	*members;
	enum sighting_state state;
	bool		 policy;
	bool		 retryable;
	const char	*url;
	const char	*message;
};

static const struct draft drafts[] = {
	{ "\"kind\":\"sora_draft\",\"url\":\"https://v/m\",\"downloadable_url\":\"https://v/f\"",
	    SEEN_DONE, false, false, "https://v/f", NULL },
	{ "\"kind\":\"sora_draft\",\"url\":\"https://v/m\",\"downloadable_url\":null",
	    SEEN_DONE, false, false, "https://v/m", NULL },
	{ "\"kind\":\"sora_draft\",\"downloadable_url\":\"http://127.0.0.1:1/f\"",
	    SEEN_DONE, false, false, "http://127.0.0.1:1/f", NULL },
	{ "\"url\":\"https://v/m\"", SEEN_DONE, false, false, "https://v/m", NULL },
	/* not ready */
	{ "\"kind\":\"sora_draft\"", SEEN_NOT_READY, false, false, NULL, NULL },
	{ "\"kind\":\"sora_draft\",\"url\":null,\"reason_str\":\"\"",
	    SEEN_NOT_READY, false, false, NULL, NULL },
	{ "\"kind\":null", SEEN_NOT_READY, false, false, NULL, NULL },
	{ "\"url\":\"file:///etc/passwd\"", SEEN_NOT_READY, false, false, NULL, NULL },
	{ "\"url\":\"/relative\"", SEEN_NOT_READY, false, false, NULL, NULL },
	{ "\"url\":\"https://v/a b.mp4\"", SEEN_DONE, false, false, "https://v/a%20b.mp4", NULL },
	{ "\"url\":\"https://v/a\\r\\nb\"", SEEN_NOT_READY, false, false, NULL, NULL },
	{ "\"url\":{\"path\":\"https://v\"}", SEEN_NOT_READY, false, false, NULL, NULL },
	/* refused */
	{ "\"kind\":\"sora_content_violation\"", SEEN_FAILED, true, false, NULL,
	    "Content policy violation: Content violates guardrails" },
	{ "\"kind\":\"sora_content_violation\",\"url\":\"https://v/m\"", SEEN_FAILED, true, false,
	    NULL, "Content policy violation: Content violates guardrails" },
	{ "\"kind\":\"sora_draft\",\"reason_str\":\"why\",\"markdown_reason_str\":\"md\"",
	    SEEN_FAILED, true, false, NULL, "Content policy violation: why" },
	{ "\"reason_str\":\" \",\"markdown_reason_str\":\"md\"", SEEN_FAILED, true, false, NULL,
	    "Content policy violation: md" },
	/* technical */
	{ "\"kind\":\"sora_error\"", SEEN_FAILED, false, true, NULL, "Generation failed" },
	{ "\"kind\":\"sora_error\",\"error_reason\":\"gpu\"", SEEN_FAILED, false, true, NULL, "Generation failed" },
	{ "\"kind\":\"sora_draft\",\"failure_reason\":\"gpu\"", SEEN_FAILED, false, true, NULL, "Generation failed" },
	{ "\"kind\":\"sora_draft\",\"failure_reason\":\"gpu\",\"url\":\"https://v/m\"",
	    SEEN_DONE, false, false, "https://v/m", NULL },
	{ "\"kind\":\"sora_other\"", SEEN_FAILED, false, true, NULL, "Generation failed" },
	{ "\"kind\":\"sora_other\",\"url\":\"https://v/m\"", SEEN_DONE, false, false, "https://v/m", NULL },
	{ "\"kind\":\"sora_error\",\"error_reason\":\"violates policy\"", SEEN_FAILED, true, false,
	    NULL, "Content policy violation: violates policy" },
};

static void
a_draft_is_ready_or_refused_or_broken(void **state)
{
	struct sora_data *d = *state;

	for (size_t i = 0; i < NELEM(drafts); i++) {
		const struct draft *want = &drafts[i];
		const struct sighting *s;
		struct outcome out;

		print_message("# case %zu\n", i);
		sora_data_parse(d, CALL_DRAFTS, 200, arena_printf(d->a,
		    "{\"items\":[{\"task_id\":\"t\",%s}]}", want->members), 0, &out);
		assert_int_equal(1, out.n_sightings);
		s = &out.sightings[0];
		assert_int_equal(want->state, s->state);
		assert_int_equal(want->policy, s->policy);
		assert_int_equal(want->retryable, s->retryable);
		assert_true(s->progress == (want->state == SEEN_DONE ? 100 : -1));
		assert_text(want->url, s->url);
		assert_text(want->message, s->message);
	}
}

static void
the_file_without_a_mark_is_taken_when_wanted(void **state)
{
	struct sora_data *d = *state;
	const char *body = "{\"items\":[{\"task_id\":\"t\",\"url\":\"https://v/m\","
	    "\"download_urls\":{\"no_watermark\":\"https://v/clean\"}}]}";
	struct outcome out;

	sora_data_parse(d, CALL_DRAFTS, 200, body, 0, &out);
	assert_text("https://v/m", out.sightings[0].url);
	d->in.watermark_free = true;
	sora_data_parse(d, CALL_DRAFTS, 200, body, 0, &out);
	assert_text("https://v/clean", out.sightings[0].url);
}

static const struct {
	const char	*members;
	const char	*generation;
	const char	*permalink;
} names[] = {
	{ "\"id\":\"gen_1\"", "gen_1", NULL },
	{ "\"id\":\"gen_1\",\"generation_id\":\"gen_2\"", "gen_2", NULL },
	{ "\"id\":\"" POST "-attachment-0\",\"generation_id\":\"gen_2\"", "gen_2",
	    "https://share.example/p/" POST },
	{ "\"id\":\"" POST "-attachment-0\"", NULL, "https://share.example/p/" POST },
	{ "\"id\":\"gen_1\",\"post_id\":\"" POST "\"", "gen_1",
	    "https://share.example/p/" POST },
	{ "\"id\":\"gen_1\",\"post\":{\"id\":\"" POST "\"}", "gen_1",
	    "https://share.example/p/" POST },
	{ "\"id\":\"gen_1\",\"post_id\":\"" POST "\",\"permalink\":\"https://s/x\"",
	    "gen_1", "https://s/x" },
	{ "\"id\":\"gen_1\",\"post_id\":\"../x\"", "gen_1", NULL },
	{ "\"id\":\"gen_1\",\"permalink\":\"javascript:x\"", "gen_1", NULL },
};

static void
a_draft_names_its_generation_and_post(void **state)
{
	struct sora_data *d = *state;

	for (size_t i = 0; i < NELEM(names); i++) {
		struct outcome out;

		print_message("# case %zu\n", i);
		sora_data_parse(d, CALL_DRAFTS, 200, arena_printf(d->a,
		    "{\"items\":[{\"task_id\":\"t\",%s}]}", names[i].members), 0,
		    &out);
		assert_int_equal(1, out.n_sightings);
		assert_text(names[i].generation, out.sightings[0].generation_id);
		assert_text(names[i].permalink, out.sightings[0].permalink);
	}
}

static void
pages_follow_the_cursor(void **state)
{
	struct sora_data *d = *state;
	static const struct {
		const char	*body;
		const char	*cursor;
	} pages[] = {
		{ "{\"items\":[],\"cursor\":\"eyJvIjo4fQ\"}", "eyJvIjo4fQ" },
		{ "{\"items\":[],\"cursor\":\"\"}", NULL },
		{ "{\"items\":[],\"cursor\":7}", NULL },
		{ "{\"items\":[{\"id\":\"gen_1\"},5]}", NULL },
	};

	for (size_t i = 0; i < NELEM(pages); i++) {
		struct outcome out;

		print_message("# case %zu\n", i);
		sora_data_parse(d, CALL_DRAFTS, 200, pages[i].body, 0, &out);
		assert_int_equal(VERDICT_OK, out.verdict);
		assert_int_equal(0, out.n_sightings);
		assert_text(pages[i].cursor, out.cursor);
	}
}

static void
a_list_has_a_bound(void **state)
{
	struct sora_data *d = *state;
	char *body = arena_alloc(d->a, 64 * 1024), *end = body;
	struct outcome out;

	*end++ = '[';
	for (int i = 0; i < 1500; i++)
		end = stpcpy(end, "{\"id\":\"a\"},");
	strcpy(end, "{}]");
	sora_data_parse(d, CALL_PENDING, 200, body, 0, &out);
	assert_int_equal(1000, out.n_sightings);
}

static const struct {
	const char	*balance;	/* members of the balance; NULL: no balance */
	struct quota	 quota;
	int		 remaining_plus_1;
	int64_t		 cooldown;	/* s from now; 0 unchanged; -1 cleared */
} quotas[] = {
	{ "\"estimated_num_videos_remaining\":27,\"access_resets_in_seconds\":9.7",
	    { true, 27, 9, false }, 28, -1 },
	{ "\"estimated_num_videos_remaining\":2.9,"
	    "\"estimated_num_purchased_videos_remaining\":4",
	    { true, 6, 0, false }, 7, -1 },
	{ "\"estimated_num_videos_remaining\":0,\"rate_limit_reached\":true,"
	    "\"access_resets_in_seconds\":100", { true, 0, 100, true }, 1, 100 },
	{ "\"estimated_num_videos_remaining\":0,\"access_resets_in_seconds\":100",
	    { true, 0, 100, false }, 1, 100 },
	{ "\"rate_limit_reached\":true,\"access_resets_in_seconds\":100",
	    { true, -1, 100, true }, 0, 100 },
	{ "\"estimated_num_videos_remaining\":0,\"rate_limit_reached\":true",
	    { true, 0, 0, true }, 1, 0 },
	{ "\"estimated_num_videos_remaining\":0,\"rate_limit_reached\":true,"
	    "\"access_resets_in_seconds\":100,"
	    "\"estimated_num_purchased_videos_remaining\":3",
	    { true, 3, 100, false }, 4, -1 },
	{ "\"estimated_num_videos_remaining\":null,\"rate_limit_reached\":null",
	    { true, -1, 0, false }, 0, -1 },
	{ "\"estimated_num_videos_remaining\":\"9\",\"rate_limit_reached\":\"true\"",
	    { true, -1, 0, false }, 0, -1 },
	{ "\"estimated_num_videos_remaining\":-5", { true, -1, 0, false }, 0, -1 },
	{ "\"estimated_num_videos_remaining\":1e308,\"access_resets_in_seconds\":1e308",
	    { true, 1000000, 31622400, false }, 1000001, -1 },
	{ "\"estimated_num_videos_remaining\":0,\"access_resets_in_seconds\":-1e308",
	    { true, 0, 0, false }, 1, 0 },
	{ NULL, { false, -1, 0, false }, 0, 0 },
};

static void
the_quota_is_what_upstream_says(void **state)
{
	struct sora_data *d = *state;

	for (size_t i = 0; i < NELEM(quotas); i++) {
		const char *body = quotas[i].balance == NULL ? "{\"x\":1}" :
		    arena_printf(d->a, "{\"type\":\"rate_limit_exhausted\","
		    "\"rate_limit_and_credit_balance\":{%s}}",
		    quotas[i].balance);
		int64_t cooldown = quotas[i].cooldown;
		struct outcome out;

		print_message("# case %zu\n", i);
		sora_data_parse(d, CALL_QUOTA, 200, body, 0, &out);
		assert_int_equal(VERDICT_OK, out.verdict);
		assert_int_equal(quotas[i].quota.known, out.quota.known);
		assert_int_equal(quotas[i].quota.remaining, out.quota.remaining);
		assert_int_equal(quotas[i].quota.resets_in, out.quota.resets_in);
		assert_int_equal(quotas[i].quota.reached, out.quota.reached);
		assert_int_equal(quotas[i].remaining_plus_1,
		    out.token.remaining_plus_1);
		assert_int_equal(cooldown > 0 ? SORA_NOW + cooldown : cooldown,
		    out.token.sora2_cooldown_until);
	}
}

static void
the_recorded_quota_is_read(void **state)
{
	struct sora_data *d = *state;
	struct outcome out;

	parse_file(d, CALL_QUOTA, "quota.json", &out);
	assert_true(out.quota.known);
	assert_int_equal(27, out.quota.remaining);
	assert_int_equal(46833, out.quota.resets_in);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, sora_data_open, sora_data_close)
	const struct CMUnitTest tests[] = {
		T(an_accepted_create_names_its_task_and_the_quota),
		T(the_task_of_a_create_may_be_named_otherwise),
		T(an_upload_names_its_media),
		T(a_number_may_be_an_identifier),
		T(identifiers_are_plain_words),
		T(both_lists_of_running_tasks_are_read),
		T(a_list_may_be_wrapped_or_empty),
		T(progress_is_per_cent_and_never_the_end),
		T(a_running_task_can_have_failed),
		T(the_prompt_may_be_in_the_creation_config_only),
		T(drafts_are_finished_tasks),
		T(one_draft_is_read_in_both_its_forms),
		T(a_draft_is_ready_or_refused_or_broken),
		T(the_file_without_a_mark_is_taken_when_wanted),
		T(a_draft_names_its_generation_and_post),
		T(pages_follow_the_cursor),
		T(a_list_has_a_bound),
		T(the_quota_is_what_upstream_says),
		T(the_recorded_quota_is_read),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
