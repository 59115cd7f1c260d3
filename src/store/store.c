/* SPDX-License-Identifier: MIT */
/*
 * store.c: opening the database, transactions, and the fence (the lease holder's writes
 * are refused once it lost the lease).
 */
#include "store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "arena.h"
#include "query.h"
#include "store_impl.h"
#include "xalloc.h"

enum err
store_connect(const struct store_conf *conf, bool create, struct store **out,
    struct error *e)
{
	struct store *st = xcalloc(1, sizeof(*st));
	enum err rc;

	*out = NULL;
	st->engine = &sqlite_engine;
	st->path = conf->path;
	st->lock_fd = -1;
	st->seal = conf->seal;
	st->busy_timeout = conf->busy_timeout;
	st->group = conf->group;
	if ((rc = st->engine->open(st, conf, create, e)) != ERR_OK) {
		store_close(st);
		return rc;
	}
	*out = st;
	return ERR_OK;
}

enum err
store_recognise(struct store *st, int *version, struct error *e)
{
	return st->engine->recognise(st, version, e);
}

enum err
store_must_exist(const char *path, struct error *e)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return error_set(e, ERR_INTERNAL, NULL,
		    "database %s: %s; run \"sora2apictl init\"", path,
		    strerror(errno));
	if (!S_ISREG(st.st_mode))
		return error_set(e, ERR_INTERNAL, NULL, "database %s is not a "
		    "database of sora2api, not even a file; set "
		    "database.sqlite_path", path);
	return ERR_OK;
}

static enum err
check_version(struct store *st, const char *path, struct error *e)
{
	int version = 0, ours = store_schema_version();
	enum err rc;

	if ((rc = store_recognise(st, &version, e)) != ERR_OK)
		return rc;
	if (version < ours)
		return error_set(e, ERR_INTERNAL, NULL,
		    "database %s has schema %d, this program needs %d; run "
		    "\"sora2apictl migrate\"", path, version, ours);
	if (version > ours)
		return error_set(e, ERR_INTERNAL, NULL,
		    "database %s has schema %d, this program knows %d; "
		    "install the newer version", path, version, ours);
	return ERR_OK;
}

enum err
store_open(const struct store_conf *conf, struct store **out, struct error *e)
{
	struct store *st = NULL;
	enum err rc;

	*out = NULL;
	if ((rc = store_must_exist(conf->path, e)) != ERR_OK ||
	    (rc = store_connect(conf, false, &st, e)) != ERR_OK)
		return rc;
	if ((rc = check_version(st, conf->path, e)) == ERR_OK &&
	    (rc = store_lock_shared(st, e)) == ERR_OK)
		rc = check_version(st, conf->path, e);	/* from now on it stays so */
	if (rc == ERR_OK)
		rc = st->engine->set_up_file(st, e);
	if (rc == ERR_OK)
		rc = statements_open(st, e);
	if (rc == ERR_OK)
		rc = store_read_key_check(st, e);
	if (rc != ERR_OK) {
		store_close(st);
		return rc;
	}
	*out = st;
	return ERR_OK;
}

enum err
store_only_read(struct store *st, struct error *e)
{
	return st->engine->only_read(st, e);
}

void
store_close(struct store *st)
{
	if (st == NULL)
		return;
	statements_close(st);
	st->engine->close(st);
	store_unlock(st);
	arena_free(st->pool_arena);
	free(st);
}

static enum err
check_fence(struct store *st, struct error *e)
{
	struct query q;

	if (st->fence_owner == NULL)
		return ERR_OK;
	q = query(st, SQL_LEASE_HELD);
	query_text(&q, 1, st->fence_name);
	query_text(&q, 2, st->fence_owner);
	if (!query_next(&q))
		query_fail(&q, ERR_UNAVAILABLE, NULL,
		    "the lease went to another process");
	return query_end(&q, e);
}

enum err
store_begin(struct store *st, struct error *e)
{
	enum err rc;

	if ((rc = st->engine->begin(st, e)) != ERR_OK)
		return rc;
	if ((rc = check_fence(st, e)) != ERR_OK)
		st->engine->rollback(st);
	return rc;
}

enum err
store_end(struct store *st, enum err rc, struct error *e)
{
	if (rc == ERR_OK)
		rc = st->engine->commit(st, e);
	if (rc != ERR_OK)
		st->engine->rollback(st);
	return rc;
}

int64_t
store_data_version(struct store *st)
{
	return st->engine->watch(st);
}

void
store_checkpoint(struct store *st)
{
	st->engine->tidy(st);
}

void
store_fence(struct store *st, const char *name, const char *owner)
{
	st->fence_name = name;
	st->fence_owner = owner;
}
