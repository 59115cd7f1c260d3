/* token.c: the server that a token stands for. */
#include "token.h"

#include <string.h>

#include "arena.h"
#include "backend.h"

enum err
token_read_backend(struct token *t, struct arena *a, struct error *e)
{
	const struct backend_text text = {
		.base_url = t->base_url, .options = t->options,
		.models = t->models, .found = t->found,
	};
	struct backend *b;
	enum err rc;

	if (t->provider == NULL || strcmp(t->provider, "openai") != 0)
		return ERR_OK;
	b = arena_alloc(a, sizeof(*b));
	if ((rc = backend_load(&text, a, b, e)) != ERR_OK)
		return rc;
	t->backend = b;
	t->base_url = b->base_url;
	return ERR_OK;
}
