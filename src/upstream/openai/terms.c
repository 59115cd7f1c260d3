/* SPDX-License-Identifier: MIT */
/* terms.c: what a token of the openai provider says, for those who do not speak to its server. */
#include <assert.h>
#include <string.h>

#include "arena.h"
#include "capability.h"
#include "options.h"
#include "token.h"

static enum token_tidy
tidy_of(enum options_delete delete_upstream)
{
	return delete_upstream == DELETE_ALWAYS ? TIDY_ALWAYS
	    : delete_upstream == DELETE_FINISHED ? TIDY_FINISHED : TIDY_NEVER;
}

enum err
openai_read_token(struct token *t, struct arena *a, struct error *e)
{
	const struct options_text text = {
		.base_url = t->base_url, .options = t->options,
		.models = t->models, .found = t->found,
	};
	struct openai_options *b = arena_alloc(a, sizeof(*b));
	struct token_terms *terms = arena_alloc(a, sizeof(*terms));
	enum err rc;

	if ((rc = openai_options_load(&text, a, b, e)) != ERR_OK)
		return rc;
	*terms = (struct token_terms){
		.preset = b->preset,
		.can_list = b->list_upstream,
		.resubmit_ambiguous = b->resubmit_ambiguous,
		.resubmit_lost = b->resubmit_lost,
		.poll_interval = b->poll_interval,
		.job_age = b->job_age,
		.remix = b->remix,
		.delete_upstream = tidy_of(b->delete_upstream),
	};
	t->base_url = b->base_url;
	t->terms = terms;
	t->own = b;
	return ERR_OK;
}

const struct openai_options *
openai_options(const struct token *t)
{
	return t->own;
}

static unsigned
features_of(const struct openai_options *b)
{
	unsigned features = 0;

	if (b->reference_as != REFERENCE_NONE)
		features |= FEATURE_REFERENCE;
	if (b->images)
		features |= FEATURE_EDIT;
	if (b->remix)
		features |= FEATURE_REMIX;
	return features;
}

const char *
openai_offer(const struct token *t, struct arena *a)
{
	const struct openai_options *b = openai_options(t);
	struct offer offer;

	assert(b != NULL);
	offer = (struct offer){
		.images = b->images, .features = features_of(b),
		.models = arena_array(a, b->n_models, sizeof(*offer.models)),
	};
	for (size_t i = 0; i < b->n_models; i++)
		offer.models[offer.n_models++] = b->models[i].name;
	return offer_print(&offer, a);
}
