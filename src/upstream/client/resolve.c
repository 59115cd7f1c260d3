/* SPDX-License-Identifier: MIT */
/*
 * resolve.c: getaddrinfo(3) in a thread, for it has no timeout of its own.
 *
 * Who waited until the deadline goes; the thread ends when the resolver gives
 * up, and frees what is left. (glibc's getaddrinfo_a cannot be cancelled once it
 * asks, and shares one small pool of threads with the whole process.)
 */
#include "resolve.h"
#include "xalloc.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>


#define MAX_LOOKUPS	64		/* threads that may hang at once */

struct lookup {
	pthread_mutex_t	 mutex;
	pthread_cond_t	 ended;
	char		*host;
	char		*port;
	struct addrinfo	*addresses;
	bool		 done;
	bool		 abandoned;	/* nobody waits any more: the thread frees */
};

static atomic_int lookups;

static const struct addrinfo hints = {
	.ai_family = AF_UNSPEC,
	.ai_socktype = SOCK_STREAM,
	.ai_flags = AI_NUMERICSERV,
};

static struct lookup *
lookup_new(const char *host, const char *port)
{
	struct lookup *l = xcalloc(1, sizeof(*l));
	pthread_condattr_t attr;

	l->host = xstrdup(host);
	l->port = xstrdup(port);
	pthread_mutex_init(&l->mutex, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&l->ended, &attr);
	pthread_condattr_destroy(&attr);
	return l;
}

static void
lookup_free(struct lookup *l)
{
	if (l->addresses != NULL)
		freeaddrinfo(l->addresses);
	pthread_cond_destroy(&l->ended);
	pthread_mutex_destroy(&l->mutex);
	free(l->host);
	free(l->port);
	free(l);
}

static void *
look_up(void *arg)
{
	struct lookup *l = arg;
	struct addrinfo *addresses = NULL;
	bool abandoned;

	if (getaddrinfo(l->host, l->port, &hints, &addresses) != 0)
		addresses = NULL;
	pthread_mutex_lock(&l->mutex);
	l->addresses = addresses;
	l->done = true;
	abandoned = l->abandoned;
	pthread_cond_signal(&l->ended);
	pthread_mutex_unlock(&l->mutex);
	if (abandoned)
		lookup_free(l);
	atomic_fetch_sub(&lookups, 1);
	return NULL;
}

static bool
start_thread(struct lookup *l)
{
	pthread_attr_t attr;
	pthread_t thread;
	bool started;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	started = pthread_create(&thread, &attr, look_up, l) == 0;
	pthread_attr_destroy(&attr);
	return started;
}

/* Waits for the thread; at the deadline, leaves the lookup to it. */
static enum resolve_result
await(struct lookup *l, int64_t deadline_ms, struct addrinfo **out)
{
	struct timespec until = {
		.tv_sec = deadline_ms / 1000,
		.tv_nsec = deadline_ms % 1000 * 1000000,
	};
	bool done;

	pthread_mutex_lock(&l->mutex);
	while (!l->done && pthread_cond_timedwait(&l->ended, &l->mutex,
	    &until) == 0)
		;
	done = l->done;
	l->abandoned = !done;
	pthread_mutex_unlock(&l->mutex);
	if (!done)
		return RESOLVE_TIMED_OUT;
	*out = l->addresses;
	l->addresses = NULL;
	lookup_free(l);
	return *out != NULL ? RESOLVE_OK : RESOLVE_FAILED;
}

/* A literal needs nobody's answer, so no thread. */
static bool
resolve_literal(const char *host, const char *port, struct addrinfo **out)
{
	struct addrinfo numeric = hints;

	numeric.ai_flags |= AI_NUMERICHOST;
	return getaddrinfo(host, port, &numeric, out) == 0;
}

enum resolve_result
resolve_host(const char *host, const char *port, int64_t deadline_ms,
    struct addrinfo **out)
{
	struct lookup *l;

	*out = NULL;
	if (resolve_literal(host, port, out))
		return RESOLVE_OK;
	if (atomic_fetch_add(&lookups, 1) >= MAX_LOOKUPS) {
		atomic_fetch_sub(&lookups, 1);
		return RESOLVE_TIMED_OUT;
	}
	l = lookup_new(host, port);
	if (start_thread(l))
		return await(l, deadline_ms, out);
	atomic_fetch_sub(&lookups, 1);
	lookup_free(l);
	return RESOLVE_FAILED;
}
