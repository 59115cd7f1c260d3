/* SPDX-License-Identifier: MIT */
/*
 * timeline.h: what a task looks like at a time: a function of its age alone, so
 * that nothing has to tick.
 */
#ifndef SANDBOX_TIMELINE_H
#define SANDBOX_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

struct limits;

enum ending {
	END_DRAFT,		/* a finished video */
	END_LATE_URL,		/* the same, but the draft has no URL at first */
	END_UNSAFE,		/* an image that is withheld; a video as END_VIOLATION */
	END_VIOLATION,		/* a draft that says the policy was violated */
	END_ERROR,		/* a draft that says a technical error happened */
	END_FAILED,		/* fails in the pending list, then as END_ERROR */
	END_FAILED_ONLY,	/* fails in the pending list, then is gone */
	END_NEVER,		/* runs for ever */
	END_VANISH,		/* leaves the pending list and is gone */
};

enum phase {
	PHASE_PREPROCESSING,
	PHASE_QUEUED,
	PHASE_RUNNING,
	PHASE_PROCESSING,
	PHASE_FAILED,		/* the last one of the pending list */
	PHASE_GAP,		/* in neither list */
	PHASE_DRAFT,
	PHASE_GONE,		/* in neither list, for good */
};

#define TIMELINE_NEVER	INT64_MAX

struct timeline {		/* milliseconds, as they pass for this task */
	int64_t		 preprocessing;
	int64_t		 queued;
	int64_t		 running;
	int64_t		 processing;
	int64_t		 linger;
	int64_t		 gap;
	int64_t		 late;
	enum ending	 ending;
};

struct moment {
	enum phase	 phase;
	double		 progress;	/* 0 to 1; negative where the service says null */
	bool		 has_url;	/* of a draft */
};

/*
 * Milliseconds of a monotonic clock, by which ages are counted; timeline_pass
 * puts it forward. Both are safe in any thread.
 */
int64_t		 timeline_now(void);
void		 timeline_pass(int64_t ms);
/* The phases as the limits say, divided by the speed; ending END_DRAFT. */
void		 timeline_init(struct timeline *t, const struct limits *l);
struct moment	 timeline_at(const struct timeline *t, int64_t age);
/* The age at which it leaves the pending list, or TIMELINE_NEVER. */
int64_t		 timeline_leaves(const struct timeline *t);
/* The age at which its draft can be seen, or TIMELINE_NEVER. */
int64_t		 timeline_visible(const struct timeline *t);
/* As the pending list writes it; "" for the phases outside. */
const char	*phase_name(enum phase phase);
bool		 phase_is_pending(enum phase phase);

#endif
