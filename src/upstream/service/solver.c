/* SPDX-License-Identifier: MIT */
/* solver.c: the solver's credentials, as all processes share them. */
#include "solver.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "client.h"
#include "clock.h"
#include "file.h"
#include "json.h"
#include "log.h"
#include "seal.h"
#include "settings.h"
#include "xalloc.h"

#define STATE		".solver"
#define LOCK		".solver.lock"
#define COLUMN		"solver.credentials"	/* what the seal binds them to */
#define STATE_MAX	(256 * 1024)
#define NOTE_MAX	700
#define LOOK_MS		50	/* between looks whether another one is done */
#define WAIT_MS		60000

struct solver {
	const struct seal *seal;
	const char	*dir;
	char		 state[640];
	char		 lock[640];
};

struct solver *
solver_new(const char *dir, const struct seal *seal)
{
	struct solver *s = xcalloc(1, sizeof(*s));

	s->seal = seal;
	s->dir = dir;
	snprintf(s->state, sizeof(s->state), "%s/%s", dir, STATE);
	snprintf(s->lock, sizeof(s->lock), "%s/%s", dir, LOCK);
	return s;
}

void
solver_free(struct solver *s)
{
	free(s);
}

bool
solver_is_on(const struct settings *settings)
{
	return settings->solver_enabled && settings->solver_api_url != NULL &&
	    *settings->solver_api_url != '\0';
}

/* A clock that was set back does not make them last longer. */
bool
solver_is_valid(const struct solver_credentials *c, int64_t now_ms)
{
	return c->fetched_ms <= now_ms &&
	    now_ms < c->fetched_ms + SOLVER_LIFETIME * 1000;
}

bool
solver_needs_file(const char *name, int64_t age)
{
	return strcmp(name, LOCK) == 0 ||
	    (strcmp(name, STATE) == 0 && age < SOLVER_LIFETIME);
}

/* ---- the credentials ---- */

static bool
read_state(const char *text, struct arena *a, struct solver_credentials *out)
{
	struct error ignored;
	cJSON *root;

	if (json_parse_object(text, strlen(text), &root, &ignored) != ERR_OK)
		return false;
	*out = (struct solver_credentials){
		.cookies = arena_strdup(a, json_string(root, "cookies")),
		.n_cookies = (int)json_number(root, "n_cookies", 0),
		.user_agent = arena_strdup(a, json_string(root, "user_agent")),
		.fetched_ms = (int64_t)json_number(root, "fetched_ms", 0),
	};
	cJSON_Delete(root);
	return out->cookies != NULL && out->user_agent != NULL;
}

/* A file of another key is none: it is replaced with the next credentials. */
bool
solver_load(struct solver *s, struct arena *a, struct solver_credentials *out)
{
	struct error ignored;
	char *blob, *text;
	size_t len;

	return file_load(s->state, STATE_MAX, a, &blob, &len, &ignored)
	    == ERR_OK && seal_unwrap(s->seal, COLUMN, blob, len, a, &text,
	    &ignored) == ERR_OK && read_state(text, a, out);
}

const struct solver_credentials *
solver_current(struct solver *s, const struct settings *settings,
    struct arena *a)
{
	struct solver_credentials *c;

	if (s == NULL || !solver_is_on(settings))
		return NULL;
	c = arena_alloc(a, sizeof(*c));
	return solver_load(s, a, c) && solver_is_valid(c, clock_now_ms()) ? c
	    : NULL;
}

static const char *
state_text(const struct solver_credentials *c, struct arena *a)
{
	cJSON *root = cJSON_CreateObject();
	const char *text;

	json_add_string(root, "cookies", c->cookies);
	json_add_int(root, "n_cookies", c->n_cookies);
	json_add_string(root, "user_agent", c->user_agent);
	json_add_int(root, "fetched_ms", c->fetched_ms);
	text = json_print(root, a);
	cJSON_Delete(root);
	return text;
}

enum err
solver_store(struct solver *s, const struct solver_credentials *c,
    struct error *e)
{
	struct arena *a = arena_new();
	const char *text = state_text(c, a);
	struct file f = { .fd = -1 };
	unsigned char *blob;
	size_t len;
	enum err rc;

	seal_wrap(s->seal, COLUMN, text, strlen(text), a, &blob, &len);
	if ((rc = file_begin(&f, s->dir, e)) != ERR_OK)
		goto out;
	if (fchmod(f.fd, 0600) != 0)
		rc = error_set(e, ERR_UNAVAILABLE, NULL, "cannot protect %s: %s",
		    s->state, strerror(errno));
	if (rc == ERR_OK && (rc = file_write(&f, blob, len, e)) == ERR_OK)
		rc = file_commit(&f, STATE, e);
out:
	file_abort(&f);
	arena_free(a);
	return rc;
}

void
solver_clear(struct solver *s)
{
	unlink(s->state);
}

void
solver_invalidate(struct solver *s, int64_t sent_ms)
{
	struct arena *a = arena_new();
	struct solver_credentials c;

	if (solver_load(s, a, &c) && c.fetched_ms <= sent_ms)
		solver_clear(s);
	arena_free(a);
}

/* ---- asking, one at a time ---- */

int
solver_try_begin(struct solver *s)
{
	int fd = open(s->lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
	    0600);

	if (fd < 0) {
		log_error("cannot open %s: %s", s->lock, strerror(errno));
		return -2;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	close(fd);
	return -1;
}

/* "<when it ended> <code>\n<text>": what came of the last call. */
void
solver_end(struct solver *s, int lock, enum err rc, const struct error *e)
{
	char note[NOTE_MAX];
	int len = snprintf(note, sizeof(note), "%lld %d\n%s",
	    (long long)clock_now_ms(), (int)rc, rc == ERR_OK ? "" : e->text);

	if (ftruncate(lock, 0) != 0 || pwrite(lock, note, (size_t)len, 0)
	    != len)
		log_warn("cannot write to %s: %s", s->lock, strerror(errno));
	close(lock);
}

/* Whether a call ended since; then what came of it. */
static bool
read_note(int lock, int64_t since_ms, enum err *rc, struct error *e)
{
	char note[NOTE_MAX + 1];
	ssize_t len = pread(lock, note, sizeof(note) - 1, 0);
	long long ended;
	int code, text;

	if (len <= 0)
		return false;
	note[len] = '\0';
	if (sscanf(note, "%lld %d%n", &ended, &code, &text) != 2 ||
	    ended < since_ms || ended > clock_now_ms())
		return false;
	*rc = code == ERR_OK ? ERR_OK : error_set(e, ERR_UPSTREAM, NULL, "%s",
	    note + text + 1);
	return true;
}

static enum err
ask(struct solver *s, const char *api_url, struct arena *a,
    struct solver_credentials *out, struct error *e)
{
	struct call_request rq;
	struct call_response r;
	enum err rc;

	solver_build(api_url, true, a, &rq);
	client_perform(&rq, a, &r);
	if ((rc = solver_parse(&r, clock_now_ms(), a, out, e)) != ERR_OK)
		return rc;
	return solver_store(s, out, e);
}

/* Those who hold the lock end within the time of a call, or die and lose it. */
static int
wait_for_turn(struct solver *s, bool *waited)
{
	int64_t end = clock_mono_ms() + WAIT_MS;
	int lock;

	*waited = false;
	while ((lock = solver_try_begin(s)) == -1 && clock_mono_ms() < end) {
		*waited = true;
		poll(NULL, 0, LOOK_MS);
	}
	return lock;
}

enum err
solver_refresh(struct solver *s, const char *api_url, struct arena *a,
    struct solver_credentials *out, struct error *e)
{
	int64_t since = clock_now_ms();
	bool waited;
	int lock = wait_for_turn(s, &waited);
	enum err rc = ERR_OK;

	if (lock < 0)
		return error_set(e, ERR_UNAVAILABLE, NULL,
		    "cannot use the lock %s", s->lock);
	if (waited && read_note(lock, since, &rc, e) &&
	    (rc != ERR_OK || solver_load(s, a, out))) {
		close(lock);
		return rc;
	}
	rc = ask(s, api_url, a, out, e);
	solver_end(s, lock, rc, e);
	return rc;
}
