/* SPDX-License-Identifier: MIT */
/* fixture_poller.h: a poller over the fixture's database, turned by hand. */
#ifndef FIXTURE_POLLER_H
#define FIXTURE_POLLER_H

#include "fixture.h"
#include "poller/poller.h"

struct poller_fixture {
	struct fixture	*f;
	struct store	*st;		/* the poller's own: it does not wait for a busy database */
	struct poller	 p;
};

/* For cmocka: `*state` is the struct poller_fixture. */
int	poller_fixture_setup(void **state);
int	poller_fixture_teardown(void **state);

/* A token of the provider openai for the server at `base_url`; its id. */
int64_t	poller_fixture_server(struct poller_fixture *pf, const char *base_url);
/* A task that the token works on, and is at that step; its job. */
struct job *poller_fixture_job(struct poller_fixture *pf, int64_t token_id, const char *step);
/* The job of that row; NULL when there is none any more. */
struct job *poller_fixture_find(struct poller_fixture *pf, int64_t row);
/* Until no exchange is on its way any more. */
void	poller_fixture_finish(struct poller_fixture *pf);
/* Nobody else can write until the second of them. */
void	poller_fixture_lock(struct poller_fixture *pf);
void	poller_fixture_unlock(struct poller_fixture *pf);

#endif
