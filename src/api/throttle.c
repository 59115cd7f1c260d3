/*
 * throttle.c: repeated failures are slowed down.
 *
 * A table in memory, one per process: what is forgotten at a restart, or counted
 * apart by each process, only makes guessing a password a little less slow.
 */
#include <pthread.h>
#include <string.h>

#include "admin.h"
#include "digest.h"

#define SLOTS		1024
#define FREE_FAILURES	5	/* before any wait */
#define MEMORY_MS	900000	/* after which a name starts anew */

struct slot {
	unsigned char	 hash[DIGEST_SHA256_LEN];
	int		 failures;
	int64_t		 last_ms;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct slot slots[SLOTS];

/* The slot of that name; one that holds another name is the caller's to take over. */
static struct slot *
slot_of(const char *name, unsigned char hash[DIGEST_SHA256_LEN])
{
	unsigned index;

	digest_sha256(hash, name, strlen(name));
	memcpy(&index, hash, sizeof(index));
	return &slots[index % SLOTS];
}

static bool
is_current(const struct slot *s, const unsigned char *hash, int64_t now_ms)
{
	return memcmp(s->hash, hash, DIGEST_SHA256_LEN) == 0 &&
	    now_ms < s->last_ms + MEMORY_MS;
}

int
throttle_wait(const char *name, int longest, int64_t now_ms)
{
	unsigned char hash[DIGEST_SHA256_LEN];
	int64_t left = 0;
	struct slot *s;

	pthread_mutex_lock(&lock);
	s = slot_of(name, hash);
	if (is_current(s, hash, now_ms) && s->failures >= FREE_FAILURES) {
		int doublings = s->failures - FREE_FAILURES;
		int wait = doublings > 9 || 1 << doublings > longest
		    ? longest : 1 << doublings;

		left = s->last_ms + (int64_t)wait * 1000 - now_ms;
	}
	pthread_mutex_unlock(&lock);
	return left <= 0 ? 0 : (int)((left + 999) / 1000);
}

void
throttle_failed(const char *name, int64_t now_ms)
{
	unsigned char hash[DIGEST_SHA256_LEN];
	struct slot *s;

	pthread_mutex_lock(&lock);
	s = slot_of(name, hash);
	if (!is_current(s, hash, now_ms)) {
		memcpy(s->hash, hash, sizeof(s->hash));
		s->failures = 0;
	}
	s->failures++;
	s->last_ms = now_ms;
	pthread_mutex_unlock(&lock);
}

void
throttle_succeeded(const char *name)
{
	unsigned char hash[DIGEST_SHA256_LEN];
	struct slot *s;

	pthread_mutex_lock(&lock);
	s = slot_of(name, hash);
	if (memcmp(s->hash, hash, sizeof(s->hash)) == 0)
		s->failures = 0;
	pthread_mutex_unlock(&lock);
}
