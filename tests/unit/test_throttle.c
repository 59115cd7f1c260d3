/* SPDX-License-Identifier: MIT */
/* test_throttle.c: how fast a password may be guessed, by a clock of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attr.h"
#include "throttle.h"

#define HOUR	INT64_C(3600000)
#define START	INT64_C(1800000000000)	/* ms */

static char dir[32], database[64];

static int
setup(void **state UNUSED)
{
	strcpy(dir, "/tmp/test_throttle.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(database, sizeof(database), "%s/x.db", dir);
	throttle_open(database);
	return 0;
}

static int
teardown(void **state UNUSED)
{
	char path[80];

	throttle_close();
	snprintf(path, sizeof(path), "%s.logins", database);
	assert_int_equal(0, unlink(path));
	assert_int_equal(0, rmdir(dir));
	return 0;
}

/* A /64 of its own for each `n`. */
static const char *
other_address(unsigned n)
{
	static char text[64];

	snprintf(text, sizeof(text), "2001:db8:%x:%x::1", n >> 16, n & 0xffff);
	return text;
}

/* So many failures by as many strangers. */
static void
strangers_fail(unsigned n, int64_t now)
{
	static unsigned next = 0x10000;

	while (n-- > 0)
		(void)throttle_begin(other_address(next++), now);
}

static void
an_address_waits_longer_and_longer(void **state UNUSED)
{
	static const int waits[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 300,
	    300 };
	int64_t now = START;

	for (int i = 0; i < 5; i++)
		assert_int_equal(0, throttle_begin("192.0.2.1", now));
	for (size_t i = 0; i < NELEM(waits); i++) {
		assert_int_equal(waits[i], throttle_begin("192.0.2.1", now));
		/* who asks meanwhile does not wait longer for it */
		now += (int64_t)waits[i] * 1000 - 1;
		assert_int_equal(1, throttle_begin("192.0.2.1", now));
		assert_int_equal(0, throttle_begin("192.0.2.1", ++now));
	}
	assert_int_equal(0, throttle_begin("192.0.2.2", now));
	now += 15 * 60000;
	for (int i = 0; i < 5; i++)
		assert_int_equal(0, throttle_begin("192.0.2.1", now));
	assert_int_equal(1, throttle_begin("192.0.2.1", now));
}

static void
a_success_ends_the_wait_of_its_address(void **state UNUSED)
{
	for (int i = 0; i < 4; i++) {
		assert_int_equal(0, throttle_begin("192.0.2.1", START));
		assert_int_equal(0, throttle_begin("192.0.2.1", START));
		throttle_succeeded("192.0.2.1", START);
	}
}

static const struct {
	const char	*one, *other;
	int		 same;
} pairs[] = {
	{ "2001:db8:1:2::1", "2001:db8:1:2:ffff::9", 1 },
	{ "2001:db8:1:2::1", "2001:DB8:1:2:0:0:0:2", 1 },
	{ "2001:db8:1:2::1", "2001:db8:1:3::1", 0 },
	{ "192.0.2.1", "::ffff:192.0.2.1", 1 },
	{ "192.0.2.1", "192.0.2.2", 0 },
	{ "::ffff:192.0.2.1", "::ffff:192.0.2.2", 0 },
	{ "", NULL, 1 },
	{ "unix:", "192.0.2.1", 0 },
};

static void
an_address_is_what_one_customer_has(void **state UNUSED)
{
	int64_t now = START;

	for (size_t i = 0; i < NELEM(pairs); i++) {
		int wait;

		now += HOUR;
		for (int k = 0; k < 5; k++)
			assert_int_equal(0, throttle_begin(pairs[i].one, now));
		wait = throttle_begin(pairs[i].other, now);
		if (wait != pairs[i].same)
			fail_msg("%s, %s: %d", pairs[i].one, pairs[i].other,
			    wait);
	}
}

static void *
try(void *arg)
{
	*(int *)arg = throttle_begin("192.0.2.1", START);
	return NULL;
}

static void
many_at_once_are_no_way_around(void **state UNUSED)
{
	pthread_t threads[40];
	int waits[40], checked = 0;

	for (size_t i = 0; i < NELEM(threads); i++)
		assert_int_equal(0, pthread_create(&threads[i], NULL, try,
		    &waits[i]));
	for (size_t i = 0; i < NELEM(threads); i++) {
		pthread_join(threads[i], NULL);
		checked += waits[i] == 0;
	}
	assert_int_equal(5, checked);
}

/* Nothing that others do, under whatever address, gives a waiting one a new start. */
static void
no_other_address_makes_one_forgotten(void **state UNUSED)
{
	int64_t now = START;
	int checked = 0;

	for (int i = 0; i < 5; i++)
		assert_int_equal(0, throttle_begin("192.0.2.1", now));
	for (int i = 0; i < 10; i++) {
		strangers_fail(20000, now);
		checked += throttle_begin("192.0.2.1", now) == 0;
		now += 50;
	}
	assert_int_equal(0, checked);
}

/* Each with an address of its own, as fast as it can: fifty a second. */
static void
guesses_from_anywhere_are_bounded(void **state UNUSED)
{
	unsigned n = 0;
	int checked = 0;

	for (int64_t now = START; now < START + HOUR; now += 20)
		checked += throttle_begin(other_address(n++), now) == 0;
	assert_in_range(checked, 10, 50);	/* ten, and again when they are forgotten */
	checked = 0;
	/* 600 addresses that do come back at their turns */
	for (int64_t now = START + HOUR; now < START + 2 * HOUR; now += 20)
		checked += throttle_begin(other_address(n++ % 600), now) == 0;
	assert_in_range(checked, 10, 10 + 3600);
}

/* The administrator tries once a second; the time until the password is looked at. */
static int
seconds_until_looked_at(const char *address, int64_t now)
{
	for (int s = 0; s < 300; s++, now += 1000) {
		strangers_fail(50, now);
		if (throttle_begin(address, now) == 0)
			return s;
	}
	return -1;
}

static void
guessing_keeps_the_owner_not_out(void **state UNUSED)
{
	assert_int_equal(0, throttle_begin("192.0.2.1", START));
	throttle_succeeded("192.0.2.1", START);
	strangers_fail(1000, START + HOUR);
	assert_int_equal(0, seconds_until_looked_at("192.0.2.1",
	    START + HOUR));
	throttle_succeeded("192.0.2.1", START + HOUR);
	/* where they never were before */
	assert_int_equal(10, seconds_until_looked_at("198.51.100.7",
	    START + HOUR + 1000));
	throttle_succeeded("198.51.100.7", START + HOUR);
	assert_int_equal(0, seconds_until_looked_at("198.51.100.7",
	    START + HOUR + 1000));
}

static void
a_known_address_waits_for_its_own_failures(void **state UNUSED)
{
	assert_int_equal(0, throttle_begin("192.0.2.1", START));
	throttle_succeeded("192.0.2.1", START);
	for (int i = 0; i < 5; i++)
		assert_int_equal(0, throttle_begin("192.0.2.1", START));
	assert_int_equal(1, throttle_begin("192.0.2.1", START));
}

static void
an_address_is_known_for_ninety_days(void **state UNUSED)
{
	int64_t day = 24 * HOUR;

	assert_int_equal(0, throttle_begin("192.0.2.1", START));
	throttle_succeeded("192.0.2.1", START);
	assert_int_equal(0, seconds_until_looked_at("192.0.2.1",
	    START + 89 * day));
	assert_int_equal(10, seconds_until_looked_at("192.0.2.1",
	    START + 91 * day));
}

static void
a_clock_that_steps_back_makes_nobody_wait_longer(void **state UNUSED)
{
	int64_t now = START - 1000 * HOUR;

	for (int i = 0; i < 5; i++)
		assert_int_equal(0, throttle_begin("192.0.2.1", START));
	strangers_fail(100, START);
	assert_int_equal(10, throttle_begin("198.51.100.7", START));
	assert_in_range(throttle_begin("192.0.2.1", now), 0, 1);
	assert_int_equal(10, throttle_begin("198.51.100.7", now));
	assert_int_equal(0, throttle_begin("198.51.100.7", now + 10000));
}

static void
workers_count_together_and_a_new_one_goes_on(void **state UNUSED)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		throttle_close();
		throttle_open(database);
		for (int i = 0; i < 5; i++)
			(void)throttle_begin("192.0.2.1", START);
		_exit(0);
	}
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_int_equal(1, throttle_begin("192.0.2.1", START));
	throttle_close();
	throttle_open(database);
	assert_int_equal(1, throttle_begin("192.0.2.1", START));
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_address_waits_longer_and_longer),
		TEST(a_success_ends_the_wait_of_its_address),
		TEST(an_address_is_what_one_customer_has),
		TEST(many_at_once_are_no_way_around),
		TEST(no_other_address_makes_one_forgotten),
		TEST(guesses_from_anywhere_are_bounded),
		TEST(guessing_keeps_the_owner_not_out),
		TEST(a_known_address_waits_for_its_own_failures),
		TEST(an_address_is_known_for_ninety_days),
		TEST(a_clock_that_steps_back_makes_nobody_wait_longer),
		TEST(workers_count_together_and_a_new_one_goes_on),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
