/* sweep.h: what is old goes, slice by slice. */
#ifndef SWEEP_H
#define SWEEP_H

#include <dirent.h>
#include <stddef.h>
#include <stdint.h>

struct poller;

struct sweep {			/* how far it is; sweep.c's */
	size_t		 part;		/* of what is swept */
	DIR		*dir;		/* being read; NULL: none */
	uint64_t	 bytes, files;	/* that stay in it */
	int64_t		 next_ms;	/* when the next slice is due, clock_mono_ms */
	int64_t		 rows_ms;	/* and when rows that have had their time are looked for */
};

/* Does a slice if one is due. */
void	sweep_run(struct poller *p);
void	sweep_stop(struct poller *p);

#endif
