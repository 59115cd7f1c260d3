/* app.h: the HTTP API of a worker: its routes and what they need. */
#ifndef APP_H
#define APP_H

#include "http.h"

struct cancels;
struct conf;
struct group;
struct lounge;
struct proxy_pool;
struct seal;
struct solver;

struct app {			/* what main opened; outlives the server */
	const struct conf *conf;
	const struct seal *seal;
	struct lounge	*lounge;
	struct cancels	*cancels;	/* what waiting requests end */
	const char	*spool_dir;
	int64_t		 started_ms;	/* Unix time */
	struct proxy_pool *proxies;
	struct group	*group;		/* of the threads that accept tasks */
	struct solver	*solver;
	_Atomic int	 in_upstream;	/* threads that wait for the upstream */
};

extern const struct route api_routes[];
extern const size_t n_api_routes;
extern const struct server_ops api_ops;

#endif
