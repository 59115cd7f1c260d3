/* SPDX-License-Identifier: MIT */
/*
 * test_lounge.c: parked requests over real sockets, with a source made here: one task
 * per row, whose change is what the test sets.
 */
#include <fastcgi.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "arena.h"
#include "clock.h"
#include "http/parked.h"
#include "lounge.h"
#include "task.h"

#define ROWS		4
#define WAIT_MS		10000
#define BIG		(4 * 1024 * 1024)

/* ---- the source ---- */

static _Atomic int64_t change_counter;
static struct {
	_Atomic int64_t	 change;	/* 0: no such row */
	_Atomic int	 progress;	/* 100: completed */
} tasks[ROWS];
static _Atomic bool source_fails;

static void
set_progress(int row, int progress)
{
	tasks[row].progress = progress;
	tasks[row].change = change_counter + 1;
	change_counter++;
}

static int64_t
version(void *arg)
{
	(void)arg;
	return change_counter;
}

static struct lounge_row
row_of(int64_t row, struct arena *a)
{
	struct task *t = arena_alloc(a, sizeof(*t));

	*t = (struct task){
		.progress = tasks[row].progress,
		.status = tasks[row].progress == 100 ? TASK_COMPLETED :
		    TASK_PROCESSING,
	};
	return (struct lounge_row){ row, tasks[row].change, t };
}

static enum err
load(void *arg, int64_t row, struct arena *a, struct lounge_row *out,
    struct error *e)
{
	(void)arg;
	if (source_fails)
		return error_set(e, ERR_UNAVAILABLE, NULL, "busy");
	if (tasks[row].change == 0)
		return error_set(e, ERR_TASK_NOT_FOUND, NULL, "Task not found");
	*out = row_of(row, a);
	return ERR_OK;
}

static enum err
change_now(void *arg, int64_t *out, struct error *e)
{
	(void)arg;
	(void)e;
	*out = change_counter;
	return ERR_OK;
}

static enum err
next_change(void *arg, int64_t since, struct arena *a, struct lounge_page *out,
    struct error *e)
{
	int64_t next = INT64_MAX;
	int row = -1;

	(void)arg;
	(void)e;
	for (int i = 0; i < ROWS; i++)		/* one at a time, in order */
		if (tasks[i].change > since && tasks[i].change < next) {
			next = tasks[i].change;
			row = i;
		}
	if (row < 0)
		return ERR_OK;
	out->rows = arena_array(a, 1, sizeof(*out->rows));
	out->rows[0] = row_of(row, a);
	out->n = 1;
	out->has_more = true;
	return ERR_OK;
}

static const struct lounge_source source = { NULL, version, change_now, load,
	next_change };

/* ---- a waiter that writes the progress ---- */

struct watcher {
	struct waiter	 w;
	size_t		 padding;	/* bytes of each message besides */
	bool		 begun;
	bool		 ends_at_tick;
};

static _Atomic int gone, freed, changes, ticks;

static bool
on_change(struct waiter *w, const struct task *task, struct buf *out)
{
	struct watcher *me = (struct watcher *)w;

	changes++;
	if (!me->begun)
		buf_printf(out, "Status: 200 OK\r\n%s\r\n", w->headers);
	me->begun = true;
	if (task == NULL) {
		buf_puts(out, "none;");
		return true;
	}
	for (size_t i = 0; i < me->padding; i++)
		buf_append(out, ".", 1);
	buf_printf(out, "%d;", (int)task->progress);
	return task->status == TASK_COMPLETED;
}

static bool
on_tick(struct waiter *w, int64_t now, struct buf *out)
{
	struct watcher *me = (struct watcher *)w;

	assert_true(now > 0);
	ticks++;
	if (me->ends_at_tick)
		buf_puts(out, "tick;");
	return me->ends_at_tick;
}

static void
on_gone(struct waiter *w)
{
	(void)w;
	gone++;
}

static void
free_watcher(struct waiter *w)
{
	freed++;
	free(w);
}

static const struct waiter_ops ops = { on_change, on_tick, NULL, on_gone,
	free_watcher };

/* ---- the FastCGI server's end ---- */

struct fixture {
	struct lounge	*lounge;
	struct buf	 text;		/* of all STDOUT records, from client() on */
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct error e;

	gone = freed = changes = ticks = 0;
	source_fails = false;
	for (int i = 0; i < ROWS; i++)
		set_progress(i, 0);
	assert_int_equal(ERR_OK, lounge_new(source, 3, &f->lounge, &e));
	buf_init(&f->text, 64 * 1024 * 1024);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	lounge_stop(f->lounge, 0);
	buf_clear(&f->text);
	free(f);
	return 0;
}

/* Parks a watcher of that row; the other end of its connection. */
static int
park_on(struct fixture *f, int type, int row, size_t padding,
    bool ends_at_tick)
{
	struct watcher *me = calloc(1, sizeof(*me));
	int fds[2];

	assert_int_equal(0, socketpair(AF_UNIX, type, 0, fds));
	me->w.ops = &ops;
	me->w.task_row = row;
	me->padding = padding;
	me->ends_at_tick = ends_at_tick;
	buf_reset(&f->text);
	lounge_park(f->lounge, &me->w, fds[0], 1, strdup("X-A: b\r\n"));
	return fds[1];
}

static int
park(struct fixture *f, int row, size_t padding, bool ends_at_tick)
{
	return park_on(f, SOCK_STREAM, row, padding, ends_at_tick);
}

static void
read_exactly(int fd, void *data, size_t len)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	for (size_t got = 0; got < len; ) {
		ssize_t n;

		if (poll(&p, 1, WAIT_MS) != 1)
			fail_msg("nothing came");
		n = read(fd, (char *)data + got, len - got);
		assert_true(n > 0);
		got += (size_t)n;
	}
}

/* The type of the next record; its content is added to f->text if it is output. */
static int
read_record(struct fixture *f, int fd)
{
	char content[65536];
	FCGI_Header h;
	size_t len;

	read_exactly(fd, &h, sizeof(h));
	assert_int_equal(FCGI_VERSION_1, h.version);
	assert_int_equal(1, h.requestIdB0);
	len = (size_t)h.contentLengthB1 << 8 | h.contentLengthB0;
	read_exactly(fd, content, len + h.paddingLength);
	if (h.type == FCGI_STDOUT)
		buf_append(&f->text, content, len);
	return h.type;
}

static void
read_until(struct fixture *f, int fd, const char *tail)
{
	size_t len = strlen(tail);

	while (f->text.len < len ||
	    strcmp(f->text.data + f->text.len - len, tail) != 0)
		assert_int_equal(FCGI_STDOUT, read_record(f, fd));
}

/* Reads to the end of the request, and that nothing follows. */
static void
read_end(struct fixture *f, int fd)
{
	char c;

	while (read_record(f, fd) != FCGI_END_REQUEST)
		;
	assert_int_equal(0, read(fd, &c, 1));
	close(fd);
}

static bool
comes_true(bool (*condition)(struct fixture *), struct fixture *f)
{
	int64_t until = clock_mono_ms() + WAIT_MS;

	while (!condition(f) && clock_mono_ms() < until)
		poll(NULL, 0, 1);
	return condition(f);
}

static bool
is_empty(struct fixture *f)
{
	return lounge_count(f->lounge) == 0;
}

static bool
one_was_told(struct fixture *f)
{
	(void)f;
	return changes == 1;
}

/* ---- tests ---- */

static void
changes_reach_the_waiters_of_the_task(void **state)
{
	struct fixture *f = *state;
	int a = park(f, 1, 0, false);
	struct fixture g = { .lounge = f->lounge };
	int b;

	read_until(f, a, "Status: 200 OK\r\nX-A: b\r\n\r\n0;");
	buf_init(&g.text, 65536);
	b = park(&g, 2, 0, false);
	read_until(&g, b, "\r\n\r\n0;");
	set_progress(1, 40);
	read_until(f, a, "0;40;");
	set_progress(2, 100);
	set_progress(1, 100);
	read_until(f, a, "40;100;");
	read_end(f, a);
	read_until(&g, b, "\r\n\r\n0;100;");
	read_end(&g, b);
	assert_true(comes_true(is_empty, f));
	assert_int_equal(2, freed);
	assert_int_equal(0, gone);
	buf_clear(&g.text);
}

static void
a_task_that_is_done_ends_at_once(void **state)
{
	struct fixture *f = *state;
	int fd;

	set_progress(1, 100);
	fd = park(f, 1, 0, false);
	read_end(f, fd);
	assert_string_equal("Status: 200 OK\r\nX-A: b\r\n\r\n100;", f->text.data);
}

static void
a_task_that_is_not_there_is_told_as_null(void **state)
{
	struct fixture *f = *state;
	int fd;

	tasks[1].change = 0;
	fd = park(f, 1, 0, false);
	read_end(f, fd);
	assert_string_equal("Status: 200 OK\r\nX-A: b\r\n\r\nnone;",
	    f->text.data);
}

static void
a_tick_can_end_it(void **state)
{
	struct fixture *f = *state;
	int fd = park(f, 1, 0, true);

	read_end(f, fd);
	assert_string_equal("Status: 200 OK\r\nX-A: b\r\n\r\n0;tick;",
	    f->text.data);
	assert_int_equal(1, ticks);
}

static void
all_are_ticked(void **state)
{
	struct fixture *f = *state;
	int fds[3];

	for (int i = 0; i < 3; i++)
		fds[i] = park(f, i + 1, 0, true);
	for (int i = 0; i < 3; i++)
		read_end(f, fds[i]);
	assert_int_equal(3, ticks);
}

/* One packet holds one write: records, whole ones, that end with `tail`. */
static void
read_write(struct fixture *f, int fd, const char *tail)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	unsigned char packet[4096];
	size_t at = 0, n;

	if (poll(&p, 1, WAIT_MS) != 1)
		fail_msg("nothing came");
	n = (size_t)read(fd, packet, sizeof(packet));
	while (at + sizeof(FCGI_Header) <= n) {
		const FCGI_Header *h = (const void *)(packet + at);
		size_t len = (size_t)h->contentLengthB1 << 8 |
		    h->contentLengthB0;

		at += sizeof(*h);
		if (h->type == FCGI_STDOUT)
			buf_append(&f->text, packet + at, len);
		at += len + h->paddingLength;
	}
	assert_int_equal(n, at);
	assert_true(f->text.len >= strlen(tail));
	assert_string_equal(tail, f->text.data + f->text.len - strlen(tail));
}

static void
each_event_is_one_write(void **state)
{
	struct fixture *f = *state;
	int fd = park_on(f, SOCK_SEQPACKET, 1, 700, false);

	read_write(f, fd, ".0;");
	set_progress(1, 40);
	read_write(f, fd, ".40;");
	set_progress(1, 100);
	read_write(f, fd, ".100;");
	close(fd);
}

static void
a_client_that_left_is_noticed(void **state)
{
	struct fixture *f = *state;
	int fd = park(f, 1, 0, false);

	read_until(f, fd, "0;");
	close(fd);
	assert_true(comes_true(is_empty, f));
	assert_int_equal(1, gone);
	assert_int_equal(1, freed);
}

static void
unread_input_does_not_hide_that_it_left(void **state)
{
	struct fixture *f = *state;
	int fd = park(f, 1, 0, false);

	assert_int_equal(8, write(fd, "\1\5\0\1\0\0\0\0", 8));
	read_until(f, fd, "0;");
	set_progress(1, 5);
	read_until(f, fd, "5;");
	assert_int_equal(1, lounge_count(f->lounge));
	close(fd);
	assert_true(comes_true(is_empty, f));
	assert_int_equal(1, gone);
}

/* What a slow reader has not read yet must hold up nobody, and is not added to. */
static void
a_slow_reader_gets_progress_merged(void **state)
{
	struct fixture *f = *state;
	struct fixture quick = { .lounge = f->lounge };
	int slow = park(f, 1, BIG, false), fd;

	assert_true(comes_true(one_was_told, f));
	buf_init(&quick.text, 65536);
	fd = park(&quick, 2, 0, false);
	read_until(&quick, fd, "0;");
	for (int i = 1; i < 50; i++) {
		char tail[16];

		set_progress(1, i);
		set_progress(2, i);
		snprintf(tail, sizeof(tail), ";%d;", i);
		read_until(&quick, fd, tail);
		buf_reset(&quick.text);
		buf_puts(&quick.text, ";");
	}
	assert_true(changes < 50 + 5);		/* the slow one was told once */
	set_progress(1, 100);
	read_until(f, slow, ".0;");
	read_until(f, slow, ".100;");
	read_end(f, slow);
	assert_true(f->text.len < 3 * (size_t)BIG);
	set_progress(2, 100);
	read_end(&quick, fd);
	buf_clear(&quick.text);
}

static void
a_busy_source_is_asked_again(void **state)
{
	struct fixture *f = *state;
	int fd;

	source_fails = true;
	fd = park(f, 1, 0, false);
	assert_int_equal(0, changes);
	source_fails = false;
	read_until(f, fd, "0;");
	set_progress(1, 100);
	read_end(f, fd);
}

static void
room_is_limited(void **state)
{
	struct fixture *f = *state;
	int fds[3];

	for (int i = 0; i < 3; i++) {
		assert_true(lounge_has_room(f->lounge));
		fds[i] = park(f, 1, 0, false);
	}
	assert_false(lounge_has_room(f->lounge));
	for (int i = 0; i < 3; i++)
		close(fds[i]);
	assert_true(comes_true(is_empty, f));
	assert_true(lounge_has_room(f->lounge));
}

static void *
finish_task(void *arg)
{
	struct fixture *f = arg;

	while (lounge_has_room(f->lounge))	/* until it stops */
		poll(NULL, 0, 1);
	set_progress(1, 100);
	return NULL;
}

static void
a_stop_waits_for_the_parked(void **state)
{
	struct fixture *f = *state;
	int fd = park(f, 1, 0, false);
	pthread_t other;

	read_until(f, fd, "0;");
	assert_int_equal(0, pthread_create(&other, NULL, finish_task, f));
	lounge_end(f->lounge, WAIT_MS);
	pthread_join(other, NULL);
	read_until(f, fd, "100;");
	assert_int_equal(FCGI_STDOUT, read_record(f, fd));
	assert_int_equal(FCGI_END_REQUEST, read_record(f, fd));
	close(fd);
	assert_int_equal(1, freed);
}

static void
after_the_grace_they_are_closed(void **state)
{
	struct fixture *f = *state;
	int fd = park(f, 1, 0, false);
	char c;

	read_until(f, fd, "0;");
	lounge_end(f->lounge, 0);
	assert_int_equal(0, read(fd, &c, 1));
	close(fd);
	assert_int_equal(1, freed);
	assert_int_equal(0, gone);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(changes_reach_the_waiters_of_the_task),
		TEST(a_task_that_is_done_ends_at_once),
		TEST(a_task_that_is_not_there_is_told_as_null),
		TEST(a_tick_can_end_it),
		TEST(all_are_ticked),
		TEST(each_event_is_one_write),
		TEST(a_client_that_left_is_noticed),
		TEST(unread_input_does_not_hide_that_it_left),
		TEST(a_slow_reader_gets_progress_merged),
		TEST(a_busy_source_is_asked_again),
		TEST(room_is_limited),
		TEST(a_stop_waits_for_the_parked),
		TEST(after_the_grace_they_are_closed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
