/* SPDX-License-Identifier: MIT */
/* parse_service.c: the operator's own service that finds the file behind a post. */
#include "parse_service.h"

#include <string.h>

#include "arena.h"
#include "json.h"
#include "upstream/client/answer_json.h"
#include "upstream/client/link.h"

#define TIMEOUT		30
#define PATH		"/get-sora-link"
#define MAX_BODY	65536

static const char *
address(const char *service, struct arena *a)
{
	size_t len = strlen(service), path = sizeof(PATH) - 1;

	while (len > 0 && service[len - 1] == '/')
		len--;
	if (len > path && strncmp(service + len - path, PATH, path) == 0)
		len -= path;
	return arena_printf(a, "%.*s%s", (int)len, service, PATH);
}

void
parse_service_build(const char *service, const char *token, const char *link,
    struct arena *a, struct call_request *out)
{
	cJSON *body = cJSON_CreateObject();

	json_add_string(body, "url", link);
	if (token != NULL && *token != '\0')
		json_add_string(body, "token", token);
	*out = (struct call_request){
		.method = "POST", .url = address(service, a),
		.body = json_print(body, a), .timeout = TIMEOUT,
		.max_body = MAX_BODY, .label = "parse_service",
		.reach = REACH_ANY,	/* the operator's own service */
	};
	cJSON_Delete(body);
	out->body_len = strlen(out->body);
	request_header(out, a, "Content-Type", "application/json");
	request_header(out, a, "Accept", "application/json");
}

/* Its own words are left out: they may hold what it was sent. */
static const char *
read_body(const cJSON *root, struct arena *a, const char **why)
{
	const char *link = json_string(root, "download_link");

	if (json_get(root, "error") != NULL) {
		*why = "the parse service reports an error";
		return NULL;
	}
	if (link != NULL)
		link = link_resolve(NULL, link, a);
	if (link == NULL)
		*why = "the parse service gave no link";
	return link;
}

const char *
parse_service_read(const struct call_response *r, struct arena *a,
    const char **why)
{
	const char *link;
	cJSON *root;

	if (r->transport != TRANSPORT_OK) {
		*why = r->timed_out ? "the parse service did not answer in time"
		    : "the parse service could not be reached";
		return NULL;
	}
	if (r->status != 200) {
		*why = arena_printf(a, "the parse service answered with status"
		    " %ld", r->status);
		return NULL;
	}
	if ((root = answer_json(r->body, r->body_len)) == NULL) {
		*why = "the parse service's answer is no JSON object";
		return NULL;
	}
	link = read_body(root, a, why);
	cJSON_Delete(root);
	return link;
}
