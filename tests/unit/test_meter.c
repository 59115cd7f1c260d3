/* SPDX-License-Identifier: MIT */
/* test_meter.c: counters that processes share. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "attr.h"
#include "meter.h"

static char dir[] = "/tmp/test_meter.XXXXXX", path[64];

/* Runs `body` in a process of its own that opens the file. */
static pid_t
other(void (*body)(void))
{
	pid_t pid = fork();	/* ends with the test, however that ends */

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		meter_close();
		meter_open(path);
		body();
		_exit(0);
	}
	assert_true(pid > 0);
	return pid;
}

static void
finished(pid_t pid)
{
	int status;

	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_true(WIFEXITED(status));
	assert_int_equal(0, WEXITSTATUS(status));
}

struct sum {
	const char	*label, *label2;
	int		 series;
	uint64_t	 value, sum_us;
	uint64_t	 bucket[METER_BUCKETS];
};

static void
add_up(void *arg, const struct meter_series *s)
{
	struct sum *sum = arg;

	if (strcmp(s->label, sum->label) != 0 ||
	    strcmp(s->label2, sum->label2) != 0)
		return;
	sum->series++;
	sum->value += s->value;
	sum->sum_us += s->sum_us;
	for (size_t i = 0; i < METER_BUCKETS; i++)
		sum->bucket[i] += s->bucket[i];
}

static struct sum
sum_of(enum meter m, const char *label, const char *label2)
{
	struct sum sum = { .label = label, .label2 = label2 };

	meter_each(m, add_up, &sum);
	return sum;
}

static void
count_two_hundred(void)
{
	for (int i = 0; i < 200; i++)
		meter_add(METER_REQUESTS, "video_get", "200", 1);
}

static void
processes_count_together(void **state)
{
	pid_t a, b;

	(void)state;
	a = other(count_two_hundred);
	b = other(count_two_hundred);
	finished(a);
	finished(b);
	meter_add(METER_REQUESTS, "video_get", "200", 1);
	meter_add(METER_REQUESTS, "video_get", "404", 7);
	assert_int_equal(401,
	    sum_of(METER_REQUESTS, "video_get", "200").value);
	assert_int_equal(7, sum_of(METER_REQUESTS, "video_get", "404").value);
	assert_int_equal(0, sum_of(METER_UPSTREAM, "video_get", "200").series);
}

static void
times_go_to_their_buckets(void **state)
{
	static const struct {
		int64_t	 us;
		size_t	 bucket;
	} cases[] = {
		{ -5, 0 }, { 0, 0 }, { 1000, 0 }, { 1001, 1 }, { 2500, 1 },
		{ 999999, 9 }, { 1000001, 10 }, { 10000000, 12 },
		{ 10000001, 13 }, { 7200000000, 13 },
	};
	uint64_t all = 0;

	(void)state;
	for (size_t i = 0; i < NELEM(cases); i++) {
		uint64_t before = sum_of(METER_POLL_LAG, "", "")
		    .bucket[cases[i].bucket];

		meter_observe(METER_POLL_LAG, NULL, cases[i].us);
		all += cases[i].us > 0 ? (uint64_t)cases[i].us : 0;
		assert_int_equal(before + 1, sum_of(METER_POLL_LAG, "", "")
		    .bucket[cases[i].bucket]);
	}
	assert_int_equal(all, sum_of(METER_POLL_LAG, "", "").sum_us);
}

static void
a_value_is_the_last_one_set(void **state)
{
	(void)state;
	meter_set(METER_CACHE_BYTES, 5000000000);
	meter_set(METER_CACHE_BYTES, 12);
	assert_int_equal(12, sum_of(METER_CACHE_BYTES, "", "").value);
}

static int ready[2];

static void
wait_with_three(void)
{
	meter_waiting(3);
	if (write(ready[1], "x", 1) == 1)
		pause();
}

static void
who_is_killed_waits_no_more(void **state)
{
	char byte;
	pid_t pid;

	(void)state;
	assert_int_equal(0, pipe(ready));
	pid = other(wait_with_three);
	assert_int_equal(1, read(ready[0], &byte, 1));
	meter_waiting(4);
	assert_int_equal(7, meter_all_waiting());
	kill(pid, SIGKILL);
	assert_int_equal(pid, waitpid(pid, NULL, 0));
	assert_int_equal(4, meter_all_waiting());
}

static void
more_labels_than_there_is_room_for_are_dropped(void **state)
{
	char label[16];

	(void)state;
	for (int i = 0; i < 3000; i++) {
		snprintf(label, sizeof(label), "label%d", i);
		meter_add(METER_TASKS, label, NULL, 1);
	}
	assert_int_equal(1, sum_of(METER_TASKS, "label0", "").value);
	assert_int_equal(0, sum_of(METER_TASKS, "label2999", "").series);
}

/* What is no file of this version is made anew; nobody else may read it. */
static void
a_foreign_file_is_replaced(void **state)
{
	struct stat st;
	FILE *f;

	(void)state;
	meter_close();
	assert_non_null(f = fopen(path, "w"));
	fputs("something else", f);
	fclose(f);
	chmod(path, 0644);
	meter_open(path);
	assert_int_equal(0, sum_of(METER_REQUESTS, "video_get", "200").value);
	count_two_hundred();
	meter_close();
	meter_open(path);
	assert_int_equal(200,
	    sum_of(METER_REQUESTS, "video_get", "200").value);
	assert_int_equal(0, stat(path, &st));
	assert_int_equal(0600, st.st_mode & 0777);
}

static void
without_a_file_a_process_counts_for_itself(void **state)
{
	(void)state;
	meter_close();
	meter_open("");
	count_two_hundred();
	meter_waiting(2);
	meter_close();
	meter_open("/nonexistent/metrics");
	assert_int_equal(0, sum_of(METER_REQUESTS, "video_get", "200").value);
	count_two_hundred();
	assert_int_equal(200,
	    sum_of(METER_REQUESTS, "video_get", "200").value);
	meter_waiting(5);
	assert_int_equal(5, meter_all_waiting());
}

static int
set_up(void **state)
{
	(void)state;
	meter_open(path);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	meter_close();
	unlink(path);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(processes_count_together),
		TEST(times_go_to_their_buckets),
		TEST(a_value_is_the_last_one_set),
		TEST(who_is_killed_waits_no_more),
		TEST(more_labels_than_there_is_room_for_are_dropped),
		TEST(a_foreign_file_is_replaced),
		TEST(without_a_file_a_process_counts_for_itself),
	};
	int rc;

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (mkdtemp(dir) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/metrics", dir);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(dir);
	return rc;
}
