/* test_lease.c: the lease that makes one poller of several, and its fence. */
#include "fixture.h"

#include <string.h>

#define LONG	60000		/* ms: does not end during a test */

static bool
take(struct fixture *f, const char *owner, int ms)
{
	bool held = false;

	assert_ok(f, lease_take(f->st, "poller", owner, ms, &held, &f->e));
	return held;
}

static const char *
owner(struct fixture *f)
{
	const char *name = NULL;

	assert_ok(f, lease_owner(f->st, "poller", f->a, &name, &f->e));
	return name;
}

static void
release(struct fixture *f, const char *who)
{
	assert_ok(f, lease_release(f->st, "poller", who, &f->e));
}

static void
one_holds_it_and_the_other_stands_by(void **state)
{
	struct fixture *f = *state;
	bool held = false;

	assert_string_equal("", owner(f));
	assert_true(take(f, "a", LONG));
	assert_false(take(f, "b", LONG));
	assert_string_equal("a", owner(f));
	/* another lease is another matter */
	assert_ok(f, lease_take(f->st, "other", "b", LONG, &held, &f->e));
	assert_true(held);
}

static void
its_owner_renews_it(void **state)
{
	struct fixture *f = *state;
	int64_t before;

	assert_true(take(f, "a", 1000));
	before = fixture_int(f, "SELECT expires_ms FROM leases");
	assert_true(take(f, "a", LONG));
	assert_true(fixture_int(f, "SELECT expires_ms FROM leases") > before +
	    LONG / 2);
}

static void
what_ended_may_be_taken(void **state)
{
	struct fixture *f = *state;

	assert_true(take(f, "a", 0));
	assert_string_equal("", owner(f));
	assert_true(take(f, "b", LONG));
	assert_string_equal("b", owner(f));
	assert_false(take(f, "a", LONG));
}

static void
what_is_given_back_is_free_at_once(void **state)
{
	struct fixture *f = *state;

	assert_true(take(f, "a", LONG));
	release(f, "b");	/* not his to give */
	assert_false(take(f, "b", LONG));
	release(f, "a");
	assert_string_equal("", owner(f));
	assert_true(take(f, "b", LONG));
}

static void
a_fenced_connection_writes_only_while_it_holds_the_lease(void **state)
{
	struct fixture *f = *state;
	struct store *other = fixture_connect(f);
	bool held = false;

	fixture_token(f, 1);
	assert_true(take(f, "a", 0));
	store_fence(f->st, "poller", "a");
	assert_ok(f, store_begin(f->st, &f->e));
	assert_ok(f, store_end(f->st, ERR_OK, &f->e));
	/* its time is over and another took it: nothing more from this one */
	assert_ok(f, lease_take(other, "poller", "b", LONG, &held, &f->e));
	assert_true(held);
	assert_failed(f, ERR_UNAVAILABLE, "lease",
	    token_set_active(f->st, 1, false, &f->e));
	assert_int_equal(1, fixture_int(f, "SELECT is_active FROM tokens"));
	/* the refused transaction holds up nobody */
	assert_ok(f, token_set_active(other, 1, false, &f->e));
	store_fence(f->st, NULL, NULL);
	assert_ok(f, token_set_active(f->st, 1, true, &f->e));
	store_close(other);
}

static void
a_busy_database_gives_no_lease(void **state)
{
	struct fixture *f = *state;
	struct store_conf conf = fixture_store_conf(f);
	struct store *st;
	bool held = true;

	conf.busy_timeout = 50;
	assert_ok(f, store_open(&conf, &st, &f->e));
	fixture_exec(f, "BEGIN IMMEDIATE");
	assert_failed(f, ERR_UNAVAILABLE, "busy",
	    lease_take(st, "poller", "a", LONG, &held, &f->e));
	assert_false(held);
	fixture_exec(f, "ROLLBACK");
	store_close(st);
}

#define T(test) \
	cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(one_holds_it_and_the_other_stands_by),
		T(its_owner_renews_it),
		T(what_ended_may_be_taken),
		T(what_is_given_back_is_free_at_once),
		T(a_fenced_connection_writes_only_while_it_holds_the_lease),
		T(a_busy_database_gives_no_lease),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
