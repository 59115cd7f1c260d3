/* session.c: sessions of the administrator. */
#include "session.h"

#include <string.h>

#include "arena.h"
#include "base64.h"
#include "clock.h"
#include "digest.h"
#include "due.h"
#include "id.h"
#include "query.h"
#include "store_impl.h"

#define RANDOM_LEN	32
#define LONGEST		(SESSION_HOURS * 3600 + 60)	/* s of tolerance for a clock that was set */

enum { SQL_EXPIRE, SQL_OPEN, SQL_CHECK, SQL_CLOSE, SQL__MAX };

static const char *const sql[SQL__MAX] = {
	/* expired rows deleted per call: few enough to be quick */
	[SQL_EXPIRE] = "DELETE FROM admin_sessions WHERE token_hash IN"
	    " (SELECT token_hash FROM admin_sessions WHERE "
	    DUE_SQL("expires_at", "?1", "?2")
	    "  LIMIT 100)",
	[SQL_OPEN] = "INSERT INTO admin_sessions (token_hash, created_at,"
	    " expires_at) SELECT ?1, ?2, ?3 FROM admin_config"
	    " WHERE admin_password = ?4",
	[SQL_CHECK] = "SELECT 1 FROM admin_sessions WHERE token_hash = ?1"
	    " AND NOT " DUE_SQL("expires_at", "?2", "?3"),
	[SQL_CLOSE] = "DELETE FROM admin_sessions WHERE token_hash = ?1",
};

const struct statements session_statements = { sql, SQL__MAX };

static const char *
new_token(struct arena *a)
{
	unsigned char random[RANDOM_LEN];

	id_random(random, sizeof(random));
	return arena_printf(a, "admin-%s",
	    base64url_encode(random, sizeof(random), a));
}

/* A query whose first parameter is the hash of the token; `hash` lives as long as it. */
static struct query
about(struct store *st, int statement, const char *token,
    unsigned char hash[DIGEST_SHA256_LEN])
{
	struct query q = query_start(st, st->session[statement]);

	digest_sha256(hash, token, strlen(token));
	query_blob(&q, 1, hash, DIGEST_SHA256_LEN);
	return q;
}

static enum err
insert(struct store *st, const char *password, const char *token,
    struct error *e)
{
	unsigned char hash[DIGEST_SHA256_LEN];
	int64_t now = clock_now();
	struct query q = query_start(st, st->session[SQL_EXPIRE]);
	enum err rc;

	query_int(&q, 1, now);
	query_int(&q, 2, LONGEST);
	if ((rc = query_run(&q, e)) != ERR_OK)
		return rc;
	q = about(st, SQL_OPEN, token, hash);
	query_int(&q, 2, now);
	query_int(&q, 3, now + SESSION_HOURS * 3600);
	query_text(&q, 4, password);
	if ((rc = query_run(&q, e)) == ERR_OK && query_changes(&q) == 0)
		rc = error_set(e, ERR_UNAUTHORIZED, NULL,
		    "The password was changed meanwhile");
	return rc;
}

enum err
session_open(struct store *st, const char *password, struct arena *a,
    const char **token, struct error *e)
{
	enum err rc;

	*token = new_token(a);
	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	rc = insert(st, password, *token, e);
	return store_end(st, rc, e);
}

enum err
session_check(struct store *st, const char *token, bool *valid,
    struct error *e)
{
	unsigned char hash[DIGEST_SHA256_LEN];
	struct query q = about(st, SQL_CHECK, token, hash);

	query_int(&q, 2, clock_now());
	query_int(&q, 3, LONGEST);
	*valid = query_next(&q);
	return query_end(&q, e);
}

enum err
session_close(struct store *st, const char *token, struct error *e)
{
	unsigned char hash[DIGEST_SHA256_LEN];
	struct query q = about(st, SQL_CLOSE, token, hash);

	return query_run(&q, e);
}
