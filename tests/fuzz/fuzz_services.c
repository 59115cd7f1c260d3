/* SPDX-License-Identifier: MIT */
/* fuzz_services.c: answers of the operator's own services. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "fuzz.h"
#include "parse_service.h"
#include "solver.h"

/* What goes into a header must not end it. */
static void
check_header(const char *value)
{
	if (*value == '\0')
		abort();
	for (const char *p = value; *p != '\0'; p++)
		if (*p < ' ' || *p >= 0x7f)
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new();
	const struct call_response r = {
		.status = 200, .body = arena_strndup(a, (const char *)data,
		len), .body_len = len,
	};
	struct solver_credentials c;
	const char *link, *why = NULL;
	struct error e;

	if (solver_parse(&r, 1, a, &c, &e) == ERR_OK) {
		check_header(c.cookies);
		check_header(c.user_agent);
		if (c.n_cookies < 1)
			abort();
	}
	if ((link = parse_service_read(&r, a, &why)) != NULL)
		check_header(link);
	else if (why == NULL)
		abort();
	arena_free(a);
	return 0;
}
