/* SPDX-License-Identifier: MIT */
/* public_tasks.c: what the upstream has of one account: its tasks, its posts. */
#include "public.h"

#define PAGE	8

static enum err
answer_tasks(struct req *rq, struct resp *rs, const char *task_id,
    bool old_paths, struct error *e)
{
	const struct lookup l = { .task_id = task_id };
	struct token t;
	enum err rc;

	if ((rc = token_of_path(rq, &t, e)) != ERR_OK)
		return rc;
	return public_answer_as(rq, rs, &t, CALL_TASKS, &l, old_paths, e);
}

/*
 * GET /v1/tokens/{token_id}/pending-tasks: what the upstream works on, by its older
 * list. 400 a server; 404 no such token; 502, 503, 504.
 */
enum err
handle_pending_tasks(struct req *rq, struct resp *rs, struct error *e)
{
	return answer_tasks(rq, rs, NULL, true, e);
}

/*
 * GET /v1/tokens/{token_id}/pending-tasks-v2: the same by its newer list, with the same
 * refusals.
 */
enum err
handle_pending_tasks_v2(struct req *rq, struct resp *rs, struct error *e)
{
	return answer_tasks(rq, rs, NULL, false, e);
}

/*
 * GET /v1/tokens/{token_id}/tasks/{task_id}: one of them. 400 a server; 404 no such
 * token or task; 502, 503, 504.
 */
enum err
handle_pending_task(struct req *rq, struct resp *rs, struct error *e)
{
	return answer_tasks(rq, rs, rq->param[1], false, e);
}

/*
 * GET /v1/tokens/{token_id}/profile-feed: posts of the token's own account. 400 limit, a
 * server; 404 no such token; 502, 503, 504.
 */
enum err
handle_profile_feed(struct req *rq, struct resp *rs, struct error *e)
{
	struct lookup l = { .limit = PAGE };
	struct token t;
	enum err rc;

	if ((rc = query_limit(rq, &l.limit, e)) != ERR_OK ||
	    (rc = token_of_path(rq, &t, e)) != ERR_OK)
		return rc;
	return public_answer_as(rq, rs, &t, CALL_PROFILE_FEED, &l, false, e);
}
