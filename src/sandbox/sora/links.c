/* SPDX-License-Identifier: MIT */
/* links.c: POST /get-sora-link: the helper service that finds a post's video. */
#include "arena.h"
#include "digest.h"
#include "json.h"
#include "posts.h"
#include "sandbox/core/media.h"
#include "sandbox/core/refusal.h"
#include "sandbox/core/routes.h"
#include "sandbox/core/visit.h"

/* With the lock held. The service itself gives out no such link. */
static enum err
find_link(struct visit *v, const struct req *rq, const cJSON *body,
    const char **out, struct error *e)
{
	const char *url = json_string(body, "url");
	const char *token = json_string(body, "token");
	const struct post *post;

	visit_identify(rq, NULL, token);
	if (v->sb->parse_token != NULL &&
	    !digest_equal(token, v->sb->parse_token))
		return refuse(e, "parse_denied");
	if (url == NULL || (post = post_find_in(v->sb, url)) == NULL)
		return refuse(e, "parse_error");
	*out = media_url(v->sb, rq, arena_printf(rq->arena,
	    "%s/drvs/nowm/raw", post_job(post)->uuid));
	return ERR_OK;
}

enum err
handle_sandbox_link(struct req *rq, struct resp *rs, struct error *e)
{
	struct visit *v = visit_get(rq);
	cJSON *body = NULL, *answer;
	const char *link = NULL;
	enum err rc;

	if ((rc = req_json(rq, &body, e)) != ERR_OK)
		return rc;
	sandbox_lock(v->sb);
	rc = find_link(v, rq, body, &link, e);
	sandbox_unlock(v->sb);
	cJSON_Delete(body);
	if (rc != ERR_OK)
		return rc;
	answer = cJSON_CreateObject();
	json_add_string(answer, "download_link", link);
	resp_json(rs, 200, answer);
	return ERR_OK;
}
