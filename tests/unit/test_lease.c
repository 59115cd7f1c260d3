/* SPDX-License-Identifier: MIT */
/* test_lease.c: the lease that makes one poller of several, and its fence. */
#include "fixture.h"

#include <string.h>

#include "lease.h"

#define LONG	60000		/* ms: does not end during a test */

static struct lease leases[26];	/* of the owners a to z: what each remembers */

static struct lease *
lease_of(const char *owner)
{
	struct lease *l = &leases[*owner - 'a'];

	l->name = "poller";
	l->owner = owner;
	return l;
}

static bool
take(struct fixture *f, const char *owner, int ms)
{
	struct lease *l = lease_of(owner);
	bool held = true;

	l->ms = ms;
	assert_ok(f, lease_take(f->st, l, &held, &f->e));
	return held;
}

/* Nobody has seen anything yet. */
static int
begin(void **state)
{
	memset(leases, 0, sizeof(leases));
	return fixture_setup(state);
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
	assert_ok(f, lease_release(f->st, lease_of(who), &f->e));
}

static void
one_holds_it_and_the_other_stands_by(void **state)
{
	struct fixture *f = *state;
	struct lease other = { .name = "other", .owner = "b", .ms = LONG };
	bool held = false;

	assert_string_equal("", owner(f));
	assert_true(take(f, "a", LONG));
	for (int i = 0; i < 3; i++)
		assert_false(take(f, "b", LONG));
	assert_string_equal("a", owner(f));
	/* another lease is another matter */
	assert_ok(f, lease_take(f->st, &other, &held, &f->e));
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
who_gives_no_sign_of_life_loses_it(void **state)
{
	struct fixture *f = *state;

	assert_true(take(f, "a", LONG));
	assert_false(take(f, "b", 0));	/* seen for the first time */
	lease_of("a")->clock_ms++;
	assert_true(take(f, "a", LONG));
	assert_false(take(f, "b", 0));	/* it lives */
	assert_true(take(f, "b", 0));
	assert_true(take(f, "b", LONG));
	assert_string_equal("b", owner(f));
	assert_false(take(f, "a", LONG));
	assert_false(take(f, "c", LONG));
}

static void
one_of_two_that_wait_gets_it(void **state)
{
	struct fixture *f = *state;

	assert_true(take(f, "a", LONG));
	assert_false(take(f, "b", 0));
	assert_false(take(f, "c", 0));
	assert_true(take(f, "b", 0));
	assert_false(take(f, "c", LONG));
}

static void
the_wall_clock_keeps_nobody_out_and_brings_nobody_in(void **state)
{
	static const int64_t ends[] = { 0, 1, 4102444800000, INT64_MAX };
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(ends); i++) {
		memset(leases, 0, sizeof(leases));
		fixture_exec(f, "DELETE FROM leases");
		assert_true(take(f, "a", LONG));
		fixture_exec(f, "UPDATE leases SET expires_ms = %lld",
		    (long long)ends[i]);
		assert_string_equal("", owner(f));
		assert_false(take(f, "b", LONG));
		assert_false(take(f, "b", LONG));
		assert_true(take(f, "b", 0));
	}
}

static void
its_clock_goes_on_where_it_was(void **state)
{
	struct fixture *f = *state;

	lease_of("a")->clock_ms = 5000;
	assert_true(take(f, "a", LONG));
	assert_int_equal(5000, lease_of("a")->clock_ms);
	lease_of("a")->clock_ms = 6000;
	release(f, "a");
	assert_true(take(f, "b", LONG));
	assert_int_equal(6000, lease_of("b")->clock_ms);
	/* never back */
	lease_of("b")->clock_ms = 100;
	assert_true(take(f, "b", LONG));
	assert_int_equal(6000, lease_of("b")->clock_ms);
	/* who was killed may have worked on after its last sign */
	assert_false(take(f, "c", 0));
	assert_true(take(f, "c", 0));
	assert_int_equal(6000 + LEASE_SIGN_MS, lease_of("c")->clock_ms);
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
	struct lease b = { .name = "poller", .owner = "b" };
	bool held = false;

	fixture_token(f, 1);
	assert_true(take(f, "a", 0));
	store_fence(f->st, "poller", "a");
	assert_ok(f, store_begin(f->st, &f->e));
	assert_ok(f, store_end(f->st, ERR_OK, &f->e));
	/* its time is over and another took it: nothing more from this one */
	assert_ok(f, lease_take(other, &b, &held, &f->e));
	assert_ok(f, lease_take(other, &b, &held, &f->e));
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
	struct lease l = { .name = "poller", .owner = "a", .ms = LONG };
	struct store *st;
	bool held = true;

	conf.busy_timeout = 50;
	assert_ok(f, store_open(&conf, &st, &f->e));
	fixture_exec(f, "BEGIN IMMEDIATE");
	assert_failed(f, ERR_UNAVAILABLE, "busy",
	    lease_take(st, &l, &held, &f->e));
	assert_false(held);
	fixture_exec(f, "ROLLBACK");
	store_close(st);
}

#define T(test) \
	cmocka_unit_test_setup_teardown(test, begin, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(one_holds_it_and_the_other_stands_by),
		T(its_owner_renews_it),
		T(who_gives_no_sign_of_life_loses_it),
		T(one_of_two_that_wait_gets_it),
		T(the_wall_clock_keeps_nobody_out_and_brings_nobody_in),
		T(its_clock_goes_on_where_it_was),
		T(what_is_given_back_is_free_at_once),
		T(a_fenced_connection_writes_only_while_it_holds_the_lease),
		T(a_busy_database_gives_no_lease),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
