/* SPDX-License-Identifier: MIT */
/* fixture_poller.c: a poller over the fixture's database, turned by hand. */
#include "fixture_poller.h"

#include <stdlib.h>

#include "client.h"
#include "poller/loop.h"

int
poller_fixture_setup(void **state)
{
	struct poller_fixture *pf = calloc(1, sizeof(*pf));
	struct store_conf conf;
	void *site = NULL;

	client_global_init();
	if (fixture_setup(&site) != 0)
		return -1;
	pf->f = site;
	conf = fixture_store_conf(pf->f);
	conf.busy_timeout = 1;
	if (store_open(&conf, &pf->st, &pf->f->e) != ERR_OK)
		return -1;
	poller_init(&pf->p, &pf->f->site, pf->st);
	*state = pf;
	return 0;
}

int
poller_fixture_teardown(void **state)
{
	struct poller_fixture *pf = *state;
	void *site = pf->f;

	poller_clear(&pf->p);
	store_close(pf->st);
	free(pf);
	return fixture_teardown(&site);
}

int64_t
poller_fixture_server(struct poller_fixture *pf, const char *base_url)
{
	struct token t = {
		.provider = "openai", .base_url = base_url,
		.token = "sk-server", .is_active = true,
		.options = "{\"preset\":\"openai\",\"allow_private\":true}",
		.models = "{\"sora-2\":\"sora-2\"}",
		.image_enabled = true, .video_enabled = true,
		.image_concurrency = -1, .video_concurrency = 9,
	};

	assert_ok(pf->f, token_add(pf->f->st, &t, &pf->f->e));
	return t.id;
}

struct job *
poller_fixture_job(struct poller_fixture *pf, int64_t token_id,
    const char *step)
{
	struct task t;

	/* a token that takes it, whatever the one can that is to have it */
	if (fixture_int(pf->f, "SELECT count(*) FROM tokens"
	    " WHERE provider = 'sora'") == 0)
		fixture_token(pf->f, 99);
	t = fixture_submit(pf->f);
	assert_int_equal(TASK_PROCESSING, t.status);
	fixture_exec(pf->f, "UPDATE tasks SET step = '%s', token_id = %lld,"
	    " upstream_id = 'up-%lld' WHERE id = %lld", step,
	    (long long)token_id, (long long)t.row, (long long)t.row);
	assert_ok(pf->f, jobs_reload(&pf->p, t.row, &pf->f->e));
	return poller_fixture_find(pf, t.row);
}

struct job *
poller_fixture_find(struct poller_fixture *pf, int64_t row)
{
	for (size_t i = 0; i < pf->p.n_jobs; i++)
		if (pf->p.jobs[i]->task.row == row)
			return pf->p.jobs[i];
	return NULL;
}

void
poller_fixture_finish(struct poller_fixture *pf)
{
	while (client_running(pf->p.client) > 0)
		client_wait(pf->p.client, 1000);
}

void
poller_fixture_lock(struct poller_fixture *pf)
{
	fixture_exec(pf->f, "BEGIN IMMEDIATE");
}

void
poller_fixture_unlock(struct poller_fixture *pf)
{
	fixture_exec(pf->f, "ROLLBACK");
}
