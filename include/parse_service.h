/* SPDX-License-Identifier: MIT */
/*
 * parse_service.h: the operator's own service that finds the file without
 * watermark behind a post. Pure.
 */
#ifndef PARSE_SERVICE_H
#define PARSE_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "upstream.h"

struct arena;

/*
 * POST `service`/get-sora-link for the post at `link`; `token` is the service's
 * own, NULL: it wants none.
 */
void	parse_service_build(const char *service, const char *token, const char *link,
	    struct arena *a, struct call_request *out);
/* The file's address; NULL when there is none, and why. Neither `*why` nor the log has the token. */
const char *parse_service_read(const struct call_response *r, struct arena *a, const char **why);

#endif
