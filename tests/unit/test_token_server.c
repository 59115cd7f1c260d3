/* SPDX-License-Identifier: MIT */
/* test_token_server.c: tokens that stand for a server. */
#include <stdlib.h>
#include <string.h>

#include "capability.h"
#include "file.h"
#include "fixture.h"
#include "upstream/openai/options.h"

static struct token
server(const char *base_url, const char *key)
{
	return (struct token){
		.provider = "openai", .base_url = base_url, .token = key,
		.is_active = true, .image_enabled = true,
		.video_enabled = true, .image_concurrency = -1,
		.video_concurrency = 2, .sora2_supported = -1,
	};
}

static struct token
stored(struct fixture *f, int64_t id)
{
	struct token t;

	assert_ok(f, token_load(f->st, id, f->a, &t, &f->e));
	return t;
}

static void
a_server_is_stored_with_all_that_is_said_of_it(void **state)
{
	struct fixture *f = *state;
	struct token t = server("https://GPU.example.com/v1/", "sk-one");

	t.options = "{\"preset\":\"sglang\",\"job_age\":600}";
	t.models = "{\"sora-2\":\"wan\"}";
	assert_ok(f, token_add(f->st, &t, &f->e));
	t = stored(f, t.id);
	assert_string_equal("openai", t.provider);
	assert_string_equal("https://gpu.example.com/v1", t.base_url);
	assert_string_equal("sk-one", t.token);
	assert_non_null(openai_options(&t));
	assert_string_equal("sglang", t.terms->preset);
	assert_int_equal(600, t.terms->job_age);
	assert_string_equal("wan",
	    openai_options_model(openai_options(&t), "sora-2"));
	assert_null(t.found);
	assert_string_equal("", t.email);
	assert_string_equal("gpu.example.com", t.name);
	assert_int_equal(1, fixture_int(f, "SELECT count(*) FROM offers"
	    " WHERE provider = 'openai'"));
}

static void
every_way_of_loading_reads_the_options(void **state)
{
	struct fixture *f = *state;
	struct token t = server("https://gpu.example.com", "k"), *all, one;
	size_t n;

	assert_ok(f, token_add(f->st, &t, &f->e));
	assert_ok(f, token_list(f->st, f->a, &all, &n, &f->e));
	assert_int_equal(1, n);
	assert_string_equal("https://gpu.example.com/v1",
	    openai_options(&all[0])->base_url);
	assert_ok(f, token_pick(f->st, "openai", f->a, &one, &f->e));
	assert_non_null(openai_options(&one));
	fixture_token(f, -1);
	assert_ok(f, token_pick(f->st, "sora", f->a, &one, &f->e));
	assert_null(openai_options(&one));
	assert_null(one.base_url);
}

static void
a_key_may_be_empty_and_is_never_stored_in_clear(void **state)
{
	struct fixture *f = *state;
	struct token none = server("https://a.example.com", "");
	struct token key = server("https://a.example.com", "sk-very-secret");

	assert_ok(f, token_add(f->st, &none, &f->e));
	assert_ok(f, token_add(f->st, &key, &f->e));
	assert_string_equal("", stored(f, none.id).token);
	assert_string_equal("sk-very-secret", stored(f, key.id).token);
	assert_int_equal(0, fixture_int(f, "SELECT count(*) FROM tokens"
	    " WHERE instr(token, CAST('very-secret' AS BLOB)) > 0"));
}

static void
server_and_key_together_are_unique(void **state)
{
	struct fixture *f = *state;
	struct token a = server("https://a.example.com/v1", "k");
	struct token b = server("https://b.example.com/v1", "k");
	struct token same = server("https://A.example.com/", "k");
	int64_t id;

	assert_ok(f, token_add(f->st, &a, &f->e));
	assert_ok(f, token_add(f->st, &b, &f->e));
	assert_failed(f, ERR_CONFLICT, "a.example.com", token_add(f->st, &same,
	    &f->e));
	assert_int_equal(0, same.id);
	same = stored(f, b.id);
	assert_ok(f, token_find_same(f->st, &same, &id, &f->e));
	assert_int_equal(b.id, id);
}

static void
what_cannot_be_read_is_not_stored(void **state)
{
	struct fixture *f = *state;
	struct token t = server("http://a.example.com", "k");

	assert_failed(f, ERR_INVALID_VALUE, "allow_private", token_add(f->st,
	    &t, &f->e));
	t = server("https://a.example.com", "k");
	t.options = "{\"colour\":1}";
	assert_failed(f, ERR_INVALID_VALUE, "options.colour", token_add(f->st,
	    &t, &f->e));
	t = server(NULL, "k");
	assert_failed(f, ERR_MISSING, "base_url", token_add(f->st, &t,
	    &f->e));
	assert_int_equal(0, fixture_int(f, "SELECT count(*) FROM tokens"));
	assert_int_equal(0, fixture_int(f, "SELECT count(*) FROM offers"));
}

static void
what_a_server_told_is_kept_until_it_is_another_one(void **state)
{
	struct fixture *f = *state;
	struct token_edit edit = { .is_active = -1, .image_enabled = -1,
	    .video_enabled = -1 };
	struct token t = server("https://a.example.com", "k");
	int64_t *ids;
	size_t n;

	assert_ok(f, token_add(f->st, &t, &f->e));
	assert_ok(f, token_ids(f->st, TOKENS_TO_ASK, f->a, &ids, &n, &f->e));
	assert_int_equal(1, n);
	assert_ok(f, token_set_found(f->st, t.id,
	    "{\"preset\":\"vllm-omni\",\"models\":[\"wan\"]}", 600, &f->e));
	assert_ok(f, token_ids(f->st, TOKENS_TO_ASK, f->a, &ids, &n, &f->e));
	assert_int_equal(0, n);
	t = stored(f, t.id);
	assert_string_equal("vllm-omni", t.terms->preset);
	assert_string_equal("wan", openai_options(&t)->models[0].name);
	assert_in_range(clock_now() - t.found_at, 0, 5);

	/* no answer: what was known stays */
	assert_ok(f, token_set_found(f->st, t.id, NULL, 60, &f->e));
	assert_string_equal("vllm-omni", stored(f, t.id).terms->preset);

	edit.options = "{\"job_age\":600}";
	assert_ok(f, token_edit(f->st, t.id, &edit, &f->e));
	assert_string_equal("vllm-omni", stored(f, t.id).terms->preset);
	assert_int_equal(600, stored(f, t.id).terms->job_age);

	edit.options = NULL;
	edit.base_url = "https://b.example.com";
	assert_ok(f, token_edit(f->st, t.id, &edit, &f->e));
	t = stored(f, t.id);
	assert_string_equal("https://b.example.com/v1", t.base_url);
	assert_string_equal("b.example.com", t.name);
	assert_string_equal("auto", t.terms->preset);
	assert_null(t.found);
	assert_int_equal(600, t.terms->job_age);
	assert_ok(f, token_ids(f->st, TOKENS_TO_ASK, f->a, &ids, &n, &f->e));
	assert_int_equal(1, n);
}

static void
an_edit_that_cannot_be_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct token_edit edit = { .is_active = -1, .image_enabled = -1,
	    .video_enabled = -1, .remark = "new", .base_url = "nonsense" };
	struct token a = server("https://a.example.com", "k");
	struct token b = server("https://b.example.com", "k");

	assert_ok(f, token_add(f->st, &a, &f->e));
	assert_ok(f, token_add(f->st, &b, &f->e));
	assert_failed(f, ERR_INVALID_VALUE, "base_url", token_edit(f->st, a.id,
	    &edit, &f->e));
	edit.base_url = "https://b.example.com/";
	assert_failed(f, ERR_CONFLICT, "server and key", token_edit(f->st,
	    a.id, &edit, &f->e));
	assert_null(stored(f, a.id).remark);
	edit.base_url = NULL;
	edit.token = "";
	assert_ok(f, token_edit(f->st, a.id, &edit, &f->e));
	assert_string_equal("", stored(f, a.id).token);
	assert_string_equal("new", stored(f, a.id).remark);
	a = server("https://a.example.com", "k");	/* free again */
	assert_ok(f, token_add(f->st, &a, &f->e));
}

static void
offers_are_shared_and_go_with_their_last_token(void **state)
{
	struct fixture *f = *state;
	struct token a = server("https://a.example.com", "k");
	struct token b = server("https://b.example.com", "k");
	int64_t sora = fixture_token(f, 1);

	a.models = b.models = "[\"wan\"]";
	assert_ok(f, token_add(f->st, &a, &f->e));
	assert_ok(f, token_add(f->st, &b, &f->e));
	assert_int_equal(2, fixture_int(f, "SELECT count(*) FROM offers"));
	assert_int_equal(1, fixture_int(f, "SELECT offer FROM tokens"
	    " WHERE id = %lld", (long long)sora));
	assert_int_equal(1, fixture_int(f, "SELECT count(DISTINCT offer)"
	    " FROM tokens WHERE provider = 'openai'"));
	assert_ok(f, token_delete(f->st, a.id, &f->e));
	assert_int_equal(2, fixture_int(f, "SELECT count(*) FROM offers"));
	assert_ok(f, token_delete(f->st, b.id, &f->e));
	assert_ok(f, token_delete(f->st, sora, &f->e));
	assert_int_equal(0, fixture_int(f, "SELECT count(*) FROM offers"));
	assert_int_equal(4, fixture_int(f, "SELECT offers"
	    " FROM change_counter"));
}

/* A database of the first schema, with one account and one task in its queue. */
static const char *
older_database(struct fixture *f)
{
	const char *top = getenv("abs_top_srcdir");
	const char *path = fixture_path(f, "older.db");
	sqlite3 *db;
	char *step;
	size_t len;

	fixture_token(f, 1);
	(void)fixture_submit(f);
	(void)fixture_submit(f);
	assert_ok(f, file_load(arena_printf(f->a,
	    "%s/src/store/schema/0001-initial.sql", top == NULL ? "." : top),
	    1 << 20, f->a, &step, &len, &f->e));
	assert_int_equal(SQLITE_OK, sqlite3_open(path, &db));
	assert_int_equal(SQLITE_OK, sqlite3_exec(db, step, NULL, NULL, NULL));
	assert_int_equal(SQLITE_OK, sqlite3_exec(db, arena_printf(f->a,
	    "ATTACH '%s' AS now; PRAGMA journal_mode = WAL;"
	    "INSERT INTO meta SELECT * FROM now.meta;"
	    "INSERT INTO api_keys SELECT * FROM now.api_keys;"
	    "INSERT INTO tokens (token, token_hash, created_at,"
	    "  sora2_supported, video_concurrency)"
	    "  SELECT token, token_hash, created_at, 1, 1 FROM now.tokens;"
	    "INSERT INTO tasks (task_id, api_key_id, kind, operation, status,"
	    "  step, model, public_model, prompt, is_async, created_at,"
	    "  step_ms, due_ms, change) SELECT task_id, api_key_id, kind,"
	    "  operation, 'queued', 'assign', model, public_model, prompt, 1,"
	    "  created_at, step_ms, 0, 1 FROM now.tasks WHERE status ="
	    "  'queued'; PRAGMA user_version = 1",
	    fixture_store_conf(f).path), NULL, NULL, NULL));
	sqlite3_close(db);
	return path;
}

static void
an_older_database_goes_on_with_its_accounts(void **state)
{
	struct fixture *f = *state;
	struct store_conf conf = fixture_store_conf(f);
	const struct pool *pool;
	struct store *st;
	struct token *tokens;
	struct migration m;
	int assigned;
	size_t n;

	conf.path = older_database(f);
	assert_ok(f, store_migrate(&conf, &m, &f->e));
	assert_int_equal(store_schema_version() - 1, m.steps);
	assert_ok(f, store_open(&conf, &st, &f->e));
	assert_ok(f, token_list(st, f->a, &tokens, &n, &f->e));
	assert_int_equal(1, n);
	assert_string_equal("sora", tokens[0].provider);
	assert_ok(f, token_pool(st, &pool, &f->e));
	assert_int_equal(1, pool->n);
	assert_true(pool->offers[0].sora);
	assert_ok(f, task_assign_queued(st, 0, &assigned, &f->e));
	assert_int_equal(1, assigned);
	store_close(st);
}

static void
a_pool_is_read_anew_when_it_has_changed(void **state)
{
	struct fixture *f = *state;
	struct store *other = fixture_connect(f);
	struct token t = server("https://a.example.com", "k");
	const struct pool *pool;

	assert_ok(f, token_pool(other, &pool, &f->e));
	assert_int_equal(0, pool->n);
	assert_ok(f, token_add(f->st, &t, &f->e));
	assert_ok(f, token_pool(other, &pool, &f->e));
	assert_int_equal(1, pool->n);
	assert_int_equal(0, pool->offers[0].n_models);
	assert_ok(f, token_set_found(f->st, t.id,
	    "{\"preset\":\"sglang\",\"models\":[\"wan\"]}", 60, &f->e));
	assert_ok(f, token_pool(other, &pool, &f->e));
	assert_int_equal(1, pool->n);
	assert_string_equal("wan", pool->offers[0].models[0]);
	assert_ok(f, token_delete(f->st, t.id, &f->e));
	assert_ok(f, token_pool(other, &pool, &f->e));
	assert_int_equal(0, pool->n);
	store_close(other);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_server_is_stored_with_all_that_is_said_of_it),
		TEST(every_way_of_loading_reads_the_options),
		TEST(a_key_may_be_empty_and_is_never_stored_in_clear),
		TEST(server_and_key_together_are_unique),
		TEST(what_cannot_be_read_is_not_stored),
		TEST(what_a_server_told_is_kept_until_it_is_another_one),
		TEST(an_edit_that_cannot_be_changes_nothing),
		TEST(offers_are_shared_and_go_with_their_last_token),
		TEST(an_older_database_goes_on_with_its_accounts),
		TEST(a_pool_is_read_anew_when_it_has_changed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
