/* SPDX-License-Identifier: MIT */
/* token_server.c: tokens that stand for a server. */
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "query.h"
#include "store_impl.h"
#include "token_row.h"

void
token_identity(const struct token *t, unsigned char hash[DIGEST_SHA256_LEN])
{
	struct digest *d = digest_new();

	/* an access token has no line break, so the two kinds of key differ */
	if (token_is_server(t)) {
		digest_update(d, t->provider, strlen(t->provider));
		digest_update(d, "\n", 1);
		digest_update(d, t->base_url, strlen(t->base_url));
		digest_update(d, "\n", 1);
	}
	digest_update(d, t->token, strlen(t->token));
	digest_final(d, hash);
	digest_free(d);
}

const char *
token_server_name(const struct token *t, struct arena *a)
{
	const char *host = strstr(t->base_url, "://") + 3;

	return arena_strndup(a, host, strcspn(host, "/"));
}

/* ---- what it told of itself ---- */

static enum err
asked(struct store *st, int64_t id, int64_t again, struct error *e)
{
	struct query q = query(st, SQL_TOKEN_ASKED);

	query_int(&q, 1, id);
	query_int(&q, 2, again);
	return query_run(&q, e);
}

static enum err
write_found(struct store *st, const struct token *t, int64_t again,
    struct arena *a, struct error *e)
{
	struct query q = query(st, SQL_TOKEN_FOUND);
	int64_t offer;
	enum err rc;

	if ((rc = offer_of_token(st, t, a, &offer, e)) != ERR_OK)
		return rc;
	query_int(&q, 1, t->id);
	query_text(&q, 2, t->found);
	query_int(&q, 3, clock_now());
	query_int(&q, 4, again);
	query_int(&q, 5, offer);
	return query_run(&q, e);
}

enum err
token_set_found(struct store *st, int64_t id, const char *found, int again,
    struct error *e)
{
	struct arena *a = arena_new();
	int64_t when = clock_now() + again;
	struct token t;
	enum err rc;

	if ((rc = store_begin(st, e)) != ERR_OK)
		goto out;
	if (found == NULL) {
		rc = asked(st, id, when, e);
	} else if ((rc = token_load(st, id, a, &t, e)) == ERR_OK) {
		t.found = found;
		if ((rc = token_read_terms(&t, a, e)) == ERR_OK)
			rc = write_found(st, &t, when, a, e);
	}
	rc = store_end(st, rc, e);
out:
	arena_free(a);
	return rc;
}

/* ---- changing it ---- */

/* The preset that the operator chose, whatever the server told. */
static const char *
preset_of(const struct token *t, struct arena *a)
{
	struct token told_nothing = *t;
	struct error ignored;

	told_nothing.found = NULL;
	return token_read_terms(&told_nothing, a, &ignored) == ERR_OK &&
	    told_nothing.terms->preset != NULL ? told_nothing.terms->preset
	    : "";
}

/* What the edit leaves out becomes NULL. */
static const char *
changed(const char *now, const char *wanted)
{
	return wanted == NULL ? now : *wanted == '\0' ? NULL : wanted;
}

enum err
token_change_server(struct token *t, const struct token_edit *edit,
    struct arena *a, struct error *e)
{
	const char *url = t->base_url, *preset = preset_of(t, a);
	enum err rc;

	if (edit->base_url != NULL)
		t->base_url = edit->base_url;
	t->models = changed(t->models, edit->models);
	t->options = changed(t->options, edit->options);
	if (edit->token != NULL)
		t->token = edit->token;
	if ((rc = token_read_terms(t, a, e)) != ERR_OK)
		return rc;
	if (strcmp(url, t->base_url) == 0 &&
	    strcmp(preset, preset_of(t, a)) == 0)
		return ERR_OK;
	t->found = NULL;
	t->found_at = 0;
	return token_read_terms(t, a, e);
}

enum err
token_write_server(struct store *st, const struct token *t, struct arena *a,
    struct error *e)
{
	struct query q;
	int64_t offer;
	enum err rc;

	if ((rc = offer_of_token(st, t, a, &offer, e)) != ERR_OK)
		return rc;
	q = query(st, SQL_TOKEN_SERVER);
	query_int(&q, 1, t->id);
	query_text(&q, 2, t->base_url);
	query_text(&q, 3, t->models);
	query_text(&q, 4, t->options);
	query_text(&q, 5, t->found);
	query_int_or_null(&q, 6, t->found_at);
	query_int(&q, 7, offer);
	query_text(&q, 8, token_server_name(t, a));
	return query_run(&q, e);
}
