/* SPDX-License-Identifier: MIT */
/* tail.c: sora2apictl tail: the tasks as they change. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "ctl.h"
#include "ctl/bar.h"
#include "json.h"
#include "task_store.h"

#define BATCH		100
#define LOOK_MS		200
#define REDRAW_MS	1000	/* ages grow without a change */

static volatile sig_atomic_t stop;

struct view {
	const struct ctl *ctl;
	struct store	*st;
	struct arena	*arena;		/* of one look */
	bool		 screen;	/* a terminal, and not for programs */
	int64_t		 change;	/* the last one that was seen */
	int64_t		 version;	/* of the database, then */
	int64_t		 drawn_ms;
	int		 lines;		/* of the block of bars on the screen */
};

static void
on_signal(int number UNUSED)
{
	stop = 1;
}

/* Without SA_RESTART: a sleep ends at once. */
static void
catch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

static int
columns(void)
{
	struct winsize w;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0
	    ? w.ws_col - 1 : 79;
}

static int
rows(void)
{
	struct winsize w;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_row > 2
	    ? w.ws_row - 2 : 22;
}

static void
print_json(const struct view *v, const struct task *t)
{
	cJSON *root = cJSON_CreateObject();

	json_add_string(root, "time", clock_format(v->arena, clock_now()));
	json_add_string(root, "id", t->task_id);
	json_add_string(root, "status", task_status_name(t->status));
	json_add_string(root, "step", task_step_name(t->step));
	json_add_int(root, "progress", (int64_t)t->progress);
	json_add_int(root, "token_id", t->token_id);
	json_add_string(root, "error_code", t->error_code);
	ctl_print_json(root);
}

static void
print_line(const struct view *v, const struct task *t)
{
	char line[512];

	if (v->ctl->json) {
		print_json(v, t);
		return;
	}
	bar_task(line, sizeof(line), t, clock_now(), v->screen ? columns()
	    : -1);
	puts(line);
}

/* Erases the bars; the next lines replace them. */
static void
clear(struct view *v)
{
	if (v->lines > 0)
		printf("\033[%dA\033[J", v->lines);
	v->lines = 0;
}

/* Draws as many unfinished tasks as fit, and counts the others. */
static enum err
draw(struct view *v, struct error *e)
{
	struct task_page page;
	int room = rows();
	enum err rc;

	if ((rc = task_unfinished(v->st, v->arena, &page, e)) != ERR_OK)
		return rc;
	for (size_t i = 0; i < page.n && v->lines < room; i++, v->lines++)
		print_line(v, &page.tasks[i]);
	if (page.n > (size_t)v->lines) {
		printf("... and %zu more\n", page.n - (size_t)v->lines);
		v->lines++;
	}
	return ERR_OK;
}

/* Every change is a line; on a screen only the end is, for the rest are bars. */
static enum err
print_changes(struct view *v, struct error *e)
{
	struct task_page page;
	enum err rc;

	do {
		if ((rc = task_changes(v->st, v->change, BATCH, v->arena,
		    &page, e)) != ERR_OK)
			return rc;
		for (size_t i = 0; i < page.n; i++) {
			v->change = page.tasks[i].change;
			if (!v->screen ||
			    task_is_terminal(page.tasks[i].status))
				print_line(v, &page.tasks[i]);
		}
	} while (page.has_more);
	return ERR_OK;
}

static enum err
look(struct view *v, struct error *e)
{
	int64_t version = store_data_version(v->st), now = clock_mono_ms();
	bool changed = version != v->version;
	enum err rc = ERR_OK;

	if (!changed && !(v->screen && now - v->drawn_ms >= REDRAW_MS))
		return ERR_OK;
	v->version = version;
	v->drawn_ms = now;
	if (v->screen)
		clear(v);
	if (changed)
		rc = print_changes(v, e);
	if (rc == ERR_OK && v->screen)
		rc = draw(v, e);
	arena_reset(v->arena);
	return rc;
}

/* Prints the unfinished tasks first, then each change. */
static enum err
begin(struct view *v, struct error *e)
{
	struct task_page page;
	enum err rc;

	v->version = store_data_version(v->st);
	v->drawn_ms = clock_mono_ms();
	if ((rc = task_change_now(v->st, &v->change, e)) != ERR_OK)
		return rc;
	if (v->screen)
		return draw(v, e);
	if ((rc = task_unfinished(v->st, v->arena, &page, e)) != ERR_OK)
		return rc;
	for (size_t i = 0; i < page.n; i++)
		print_line(v, &page.tasks[i]);
	return ERR_OK;
}

static enum err
watch(struct view *v, struct error *e)
{
	const struct timespec pause = { 0, LOOK_MS * 1000000L };
	enum err rc = begin(v, e);

	while (rc == ERR_OK && !stop) {
		if (fflush(stdout) != 0)
			return error_set(e, ERR_INTERNAL, NULL,
			    "cannot write: %s", strerror(errno));
		nanosleep(&pause, NULL);
		if (!stop)
			rc = look(v, e);
	}
	return rc;
}

enum err
ctl_tail(struct ctl *ctl, struct error *e)
{
	struct view v = {
		.ctl = ctl, .st = ctl->st, .arena = ctl->arena,
		.screen = !ctl->json && isatty(STDOUT_FILENO),
	};

	catch_signals();
	return watch(&v, e);
}
