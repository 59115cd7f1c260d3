/* SPDX-License-Identifier: MIT */
/* app.h: the HTTP API of a worker: its routes and what they need. */
#ifndef APP_H
#define APP_H

#include "http.h"
#include "lounge.h"

struct cancels;
struct conf;
struct group;
struct proxy_pool;
struct seal;
struct solver;
struct store;

/* How large a body may be; see api_limits. */
enum body_size {
	LIMIT_SMALL,		/* a few settings, or none */
	LIMIT_LOGIN,
	LIMIT_TOKEN,		/* the credentials of one account */
	LIMIT_TEXT,		/* prompts */
	LIMIT_BATCH,		/* many accounts */
	LIMIT_MEDIA,
};

struct app {			/* what main opened; outlives the server */
	const struct conf *conf;
	const struct seal *seal;
	struct lounge	*lounge;
	struct store	*watched;	/* where the lounge reads, for its thread alone; it takes no writes */
	struct cancels	*cancels;	/* what waiting requests end */
	const char	*spool_dir;
	int64_t		 started_ms;	/* Unix time */
	struct proxy_pool *proxies;
	struct group	*group;		/* of the threads that accept tasks */
	struct solver	*solver;
	_Atomic int	 in_upstream;	/* threads that wait for the upstream */
	struct budget	 media_bodies;	/* of LIMIT_MEDIA */
	struct budget	 other_bodies;
};

/* The tasks of a store, for lounge_new; `st` is borrowed. */
struct lounge_source app_watch(struct store *st);

/* Sets what the bodies of all requests may take of memory, as the configuration says. */
void	app_set_budgets(struct app *app);
/* Bytes of a body of that size. */
int64_t	api_body_limit(const struct conf *conf, enum body_size size);

extern const struct route api_routes[];
extern const size_t n_api_routes;
extern const struct server_ops api_ops;

#endif
