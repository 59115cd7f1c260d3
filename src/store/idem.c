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

enum {
	SQL_EXPIRE, SQL_FIND, SQL_CLAIM, SQL_STORE, SQL_RELEASE,
	SQL__MAX
};

static const char *const sql[SQL__MAX] = {
	/* expired rows deleted per call: few enough to be quick, more than are added */
	[SQL_EXPIRE] = "DELETE FROM idempotency_keys"
	    " WHERE (api_key_id, key_hash) IN (SELECT api_key_id, key_hash"
	    "  FROM idempotency_keys WHERE expires_at <= ?1"
	    "  ORDER BY expires_at LIMIT 100)",
	[SQL_FIND] = "SELECT body_hash, claimed_at, holder, task, answer"
	    " FROM idempotency_keys WHERE api_key_id = ?1 AND key_hash = ?2"
	    " AND expires_at > ?3",
	[SQL_CLAIM] = "INSERT INTO idempotency_keys (api_key_id, key_hash,"
	    " body_hash, claimed_at, expires_at, holder)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
	    " ON CONFLICT DO UPDATE SET body_hash = ?3, claimed_at = ?4,"
	    " expires_at = ?5, holder = ?6, task = NULL, answer = NULL",
	[SQL_STORE] = "UPDATE idempotency_keys SET task = ?3, answer = ?4"
	    " WHERE api_key_id = ?1 AND key_hash = ?2 AND task IS NULL"
	    " AND body_hash = ?5 AND holder IS ?6",
	[SQL_RELEASE] = "DELETE FROM idempotency_keys"
	    " WHERE api_key_id = ?1 AND key_hash = ?2 AND task IS NULL"
	    " AND body_hash = ?3 AND holder IS ?4",
};

const struct statements idem_statements = { sql, SQL__MAX };

/* A query whose first two parameters are the key; `hash` lives as long as it. */
static struct query
about_key(struct store *st, int statement, const struct idem *idem,
    unsigned char hash[DIGEST_SHA256_LEN])
{
	struct query q = query_start(st, st->idem[statement]);

	digest_sha256(hash, idem->key, strlen(idem->key));
	query_int(&q, 1, idem->api_key_id);
	query_blob(&q, 2, hash, DIGEST_SHA256_LEN);
	return q;
}

/* "<database>.claims": the file whose bytes are locked. */
static const char *
holders_path(struct store *st, struct arena *a)
{
	return arena_printf(a, "%s.claims",
	    sqlite3_db_filename(st->db, "main"));
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
	struct query q = about_key(st, SQL_FIND, idem, hash);
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
	struct query q = about_key(st, SQL_CLAIM, idem, hash);
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
	struct query q;
	bool found;
	enum err rc;

	*out = (struct idem_answer){ 0 };
	idem->holder_fd = holder_begin(holders_path(st, a), &idem->holder);
	if (idem->holder_fd < 0)
		idem->holder = 0;
	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	q = query_start(st, st->idem[SQL_EXPIRE]);
	query_int(&q, 1, clock_now());
	if ((rc = query_run(&q, e)) == ERR_OK &&
	    (rc = find(st, idem, a, &found, out, e)) == ERR_OK && !found)
		rc = claim(st, idem, hours, e);
	return store_end(st, rc, e);
}

enum err
idem_store(struct store *st, const struct idem *idem, const struct task *t,
    struct error *e)
{
	unsigned char hash[DIGEST_SHA256_LEN];
	struct query q = about_key(st, SQL_STORE, idem, hash);
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
	struct query q = about_key(st, SQL_RELEASE, idem, hash);
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
