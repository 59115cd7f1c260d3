/* public_tasks.c: what the upstream has of one account: its tasks, its posts. */
#include "api/admin/tokens.h"
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

enum err
handle_pending_tasks(struct req *rq, struct resp *rs, struct error *e)
{
	return answer_tasks(rq, rs, NULL, true, e);
}

enum err
handle_pending_tasks_v2(struct req *rq, struct resp *rs, struct error *e)
{
	return answer_tasks(rq, rs, NULL, false, e);
}

enum err
handle_pending_task(struct req *rq, struct resp *rs, struct error *e)
{
	return answer_tasks(rq, rs, rq->param[1], false, e);
}

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
