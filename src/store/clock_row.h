/* SPDX-License-Identifier: MIT */
/* clock_row.h: the service's clock inside a statement. Only src/store includes this. */
#ifndef CLOCK_ROW_H
#define CLOCK_ROW_H

/* As the poller last stored it: at most LEASE_SIGN_MS behind. */
#define CLOCK_SQL \
	"(SELECT coalesce(max(worked_ms), 0) FROM leases WHERE name = 'poller')"

/* The same, or `ms` when that is later: who asks has worked since it was stored. */
#define CLOCK_NOT_BEFORE(ms) \
	"(SELECT CASE WHEN max(worked_ms) > " ms " THEN max(worked_ms) ELSE " ms \
	" END FROM leases WHERE name = 'poller')"

#endif
