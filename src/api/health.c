/* health.c: GET /health and GET /ready: for supervisors and load balancers. */
#include "api.h"
#include "clock.h"
#include "conf.h"
#include "due.h"
#include "log.h"
#include "status.h"

/* The process answers: nothing else is looked at. */
enum err
handle_health(struct req *rq UNUSED, struct resp *rs, struct error *e UNUSED)
{
	resp_text(rs, 200, "application/json", "{\"status\":\"ok\"}");
	return ERR_OK;
}

/* Takes the lock that each write takes, and gives it back. */
static bool
is_writable(struct store *st)
{
	struct error e;

	if (store_begin(st, &e) == ERR_OK)
		return store_end(st, error_set(&e, ERR_CANCELLED, NULL,
		    "only a look"), &e) == ERR_CANCELLED;
	log_warn("not ready: %s", e.text);
	return false;
}

enum err
handle_ready(struct req *rq, struct resp *rs, struct error *e)
{
	struct store *st = api_of(rq)->store;
	struct gauges g;
	bool writable, poller, tokens;
	cJSON *root;
	enum err rc;

	if ((rc = gauges_load(st, &g, e)) != ERR_OK)
		return rc;
	writable = is_writable(st);
	poller = !due_is(g.lease_ends_ms, clock_now_ms(),
	    (int64_t)api_of(rq)->conf->lease_time * 1000);
	tokens = g.tokens[STATE_READY] + g.tokens[STATE_FULL] > 0;
	root = cJSON_CreateObject();
	json_add_string(root, "status", writable && poller && tokens
	    ? "ready" : "not ready");
	json_add_string(root, "database", writable ? "ok" : "not writable");
	json_add_string(root, "poller", poller ? "ok" : "not running");
	json_add_string(root, "tokens", tokens ? "ok" : "none eligible");
	resp_json(rs, writable && poller && tokens ? 200 : 503, root);
	return ERR_OK;
}
