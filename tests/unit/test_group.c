/* SPDX-License-Identifier: MIT */
/* test_group.c: who waits while another process holds the database. */
#include "fixture.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "conf.h"
#include "group.h"

#define THREADS	8
#define MOST	4
#define LONG_MS	60000	/* busy_timeout: for ever, as far as the test goes */

static struct group *group;
static atomic_int ended;

static int
setup(void **state)
{
	group = group_new(MOST);
	ended = 0;
	return fixture_setup(state);
}

static int
teardown(void **state)
{
	group_free(group);
	return fixture_teardown(state);
}

static enum err
threshold(struct store *st, void *arg UNUSED, struct error *e)
{
	return settings_set_ban_threshold(st, 7, e);
}

static enum err
in_group(struct store *st, struct error *e)
{
	return group_run(group, st, threshold, NULL, e);
}

static enum err
alone(struct store *st, struct error *e)
{
	enum err rc = store_begin(st, e);

	return rc != ERR_OK ? rc : store_end(st, threshold(st, NULL, e), e);
}

static enum err
one_statement(struct store *st, struct error *e)
{
	return threshold(st, NULL, e);
}

static const struct {
	const char	*what;
	enum err	 (*write)(struct store *, struct error *);
} ways[] = {
	{ "in the group", in_group },
	{ "in a transaction of its own", alone },
	{ "in one statement", one_statement },
};

struct writer {
	struct fixture	*f;
	size_t		 way;
	pthread_t	 id;
	enum err	 rc;
	struct error	 e;
};

static struct store *
connect_to(struct fixture *f)
{
	struct store_conf conf = fixture_store_conf(f);
	struct store *st = NULL;
	struct error e;

	conf.busy_timeout = LONG_MS;
	conf.group = group;
	if (store_open(&conf, &st, &e) != ERR_OK)
		fail_msg("%s", e.text);
	return st;
}

static void *
write_once(void *arg)
{
	struct writer *w = arg;
	struct store *st = connect_to(w->f);

	w->rc = ways[w->way].write(st, &w->e);
	store_close(st);
	ended++;
	return NULL;
}

static void
start(struct fixture *f, struct writer *w, size_t way)
{
	*w = (struct writer){ .f = f, .way = way };
	assert_int_equal(0, pthread_create(&w->id, NULL, write_once, w));
}

static void
await_ended(int n)
{
	for (int i = 0; ended < n && i < 30000; i++)
		usleep(1000);
	assert_int_equal(n, ended);
}

/* All eight in the ways of `first` and `second` in turn. */
static void
half_of_them_wait(struct fixture *f, size_t first, size_t second)
{
	struct writer w[THREADS], late;
	int written = 0;
	struct store *reader;

	print_message("# %s, %s\n", ways[first].what, ways[second].what);
	ended = 0;
	fixture_exec(f, "BEGIN IMMEDIATE");
	for (size_t i = 0; i < THREADS; i++)
		start(f, &w[i], i % 2 == 0 ? first : second);
	await_ended(THREADS - MOST);
	/* beyond them nobody waits at all */
	start(f, &late, first);
	await_ended(THREADS - MOST + 1);
	pthread_join(late.id, NULL);
	assert_int_equal(ERR_UNAVAILABLE, late.rc);
	assert_int_equal(1, late.e.retry_after);
	reader = connect_to(f);
	store_close(reader);
	fixture_exec(f, "ROLLBACK");
	for (size_t i = 0; i < THREADS; i++) {
		pthread_join(w[i].id, NULL);
		written += w[i].rc == ERR_OK;
		assert_true(w[i].rc == ERR_OK || w[i].rc == ERR_UNAVAILABLE);
	}
	assert_int_equal(MOST, written);
}

static void
half_of_the_threads_wait_at_most(void **state)
{
	for (size_t i = 0; i < NELEM(ways); i++)
		half_of_them_wait(*state, i, i);
	half_of_them_wait(*state, 0, 1);
	half_of_them_wait(*state, 1, 2);
}

/* A wait that came to its end makes room for the next. */
static void
and_the_next_ones_may_again(void **state)
{
	struct fixture *f = *state;
	struct writer w[THREADS];

	half_of_them_wait(f, 0, 0);
	ended = 0;
	for (size_t i = 0; i < THREADS; i++)
		start(f, &w[i], i % NELEM(ways));
	for (size_t i = 0; i < THREADS; i++) {
		pthread_join(w[i].id, NULL);
		assert_int_equal(ERR_OK, w[i].rc);
	}
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(half_of_the_threads_wait_at_most),
		TEST(and_the_next_ones_may_again),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
