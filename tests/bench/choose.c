/* SPDX-License-Identifier: MIT */
/*
 * choose.c: how long it takes to choose a token for a queued task and to reserve
 * its slot, without the commit.
 *
 *	choose CONF KIND COUNT
 *
 * prints the token (0: none), and the median and the 99th percentile of COUNT
 * times in microseconds. The database stays as it is.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arena.h"
#include "site.h"
#include "store.h"
#include "store/offer_row.h"
#include "store/task_row.h"
#include "task_store.h"

static struct error e;

static void
must(enum err rc)
{
	if (rc != ERR_OK)
		errx(EXIT_FAILURE, "%s", e.text);
}

static double
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e6 + (double)ts.tv_nsec / 1e3;
}

/* The time of one choice, which is taken back. */
static double
choose(struct store *st, enum task_kind kind, int64_t row, int64_t *token)
{
	struct wanted w = { .row = row, .kind = kind };
	struct arena *a = arena_new();
	struct offers offers;
	struct error why;
	double start, end;

	must(store_begin(st, &e));
	start = now_us();
	must(offer_find(st, "", kind, a, &offers, &e));
	w.offers = offers.json;
	must(task_reserve(st, &w, token, &e));
	if (*token == 0)	/* then somebody wants to know when there is one */
		(void)!task_reserve_outlook(st, &w, &why);
	end = now_us();
	(void)!store_end(st, ERR_CONFLICT, &e);
	arena_free(a);
	return end - start;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int64_t
first_queued(struct store *st)
{
	struct arena *a = arena_new();
	struct task_page page;
	int64_t row;

	must(task_waited(st, 0, INT64_MAX / 2, a, &page, &e));
	if (page.n == 0)
		errx(EXIT_FAILURE, "no task is queued");
	row = page.tasks[0].row;
	arena_free(a);
	return row;
}

int
main(int argc, char **argv)
{
	enum task_kind kind;
	struct site site;
	struct store *st;
	int64_t row, token = 0;
	double *us;
	int n;

	if (argc != 4 || (n = atoi(argv[3])) < 1)
		errx(EXIT_FAILURE, "usage: choose CONF image|video COUNT");
	kind = strcmp(argv[2], "image") == 0 ? TASK_IMAGE : TASK_VIDEO;
	must(site_open(argv[1], &site, &e));
	must(site_open_store(&site, &st, &e));
	row = first_queued(st);
	if ((us = calloc((size_t)n, sizeof(*us))) == NULL)
		err(EXIT_FAILURE, NULL);
	for (int i = 0; i < n; i++)
		us[i] = choose(st, kind, row, &token);
	qsort(us, (size_t)n, sizeof(*us), by_size);
	printf("%lld %.0f %.0f\n", (long long)token, us[n / 2],
	    us[n * 99 / 100]);
	free(us);
	store_close(st);
	site_close(&site);
	return EXIT_SUCCESS;
}
