/* SPDX-License-Identifier: MIT */
/* health.c: GET /health and GET /ready: for supervisors and load balancers. */
#include <errno.h>
#include <libgen.h>
#include <pthread.h>
#include <string.h>

#include "api.h"
#include "arena.h"
#include "clock.h"
#include "conf.h"
#include "due.h"
#include "file.h"
#include "log.h"
#include "status.h"

#define LOOK_MS		2000	/* between two looks at the disk */
#define ROOM		65536	/* bytes that a database needs to go on */

/* GET /health: {"status":"ok"}: the process answers; nothing else is looked at. */
enum err
handle_health(struct req *rq UNUSED, struct resp *rs, struct error *e UNUSED)
{
	resp_text(rs, 200, "application/json", "{\"status\":\"ok\"}");
	return ERR_OK;
}

/* Begins and rolls back a write transaction: whether the database can be written. */
static bool
is_writable(struct store *st)
{
	struct error e;

	if (store_begin(st, &e) == ERR_OK)
		return store_end(st, error_set(&e, ERR_CANCELLED, NULL,
		    "only a look"), &e) == ERR_CANCELLED;
	log_warn("not ready: %s", e.text);
	return false;
}

/* Free space in the database's folder, looked up at most every few seconds for all threads. */
static int
room_for_database(struct req *rq)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static int64_t looked_ms;
	static int cause;
	int64_t now = clock_mono_ms();
	int found;

	pthread_mutex_lock(&lock);
	if (looked_ms == 0 || now >= looked_ms + LOOK_MS) {
		char *path = arena_strdup(rq->arena,
		    api_of(rq)->conf->database_path);

		cause = file_room(dirname(path), ROOM);
		looked_ms = now;
	}
	found = cause;
	pthread_mutex_unlock(&lock);
	return found;
}

/* "ok", or why the database cannot be written. */
static const char *
database_state(struct req *rq)
{
	int cause = room_for_database(rq);

	if (cause == ENOSPC || cause == EDQUOT)
		return "disk full";
	return cause == 0 && is_writable(api_of(rq)->store) ? "ok"
	    : "not writable";
}

/* GET /ready: whether it can do its work; 503 when it cannot. */
enum err
handle_ready(struct req *rq, struct resp *rs, struct error *e)
{
	struct store *st = api_of(rq)->store;
	struct gauges g;
	bool writable, poller, tokens;
	const char *database;
	cJSON *root;
	enum err rc;

	if ((rc = gauges_load(st, &g, e)) != ERR_OK)
		return rc;
	database = database_state(rq);
	writable = strcmp(database, "ok") == 0;
	poller = !due_is(g.lease_ends_ms, clock_now_ms(),
	    (int64_t)api_of(rq)->conf->lease_time * 1000);
	tokens = g.tokens[STATE_READY] + g.tokens[STATE_FULL] > 0;
	root = cJSON_CreateObject();
	json_add_string(root, "status", writable && poller && tokens
	    ? "ready" : "not ready");
	json_add_string(root, "database", database);
	json_add_string(root, "poller", poller ? "ok" : "not running");
	json_add_string(root, "tokens", tokens ? "ok" : "none eligible");
	resp_json(rs, writable && poller && tokens ? 200 : 503, root);
	return ERR_OK;
}
