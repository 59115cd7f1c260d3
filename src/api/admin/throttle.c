/* SPDX-License-Identifier: MIT */
/* throttle.c: how fast a password may be guessed. */
#include "throttle.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "digest.h"
#include "id.h"
#include "log.h"
#include "shared.h"

#define MAGIC		UINT64_C(0x31736e69676f6c73)	/* changes with the layout */
#define WAYS		4
#define ADDRESS_SETS	4096u	/* of addresses that failed or have a turn */
#define KNOWN_SETS	64u	/* of addresses that signed in */

#define FREE_FAILURES	5	/* of an address, before any wait */
#define LONGEST_MS	300000
#define MEMORY_MS	900000	/* without a failure, after which a count starts anew */
#define CROWD		10	/* failures of unknown addresses; then they take turns */
#define TURN_MS		10000	/* until a turn */
#define KEPT_MS		60000	/* for which the turn of an unknown address is kept */
#define PACE_MS		1000	/* between two checks of unknown addresses */
#define KNOWN_MS	INT64_C(7776000000)	/* 90 days */

struct count {
	int64_t		 failures;
	int64_t		 last_ms;	/* of the last one */
};

struct entry {
	uint64_t	 hash;		/* 0: free */
	struct count	 own;
	int64_t		 turn_ms;	/* 0: none */
	int64_t		 known_ms;	/* of the last success; 0: the address is not known */
};

struct logins {
	uint64_t	 magic;
	uint64_t	 ready;		/* the secret is there */
	unsigned char	 secret[32];
	struct count	 strangers;
	int64_t		 next_ms;	/* when the next unknown address may be checked */
	struct entry	 addresses[ADDRESS_SETS][WAYS];
	struct entry	 known[KNOWN_SETS][WAYS];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct shared memory = { .fd = -1 };

/* ---- the file ---- */

void
throttle_open(const char *database)
{
	struct arena *a = arena_new();
	const char *path = *database == '\0' ? ""
	    : arena_printf(a, "%s.logins", database);

	if (!shared_open(&memory, path, sizeof(struct logins), MAGIC) &&
	    *path != '\0')
		log_warn("%s: %s; failed logins are counted per process "
		    "until the next start", path, strerror(errno));
	arena_free(a);
}

void
throttle_close(void)
{
	shared_close(&memory);
}

/* A robust mutex: when its holder is killed, the next process takes it over. */
static void
lock_file(short type)
{
	struct flock whole = { .l_type = type, .l_whence = SEEK_SET };

	if (memory.fd >= 0)
		while (fcntl(memory.fd, F_OFD_SETLKW, &whole) != 0 &&
		    errno == EINTR)
			;
}

/* Locks the shared table for this thread. */
static struct logins *
logins_begin(void)
{
	struct logins *l;

	pthread_mutex_lock(&lock);
	if (memory.data == NULL)
		throttle_open("");
	lock_file(F_WRLCK);
	l = memory.data;
	if (!l->ready) {
		id_random(l->secret, sizeof(l->secret));
		l->ready = 1;
	}
	return l;
}

static void
logins_end(void)
{
	lock_file(F_UNLCK);
	pthread_mutex_unlock(&lock);
}

/* ---- addresses ---- */

/* What counts as one: see the header. Returns its length. */
static size_t
network_of(const char *address, unsigned char out[64])
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	unsigned char bytes[16];
	size_t len;

	memset(out, 0, 64);
	if (inet_pton(AF_INET, address, out) == 1)
		return 4;
	if (inet_pton(AF_INET6, address, bytes) == 1) {
		bool is_v4 = memcmp(bytes, mapped, sizeof(mapped)) == 0;

		memcpy(out, is_v4 ? bytes + 12 : bytes, is_v4 ? 4 : 8);
		return is_v4 ? 4 : 8;
	}
	len = strnlen(address, 63);
	memcpy(out, address, len);
	out[63] = 1;		/* none of the above */
	return 64;
}

static uint64_t
hash_of(const struct logins *l, const char *address)
{
	unsigned char network[64], sum[DIGEST_SHA256_LEN];
	size_t len = network_of(address == NULL ? "" : address, network);
	struct digest *d = digest_new();
	uint64_t hash;

	digest_update(d, l->secret, sizeof(l->secret));
	digest_update(d, network, len);
	digest_final(d, sum);
	digest_free(d);
	memcpy(&hash, sum, sizeof(hash));
	return hash == 0 ? 1 : hash;
}

static struct entry *
find(struct entry set[WAYS], uint64_t hash)
{
	for (int i = 0; i < WAYS; i++)
		if (set[i].hash == hash)
			return &set[i];
	return NULL;
}

/* ---- waiting ---- */

static int64_t
failures(const struct count *c, int64_t now)
{
	return now < c->last_ms + MEMORY_MS ? c->failures : 0;
}

static void
fail(struct count *c, int64_t now)
{
	c->failures = failures(c, now) + 1;
	c->last_ms = now;
}

/* ms that the address must wait because of its own failures. */
static int64_t
own_wait(const struct entry *e, int64_t now)
{
	int64_t n = failures(&e->own, now) - FREE_FAILURES, wait;

	if (n < 0)
		return 0;
	wait = n > 8 ? LONGEST_MS : INT64_C(1000) << n;
	wait = e->own.last_ms + wait - now;
	return wait > 0 ? wait : 0;
}

static bool
has_turn(const struct entry *e, int64_t now)
{
	return e->turn_ms != 0 && now < e->turn_ms + KEPT_MS;
}

/* ms that an unknown address must wait for its turn; 0 uses the turn up. */
static int64_t
wait_for_turn(struct logins *l, struct entry *e, int64_t now)
{
	if (!has_turn(e, now))
		e->turn_ms = now + TURN_MS;
	if (now < e->turn_ms)
		return e->turn_ms - now;
	if (now < l->next_ms)
		return l->next_ms - now;
	l->next_ms = now + PACE_MS;
	e->turn_ms = 0;
	return 0;
}

/* ---- entries ---- */

/* A time in the future was written before the clock was set back. */
static void
mend_times(struct logins *l, struct entry *e, int64_t now)
{
	if (e->own.last_ms > now)
		e->own.last_ms = now;
	if (e->turn_ms > now + TURN_MS)
		e->turn_ms = now + TURN_MS;
	if (l->strangers.last_ms > now)
		l->strangers.last_ms = now;
	if (l->next_ms > now + PACE_MS)
		l->next_ms = now + PACE_MS;
}

/* The entry to reuse; NULL: each of them must wait or has a turn. */
static struct entry *
least(struct logins *l, struct entry set[WAYS], int64_t now)
{
	struct entry *out = NULL;

	for (int i = 0; i < WAYS; i++) {
		mend_times(l, &set[i], now);
		if (own_wait(&set[i], now) > 0 || has_turn(&set[i], now))
			continue;
		if (out == NULL || failures(&set[i].own, now) <
		    failures(&out->own, now))
			out = &set[i];
	}
	return out;
}

static struct entry *
stranger(struct logins *l, uint64_t hash, int64_t now)
{
	struct entry *set = l->addresses[hash % ADDRESS_SETS];
	struct entry *e = find(set, hash);

	if (e == NULL && (e = least(l, set, now)) != NULL)
		*e = (struct entry){ .hash = hash };
	return e;
}

static struct entry *
known(struct logins *l, uint64_t hash, int64_t now)
{
	struct entry *e = find(l->known[hash % KNOWN_SETS], hash);

	return e != NULL && now < e->known_ms + KNOWN_MS ? e : NULL;
}

static void
remember(struct logins *l, uint64_t hash, int64_t now)
{
	struct entry *set = l->known[hash % KNOWN_SETS];
	struct entry *e = find(set, hash);

	for (int i = 0; e == NULL && i < WAYS; i++)
		if (set[i].hash == 0)
			e = &set[i];
	if (e == NULL) {
		e = set;
		for (int i = 1; i < WAYS; i++)
			if (set[i].known_ms < e->known_ms)
				e = &set[i];
	}
	*e = (struct entry){ .hash = hash, .known_ms = now };
}

/* ---- a login ---- */

static int64_t
begin(struct logins *l, uint64_t hash, int64_t now)
{
	struct entry *e = known(l, hash, now);
	bool is_stranger = e == NULL;
	int64_t wait;

	if (is_stranger && (e = stranger(l, hash, now)) == NULL)
		return TURN_MS;
	mend_times(l, e, now);
	wait = own_wait(e, now);
	if (wait == 0 && is_stranger && failures(&l->strangers, now) >= CROWD)
		wait = wait_for_turn(l, e, now);
	if (wait > 0)
		return wait;
	fail(&e->own, now);
	/* a single address is slowed down by its own failures */
	if (is_stranger && e->own.failures <= FREE_FAILURES)
		fail(&l->strangers, now);
	return 0;
}

int
throttle_begin(const char *address, int64_t now_ms)
{
	struct logins *l = logins_begin();
	int64_t wait = begin(l, hash_of(l, address), now_ms);

	logins_end();
	return (int)((wait + 999) / 1000);
}

void
throttle_succeeded(const char *address, int64_t now_ms)
{
	struct logins *l = logins_begin();
	uint64_t hash = hash_of(l, address);
	struct entry *e;

	if (known(l, hash, now_ms) == NULL && l->strangers.failures > 0)
		l->strangers.failures--;
	if ((e = find(l->addresses[hash % ADDRESS_SETS], hash)) != NULL)
		*e = (struct entry){ 0 };
	remember(l, hash, now_ms);
	logins_end();
}
