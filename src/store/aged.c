/* SPDX-License-Identifier: MIT */
/* aged.c: rows that have had their time. */
#include "aged.h"

#include "clock.h"
#include "query.h"
#include "session.h"
#include "store_impl.h"

#define SLICE	500	/* rows of a kind; no request waits longer for its turn to write */

static enum err
forget(struct query *q, bool *more, struct error *e)
{
	enum err rc = query_run(q, e);

	if (rc == ERR_OK && query_changes(q) == SLICE)
		*more = true;
	return rc;
}

static enum err
forget_log(struct store *st, bool *more, struct error *e)
{
	struct query q = query(st, SQL_AGED_LOG);

	query_int(&q, 1, AGED_LOG_ROWS);
	query_int(&q, 2, SLICE);
	return forget(&q, more, e);
}

static enum err
forget_keys(struct store *st, bool *more, struct error *e)
{
	struct query q = query(st, SQL_AGED_KEYS);

	query_int(&q, 1, clock_now());
	query_int(&q, 2, SLICE);
	return forget(&q, more, e);
}

static enum err
forget_sessions(struct store *st, bool *more, struct error *e)
{
	struct query q = query(st, SQL_AGED_SESSIONS);

	query_int(&q, 1, clock_now());
	query_int(&q, 2, SLICE);
	query_int(&q, 3, SESSION_LONGEST);
	return forget(&q, more, e);
}

enum err
aged_forget(struct store *st, bool *more, struct error *e)
{
	enum err rc;

	*more = false;
	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	if ((rc = forget_log(st, more, e)) == ERR_OK &&
	    (rc = forget_keys(st, more, e)) == ERR_OK)
		rc = forget_sessions(st, more, e);
	return store_end(st, rc, e);
}
