/* SPDX-License-Identifier: MIT */
/* timeline.c: from a task's age to its state. */
#include "timeline.h"

#include <math.h>
#include <stdatomic.h>

#include "attr.h"
#include "clock.h"
#include "limits.h"

#define FIRST_PROGRESS	0.1	/* a task that starts to run shows this */
#define LAST_PROGRESS	0.95	/* and at most this while it runs */

static _Atomic int64_t passed;	/* ms that nobody waited for */

int64_t
timeline_now(void)
{
	return clock_mono_ms() + passed;
}

void
timeline_pass(int64_t ms)
{
	passed += ms;
}

static int64_t
scaled(double seconds, const struct limits *l)
{
	return llround(seconds * 1000 / l->speed);
}

void
timeline_init(struct timeline *t, const struct limits *l)
{
	*t = (struct timeline){
		.preprocessing = scaled(l->preprocessing, l),
		.queued = scaled(l->queued, l),
		.running = scaled(l->running, l),
		.processing = scaled(l->processing, l),
		.linger = scaled(l->linger, l),
		.gap = scaled(l->gap, l),
		.late = scaled(l->late, l),
		.ending = END_DRAFT,
	};
}

static bool
fails_in_pending(const struct timeline *t)
{
	return t->ending == END_FAILED || t->ending == END_FAILED_ONLY;
}

int64_t
timeline_leaves(const struct timeline *t)
{
	int64_t work = t->preprocessing + t->queued + t->running;

	if (t->ending == END_NEVER)
		return TIMELINE_NEVER;
	return work + (fails_in_pending(t) ? t->linger : t->processing);
}

int64_t
timeline_visible(const struct timeline *t)
{
	if (t->ending == END_NEVER || t->ending == END_VANISH ||
	    t->ending == END_FAILED_ONLY)
		return TIMELINE_NEVER;
	return timeline_leaves(t) + t->gap;
}

/* Two digits, as the service shows it. */
static double
running_progress(const struct timeline *t, int64_t since)
{
	double share = t->running > 0 ? (double)since / (double)t->running : 1;

	if (share > 1)
		share = 1;
	return round((FIRST_PROGRESS +
	    share * (LAST_PROGRESS - FIRST_PROGRESS)) * 100) / 100;
}

static struct moment
outside(const struct timeline *t, int64_t age)
{
	int64_t visible = timeline_visible(t);
	struct moment m = { .phase = PHASE_DRAFT, .progress = 1 };

	if (visible == TIMELINE_NEVER)
		m.phase = PHASE_GONE;
	else if (age < visible)
		m.phase = PHASE_GAP;
	else
		m.has_url = t->ending == END_DRAFT ||
		    (t->ending == END_LATE_URL && age >= visible + t->late);
	return m;
}

struct moment
timeline_at(const struct timeline *t, int64_t age)
{
	if (age >= timeline_leaves(t))
		return outside(t, age);
	if (age < t->preprocessing)
		return (struct moment){ PHASE_PREPROCESSING, -1, false };
	age -= t->preprocessing;
	if (age < t->queued)
		return (struct moment){ PHASE_QUEUED, -1, false };
	age -= t->queued;
	if (age < t->running || t->ending == END_NEVER)
		return (struct moment){ PHASE_RUNNING,
		    running_progress(t, age), false };
	if (fails_in_pending(t))
		return (struct moment){ PHASE_FAILED,
		    running_progress(t, t->running), false };
	return (struct moment){ PHASE_PROCESSING, 1, false };
}

const char *
phase_name(enum phase phase)
{
	static const char *const names[] = {
		[PHASE_PREPROCESSING] = "preprocessing",
		[PHASE_QUEUED] = "queued",
		[PHASE_RUNNING] = "running",
		[PHASE_PROCESSING] = "processing",
		[PHASE_FAILED] = "failed",
		[PHASE_GAP] = "",
		[PHASE_DRAFT] = "",
		[PHASE_GONE] = "",
	};

	return names[phase];
}

bool
phase_is_pending(enum phase phase)
{
	return phase <= PHASE_FAILED;
}
