/* SPDX-License-Identifier: MIT */
/* test_capability.c: what tokens offer, what tasks need, and who gets what. */
#include <string.h>

#include "capability.h"
#include "fixture.h"
#include "token.h"
#include "upstream/openai/options.h"

static const char *listed[] = { "wan", "flux-image", "wan2" };
static const char *others[] = { "wan", "ltx" };
static struct offer offers[] = {
	{ .id = 1, .sora = true, .features = ~0U },
	{ .id = 2, .images = true, .models = listed, .n_models = 3,
	    .features = FEATURE_REFERENCE | FEATURE_REMIX },
	{ .id = 3, .features = FEATURE_REFERENCE },
	{ .id = 4, .models = others, .n_models = 2 },
};
static const struct pool mixed = { offers, 4 };

static void
an_offer_says_the_same_when_it_is_read_again(void **state)
{
	struct fixture *f = *state;
	struct openai_options b;
	struct offer o;

	assert_ok(f, openai_options_read("https://a.example.com", "{\"preset\":"
	    "\"new-api\"}", "{\"a\":\"b\",\"c\":\"\"}", f->a, &b, &f->e));
	offer_read("openai",
	    openai_offer(&(struct token){ .own = &b }, f->a), f->a, &o);
	assert_false(o.sora);
	assert_true(o.images);
	assert_int_equal(FEATURE_REFERENCE | FEATURE_EDIT | FEATURE_REMIX,
	    o.features);
	assert_int_equal(2, o.n_models);
	assert_string_equal("a", o.models[0]);
	assert_string_equal("c", o.models[1]);
	assert_ok(f, openai_options_read("https://a.example.com",
	    "{\"preset\":\"aisix\"}", NULL, f->a, &b, &f->e));
	offer_read("openai",
	    openai_offer(&(struct token){ .own = &b }, f->a), f->a, &o);
	assert_int_equal(0, o.features);
	assert_false(o.images);
	assert_int_equal(0, o.n_models);
	offer_read("openai", "broken", f->a, &o);
	assert_int_equal(0, o.features);
	offer_read("sora", "{}", f->a, &o);
	assert_true(o.sora);
}

static void
a_need_says_the_same_when_it_is_read_again(void **state)
{
	struct fixture *f = *state;
	struct task t = { .kind = TASK_VIDEO, .public_model = "wan",
	    .model = "wan", .seconds = 8, .size = "640x368",
	    .prompt = "[2s] a [3s] b", .style_id = "anime" };
	struct need n = need_of_task(&t, FEATURE_REFERENCE), again;

	assert_int_equal(FEATURE_REFERENCE | FEATURE_STYLE |
	    FEATURE_STORYBOARD, n.features);
	assert_null(n.catalogue);
	need_read(need_print(&n, f->a), TASK_VIDEO, f->a, &again);
	assert_int_equal(TASK_VIDEO, again.kind);
	assert_string_equal("wan", again.model);
	assert_null(again.catalogue);
	assert_int_equal(8, again.seconds);
	assert_string_equal("640x368", again.size);
	assert_int_equal(n.features, again.features);
}

static void
the_fields_of_a_task_say_what_it_needs(void **state UNUSED)
{
	static const struct {
		struct task	 task;
		unsigned	 features;
		const char	*catalogue;
	} rows[] = {
		{ { .kind = TASK_VIDEO, .model = "sora-video-portrait-10s",
		    .seconds = 10, .prompt = "a" }, 0,
		    "sora-video-portrait-10s" },
		/* a server's model of that name, of another length */
		{ { .kind = TASK_VIDEO, .model = "sora-video-portrait-10s",
		    .seconds = 8, .prompt = "a" }, 0, NULL },
		{ { .kind = TASK_VIDEO, .model = "sora-image",
		    .seconds = 8, .prompt = "a" }, 0, NULL },
		{ { .kind = TASK_IMAGE, .model = "sora-image",
		    .prompt = "[1s] a" }, 0, "sora-image" },
		{ { .kind = TASK_VIDEO, .model = "m", .prompt = "a",
		    .remix_target = "s_68e3a06dcd888191b150971da152c1f5" },
		    FEATURE_POST, NULL },
		{ { .kind = TASK_VIDEO, .model = "m", .prompt = "a",
		    .remix_target = "gen_1" }, FEATURE_REMIX, NULL },
		{ { .kind = TASK_CHARACTER, .prompt = "",
		    .model = "sora-video-landscape-10s" },
		    FEATURE_CHARACTER, "sora-video-landscape-10s" },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct need n = need_of_task(&rows[i].task, 0);

		assert_int_equal(rows[i].features, n.features);
		if (rows[i].catalogue == NULL)
			assert_null(n.catalogue);
		else
			assert_string_equal(rows[i].catalogue, n.catalogue);
	}
}

static void
offers_serve_what_they_have(void **state UNUSED)
{
	static const struct {
		struct need	 need;
		unsigned	 served;	/* by offers 1, 2, 3, 4: bits */
	} rows[] = {
		{ { .model = "sora-2", .catalogue = "x", .seconds = 10 },
		    1 | 4 },
		{ { .model = "sora-2", .seconds = 8 }, 4 },
		{ { .model = "wan", .seconds = 8 }, 2 | 4 | 8 },
		{ { .model = "wan", .seconds = 60 }, 2 | 4 | 8 },
		{ { .model = "wan", .seconds = 61 }, 0 },
		{ { .model = "ltx", .features = FEATURE_REFERENCE }, 4 },
		{ { .model = "wan", .features = FEATURE_REMIX }, 2 },
		{ { .model = "wan", .features = FEATURE_STYLE }, 0 },
		{ { .kind = TASK_IMAGE, .model = "flux-image" }, 2 },
		{ { .kind = TASK_IMAGE, .model = "sora-image",
		    .catalogue = "sora-image" }, 1 },
		{ { .kind = TASK_CHARACTER, .model = "wan",
		    .catalogue = "y", .features = FEATURE_CHARACTER }, 1 },
		{ { .model = "sora-video-10s", .catalogue = "x",
		    .seconds = 10 }, 1 },
	};

	for (size_t i = 0; i < NELEM(rows); i++)
		for (size_t k = 0; k < NELEM(offers); k++)
			if (offer_serves(&offers[k], &rows[i].need) !=
			    ((rows[i].served >> k & 1) == 1))
				fail_msg("row %zu, offer %zu", i, k + 1);
}

static void
what_an_older_task_needs_only_sora_has(void **state)
{
	struct fixture *f = *state;
	struct need n;

	need_read("", TASK_VIDEO, f->a, &n);
	assert_true(offer_serves(&offers[0], &n));
	for (size_t k = 1; k < NELEM(offers); k++)
		assert_false(offer_serves(&offers[k], &n));
}

static void
models_are_listed_once_and_in_order(void **state UNUSED)
{
	static const char *const names[] = { "wan", "flux-image", "wan2",
	    "ltx" };

	for (size_t i = 0; i < NELEM(names); i++)
		assert_string_equal(names[i], pool_listed(&mixed, TASK_VIDEO,
		    i));
	assert_null(pool_listed(&mixed, TASK_VIDEO, NELEM(names)));
	assert_null(pool_listed(&mixed, TASK_IMAGE, 3));
	assert_null(pool_listed(NULL, TASK_VIDEO, 0));
	assert_true(pool_lists(&mixed, "ltx"));
	assert_false(pool_lists(&mixed, "sora-2"));
}

static void
requests_without_a_model_get_one_that_is_there(void **state UNUSED)
{
	const struct pool none = { NULL, 0 }, lists = { offers + 1, 1 };
	const struct pool any = { offers + 2, 1 };

	assert_string_equal("sora-2", pool_default_model(&none, TASK_VIDEO));
	assert_string_equal("sora-2", pool_default_model(&mixed, TASK_VIDEO));
	assert_string_equal("sora-2", pool_default_model(&any, TASK_VIDEO));
	assert_string_equal("wan", pool_default_model(&lists, TASK_VIDEO));
	assert_string_equal("sora-image", pool_default_model(&mixed,
	    TASK_IMAGE));
	assert_string_equal("flux-image", pool_default_model(&lists,
	    TASK_IMAGE));
}

static void
what_nobody_can_do_is_refused_with_its_field(void **state UNUSED)
{
	static const struct {
		struct need	 need;
		const char	*param;		/* NULL: it can be done */
	} rows[] = {
		{ { .model = "wan", .seconds = 8 }, NULL },
		{ { .model = "wan", .seconds = 8, .features = FEATURE_STYLE },
		    "style_id" },
		{ { .model = "ltx", .features = FEATURE_REMIX },
		    "remix_target_id" },
		{ { .model = "wan", .features = FEATURE_POST },
		    "remix_target_id" },
		{ { .model = "sora-2", .catalogue = "x",
		    .features = FEATURE_STYLE | FEATURE_POST }, NULL },
		{ { .kind = TASK_IMAGE, .model = "flux-image",
		    .features = FEATURE_EDIT }, "image" },
	};
	struct error e;

	for (size_t i = 0; i < NELEM(rows); i++) {
		enum err rc = pool_check(&mixed, &rows[i].need, &e);

		if (rows[i].param == NULL)
			assert_int_equal(ERR_OK, rc);
		else if (rc != ERR_INVALID_VALUE ||
		    strcmp(rows[i].param, e.param) != 0)
			fail_msg("row %zu: %d %s", i, rc, e.text);
	}
}

/* Of a pool with accounts and servers, of one with servers alone, and of none. */
static void
prompts_are_more_than_words_where_sora_takes_them(void **state UNUSED)
{
	static const struct need by_sora = { .model = "sora-2",
	    .catalogue = "x", .features = FEATURE_STORYBOARD },
	    by_server = { .model = "wan", .features = FEATURE_STORYBOARD };
	const struct pool servers = { .offers = mixed.offers + 1, .n = 1 };

	assert_true(pool_sora_serves(&mixed, &by_sora));
	assert_true(pool_sora_serves(NULL, &by_sora));
	assert_false(pool_sora_serves(&servers, &by_sora));
	assert_false(pool_sora_serves(&mixed, &by_server));
	assert_false(pool_sora_serves(NULL, &by_server));
}

/* ---- routing ---- */

static int64_t
add_server(struct fixture *f, const char *host, const char *models, int slots)
{
	struct token t = {
		.provider = "openai", .token = "", .models = models,
		.base_url = arena_printf(f->a, "https://%s", host),
		.options = "{\"preset\":\"vllm-omni\"}", .is_active = true,
		.image_enabled = true, .video_enabled = true,
		.image_concurrency = -1, .video_concurrency = slots,
		.sora2_supported = -1,
	};

	assert_ok(f, token_add(f->st, &t, &f->e));
	return t.id;
}

static struct task
submit(struct fixture *f, const char *model, const char *catalogue,
    int seconds, unsigned features)
{
	struct task t = fixture_task(f);
	struct need n;

	t.public_model = model;
	t.model = catalogue != NULL ? catalogue : model;
	t.seconds = seconds;
	n = need_of_task(&t, features);
	t.needs = need_print(&n, f->a);
	f->e = (struct error){ 0 };
	(void)!task_submit(f->st, &t, "{}", 100, NULL, &f->e);
	return t;
}

#define L10	"sora-video-landscape-10s"

static void
only_who_can_do_it_gets_it(void **state)
{
	struct fixture *f = *state;
	int64_t sora = fixture_token(f, 100);
	int64_t wan = add_server(f, "wan.example.com", "[\"wan\"]", 100);
	int64_t any = add_server(f, "any.example.com", NULL, 100);
	bool got[2] = { false, false };

	for (int i = 0; i < 4; i++) {
		assert_int_equal(any, submit(f, "other", NULL, 8, 0).token_id);
		assert_int_equal(sora, submit(f, "sora-2", L10, 10,
		    FEATURE_STYLE).token_id);
	}
	for (int i = 0; i < 6; i++) {
		struct task t = submit(f, "wan", NULL, 8, FEATURE_REFERENCE);

		assert_true(t.token_id == wan || t.token_id == any);
		got[t.token_id == any] = true;
	}
	assert_true(got[0] && got[1]);	/* the less busy one each time */
	(void)submit(f, "wan", NULL, 8, FEATURE_STYLE);
	assert_int_equal(ERR_NO_TOKEN, f->e.code);
	fixture_exec(f, "UPDATE tokens SET is_active = 0 WHERE id = %lld",
	    (long long)any);
	(void)submit(f, "other", NULL, 8, 0);
	assert_int_equal(ERR_NO_TOKEN, f->e.code);
}

static void
the_best_of_several_offers_is_taken(void **state)
{
	struct fixture *f = *state;
	int64_t small = add_server(f, "a.example.com", "[\"wan\"]", 2);
	int64_t large = add_server(f, "b.example.com", "[\"wan\",\"x\"]", 4);

	assert_int_equal(small, submit(f, "wan", NULL, 8, 0).token_id);
	assert_int_equal(large, submit(f, "wan", NULL, 8, 0).token_id);
	assert_int_equal(large, submit(f, "wan", NULL, 8, 0).token_id);
	/* half of each is free: the one that was not asked for longest */
	assert_int_equal(small, submit(f, "wan", NULL, 8, 0).token_id);
	assert_int_equal(large, submit(f, "wan", NULL, 8, 0).token_id);
	assert_int_equal(large, submit(f, "wan", NULL, 8, 0).token_id);
	assert_int_equal(TASK_QUEUED, submit(f, "wan", NULL, 8, 0).status);
	fixture_assert_slots(f);
}

static void
a_queue_does_not_hold_up_what_others_can_do(void **state)
{
	struct fixture *f = *state;
	int64_t sora = fixture_token(f, 10);
	int64_t wan = add_server(f, "wan.example.com", "[\"wan\"]", 1);
	struct task first, second, third;
	int assigned;

	first = submit(f, "wan", NULL, 8, 0);
	second = submit(f, "wan", NULL, 8, 0);
	third = submit(f, "wan", NULL, 8, 0);
	assert_int_equal(wan, first.token_id);
	assert_int_equal(TASK_QUEUED, second.status);
	assert_int_equal(sora, submit(f, "sora-2", L10, 10, 0).token_id);
	assert_ok(f, task_assign_queued(f->st, 0, &assigned, &f->e));
	assert_int_equal(0, assigned);

	/* what a task needs is in its row: a later process assigns as well */
	store_close(f->st);
	f->st = fixture_connect(f);
	fixture_apply(f, &first, &(struct task_change){
	    .status = TASK_COMPLETED, .step = STEP_DONE, .log_status = 200 });
	assert_ok(f, task_assign_queued(f->st, 0, &assigned, &f->e));
	assert_int_equal(1, assigned);
	assert_int_equal(wan, fixture_load(f, &second).token_id);
	assert_int_equal(TASK_QUEUED, fixture_load(f, &third).status);
	fixture_assert_slots(f);
}

static void
a_queued_task_goes_to_a_server_that_came_later(void **state)
{
	struct fixture *f = *state;
	struct task t;
	int assigned;
	int64_t late;

	add_server(f, "wan.example.com", "[\"wan\"]", 1);
	(void)submit(f, "wan", NULL, 8, 0);
	t = submit(f, "wan", NULL, 8, 0);
	assert_int_equal(TASK_QUEUED, t.status);
	assert_ok(f, task_assign_queued(f->st, 0, &assigned, &f->e));
	assert_int_equal(0, assigned);
	late = add_server(f, "late.example.com", NULL, 1);
	assert_ok(f, task_assign_queued(f->st, 0, &assigned, &f->e));
	assert_int_equal(1, assigned);
	assert_int_equal(late, fixture_load(f, &t).token_id);
}

static void
what_is_full_holds_up_only_its_own(void **state)
{
	struct fixture *f = *state;
	int64_t sora = fixture_token(f, 1);
	struct task running, waits[2];
	int assigned;

	add_server(f, "wan.example.com", "[\"wan\"]", 1);
	running = submit(f, "sora-2", L10, 10, 0);
	(void)submit(f, "wan", NULL, 8, 0);
	waits[0] = submit(f, "wan", NULL, 8, 0);
	(void)submit(f, "wan", NULL, 8, 0);
	waits[1] = submit(f, "sora-2", L10, 10, 0);
	assert_int_equal(TASK_QUEUED, waits[1].status);
	fixture_apply(f, &running, &(struct task_change){
	    .status = TASK_COMPLETED, .step = STEP_DONE, .log_status = 200 });
	assert_ok(f, task_assign_queued(f->st, 0, &assigned, &f->e));
	assert_int_equal(1, assigned);
	assert_int_equal(sora, fixture_load(f, &waits[1]).token_id);
	assert_int_equal(TASK_QUEUED, fixture_load(f, &waits[0]).status);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_offer_says_the_same_when_it_is_read_again),
		TEST(a_need_says_the_same_when_it_is_read_again),
		cmocka_unit_test(the_fields_of_a_task_say_what_it_needs),
		cmocka_unit_test(offers_serve_what_they_have),
		TEST(what_an_older_task_needs_only_sora_has),
		cmocka_unit_test(models_are_listed_once_and_in_order),
		cmocka_unit_test(requests_without_a_model_get_one_that_is_there),
		cmocka_unit_test(what_nobody_can_do_is_refused_with_its_field),
		cmocka_unit_test(prompts_are_more_than_words_where_sora_takes_them),
		TEST(only_who_can_do_it_gets_it),
		TEST(the_best_of_several_offers_is_taken),
		TEST(a_queue_does_not_hold_up_what_others_can_do),
		TEST(what_is_full_holds_up_only_its_own),
		TEST(a_queued_task_goes_to_a_server_that_came_later),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
