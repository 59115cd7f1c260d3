/* SPDX-License-Identifier: MIT */
/* tokens_convert.c: session and refresh tokens into access tokens; nothing is stored. */

#include "arena.h"
#include "provider_facts.h"
#include "tokens.h"

#define MAX_STRING	4096
#define MAX_SECRET	16384

struct convert_body {
	const char	*st;
	const char	*rt;
	const char	*client_id;
};

#define AT(member)	offsetof(struct convert_body, member)

static enum err
convert(struct req *rq, const struct token *t, enum account_work work,
    struct account_result *r, struct error *e)
{
	struct account_order order = token_order(rq, t, work);
	enum err rc;

	if ((rc = token_ask(rq, &order, r, e)) != ERR_OK ||
	    (rc = token_no_answer(r, e)) != ERR_OK)
		return rc;
	if (r->verdict == ACCOUNT_OK && r->facts.access_token != NULL)
		return ERR_OK;
	return error_set(e, ERR_INVALID_VALUE, NULL, "%.300s",
	    r->reason != NULL ? r->reason : "The upstream gave no access token");
}

/* POST /api/tokens/st2at: an access token for a session token. 400 st; 502, 503, 504. */
enum err
handle_st2at(struct req *rq, struct resp *rs, struct error *e)
{
	static const struct field fields[] = {
		{ "st", FIELD_STRING, true, 1, MAX_SECRET, AT(st), NULL,
		    false },
	};
	struct convert_body body = { 0 };
	struct account_result r;
	cJSON *root;
	enum err rc;

	if ((rc = api_read(rq, fields, NELEM(fields), &body, e)) != ERR_OK ||
	    (rc = convert(rq, &(struct token){ .st = body.st,
	    .provider = provider_usual()->name }, ACCOUNT_CONVERT_ST, &r, e)) != ERR_OK)
		return rc;
	root = admin_success("ST converted to AT successfully");
	json_add_string(root, "access_token", r.facts.access_token);
	json_add_string(root, "email", r.facts.email);
	json_add_string(root, "expires", r.facts.session_expires);
	resp_json(rs, 200, root);
	return ERR_OK;
}

/* POST /api/tokens/rt2at: an access token for a refresh token. 400 rt; 502, 503, 504. */
enum err
handle_rt2at(struct req *rq, struct resp *rs, struct error *e)
{
	static const struct field fields[] = {
		{ "rt", FIELD_STRING, true, 1, MAX_SECRET, AT(rt), NULL,
		    false },
		{ "client_id", FIELD_STRING, false, 0, MAX_STRING,
		    AT(client_id), NULL, false },
	};
	struct convert_body body = { 0 };
	struct account_result r;
	cJSON *root;
	enum err rc;

	if ((rc = api_read(rq, fields, NELEM(fields), &body, e)) != ERR_OK ||
	    (rc = convert(rq, &(struct token){ .rt = body.rt,
	    .client_id = body.client_id, .provider = provider_usual()->name },
	    ACCOUNT_CONVERT_RT, &r, e)) != ERR_OK)
		return rc;
	root = admin_success("RT converted to AT successfully");
	json_add_string(root, "access_token", r.facts.access_token);
	json_add_string(root, "refresh_token", r.facts.refresh_token);
	if (r.facts.expires_in > 0)
		json_add_int(root, "expires_in", r.facts.expires_in);
	else
		json_add_string(root, "expires_in", NULL);
	resp_json(rs, 200, root);
	return ERR_OK;
}
