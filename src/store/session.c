/* SPDX-License-Identifier: MIT */
/* session.c: sessions of the administrator. */
#include "session.h"

#include <string.h>

#include "arena.h"
#include "base64.h"
#include "clock.h"
#include "digest.h"
#include "id.h"
#include "query.h"
#include "store_impl.h"

#define RANDOM_LEN	32

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
about(struct store *st, enum statement statement, const char *token,
    unsigned char hash[DIGEST_SHA256_LEN])
{
	struct query q = query(st, statement);

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
	struct query q = about(st, SQL_SESSION_OPEN, token, hash);
	enum err rc;

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
	struct query q = about(st, SQL_SESSION_CHECK, token, hash);

	query_int(&q, 2, clock_now());
	query_int(&q, 3, SESSION_LONGEST);
	*valid = query_next(&q);
	return query_end(&q, e);
}

enum err
session_close(struct store *st, const char *token, struct error *e)
{
	unsigned char hash[DIGEST_SHA256_LEN];
	struct query q = about(st, SQL_SESSION_CLOSE, token, hash);

	return query_run(&q, e);
}
