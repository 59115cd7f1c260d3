/* SPDX-License-Identifier: MIT */
/* env.c: what the step machine needs to know of the world. */
#include "env.h"

#include "clock.h"
#include "conf.h"
#include "id.h"
#include "poller.h"
#include "provider.h"
#include "solver.h"
#include "step.h"

#define SETTLE_S	120	/* that a server's list, or its file, may lag behind */
#define GONE_S		60	/* that a server may not know its job */
#define LAST_LOOK_S	60	/* that an answer is waited for when a task's time is over */

struct step_env
poller_env(struct poller *p)
{
	return (struct step_env){
		.now_ms = clock_now_ms(),
		.clock_ms = poller_clock(p),
		.jitter = id_below(1000) / 1000.0,
		.max_retries = p->conf->sora_max_retries,
		.image_timeout = p->settings.image_timeout,
		.video_timeout = p->settings.video_timeout,
		.max_outage = p->conf->max_outage,
		.silent = p->silent,
		.last_look_ms = poller_pause(p, LAST_LOOK_S),
		.settle_ms = (int64_t)p->conf->sora_settle_time * 1000,
		.cameo_ms = (int64_t)(p->conf->sora_poll_interval * 2500),
		.cache = p->settings.cache_enabled,
		.watermark_free = p->settings.watermark_free_enabled,
		.solver = solver_is_on(&p->settings),
		.arena = p->arena,
	};
}

static void
add_server(const struct poller *p, const struct token_terms *terms,
    struct step_env *env)
{
	env->by_job = true;
	env->can_list = terms->can_list;
	env->resubmit_ambiguous = terms->resubmit_ambiguous;
	env->resubmit_lost = terms->resubmit_lost;
	env->job_age = terms->job_age;
	env->settle_ms = poller_pause(p, SETTLE_S);
	env->content_ms = poller_pause(p, SETTLE_S);
	env->gone_ms = poller_pause(p, GONE_S);
	env->pause_ms = poller_pause(p, 1);
}

struct step_env
job_env(struct job *job)
{
	struct poller *p = job->poller;
	struct step_env env = poller_env(p);
	struct pool_token *pt = job->token;
	const struct provider *provider = pool_token_provider(pt);
	const struct token *token;

	env.silent = pt->silent;
	env.asked_ms = job->asked_ms;
	if (provider == NULL)
		return env;
	env.watermark_free = env.watermark_free && provider->facts.publishes;
	if (provider->facts.by_job && (token = pool_token_row(pt)) != NULL)
		add_server(p, token->terms, &env);
	return env;
}
