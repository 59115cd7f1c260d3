/* SPDX-License-Identifier: MIT */
/*
 * fixture.h: a fresh site for a test: key file, configuration, folders and a
 * database, all in a folder of its own that goes with the test.
 *
 * Questions and changes that no function of the library has go straight to the
 * database through a second connection, `raw`.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "arena.h"
#include "attr.h"
#include "clock.h"
#include "error.h"
#include "settings_store.h"
#include "site.h"
#include "store.h"
#include "task_store.h"
#include "token_store.h"

struct conf;

#define FIXTURE_API_KEY		"sk-fixture-0123456789"
#define FIXTURE_PASSWORD	"correct horse battery"

struct fixture {
	char		 dir[64];
	char		 conf_path[96];
	struct site	 site;		/* conf, seal, key_file, spool_dir */
	struct store	*st;
	struct arena	*a;
	sqlite3		*raw;
	struct error	 e;
};

/* For cmocka: a database with its settings; `*state` is the fixture. */
int	fixture_setup(void **state);
int	fixture_teardown(void **state);

/* Another connection to the same database; the caller closes it. */
struct store *fixture_connect(struct fixture *f);
/* What store_open gets. */
struct store_conf fixture_store_conf(const struct fixture *f);
/* "<dir>/name", in the fixture's arena. */
const char *fixture_path(struct fixture *f, const char *name);

/* The first column of the first row; fails the test when there is none. */
int64_t	fixture_int(struct fixture *f, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The same as text; NULL when it is NULL. */
const char *fixture_text(struct fixture *f, const char *fmt, ...) PRINTF_LIKE(2, 3);
void	fixture_exec(struct fixture *f, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Adds a token that can do everything, with that many video slots; its id. */
int64_t	fixture_token(struct fixture *f, int video_concurrency);
/* A video task as a client would make it, not stored yet. */
struct task fixture_task(struct fixture *f);
/* Stores one; fails the test when it is refused. */
struct task fixture_submit(struct fixture *f);
/* The task as it is stored now. */
struct task fixture_load(struct fixture *f, const struct task *t);
/* Applies the change, which must apply. */
void	fixture_apply(struct fixture *f, const struct task *t, const struct task_change *c);

/* Fails the test, naming the error, unless `rc` is ERR_OK. */
#define assert_ok(f, call) fixture_assert_ok((f), (call), __FILE__, __LINE__)
void	fixture_assert_ok(struct fixture *f, enum err rc, const char *file, int line);
/* The failure must have that code, and one line of text that contains `part`. */
#define assert_failed(f, code, part, call) \
	fixture_assert_failed((f), (code), (part), (call), __FILE__, __LINE__)
void	fixture_assert_failed(struct fixture *f, enum err code, const char *part, enum err rc,
	    const char *file, int line);

/* Running counters of all tokens equal a recount from the tasks. */
void	fixture_assert_slots(struct fixture *f);

#endif
