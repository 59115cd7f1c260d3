/* SPDX-License-Identifier: MIT */
/* migrate.c: making the database and bringing it up to date. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "attr.h"
#include "clock.h"
#include "lease.h"
#include "query.h"
#include "seal.h"
#include "store_backup.h"
#include "store_impl.h"

#define KEY_CHECK	"this key file belongs to this database"

/* Step i + 1 of the schema; the texts are src/store/schema/NNNN-name.sql. */
static const char *const steps[] = {
#include "src/store/schema.inc"
};

int
store_schema_version(void)
{
	return (int)NELEM(steps);
}

/* Inside a transaction. */
static enum err
apply(struct store *st, int from, struct error *e)
{
	enum err rc = ERR_OK;

	for (int i = from; i < store_schema_version() && rc == ERR_OK; i++)
		rc = st->engine->run(st, steps[i], e);
	return rc == ERR_OK
	    ? st->engine->set_version(st, store_schema_version(), e) : rc;
}

/* Stores the proof that the key file belongs to the database. */
static enum err
write_key_check(struct store *st, struct error *e)
{
	struct query q = query_once(st, "INSERT INTO meta (id, key_check,"
	    " created_at) VALUES (1, ?1, ?2)");
	struct arena *a = arena_new();
	enum err rc;

	query_secret(&q, 1, "meta.key_check", KEY_CHECK, a);
	query_int(&q, 2, clock_now());
	rc = query_run(&q, e);
	arena_free(a);
	return rc;
}

static enum err
create(struct store *st, struct error *e)
{
	enum err rc = store_begin(st, e);

	if (rc != ERR_OK)
		return rc;
	if ((rc = apply(st, 0, e)) == ERR_OK)
		rc = write_key_check(st, e);
	return store_end(st, rc, e);
}

/* Creates the file, so that its mode is right before anything is in it. */
static enum err
make_file(const char *path, struct error *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && errno == EEXIST)
		return error_set(e, ERR_CONFLICT, NULL,
		    "database %s exists already", path);
	if (fd < 0)
		return error_set(e, ERR_INTERNAL, NULL,
		    "cannot create database %s: %s", path, strerror(errno));
	close(fd);
	return ERR_OK;
}

static void
remove_files(const char *path)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", ".lock" };
	char name[4096];

	for (size_t i = 0; i < NELEM(suffixes); i++) {
		snprintf(name, sizeof(name), "%s%s", path, suffixes[i]);
		unlink(name);
	}
}

enum err
store_create(const struct store_conf *conf, struct error *e)
{
	struct store *st = NULL;
	enum err rc;

	if ((rc = make_file(conf->path, e)) != ERR_OK)
		return rc;
	if ((rc = store_connect(conf, true, &st, e)) == ERR_OK &&
	    (rc = st->engine->set_up_file(st, e)) == ERR_OK)
		rc = create(st, e);
	store_close(st);
	if (rc != ERR_OK)
		remove_files(conf->path);
	return rc;
}

/* "<database>.schema<N>-<time>.backup", which sorts by time and is never taken. */
static void
name_backup(const char *path, struct migration *m)
{
	char when[24];
	time_t now = (time_t)clock_now();
	struct tm tm;

	strftime(when, sizeof(when), "%Y%m%dT%H%M%SZ", gmtime_r(&now, &tm));
	snprintf(m->backup, sizeof(m->backup), "%s.schema%d-%s.backup", path,
	    m->from, when);
}

/* A running worker or poller would use statements of the older schema. */
static enum err
check_unused(struct store *st, const char *path, struct error *e)
{
	struct query q = query_once(st,
	    "SELECT 1 FROM leases WHERE expires_ms > ?1"
	    " AND expires_ms <= ?1 + ?2");
	bool used;
	enum err rc;

	query_int(&q, 1, clock_now_ms());
	query_int(&q, 2, LEASE_MOST_MS);
	used = query_next(&q);
	if ((rc = query_end(&q, e)) != ERR_OK)
		return rc;
	if (used)
		return error_set(e, ERR_UNAVAILABLE, NULL, "database %s is in "
		    "use: a poller is running; stop the service first",
		    path);
	return store_lock_alone(st, e);
}

/* The version of the schema; a newer one than ours is refused. */
static enum err
read_schema(struct store *st, const char *path, int *version,
    struct error *e)
{
	enum err rc;

	if ((rc = store_recognise(st, version, e)) == ERR_OK &&
	    *version > store_schema_version())
		rc = error_set(e, ERR_INTERNAL, NULL, "database %s has "
		    "schema %d, this program knows %d; install the newer "
		    "version", path, *version, store_schema_version());
	return rc;
}

/*
 * Holds the write lock, so that the backup is exactly what is then migrated. The copy
 * reads through a connection of its own, which the lock does not stop.
 */
static enum err
migrate(struct store *st, const struct store_conf *conf,
    struct migration *m, struct error *e)
{
	enum err rc;

	if ((rc = store_begin(st, e)) != ERR_OK)
		return rc;
	if ((rc = read_schema(st, conf->path, &m->from, e)) == ERR_OK &&
	    (rc = check_unused(st, conf->path, e)) == ERR_OK &&
	    m->from < store_schema_version()) {
		name_backup(conf->path, m);
		rc = store_backup(conf, m->backup, false, e);
	}
	if (rc == ERR_OK)
		rc = apply(st, m->from, e);
	return store_end(st, rc, e);
}

enum err
store_migrate(const struct store_conf *conf, struct migration *m,
    struct error *e)
{
	struct store *st = NULL;
	enum err rc;

	*m = (struct migration){ 0 };
	if ((rc = store_must_exist(conf->path, e)) != ERR_OK ||
	    (rc = store_connect(conf, false, &st, e)) != ERR_OK)
		return rc;
	if ((rc = read_schema(st, conf->path, &m->from, e)) == ERR_OK &&
	    (rc = store_read_key_check(st, e)) == ERR_OK &&
	    m->from < store_schema_version())
		rc = migrate(st, conf, m, e);
	m->steps = store_schema_version() - m->from;
	store_close(st);
	return rc;
}

enum err
store_read_key_check(struct store *st, struct error *e)
{
	struct query q = query_once(st, "SELECT key_check FROM meta");
	struct arena *a = arena_new();
	enum err rc;

	if (query_next(&q))
		query_get_secret(&q, "meta.key_check", a);
	else
		query_fail(&q, ERR_INTERNAL, NULL, "no proof of the key file");
	if ((rc = query_end(&q, e)) == ERR_INTERNAL)
		error_set(e, rc, NULL, "database %s was made with another key "
		    "file; set database.key_file to that one", st->path);
	arena_free(a);
	return rc;
}
