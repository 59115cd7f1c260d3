/* SPDX-License-Identifier: MIT */
/* test_clock.c: time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "arena.h"
#include "attr.h"
#include "clock.h"

static void
times_are_read(void **state)
{
	static const struct {
		const char	*text;
		int64_t		 time;
	} cases[] = {
		{ "1970-01-01T00:00:00", 0 },
		{ "2024-01-15T12:00:00", 1705320000 },
		{ "2024-01-15 12:00:00", 1705320000 },
		{ "2024-01-15T12:00:00Z", 1705320000 },
		{ "2024-01-15T12:00:00.123456", 1705320000 },
		{ "2024-01-15T12:00:00.9Z", 1705320000 },
		{ "2024-01-15T12:00:00+02:00", 1705312800 },
		{ "2024-01-15T12:00:00+0200", 1705312800 },
		{ "2024-01-15T12:00:00.5-05:30", 1705339800 },
		{ "2024-02-29T23:59:59Z", 1709251199 },
		{ "2024-12-31T23:59:60Z", 1735689600 },
		{ "1969-12-31T23:59:59Z", -1 },
		{ "2106-02-07T06:28:16Z", 4294967296 },
	};

	(void)state;
	for (size_t i = 0; i < NELEM(cases); i++) {
		int64_t t = 12345;

		if (!clock_parse(cases[i].text, &t) || t != cases[i].time)
			fail_msg("%s: %lld", cases[i].text, (long long)t);
	}
}

static void
what_is_no_time_is_refused(void **state)
{
	static const char *const cases[] = {
		"", "now", "1705320000", "2024-01-15", "2024-01-15T12:00",
		" 2024-01-15T12:00:00", "2024-01-15T12:00:00 ",
		"2024-1-15T12:00:00", "24-01-15T12:00:00",
		"2024-01-15x12:00:00", "2024-01-15T12:00:00.",
		"2024-01-15T12:00:00.Z", "2024-01-15T12:00:00ZZ",
		"2024-01-15T12:00:00+", "2024-01-15T12:00:00+2",
		"2024-01-15T12:00:00+02:0", "2024-01-15T12:00:00+02:00Z",
		"2024-01-15T12:00:00+-2:00", "2024-01-15T12:00:00+24:00",
		"2024-01-15T12:00:00+02:60", "2024-01-15T12:00:00+02:000",
		"2024-00-15T12:00:00", "2024-13-15T12:00:00",
		"2024-01-00T12:00:00", "2024-01-32T12:00:00",
		"2024-02-30T12:00:00", "2023-02-29T12:00:00",
		"2024-01-15T24:00:00", "2024-01-15T12:60:00",
		"2024-01-15T12:00:61", "2024-01-15T12:00:-1",
	};

	(void)state;
	for (size_t i = 0; i < NELEM(cases); i++) {
		int64_t t;

		if (clock_parse(cases[i], &t))
			fail_msg("%s was read", cases[i]);
	}
}

static void
times_are_written_in_utc(void **state)
{
	struct arena *a = arena_new();
	int64_t back;

	(void)state;
	assert_null(clock_format(a, 0));
	assert_string_equal("2024-01-15T12:00:00", clock_format(a, 1705320000));
	assert_string_equal("1969-12-31T23:59:59", clock_format(a, -1));
	assert_true(clock_parse(clock_format(a, 4294967296), &back));
	assert_int_equal(4294967296, back);
	arena_free(a);
}

static void
the_clocks_agree_with_the_system(void **state)
{
	int64_t before = (int64_t)time(NULL), mono = clock_mono_ms();
	int64_t now = clock_now(), ms = clock_now_ms();

	(void)state;
	assert_in_range(now - before, 0, 5);
	assert_in_range(ms / 1000 - now, 0, 5);
	assert_true(clock_mono_ms() >= mono);
}

/* A zone 14 hours ahead has another day than one 12 hours behind at all times. */
static void
today_is_the_day_of_the_servers_zone(void **state)
{
	char ahead[11], behind[11], utc[11], expected[11];
	time_t now;
	struct tm tm;

	(void)state;
	setenv("TZ", "AAA-14", 1);
	tzset();
	clock_today(ahead);
	setenv("TZ", "BBB+12", 1);
	tzset();
	clock_today(behind);
	assert_string_not_equal(ahead, behind);
	setenv("TZ", "UTC0", 1);
	tzset();
	do {				/* midnight may pass in between */
		clock_today(utc);
		now = time(NULL);
		gmtime_r(&now, &tm);
		strftime(expected, sizeof(expected), "%Y-%m-%d", &tm);
	} while (strcmp(utc, expected) < 0);
	assert_string_equal(expected, utc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_read),
		cmocka_unit_test(what_is_no_time_is_refused),
		cmocka_unit_test(times_are_written_in_utc),
		cmocka_unit_test(the_clocks_agree_with_the_system),
		cmocka_unit_test(today_is_the_day_of_the_servers_zone),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
