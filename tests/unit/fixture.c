/* SPDX-License-Identifier: MIT */
/* fixture.c: a fresh site for a test. */
#include "fixture.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"
#include "id.h"
#include "seal.h"

static int
write_conf(struct fixture *f)
{
	FILE *out;

	snprintf(f->conf_path, sizeof(f->conf_path), "%s/sora2api.conf",
	    f->dir);
	if ((out = fopen(f->conf_path, "w")) == NULL)
		return -1;
	fprintf(out, "database = { sqlite_path = \"%s/db\"; busy_timeout = 2000; };\n"
	    "cache = { dir = \"%s/cache\"; };\n"
	    "spool = { dir = \"%s/spool\"; };\n", f->dir, f->dir, f->dir);
	fclose(out);
	return chmod(f->conf_path, 0600);
}

static int
make_folders(struct fixture *f)
{
	strcpy(f->dir, "/tmp/test-site-XXXXXX");
	if (mkdtemp(f->dir) == NULL || write_conf(f) != 0 ||
	    mkdir(fixture_path(f, "cache"), 0750) != 0)
		return -1;
	return mkdir(fixture_path(f, "spool"), 0750);
}

static enum err
make_database(struct fixture *f)
{
	struct store_conf conf;
	enum err rc;

	if ((rc = site_open_conf(f->conf_path, &f->site, &f->e)) != ERR_OK ||
	    (rc = seal_create(f->site.key_file, &f->e)) != ERR_OK ||
	    (rc = seal_open(f->site.key_file, &f->site.seal, &f->e)) != ERR_OK)
		return rc;
	conf = fixture_store_conf(f);
	if ((rc = store_create(&conf, &f->e)) != ERR_OK ||
	    (rc = store_open(&conf, &f->st, &f->e)) != ERR_OK)
		return rc;
	return settings_create(f->st, f->site.conf, FIXTURE_API_KEY,
	    FIXTURE_PASSWORD, &f->e);
}

int
fixture_setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	f->a = arena_new();
	if (make_folders(f) != 0)
		return -1;
	if (make_database(f) != ERR_OK) {
		print_error("%s\n", f->e.text);
		return -1;
	}
	if (sqlite3_open(f->site.conf->database_path, &f->raw) != SQLITE_OK)
		return -1;
	sqlite3_busy_timeout(f->raw, 5000);
	sqlite3_exec(f->raw, "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
	return 0;
}

static int
remove_one(const char *path, const struct stat *sb UNUSED, int type UNUSED,
    struct FTW *where UNUSED)
{
	return remove(path);
}

int
fixture_teardown(void **state)
{
	struct fixture *f = *state;

	sqlite3_close(f->raw);
	store_close(f->st);
	site_close(&f->site);
	arena_free(f->a);
	nftw(f->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(f);
	return 0;
}

struct store_conf
fixture_store_conf(const struct fixture *f)
{
	return (struct store_conf){
		.path = f->site.conf->database_path,
		.seal = f->site.seal,
		.busy_timeout = f->site.conf->database_busy_timeout,
	};
}

struct store *
fixture_connect(struct fixture *f)
{
	const struct store_conf conf = fixture_store_conf(f);
	struct store *st = NULL;

	assert_ok(f, store_open(&conf, &st, &f->e));
	return st;
}

const char *
fixture_path(struct fixture *f, const char *name)
{
	return arena_printf(f->a, "%s/%s", f->dir, name);
}

static sqlite3_stmt *
prepare(struct fixture *f, const char *sql)
{
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(f->raw, sql, -1, &stmt, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(f->raw));
	return stmt;
}

static char *format(const char *fmt, va_list ap) PRINTF_LIKE(1, 0);
static sqlite3_stmt *ask(struct fixture *f, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);

static char *
format(const char *fmt, va_list ap)
{
	char *text = NULL;

	assert_true(vasprintf(&text, fmt, ap) >= 0);
	return text;
}

static sqlite3_stmt *
ask(struct fixture *f, const char *fmt, va_list ap)
{
	char *sql = format(fmt, ap);
	sqlite3_stmt *stmt = prepare(f, sql);

	if (sqlite3_step(stmt) != SQLITE_ROW)
		fail_msg("no row: %s: %s", sql, sqlite3_errmsg(f->raw));
	free(sql);
	return stmt;
}

int64_t
fixture_int(struct fixture *f, const char *fmt, ...)
{
	sqlite3_stmt *stmt;
	int64_t value;
	va_list ap;

	va_start(ap, fmt);
	stmt = ask(f, fmt, ap);
	va_end(ap);
	value = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return value;
}

const char *
fixture_text(struct fixture *f, const char *fmt, ...)
{
	sqlite3_stmt *stmt;
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	stmt = ask(f, fmt, ap);
	va_end(ap);
	text = arena_strdup(f->a, (const char *)sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	return text;
}

void
fixture_exec(struct fixture *f, const char *fmt, ...)
{
	char *sql;
	va_list ap;

	va_start(ap, fmt);
	sql = format(fmt, ap);
	va_end(ap);
	if (sqlite3_exec(f->raw, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(f->raw));
	free(sql);
}

int64_t
fixture_token(struct fixture *f, int video_concurrency)
{
	struct token t = {
		.token = id_new(f->a, "access-", 32),
		.is_active = true,
		.image_enabled = true,
		.video_enabled = true,
		.sora2_supported = 1,
		.image_concurrency = -1,
		.video_concurrency = video_concurrency,
	};

	assert_ok(f, token_add(f->st, &t, &f->e));
	return t.id;
}

struct task
fixture_task(struct fixture *f)
{
	return (struct task){
		.task_id = id_new(f->a, "sora-2-", 12),
		.api_key_id = 1,
		.kind = TASK_VIDEO,
		.operation = "video_generation",
		.model = "sora-video-landscape-15s",
		.public_model = "sora-2",
		.prompt = "a cat",
		.size = "1280x720",
		.seconds = 15,
		.is_async = true,
		.base_url = "https://api.example",
	};
}

struct task
fixture_submit(struct fixture *f)
{
	struct task t = fixture_task(f);

	assert_ok(f, task_submit(f->st, &t, "{}", 100, NULL, &f->e));
	return t;
}

struct task
fixture_load(struct fixture *f, const struct task *t)
{
	struct task out = { 0 };

	assert_ok(f, task_load_row(f->st, t->row, f->a, &out, &f->e));
	return out;
}

void
fixture_apply(struct fixture *f, const struct task *t,
    const struct task_change *c)
{
	bool applied = false;

	assert_ok(f, task_apply(f->st, t, c, 3, &applied, &f->e));
	assert_true(applied);
}

void
fixture_assert_ok(struct fixture *f, enum err rc, const char *file, int line)
{
	if (rc == ERR_OK)
		return;
	print_error("failed: %d: %s\n", rc, f->e.text);
	_fail(file, line);
}

void
fixture_assert_failed(struct fixture *f, enum err code, const char *part,
    enum err rc, const char *file, int line)
{
	if (rc == code && f->e.code == code &&
	    strstr(f->e.text, part) != NULL && strchr(f->e.text, '\n') == NULL)
		return;
	print_error("returned %d, not %d with \"%s\"; error %d: %s\n", rc,
	    code, part, f->e.code, rc == ERR_OK ? "" : f->e.text);
	_fail(file, line);
}

void
fixture_assert_slots(struct fixture *f)
{
	static const char wrong[] = "SELECT count(*) FROM tokens t WHERE"
	    " t.video_running <> (SELECT count(*) FROM tasks WHERE"
	    "   token_id = t.id AND status = 'processing'"
	    "   AND kind <> 'image')"
	    " OR t.image_running <> (SELECT count(*) FROM tasks WHERE"
	    "   token_id = t.id AND status = 'processing'"
	    "   AND kind = 'image')";

	assert_int_equal(0, fixture_int(f, wrong));
}
