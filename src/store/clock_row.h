/* clock_row.h: the service's clock inside a statement. Only src/store includes this. */
#ifndef CLOCK_ROW_H
#define CLOCK_ROW_H

/* As the poller last stored it: at most LEASE_SIGN_MS behind. */
#define CLOCK_SQL \
	"(SELECT coalesce(max(worked_ms), 0) FROM leases WHERE name = 'poller')"

#endif
