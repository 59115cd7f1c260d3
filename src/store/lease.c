/* SPDX-License-Identifier: MIT */
/* lease.c: the lease that makes one poller of several, and its clock. */
#include "lease.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "query.h"
#include "store_impl.h"

/* Whether the lease is free or has expired. */
static enum err
look(struct store *st, struct lease *l, bool *free, struct error *e)
{
	struct query q = query(st, SQL_LEASE_SEE);
	struct arena *a = arena_new();
	int64_t clock_ms = 0, now = clock_mono_ms();
	const char *owner = "";
	enum err rc;

	query_text(&q, 1, l->name);
	if (query_next(&q)) {
		owner = query_get_text(&q, a);
		clock_ms = query_get_int(&q);
	}
	rc = query_end(&q, e);
	*free = *owner == '\0' || strcmp(owner, l->owner) == 0;
	if (rc == ERR_OK && !*free) {
		if (strcmp(owner, l->holder) == 0 &&
		    clock_ms == l->seen_clock_ms)
			*free = now - l->seen_ms >= l->ms;
		else
			l->seen_ms = now;
		snprintf(l->holder, sizeof(l->holder), "%s", owner);
		l->seen_clock_ms = clock_ms;
	}
	arena_free(a);
	return rc;
}

enum err
lease_take(struct store *st, struct lease *l, bool *held, struct error *e)
{
	struct query q;
	bool free;
	enum err rc;

	*held = false;
	if ((rc = look(st, l, &free, e)) != ERR_OK || !free)
		return rc;
	q = query(st, SQL_LEASE_TAKE);
	query_text(&q, 1, l->name);
	query_text(&q, 2, l->owner);
	query_int(&q, 3, clock_now_ms() + l->ms);
	query_int(&q, 4, l->clock_ms);
	query_int(&q, 5, LEASE_SIGN_MS);
	query_text(&q, 6, l->holder);
	query_int(&q, 7, l->seen_clock_ms);
	if (query_next(&q)) {
		l->clock_ms = query_get_int(&q);
		*held = true;
	}
	if ((rc = query_end(&q, e)) != ERR_OK)
		*held = false;
	return rc;
}

enum err
lease_release(struct store *st, const struct lease *l, struct error *e)
{
	struct query q = query(st, SQL_LEASE_RELEASE);

	query_text(&q, 1, l->name);
	query_text(&q, 2, l->owner);
	query_int(&q, 3, l->clock_ms);
	return query_run(&q, e);
}

enum err
lease_owner(struct store *st, const char *name, struct arena *a,
    const char **owner, struct error *e)
{
	struct query q = query(st, SQL_LEASE_OWNER);

	*owner = "";
	query_text(&q, 1, name);
	query_int(&q, 2, clock_now_ms());
	query_int(&q, 3, LEASE_MOST_MS);
	if (query_next(&q))
		*owner = query_get_text(&q, a);
	return query_end(&q, e);
}
