/* SPDX-License-Identifier: MIT */
/* test_token.c: the accounts, and that their secrets are sealed. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
assert_same(const char *a, const char *b)
{
	if (b == NULL)
		assert_null(a);
	else
		assert_string_equal(b, a);
}

static const struct token full = {
	.token = "access-secret-111", .st = "session-secret-222",
	.rt = "refresh-secret-333", .client_id = "app_1",
	.proxy_url = "http://user:proxy-secret-444@10.0.0.1:8080",
	.email = "Some.One@example.org", .username = "someone",
	.name = "Some One", .remark = "first", .expiry_time = 2000000000,
	.is_active = true, .plan_type = "plus", .plan_title = "Plus",
	.subscription_end = 2000000001, .sora2_supported = 1,
	.sora2_invite_code = "INVITE", .sora2_redeemed_count = 1,
	.sora2_total_count = 4, .sora2_remaining_count = 27,
	.image_enabled = true, .video_enabled = false,
	.image_concurrency = 2, .video_concurrency = 3,
};

static void
a_token_comes_back_as_it_was_added(void **state)
{
	struct fixture *f = *state;
	struct token t = full, r;

	assert_ok(f, token_add(f->st, &t, &f->e));
	assert_true(t.id > 0);
	assert_ok(f, token_load(f->st, t.id, f->a, &r, &f->e));
	assert_string_equal("sora", r.provider);
	assert_same(r.token, full.token);
	assert_same(r.st, full.st);
	assert_same(r.rt, full.rt);
	assert_same(r.client_id, full.client_id);
	assert_same(r.proxy_url, full.proxy_url);
	assert_same(r.email, full.email);
	assert_same(r.username, full.username);
	assert_same(r.name, full.name);
	assert_same(r.remark, full.remark);
	assert_int_equal(full.expiry_time, r.expiry_time);
	assert_true(r.is_active);
	assert_same(r.plan_type, full.plan_type);
	assert_same(r.plan_title, full.plan_title);
	assert_int_equal(full.subscription_end, r.subscription_end);
	assert_int_equal(1, r.sora2_supported);
	assert_same(r.sora2_invite_code, full.sora2_invite_code);
	assert_int_equal(1, r.sora2_redeemed_count);
	assert_int_equal(4, r.sora2_total_count);
	assert_int_equal(27, r.sora2_remaining_count);
	assert_true(r.image_enabled);
	assert_false(r.video_enabled);
	assert_int_equal(2, r.image_concurrency);
	assert_int_equal(3, r.video_concurrency);
	assert_int_equal(0, r.use_count);
}

static void
what_is_left_out_is_unknown(void **state)
{
	struct fixture *f = *state;
	struct token t = {
		.token = "x", .sora2_supported = -1, .image_concurrency = -1,
		.video_concurrency = -1,
	}, r;

	assert_ok(f, token_add(f->st, &t, &f->e));
	assert_ok(f, token_load(f->st, t.id, f->a, &r, &f->e));
	assert_null(r.st);
	assert_null(r.rt);
	assert_null(r.proxy_url);
	assert_string_equal("", r.email);
	assert_int_equal(-1, r.sora2_supported);
	assert_int_equal(0, r.expiry_time);
	assert_int_equal(0, r.subscription_end);
	assert_false(r.is_active);
}

static void
the_same_account_is_not_stored_twice(void **state)
{
	static const struct {
		const char	*token;
		const char	*email;
		enum err	 expected;
	} rows[] = {
		{ "access-secret-111", "", ERR_CONFLICT },
		{ "access-secret-111", "other@example.org", ERR_CONFLICT },
		{ "another", "some.one@EXAMPLE.org", ERR_CONFLICT },
		{ "another", "", ERR_OK },
		{ "one more", "", ERR_OK },
		{ "ACCESS-SECRET-111", NULL, ERR_OK },
	};
	struct fixture *f = *state;
	struct token t = full;

	assert_ok(f, token_add(f->st, &t, &f->e));
	for (size_t i = 0; i < NELEM(rows); i++) {
		enum err rc;

		t = full;
		t.token = rows[i].token;
		t.email = rows[i].email;
		rc = token_add(f->st, &t, &f->e);
		if (rc != rows[i].expected)
			fail_msg("row %zu: %d", i, rc);
		if (rc == ERR_CONFLICT)
			assert_null(strstr(f->e.text, "secret"));
	}
	assert_int_equal(4, fixture_int(f, "SELECT count(*) FROM tokens"));
}

static void
they_are_listed_newest_first(void **state)
{
	struct fixture *f = *state;
	struct token *list;
	size_t n;

	assert_ok(f, token_list(f->st, f->a, &list, &n, &f->e));
	assert_int_equal(0, n);
	for (int i = 1; i <= 40; i++)
		fixture_token(f, i);
	fixture_exec(f, "UPDATE tokens SET created_at = id / 2");
	assert_ok(f, token_list(f->st, f->a, &list, &n, &f->e));
	assert_int_equal(40, n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(40 - i, list[i].id);
	assert_int_equal(1, list[39].video_concurrency);
}

static void
an_unknown_token_is_not_found(void **state)
{
	struct fixture *f = *state;
	struct token t;

	assert_failed(f, ERR_NOT_FOUND, "Token not found",
	    token_load(f->st, 5, f->a, &t, &f->e));
	assert_failed(f, ERR_NOT_FOUND, "Token not found",
	    token_set_active(f->st, 5, true, &f->e));
	assert_failed(f, ERR_NOT_FOUND, "Token not found",
	    token_delete(f->st, 5, &f->e));
}

static void
a_deleted_token_leaves_no_counters(void **state)
{
	struct fixture *f = *state;
	int64_t id = fixture_token(f, 1);

	assert_ok(f, token_delete(f->st, id, &f->e));
	assert_int_equal(0, fixture_int(f, "SELECT count(*)"
	    " FROM token_stats"));
	assert_true(fixture_token(f, 1) > id);	/* no number is used again */
}

/* ---- at rest ---- */

static bool
contains(const char *path, const char *secret)
{
	FILE *in = fopen(path, "rb");
	char *data = malloc(4 << 20);
	size_t n;
	bool found;

	if (in == NULL) {
		free(data);
		return false;
	}
	n = fread(data, 1, 4 << 20, in);
	fclose(in);
	found = memmem(data, n, secret, strlen(secret)) != NULL;
	free(data);
	return found;
}

static void
no_secret_is_in_the_files(void **state)
{
	static const char *const secrets[] = {
		"access-secret-111", "session-secret-222",
		"refresh-secret-333", "proxy-secret-444", FIXTURE_API_KEY,
		FIXTURE_PASSWORD,
	};
	static const char *const files[] = { "db", "db-wal", "db-shm" };
	struct fixture *f = *state;
	struct token t = full;

	assert_ok(f, token_add(f->st, &t, &f->e));
	/* what must be there shows that the search works */
	assert_true(contains(fixture_path(f, "db-wal"), "Some.One@example"));
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < NELEM(secrets) * NELEM(files); i++)
			if (contains(fixture_path(f, files[i % NELEM(files)]),
			    secrets[i / NELEM(files)]))
				fail_msg("%s is in %s",
				    secrets[i / NELEM(files)],
				    files[i % NELEM(files)]);
		store_checkpoint(f->st);
	}
	assert_true(contains(fixture_path(f, "db"), "Some.One@example"));
}

static void
a_secret_moved_to_another_column_is_no_secret(void **state)
{
	struct fixture *f = *state;
	struct token t = full, r;

	assert_ok(f, token_add(f->st, &t, &f->e));
	fixture_exec(f, "UPDATE tokens SET st = rt");
	assert_int_equal(ERR_INTERNAL, token_load(f->st, t.id, f->a, &r,
	    &f->e));
	assert_null(strstr(f->e.text, "secret-"));
}

#define T(test) \
	cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_token_comes_back_as_it_was_added),
		T(what_is_left_out_is_unknown),
		T(the_same_account_is_not_stored_twice),
		T(they_are_listed_newest_first),
		T(an_unknown_token_is_not_found),
		T(a_deleted_token_leaves_no_counters),
		T(no_secret_is_in_the_files),
		T(a_secret_moved_to_another_column_is_no_secret),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
