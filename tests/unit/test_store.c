/* SPDX-License-Identifier: MIT */
/* test_store.c: opening the database, and what happens when it cannot be used. */
#include "fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf.h"
#include "digest.h"
#include "idem.h"
#include "seal.h"
#include "store_backup.h"

static void
reopen(struct fixture *f)
{
	sqlite3_close(f->raw);
	store_close(f->st);
	f->raw = NULL;
	f->st = NULL;
}

static void
overwrite(const char *path, const char *text, bool truncate)
{
	FILE *out = fopen(path, truncate ? "w" : "r+");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

/* Opening must fail so, saying which file and what to do. */
static void
assert_refused(struct fixture *f, const char *what)
{
	const struct store_conf conf = fixture_store_conf(f);
	struct store *st = NULL;

	assert_failed(f, ERR_INTERNAL, what, store_open(&conf, &st, &f->e));
	assert_null(st);
	assert_non_null(strstr(f->e.text, conf.path));
}

static void
a_missing_database_is_to_be_made(void **state)
{
	struct fixture *f = *state;
	const struct store_conf conf = fixture_store_conf(f);
	struct migration m;

	reopen(f);
	unlink(conf.path);
	assert_refused(f, "sora2apictl init");
	assert_failed(f, ERR_INTERNAL, "sora2apictl init",
	    store_migrate(&conf, &m, &f->e));
	assert_int_not_equal(0, access(conf.path, F_OK));
}

static void
an_empty_file_is_no_database(void **state)
{
	struct fixture *f = *state;
	const struct store_conf conf = fixture_store_conf(f);

	reopen(f);
	overwrite(conf.path, "", true);
	assert_refused(f, "is empty");
	/* what it says to do must work */
	assert_failed(f, ERR_CONFLICT, "exists", store_create(&conf, &f->e));
	unlink(conf.path);
	assert_ok(f, store_create(&conf, &f->e));
	assert_ok(f, store_open(&conf, &f->st, &f->e));
}

static void
a_damaged_database_is_told_as_such(void **state)
{
	struct fixture *f = *state;
	const char *path = f->site.conf->database_path;

	reopen(f);
	overwrite(path, "this was a database once, and is no more", false);
	assert_refused(f, "damaged");
	assert_non_null(strstr(f->e.text, "backup"));
	overwrite(path, "hello", true);
	assert_refused(f, "");
}

/* What other programs' files look like: sorted by how much they resemble ours. */
static const struct {
	const char	*what;
	const char	*schema;
} strangers[] = {
	{ "no number", "CREATE TABLE notes (text TEXT)" },
	{ "a number", "CREATE TABLE notes (text TEXT); PRAGMA user_version = 1" },
	{ "our number", "CREATE TABLE notes (text TEXT); PRAGMA user_version = 10" },
	{ "a negative number", "CREATE TABLE notes (text TEXT);"
	    "PRAGMA user_version = -1" },
	{ "a large number", "CREATE TABLE notes (text TEXT);"
	    "PRAGMA user_version = 1000000" },
	{ "a table of that name", "CREATE TABLE meta (id INTEGER, value TEXT);"
	    "INSERT INTO meta VALUES (1, 'x'); PRAGMA user_version = 1" },
	{ "a table of tokens", "CREATE TABLE tokens (id INTEGER);"
	    "CREATE TABLE leases (id INTEGER); PRAGMA user_version = 2" },
};

static void
make_stranger(struct fixture *f, const char *path, const char *schema)
{
	unlink(path);
	assert_int_equal(SQLITE_OK, sqlite3_open(path, &f->raw));
	fixture_exec(f, "%s", schema);
	sqlite3_close(f->raw);
	f->raw = NULL;
}

static bool
is_in_wal_mode(const char *path)
{
	char header[20];
	FILE *in = fopen(path, "r");

	assert_non_null(in);
	assert_int_equal(20, fread(header, 1, 20, in));
	fclose(in);
	return header[18] != 1;
}

static void
another_program_s_database_is_left_alone(void **state)
{
	static const char no[] = "is not a database of sora2api";
	struct fixture *f = *state;
	const struct store_conf conf = fixture_store_conf(f);
	const char *copy = fixture_path(f, "copy.db");
	struct migration m;

	reopen(f);
	for (size_t i = 0; i < NELEM(strangers); i++) {
		print_message("# %s\n", strangers[i].what);
		make_stranger(f, conf.path, strangers[i].schema);
		assert_refused(f, no);
		assert_failed(f, ERR_INTERNAL, no,
		    store_migrate(&conf, &m, &f->e));
		assert_failed(f, ERR_INTERNAL, no,
		    store_backup(&conf, copy, false, &f->e));
		assert_false(is_in_wal_mode(conf.path));
		assert_int_not_equal(0, access(copy, F_OK));
	}
}

static void
a_folder_and_a_text_are_no_database(void **state)
{
	static const char no[] = "is not a database of sora2api";
	struct fixture *f = *state;
	const struct store_conf conf = fixture_store_conf(f);
	const char *copy = fixture_path(f, "copy.db");
	struct migration m;

	reopen(f);
	for (int folder = 0; folder <= 1; folder++) {
		unlink(conf.path);
		if (folder)
			assert_int_equal(0, mkdir(conf.path, 0700));
		else
			overwrite(conf.path, "A text of some length, and no "
			    "database, whatever its name may say.", true);
		assert_refused(f, no);
		assert_failed(f, ERR_INTERNAL, no,
		    store_migrate(&conf, &m, &f->e));
		assert_failed(f, ERR_INTERNAL, no,
		    store_backup(&conf, copy, false, &f->e));
	}
	assert_int_equal(0, rmdir(conf.path));
}

static void
a_newer_database_wants_a_newer_program(void **state)
{
	struct fixture *f = *state;
	const struct store_conf conf = fixture_store_conf(f);
	struct migration m;

	fixture_exec(f, "PRAGMA user_version = %d",
	    store_schema_version() + 1);
	reopen(f);
	assert_refused(f, "newer");
	assert_failed(f, ERR_INTERNAL, "install the newer version",
	    store_migrate(&conf, &m, &f->e));
}

static void
a_current_database_needs_no_migration(void **state)
{
	struct fixture *f = *state;
	const struct store_conf conf = fixture_store_conf(f);
	struct migration m;

	assert_int_equal(store_schema_version(),
	    fixture_int(f, "PRAGMA user_version"));
	assert_ok(f, store_migrate(&conf, &m, &f->e));
	assert_int_equal(0, m.steps);
	assert_string_equal("", m.backup);
}

static void
a_database_that_is_open_is_not_migrated(void **state)
{
	struct fixture *f = *state;
	const struct store_conf conf = fixture_store_conf(f);
	struct migration m;

	fixture_exec(f, "PRAGMA user_version = %d",
	    store_schema_version() - 1);
	assert_failed(f, ERR_UNAVAILABLE, "in use: a worker, the poller",
	    store_migrate(&conf, &m, &f->e));
	assert_int_equal(store_schema_version() - 1,
	    fixture_int(f, "PRAGMA user_version"));
	assert_int_equal(0, fixture_int(f, "SELECT count(*) FROM leases"));
}

static void
a_database_that_is_being_migrated_is_not_opened(void **state)
{
	struct fixture *f = *state;
	const struct store_conf conf = fixture_store_conf(f);
	struct store *st = NULL;
	int fd;

	reopen(f);
	fd = open(fixture_path(f, "db.lock"), O_RDONLY);
	assert_int_equal(0, flock(fd, LOCK_EX | LOCK_NB));
	assert_failed(f, ERR_UNAVAILABLE, "being migrated",
	    store_open(&conf, &st, &f->e));
	close(fd);
	assert_ok(f, store_open(&conf, &st, &f->e));
	store_close(st);
}

static void
an_existing_file_is_never_overwritten(void **state)
{
	struct fixture *f = *state;
	const struct store_conf conf = fixture_store_conf(f);
	struct stat sb;

	fixture_token(f, 1);
	assert_failed(f, ERR_CONFLICT, "exists", store_create(&conf, &f->e));
	assert_int_equal(1, fixture_int(f, "SELECT count(*) FROM tokens"));
	assert_int_equal(0, stat(conf.path, &sb));
	assert_int_equal(0600, sb.st_mode & 0777);
}

static void
the_connection_is_durable_and_strict(void **state)
{
	struct fixture *f = *state;

	assert_string_equal("wal", fixture_text(f, "PRAGMA journal_mode"));
}

static off_t
wal_size(struct fixture *f)
{
	struct stat sb;

	assert_int_equal(0, stat(fixture_path(f, "db-wal"), &sb));
	return sb.st_size;
}

/* A backup or a shell that reads for long keeps the log from beginning anew. */
static void
a_log_that_grew_is_cut_again(void **state)
{
	struct fixture *f = *state;
	char *prompt = arena_alloc(f->a, (1 << 20) + 1);
	struct task t;

	memset(prompt, 'x', 1 << 20);
	prompt[1 << 20] = '\0';
	fixture_token(f, 1);
	fixture_exec(f, "BEGIN; SELECT * FROM tasks");
	for (int i = 0; i < 24; i++) {
		t = fixture_task(f);
		t.prompt = prompt;
		assert_ok(f, task_submit(f->st, &t, "{}", 100, NULL, &f->e));
	}
	assert_true(wal_size(f) > 24 << 20);
	fixture_exec(f, "ROLLBACK");
	fixture_submit(f);		/* all of it goes into the database */
	fixture_submit(f);		/* and the log begins anew */
	assert_true(wal_size(f) <= 20 << 20);
}

/* ---- the key file ---- */

static void
another_key_file_does_not_open_it(void **state)
{
	struct fixture *f = *state;
	struct store_conf conf = fixture_store_conf(f);
	const char *path = fixture_path(f, "other.key");
	struct seal *other;
	struct store *st;

	assert_ok(f, seal_create(path, &f->e));
	assert_ok(f, seal_open(path, &other, &f->e));
	conf.seal = other;
	assert_failed(f, ERR_INTERNAL, "another key file",
	    store_open(&conf, &st, &f->e));
	seal_close(other);
}

static void
a_database_without_proof_of_its_key_does_not_open(void **state)
{
	struct fixture *f = *state;

	fixture_exec(f, "DELETE FROM meta");
	assert_refused(f, "key file");
}

static void
a_missing_or_open_key_file_stops_the_start(void **state)
{
	struct fixture *f = *state;
	struct site site;

	assert_ok(f, site_open(f->conf_path, &site, &f->e));
	site_close(&site);
	chmod(f->site.key_file, 0644);
	assert_failed(f, ERR_INTERNAL, f->site.key_file,
	    site_open(f->conf_path, &site, &f->e));
	site_close(&site);
	unlink(f->site.key_file);
	assert_failed(f, ERR_INTERNAL, f->site.key_file,
	    site_open(f->conf_path, &site, &f->e));
	site_close(&site);
	assert_int_not_equal(0, access(f->site.key_file, F_OK));
}

static void
a_missing_folder_stops_the_start(void **state)
{
	static const char *const folders[] = { "spool", "cache" };
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(folders); i++) {
		const char *path = fixture_path(f, folders[i]);
		struct site site;

		rmdir(path);
		assert_failed(f, ERR_INTERNAL, path,
		    site_open(f->conf_path, &site, &f->e));
		site_close(&site);
		mkdir(path, 0750);
	}
}

static void
a_read_only_database_stops_the_start(void **state)
{
	struct fixture *f = *state;
	bool root = geteuid() == 0;

	reopen(f);
	chmod(f->site.conf->database_path, 0444);
	chmod(f->dir, 0777);
	if (root && seteuid(65534) != 0)
		skip();
	assert_refused(f, "cannot be written");
	if (root && seteuid(0) != 0)
		fail();
}

/* ---- busy and full ---- */

static void
a_busy_database_is_told_after_the_wait(void **state)
{
	struct fixture *f = *state;
	struct store_conf conf = fixture_store_conf(f);
	struct task t = fixture_task(f);
	struct store *st;
	int64_t began;

	fixture_token(f, 1);
	conf.busy_timeout = 200;
	assert_ok(f, store_open(&conf, &st, &f->e));
	fixture_exec(f, "BEGIN IMMEDIATE");
	began = clock_mono_ms();
	assert_failed(f, ERR_UNAVAILABLE, "busy",
	    task_submit(st, &t, "{}", 100, NULL, &f->e));
	assert_true(clock_mono_ms() - began >= 150);
	fixture_exec(f, "ROLLBACK");
	assert_int_equal(0, fixture_int(f, "SELECT count(*) FROM tasks"));
	/* the same call may succeed later */
	assert_ok(f, task_submit(st, &t, "{}", 100, NULL, &f->e));
	fixture_assert_slots(f);
	store_close(st);
}

static void
readers_do_not_wait_for_a_writer(void **state)
{
	struct fixture *f = *state;
	struct task t, loaded;

	fixture_token(f, 1);
	t = fixture_submit(f);
	fixture_exec(f, "BEGIN IMMEDIATE; UPDATE tasks SET prompt = 'x'");
	assert_ok(f, task_load(f->st, t.task_id, f->a, &loaded, &f->e));
	assert_string_equal("a cat", loaded.prompt);
	fixture_exec(f, "ROLLBACK");
}

/* Lets no file of this process grow beyond `size` bytes. */
static void
limit_files(rlim_t size)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = size;
	assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &limit));
}

static void
a_full_disk_stores_nothing_by_halves(void **state)
{
	static const unsigned char body_hash[DIGEST_SHA256_LEN];
	struct fixture *f = *state;
	struct task t = fixture_task(f);
	struct idem idem = { .key = "k", .api_key_id = 1,
	    .body_hash = body_hash };
	struct idem_answer first;
	struct stat sb;
	enum err rc;

	fixture_token(f, 1);
	assert_ok(f, idem_claim(f->st, &idem, 24, f->a, &first, &f->e));
	assert_int_equal(0, stat(fixture_path(f, "db-wal"), &sb));
	signal(SIGXFSZ, SIG_IGN);
	limit_files((rlim_t)sb.st_size);
	rc = task_submit(f->st, &t, "{}", 100, &idem, &f->e);
	limit_files(RLIM_INFINITY);
	assert_failed(f, ERR_UNAVAILABLE, "full", rc);
	assert_int_equal(0, fixture_int(f, "SELECT count(*) FROM tasks"));
	assert_int_equal(0, fixture_int(f,
	    "SELECT count(*) FROM request_logs"));
	assert_int_equal(1, fixture_int(f,
	    "SELECT task IS NULL FROM idempotency_keys"));
	fixture_assert_slots(f);
	assert_ok(f, task_submit(f->st, &t, "{}", 100, &idem, &f->e));
	assert_string_equal("ok", fixture_text(f, "PRAGMA integrity_check"));
}

static void
others_changes_are_noticed(void **state)
{
	struct fixture *f = *state;
	int64_t before = store_data_version(f->st);

	assert_int_equal(before, store_data_version(f->st));
	fixture_exec(f, "UPDATE admin_config SET updated_at = 1");
	assert_int_not_equal(before, store_data_version(f->st));
	store_checkpoint(f->st);
}

#define T(test) \
	cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_missing_database_is_to_be_made),
		T(an_empty_file_is_no_database),
		T(a_damaged_database_is_told_as_such),
		T(another_program_s_database_is_left_alone),
		T(a_folder_and_a_text_are_no_database),
		T(a_newer_database_wants_a_newer_program),
		T(a_current_database_needs_no_migration),
		T(a_database_that_is_open_is_not_migrated),
		T(a_database_that_is_being_migrated_is_not_opened),
		T(an_existing_file_is_never_overwritten),
		T(the_connection_is_durable_and_strict),
		T(a_log_that_grew_is_cut_again),
		T(another_key_file_does_not_open_it),
		T(a_database_without_proof_of_its_key_does_not_open),
		T(a_missing_or_open_key_file_stops_the_start),
		T(a_missing_folder_stops_the_start),
		T(a_read_only_database_stops_the_start),
		T(a_busy_database_is_told_after_the_wait),
		T(readers_do_not_wait_for_a_writer),
		T(a_full_disk_stores_nothing_by_halves),
		T(others_changes_are_noticed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
