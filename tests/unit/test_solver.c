/* SPDX-License-Identifier: MIT */
/* test_solver.c: the solver's answers, and the credentials that processes share. */
#include "fixture.h"

#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client.h"
#include "clock.h"
#include "solver.h"

#define GOOD	"{\"success\":true,\"cookies\":{\"cf_clearance\":\"abc\"," \
		"\"b\":\"2\"},\"user_agent\":\"Mozilla/5.0 X\"}"

/* ---- the call ---- */

static void
the_address_gets_its_path_once(void **state)
{
	static const struct {
		const char *api, *url, *anew;
	} rows[] = {
		{ "http://h:8000", "http://h:8000/v1/challenge",
		    "http://h:8000/v1/challenge?skip_cache=true" },
		{ "http://h:8000/", "http://h:8000/v1/challenge",
		    "http://h:8000/v1/challenge?skip_cache=true" },
		{ "http://h/v1/challenge", "http://h/v1/challenge",
		    "http://h/v1/challenge?skip_cache=true" },
		{ "http://h/v1/challenge/?k=1", "http://h/v1/challenge?k=1",
		    "http://h/v1/challenge?k=1&skip_cache=true" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(rows); i++) {
		struct call_request rq;

		solver_build(rows[i].api, false, f->a, &rq);
		assert_string_equal(rows[i].url, rq.url);
		solver_build(rows[i].api, true, f->a, &rq);
		assert_string_equal(rows[i].anew, rq.url);
		assert_string_equal("GET", rq.method);
		assert_int_equal(30, rq.timeout);
		assert_null(rq.proxy);
	}
}

static enum err
parse(struct fixture *f, long status, const char *body,
    struct solver_credentials *c)
{
	const struct call_response r = { .status = status, .body = body,
		.body_len = strlen(body) };

	return solver_parse(&r, 1000, f->a, c, &f->e);
}

static void
only_whole_credentials_count(void **state)
{
	static const struct {
		long status;
		const char *body, *part;
	} rows[] = {
		{ 201, GOOD, "status 201" },
		{ 500, "", "status 500" },
		{ 200, "<html>", "no JSON" },
		{ 200, "{\"success\":false,\"error\":\"timeout\"}", "succeed" },
		{ 200, "{\"cookies\":{\"a\":\"1\"},\"user_agent\":\"M\"}",
		    "succeed" },
		{ 200, "{\"success\":true,\"cookies\":{},\"user_agent\":\"M\"}",
		    "no cookies" },
		{ 200, "{\"success\":true,\"cookies\":[1],"
		    "\"user_agent\":\"M\"}", "no cookies" },
		{ 200, "{\"success\":true,\"cookies\":{\"a\":\"x\\r\\ny\"},"
		    "\"user_agent\":\"M\"}", "no cookies" },
		{ 200, "{\"success\":true,\"cookies\":{\"a\":\"1\"}}",
		    "no user agent" },
		{ 200, "{\"success\":true,\"cookies\":{\"a\":\"1\"},"
		    "\"user_agent\":\" \"}", "no user agent" },
		{ 200, "{\"success\":true,\"cookies\":{\"a\":\"1\"},"
		    "\"user_agent\":\"M\\r\\nX: 1\"}", "no user agent" },
	};
	struct fixture *f = *state;
	struct solver_credentials c;

	assert_ok(f, parse(f, 200, GOOD, &c));
	assert_string_equal("cf_clearance=abc; b=2", c.cookies);
	assert_int_equal(2, c.n_cookies);
	assert_string_equal("Mozilla/5.0 X", c.user_agent);
	assert_int_equal(1000, c.fetched_ms);
	for (size_t i = 0; i < NELEM(rows); i++)
		assert_failed(f, ERR_UPSTREAM, rows[i].part, parse(f,
		    rows[i].status, rows[i].body, &c));
}

/* ---- the state ---- */

static struct solver_credentials
some(int64_t fetched_ms)
{
	return (struct solver_credentials){
		.cookies = "cf_clearance=hush", .n_cookies = 1,
		.user_agent = "Mozilla", .fetched_ms = fetched_ms,
	};
}

static void
credentials_are_shared_sealed_and_short_lived(void **state)
{
	struct fixture *f = *state;
	struct solver *one = solver_new(f->site.spool_dir, f->site.seal);
	struct solver *other = solver_new(f->site.spool_dir, f->site.seal);
	const char *path = arena_printf(f->a, "%s/.solver", f->site.spool_dir);
	struct settings on = { .solver_enabled = true,
	    .solver_api_url = "http://h" };
	int64_t now = clock_now_ms();
	struct solver_credentials c = some(now), got;
	struct stat st;
	char data[1024];
	int fd;

	assert_false(solver_load(other, f->a, &got));
	assert_ok(f, solver_store(one, &c, &f->e));
	assert_true(solver_load(other, f->a, &got));
	assert_string_equal("cf_clearance=hush", got.cookies);
	assert_string_equal("Mozilla", got.user_agent);
	assert_int_equal(now, got.fetched_ms);
	assert_int_equal(1, got.n_cookies);
	assert_non_null(solver_current(other, &on, f->a));
	assert_int_equal(0, stat(path, &st));
	assert_int_equal(0600, st.st_mode & 0777);
	memset(data, 0, sizeof(data));
	fd = open(path, O_RDONLY);
	assert_true(read(fd, data, sizeof(data) - 1) > 0);
	close(fd);
	assert_null(memmem(data, sizeof(data), "hush", 4));
	on.solver_enabled = false;
	assert_null(solver_current(other, &on, f->a));
	on = (struct settings){ .solver_enabled = true };
	assert_null(solver_current(other, &on, f->a));
	assert_true(solver_is_valid(&c, now));
	assert_true(solver_is_valid(&c, now + 599999));
	assert_false(solver_is_valid(&c, now + 600000));
	assert_false(solver_is_valid(&c, now - 1));
	solver_clear(one);
	assert_false(solver_load(other, f->a, &got));
	solver_free(one);
	solver_free(other);
}

static void
a_challenge_spares_what_came_after_its_request(void **state)
{
	struct fixture *f = *state;
	struct solver *s = solver_new(f->site.spool_dir, f->site.seal);
	struct solver_credentials c = some(5000), got;

	assert_ok(f, solver_store(s, &c, &f->e));
	solver_invalidate(s, 4999);
	assert_true(solver_load(s, f->a, &got));
	solver_invalidate(s, 5000);
	assert_false(solver_load(s, f->a, &got));
	solver_free(s);
}

static void
the_sweep_is_told_what_is_needed(void **state UNUSED)
{
	assert_true(solver_needs_file(".solver", 599));
	assert_false(solver_needs_file(".solver", 600));
	assert_true(solver_needs_file(".solver.lock", 1000000));
	assert_false(solver_needs_file(".tmp-1", 1));
}

/* ---- asking ---- */

static void
only_one_asks_at_a_time(void **state)
{
	struct fixture *f = *state;
	struct solver *one = solver_new(f->site.spool_dir, f->site.seal);
	struct solver *other = solver_new(f->site.spool_dir, f->site.seal);
	int lock = solver_try_begin(one);

	assert_true(lock >= 0);
	assert_int_equal(-1, solver_try_begin(other));
	solver_end(one, lock, ERR_OK, &f->e);
	lock = solver_try_begin(other);
	assert_true(lock >= 0);
	solver_end(other, lock, ERR_OK, &f->e);
	solver_free(one);
	solver_free(other);
}

struct waiter {
	struct solver	*s;
	struct arena	*a;
	struct solver_credentials c;
	struct error	 e;
	enum err	 rc;
};

static void *
refresh(void *arg)
{
	struct waiter *w = arg;

	/* nobody listens there: who does not share fails */
	w->rc = solver_refresh(w->s, "http://127.0.0.1:9", w->a, &w->c, &w->e);
	return NULL;
}

/* Holds the lock while others begin to wait, then lets them have `rc`. */
static void
share(struct fixture *f, enum err rc, struct waiter w[2])
{
	struct solver *s = solver_new(f->site.spool_dir, f->site.seal);
	struct solver_credentials c = some(clock_now_ms());
	int lock = solver_try_begin(s);
	pthread_t threads[2];

	assert_true(lock >= 0);
	for (int i = 0; i < 2; i++) {
		w[i] = (struct waiter){ .a = arena_new(), .s = s };
		assert_int_equal(0, pthread_create(&threads[i], NULL, refresh,
		    &w[i]));
	}
	usleep(300000);		/* both are waiting by now */
	if (rc == ERR_OK)
		assert_ok(f, solver_store(s, &c, &f->e));
	else
		error_set(&f->e, rc, NULL, "it said no");
	solver_end(s, lock, rc, &f->e);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	solver_free(s);
}

static void
those_who_wait_share_what_came(void **state)
{
	struct fixture *f = *state;
	struct waiter w[2];

	share(f, ERR_OK, w);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(ERR_OK, w[i].rc);
		assert_string_equal("cf_clearance=hush", w[i].c.cookies);
		arena_free(w[i].a);
	}
	share(f, ERR_UPSTREAM, w);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(ERR_UPSTREAM, w[i].rc);
		assert_string_equal("it said no", w[i].e.text);
		arena_free(w[i].a);
	}
}

static void
who_comes_later_asks_anew(void **state)
{
	struct fixture *f = *state;
	struct solver *s = solver_new(f->site.spool_dir, f->site.seal);
	struct solver_credentials c;

	assert_failed(f, ERR_UPSTREAM, "could not be reached",
	    solver_refresh(s, "http://127.0.0.1:9", f->a, &c, &f->e));
	assert_failed(f, ERR_UPSTREAM, "could not be reached",
	    solver_refresh(s, "http://127.0.0.1:9", f->a, &c, &f->e));
	solver_free(s);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_address_gets_its_path_once),
		TEST(only_whole_credentials_count),
		TEST(credentials_are_shared_sealed_and_short_lived),
		TEST(a_challenge_spares_what_came_after_its_request),
		TEST(the_sweep_is_told_what_is_needed),
		TEST(only_one_asks_at_a_time),
		TEST(those_who_wait_share_what_came),
		TEST(who_comes_later_asks_anew),
	};

	client_global_init();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
