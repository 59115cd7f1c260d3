/* provider.c: the providers there are. */
#include "provider.h"

#include <string.h>

#include "attr.h"

static const struct provider *const providers[] = {
	&provider_sora,
};

const struct provider *
provider_find(const char *name)
{
	for (size_t i = 0; i < NELEM(providers); i++)
		if (strcmp(providers[i]->name, name) == 0)
			return providers[i];
	return NULL;
}

#define RETRY_AFTER	60	/* s, when the upstream did not say */

static const char *
cause_text(enum err cause)
{
	if (cause == ERR_NOT_FOUND)
		return "Not found";
	if (cause == ERR_RATE_LIMIT)
		return "The upstream takes no more requests for now";
	return cause == ERR_GENERATION_TIMEOUT ? "Upstream timeout"
	    : "The upstream failed";
}

enum err
outcome_error(const struct outcome *out, int64_t now, struct error *e)
{
	int64_t wait = out->token.cooled_until - now;
	enum err code = out->cause != ERR_OK ? out->cause : ERR_UPSTREAM;

	error_set(e, code, NULL, "%s", out->message != NULL ? out->message
	    : cause_text(code));
	if (code == ERR_RATE_LIMIT)
		e->retry_after = wait > 0 && wait <= 3600 ? (int)wait
		    : RETRY_AFTER;
	return code;
}
