/* SPDX-License-Identifier: MIT */
/* meter.c: counters in a mapped file. */
#include "meter.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "shared.h"

#define MAGIC		UINT64_C(0x3172746d61327330)	/* changes with the layout */
#define N_SERIES	2048u	/* a power of two */
#define N_PROCESSES	256
#define LABEL_SIZE	32

const double meter_bounds[METER_BUCKETS] = {
	0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
	10, __builtin_inf(),
};

enum { FREE, CLAIMED, READY };	/* a process that died while claiming leaves this state */

struct series {
	_Atomic uint32_t state;
	uint32_t	 meter;
	char		 label[LABEL_SIZE], label2[LABEL_SIZE];
	_Atomic uint64_t value, sum_us;
	_Atomic uint64_t bucket[METER_BUCKETS];
};

/* An entry of `waiting` belongs to the process that holds the lock of its byte. */
struct meters {
	_Atomic uint64_t magic;
	_Atomic int32_t	 waiting[N_PROCESSES];
	struct series	 series[N_SERIES];
};

static struct shared memory = { .fd = -1 };
static struct meters *shared;	/* what is in it; NULL: not open */
static int my_entry;

/* ---- the file ---- */

static struct flock
entry_lock(int i, short type)
{
	return (struct flock){ .l_type = type, .l_whence = SEEK_SET,
	    .l_start = i, .l_len = 1 };
}

static void
take_entry(void)
{
	for (int i = 0; i < N_PROCESSES; i++) {
		struct flock lock = entry_lock(i, F_WRLCK);

		if (fcntl(memory.fd, F_OFD_SETLK, &lock) != 0)
			continue;
		my_entry = i;
		shared->waiting[i] = 0;
		return;
	}
	my_entry = -1;
}

static bool
entry_lives(int i)
{
	struct flock lock = entry_lock(i, F_WRLCK);

	return i == my_entry || (memory.fd >= 0 &&
	    fcntl(memory.fd, F_OFD_GETLK, &lock) == 0 &&
	    lock.l_type != F_UNLCK);
}

void
meter_open(const char *path)
{
	if (shared_open(&memory, path, sizeof(*shared), MAGIC)) {
		shared = memory.data;
		take_entry();
		return;
	}
	if (*path != '\0')
		log_warn("metrics.file %s: %s; metrics are counted per process "
		    "until the next start", path, strerror(errno));
	shared = memory.data;
	my_entry = 0;
}

void
meter_close(void)
{
	shared_close(&memory);
	shared = NULL;
}

/* ---- series ---- */

/* FNV-1a, of what names a series. */
static uint32_t
hash_text(uint32_t h, const char *s)
{
	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return (h ^ 0xffu) * 16777619u;
}

static bool
is_it(const struct series *s, enum meter m, const char *label,
    const char *label2)
{
	return s->meter == (uint32_t)m &&
	    strncmp(s->label, label, LABEL_SIZE - 1) == 0 &&
	    strncmp(s->label2, label2, LABEL_SIZE - 1) == 0;
}

static void
fill(struct series *s, enum meter m, const char *label, const char *label2)
{
	s->meter = (uint32_t)m;
	strncpy(s->label, label, LABEL_SIZE - 1);
	strncpy(s->label2, label2, LABEL_SIZE - 1);
	atomic_store_explicit(&s->state, READY, memory_order_release);
}

/*
 * The series of these labels. A slot that is being claimed is skipped, since its owner
 * may be dead: at worst the same labels get a second series, and readers add them up.
 */
static struct series *
find(enum meter m, const char *label, const char *label2)
{
	uint32_t h = hash_text(hash_text((uint32_t)m + 1, label), label2);

	for (uint32_t i = 0; i < N_SERIES; i++) {
		struct series *s = &shared->series[(h + i) % N_SERIES];
		uint32_t state = atomic_load_explicit(&s->state,
		    memory_order_acquire);

		if (state == READY && is_it(s, m, label, label2))
			return s;
		if (state == FREE && atomic_compare_exchange_strong(&s->state,
		    &state, CLAIMED)) {
			fill(s, m, label, label2);
			return s;
		}
	}
	return NULL;
}

static struct series *
series_of(enum meter m, const char *label, const char *label2)
{
	return shared == NULL ? NULL : find(m, label != NULL ? label : "",
	    label2 != NULL ? label2 : "");
}

static void
add(_Atomic uint64_t *at, uint64_t n)
{
	atomic_fetch_add_explicit(at, n, memory_order_relaxed);
}

void
meter_add(enum meter m, const char *label, const char *label2, uint64_t n)
{
	struct series *s = series_of(m, label, label2);

	assert(m <= METER_BUSY);
	if (s != NULL)
		add(&s->value, n);
}

void
meter_observe(enum meter m, const char *label, int64_t us)
{
	struct series *s = series_of(m, label, NULL);
	size_t i = 0;

	assert(m >= METER_REQUEST_SECONDS && m <= METER_POLL_LAG);
	if (s == NULL)
		return;
	while (i < METER_BUCKETS - 1 && (double)us > meter_bounds[i] * 1e6)
		i++;
	add(&s->bucket[i], 1);
	add(&s->sum_us, us > 0 ? (uint64_t)us : 0);
}

void
meter_set(enum meter m, uint64_t value)
{
	struct series *s = series_of(m, NULL, NULL);

	assert(m >= METER_CACHE_BYTES && m < METER__MAX);
	if (s != NULL)
		s->value = value;
}

void
meter_request(const char *operation, int status, int64_t us)
{
	char text[12];

	snprintf(text, sizeof(text), "%d", status);
	meter_add(METER_REQUESTS, operation, text, 1);
	meter_observe(METER_REQUEST_SECONDS, operation, us);
}

void
meter_waiting(int n)
{
	if (shared != NULL && my_entry >= 0)
		shared->waiting[my_entry] = n;
}

/* ---- reading ---- */

void
meter_each(enum meter m, void (*row)(void *arg, const struct meter_series *s),
    void *arg)
{
	for (uint32_t i = 0; shared != NULL && i < N_SERIES; i++) {
		struct series *s = &shared->series[i];
		struct meter_series out = { .meter = m, .label = s->label,
		    .label2 = s->label2 };

		if (atomic_load_explicit(&s->state, memory_order_acquire) !=
		    READY || s->meter != (uint32_t)m)
			continue;
		out.value = s->value;
		out.sum_us = s->sum_us;
		for (size_t b = 0; b < METER_BUCKETS; b++)
			out.bucket[b] = s->bucket[b];
		row(arg, &out);
	}
}

int
meter_all_waiting(void)
{
	int sum = 0;

	for (int i = 0; shared != NULL && i < N_PROCESSES; i++)
		if (entry_lives(i))
			sum += shared->waiting[i];
	return sum;
}
