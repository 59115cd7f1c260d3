/* SPDX-License-Identifier: MIT */
/* idem.c: idempotency keys. */
#include "idem.h"

#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "digest.h"
#include "due.h"
#include "holder.h"
#include "idem_row.h"
#include "query.h"
#include "store_impl.h"
#include "task.h"

#define CLAIM_TIME	900	/* s after which a claim without a task and without a holder is free */

/* A query whose first two parameters are the key; `hash` lives as long as it. */
static struct query
about_key(struct store *st, enum statement statement, const struct idem *idem,
    unsigned char hash[DIGEST_SHA256_LEN])
{
	struct query q = query(st, statement);

	digest_sha256(hash, idem->key, strlen(idem->key));
	query_int(&q, 1, idem->api_key_id);
	query_blob(&q, 2, hash, DIGEST_SHA256_LEN);
	return q;
}

/* "<database>.claims": the file whose bytes are locked. */
static const char *
holders_path(struct store *st, struct arena *a)
{
	return arena_printf(a, "%s.claims", st->path);
}

/* Whether the request that claimed it may still store a task. */
static bool
runs(struct store *st, int64_t claimed, int64_t holder, struct arena *a)
{
	return holder != 0 ? holder_lives(holders_path(st, a), holder)
	    : due_is_young(claimed, clock_now(), CLAIM_TIME);
}

/* Loads the row of the key; `*found` false when the key is free. */
static enum err
find(struct store *st, const struct idem *idem, struct arena *a, bool *found,
    struct idem_answer *out, struct error *e)
{
	unsigned char hash[DIGEST_SHA256_LEN];
	struct query q = about_key(st, SQL_IDEM_FIND, idem, hash);
	const void *body;
	int64_t claimed, holder;
	bool same;

	query_int(&q, 3, clock_now());
	*found = false;
	if (!query_next(&q))
		return query_end(&q, e);
	same = query_get_blob(&q, &body) == DIGEST_SHA256_LEN &&
	    memcmp(body, idem->body_hash, DIGEST_SHA256_LEN) == 0;
	claimed = query_get_int(&q);
	holder = query_get_int(&q);
	out->task_row = query_get_int(&q);
	out->answer = query_get_text(&q, a);
	*found = out->task_row != 0 || runs(st, claimed, holder, a);
	if (*found && !same)
		query_fail(&q, ERR_IDEM_REUSE, NULL, "This Idempotency-Key was"
		    " used with another request; choose a new one");
	else if (*found && out->task_row == 0)
		query_fail(&q, ERR_IDEM_IN_PROGRESS, NULL, "The first request"
		    " with this Idempotency-Key is still being stored");
	return query_end(&q, e);
}

static enum err
claim(struct store *st, const struct idem *idem, int hours, struct error *e)
{
	unsigned char hash[DIGEST_SHA256_LEN];
	struct query q = about_key(st, SQL_IDEM_CLAIM, idem, hash);
	int64_t now = clock_now();

	query_blob(&q, 3, idem->body_hash, DIGEST_SHA256_LEN);
	query_int(&q, 4, now);
	query_int(&q, 5, now + hours * 3600);
	query_int_or_null(&q, 6, idem->holder);
	return query_run(&q, e);
}

enum err
idem_claim(struct store *st, struct idem *idem, int hours, struct arena *a,
    struct idem_answer *out, struct error *e)
{
	bool found;
	enum err rc;

	*out = (struct idem_answer){ 0 };
	idem->holder_fd = holder_begin(holders_path(st, a), &idem->holder);
	if (idem->holder_fd < 0)
		idem->holder = 0;
	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	if ((rc = find(st, idem, a, &found, out, e)) == ERR_OK && !found)
		rc = claim(st, idem, hours, e);
	return store_end(st, rc, e);
}

enum err
idem_store(struct store *st, const struct idem *idem, const struct task *t,
    struct error *e)
{
	unsigned char hash[DIGEST_SHA256_LEN];
	struct query q = about_key(st, SQL_IDEM_STORE, idem, hash);
	enum err rc;

	query_int(&q, 3, t->row);
	query_blob(&q, 5, idem->body_hash, DIGEST_SHA256_LEN);
	query_int_or_null(&q, 6, idem->holder);
	if (idem->answer != NULL)
		query_text(&q, 4, idem->answer(t, idem->arena));
	if ((rc = query_run(&q, e)) == ERR_OK && query_changes(&q) == 0)
		rc = error_set(e, ERR_IDEM_IN_PROGRESS, NULL, "Another request"
		    " with this Idempotency-Key was faster");
	return rc;
}

void
idem_release(struct store *st, const struct idem *idem)
{
	unsigned char hash[DIGEST_SHA256_LEN];
	struct query q = about_key(st, SQL_IDEM_RELEASE, idem, hash);
	struct error ignored;

	query_blob(&q, 3, idem->body_hash, DIGEST_SHA256_LEN);
	query_int_or_null(&q, 4, idem->holder);
	(void)!query_run(&q, &ignored);
}

void
idem_end(struct idem *idem)
{
	if (idem->holder != 0)
		close(idem->holder_fd);
	idem->holder = 0;
}
