/* migrate.c: making the database and bringing it up to date. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "attr.h"
#include "clock.h"
#include "query.h"
#include "seal.h"
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

static enum err
apply(struct store *st, int from, struct error *e)
{
	char version[64];
	enum err rc = store_exec(st, "BEGIN IMMEDIATE", e);

	if (rc != ERR_OK)
		return rc;
	for (int i = from; i < store_schema_version() && rc == ERR_OK; i++)
		rc = store_exec(st, steps[i], e);
	snprintf(version, sizeof(version), "PRAGMA user_version = %d",
	    store_schema_version());
	if (rc == ERR_OK)
		rc = store_exec(st, version, e);
	if (rc == ERR_OK && from == 0)
		rc = store_write_key_check(st, e);
	if (rc == ERR_OK)
		return store_exec(st, "COMMIT", e);
	sqlite3_exec(st->db, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}

/* The file itself, so that its mode is ours from the first moment on. */
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
	static const char *const suffixes[] = { "", "-wal", "-shm" };
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
	    (rc = store_exec(st, "PRAGMA journal_mode = WAL", e)) == ERR_OK)
		rc = apply(st, 0, e);
	store_close(st);
	if (rc != ERR_OK)
		remove_files(conf->path);
	return rc;
}

enum err
store_migrate(const struct store_conf *conf, int *missing, struct error *e)
{
	struct store *st = NULL;
	int version = 0;
	enum err rc;

	*missing = 0;
	if (access(conf->path, F_OK) != 0)
		return error_set(e, ERR_INTERNAL, NULL,
		    "database %s: %s; run \"sora2apictl init\"", conf->path,
		    strerror(errno));
	if ((rc = store_connect(conf, false, &st, e)) != ERR_OK)
		return rc;
	if ((rc = store_user_version(st, &version, e)) != ERR_OK)
		goto out;
	if (version == 0) {
		rc = store_not_ours(st, conf->path, e);
		goto out;
	}
	if (version > store_schema_version()) {
		rc = error_set(e, ERR_INTERNAL, NULL, "database %s is of a "
		    "newer version of this program", conf->path);
		goto out;
	}
	*missing = store_schema_version() - version;
	if (*missing > 0)
		rc = apply(st, version, e);
out:
	store_close(st);
	return rc;
}

enum err
store_write_key_check(struct store *st, struct error *e)
{
	struct arena *a = arena_new();
	sqlite3_stmt *stmt = NULL;
	struct query q;
	enum err rc;

	sqlite3_prepare_v2(st->db, "INSERT INTO meta (id, key_check,"
	    " created_at) VALUES (1, ?1, ?2)", -1, &stmt, NULL);
	q = query_start(st, stmt);
	query_secret(&q, 1, "meta.key_check", KEY_CHECK, a);
	query_int(&q, 2, clock_now());
	rc = query_run(&q, e);
	sqlite3_finalize(stmt);
	arena_free(a);
	return rc;
}

enum err
store_read_key_check(struct store *st, struct error *e)
{
	struct arena *a = arena_new();
	sqlite3_stmt *stmt = NULL;
	struct query q;
	enum err rc;

	sqlite3_prepare_v2(st->db, "SELECT key_check FROM meta", -1, &stmt,
	    NULL);
	q = query_start(st, stmt);
	if (query_next(&q))
		query_get_secret(&q, "meta.key_check", a);
	else
		query_fail(&q, ERR_INTERNAL, NULL, "no proof of the key file");
	if ((rc = query_end(&q, e)) == ERR_INTERNAL)
		error_set(e, rc, NULL, "database %s was made with another key "
		    "file; set database.key_file to that one",
		    sqlite3_db_filename(st->db, "main"));
	sqlite3_finalize(stmt);
	arena_free(a);
	return rc;
}
