/* SPDX-License-Identifier: MIT */
/* token.c: what a token is, as its provider says. */
#include "token.h"

#include "provider_facts.h"

enum err
token_read_terms(struct token *t, struct arena *a, struct error *e)
{
	static const struct token_terms none = { .preset = NULL };
	const struct provider_facts *facts = t->provider == NULL ? NULL
	    : provider_facts(t->provider);

	t->terms = &none;
	t->own = NULL;
	return facts == NULL || facts->read == NULL ? ERR_OK
	    : facts->read(t, a, e);
}

bool
token_is_server(const struct token *t)
{
	const struct provider_facts *facts = t->provider == NULL ? NULL
	    : provider_facts(t->provider);

	return facts != NULL && facts->is_server;
}
