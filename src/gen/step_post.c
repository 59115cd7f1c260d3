/* SPDX-License-Identifier: MIT */
/*
 * step_post.c: what comes next for a task whose file without watermark is got:
 * it is published, the operator's service is asked for the file, and the post
 * is deleted. Whatever fails, the normal file is the result.
 */
#include "step_impl.h"

#include <stddef.h>

#define PARSE_TRIES	3
#define PARSE_MS	2000	/* seconds, times the number of the attempt */

struct task_change
step_normal_file(const struct task *t, const char *why,
    const struct step_env *env)
{
	struct task_change c = env->cache ? step_enter(t, STEP_DOWNLOAD, env)
	    : step_finish(t, t->source_url, env);

	c.log_error = why;
	return c;
}

void
step_published(const struct task *t, const char *post_id,
    const char *permalink, const struct step_env *env,
    struct task_change *out)
{
	*out = step_enter(t, STEP_PARSE, env);
	out->post_id = post_id;
	out->permalink = permalink;
}

void
step_publish_failed(const struct task *t, const struct outcome *o,
    const struct step_env *env, struct task_change *out)
{
	if (!step_repeat(t, o, env, out))
		*out = step_normal_file(t, NULL, env);
	out->log_error = o->log;
	if (!task_is_terminal(out->status))
		out->token = o->token;
}

bool
step_parsed(const struct task *t, const char *link,
    const struct step_env *env, struct task_change *out)
{
	if (env->cache)
		return false;
	/* deleting the post may delete the file: the post stays */
	*out = step_complete(t, link);
	out->source_url = link;
	return true;
}

void
step_parsed_downloaded(const struct task *t, const char *link,
    const char *file, const char *url, const struct step_env *env,
    struct task_change *out)
{
	step_downloaded(t, file, url, env, out);
	out->source_url = link;
}

void
step_parse_failed(const struct task *t, const char *why, bool transient,
    const struct step_env *env, struct task_change *out)
{
	if (!transient || t->attempts >= PARSE_TRIES) {
		*out = step_normal_file(t, why, env);
		return;
	}
	*out = step_enter(t, STEP_PARSE, env);
	out->attempts = t->attempts + 1;
	out->due_ms += PARSE_MS * out->attempts;
	out->log_error = why;
}

void
step_unpublished(const struct task *t, const char *why, const char *url,
    struct task_change *out)
{
	*out = step_complete(t, url);
	out->log_error = why;
	if (why == NULL)
		out->post_id = out->permalink = "";
}
