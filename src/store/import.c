/* SPDX-License-Identifier: MIT */
/* import.c: taking over the database of an older edition. */
#include "import.h"

#include <string.h>

#include "arena.h"
#include "character_store.h"
#include "conf.h"
#include "digest.h"
#include "import_impl.h"
#include "query.h"
#include "store_impl.h"
#include "token.h"
#include "token_row.h"

void
import_note(const struct work *w, const char *what)
{
	w->in->note(w->in->arg, arena_printf(w->arena, "%s, row %d: %s",
	    w->old.table, w->old.row, what));
}

/* Text, where "" is as good as none. */
static const char *
text_or_null(struct old *o, const char *column)
{
	const char *text = old_text(o, column, NULL);

	return text == NULL || *text == '\0' ? NULL : text;
}

/* Editions wrote 0 and smaller numbers for "no limit" too. */
static int
concurrency(struct old *o, const char *column)
{
	int64_t value = old_int(o, column, -1);

	return value < 1 || value > 1000 ? -1 : (int)value;
}

static int
count(struct old *o, const char *column)
{
	int64_t value = old_int(o, column, 0);

	return value < 0 || value > INT32_MAX ? 0 : (int)value;
}

static void
read_token(struct old *o, struct token *t)
{
	*t = (struct token){
		.token = text_or_null(o, "token"),
		.st = text_or_null(o, "st"),
		.rt = text_or_null(o, "rt"),
		.client_id = text_or_null(o, "client_id"),
		.proxy_url = text_or_null(o, "proxy_url"),
		.email = old_text(o, "email", ""),
		.username = old_text(o, "username", ""),
		.name = old_text(o, "name", ""),
		.remark = text_or_null(o, "remark"),
		.expiry_time = old_time(o, "expiry_time"),
		.is_active = old_int(o, "is_active", 1) != 0,
		.cooled_until = old_time(o, "cooled_until"),
		.created_at = old_time(o, "created_at"),
		.last_used_at = old_time(o, "last_used_at"),
		.use_count = old_int(o, "use_count", 0),
		.plan_type = text_or_null(o, "plan_type"),
		.plan_title = text_or_null(o, "plan_title"),
		.subscription_end = old_time(o, "subscription_end"),
		.sora2_supported = old_has(o, "sora2_supported")
		    ? old_int(o, "sora2_supported", 0) != 0 : -1,
		.sora2_invite_code = text_or_null(o, "sora2_invite_code"),
		.sora2_redeemed_count = count(o, "sora2_redeemed_count"),
		.sora2_total_count = count(o, "sora2_total_count"),
		.sora2_remaining_count = count(o, "sora2_remaining_count"),
		.sora2_cooldown_until = old_time(o, "sora2_cooldown_until"),
		.image_enabled = old_int(o, "image_enabled", 1) != 0,
		.video_enabled = old_int(o, "video_enabled", 1) != 0,
		.image_concurrency = concurrency(o, "image_concurrency"),
		.video_concurrency = concurrency(o, "video_concurrency"),
	};
	if (t->token == NULL)
		old_fail(o, "token", "found nothing; accepted: an access "
		    "token");
}

static enum err
write_use(struct store *st, const struct token *t, struct error *e)
{
	struct query q = query(st, SQL_IMPORT_TOKEN_USE);

	query_int(&q, 1, t->id);
	query_int_or_null(&q, 2, t->last_used_at);
	query_int(&q, 3, t->use_count);
	query_int_or_null(&q, 4, t->cooled_until);
	return query_run(&q, e);
}

/* The token here that is the same account; 0: none. */
static enum err
find_known(struct work *w, const struct token *t, int64_t *id,
    struct error *e)
{
	unsigned char hash[DIGEST_SHA256_LEN];
	struct query q = query(w->st, SQL_IMPORT_TOKEN_ID);

	digest_sha256(hash, t->token, strlen(t->token));
	query_blob(&q, 1, hash, sizeof(hash));
	query_text(&q, 2, t->email);
	*id = query_next(&q) ? query_get_int(&q) : 0;
	return query_end(&q, e);
}

static enum err
take_token(struct work *w, struct error *e)
{
	struct old *o = &w->old;
	struct pair *p;
	struct token t;
	enum err rc;

	read_token(o, &t);
	if (o->error.code != ERR_OK)
		return ERR_OK;		/* old_end tells */
	if (t.proxy_url != NULL)
		t.proxy_url = conf_clean("proxy.url", t.proxy_url, w->arena);
	if (t.proxy_url != NULL && conf_check_string("proxy.url", t.proxy_url,
	    o->path, w->arena, e) != ERR_OK) {
		old_fail(o, "proxy_url", "found no proxy");
		return ERR_OK;
	}
	w->tokens = arena_grow(w->arena, w->tokens, w->n_tokens, sizeof(*p));
	p = &w->tokens[w->n_tokens++];
	p->old_id = old_int(o, "id", 0);
	if ((rc = find_known(w, &t, &p->id, e)) != ERR_OK)
		return rc;
	if (p->id != 0) {
		w->out->known_tokens++;
		import_note(w, arena_printf(w->arena, "this account is stored "
		    "already, as token %lld: left out", (long long)p->id));
		p->old_id = -p->old_id;	/* its statistics are its own */
		return ERR_OK;
	}
	if ((rc = token_insert(w->st, &t, e)) != ERR_OK)
		return rc;
	p->id = t.id;
	w->out->tokens++;
	return write_use(w->st, &t, e);
}

/* Calls `take` with each row of a table, if there is such a table. */
static enum err
each_row(struct work *w, const char *table,
    enum err (*take)(struct work *w, struct error *e), struct error *e)
{
	enum err rc = ERR_OK;
	struct error ignored;

	if (!old_start(&w->old, table))
		return ERR_OK;
	while (rc == ERR_OK && old_next(&w->old))
		rc = take(w, e);
	if (rc == ERR_OK)
		return old_end(&w->old, e);
	(void)!old_end(&w->old, &ignored);
	return rc;
}

/* The imported token for that id of the old database; NULL: none. */
static const struct pair *
find_pair(const struct work *w, int64_t old_id)
{
	for (size_t i = 0; i < w->n_tokens; i++)
		if (w->tokens[i].old_id == old_id ||
		    w->tokens[i].old_id == -old_id)
			return &w->tokens[i];
	return NULL;
}

static enum err
take_stats(struct work *w, struct error *e)
{
	struct old *o = &w->old;
	const struct pair *p = find_pair(w, old_int(o, "token_id", 0));
	struct query q;

	if (p == NULL || p->old_id < 0)
		return ERR_OK;
	q = query(w->st, SQL_IMPORT_STATS);
	query_int(&q, 1, p->id);
	query_int(&q, 2, old_int(o, "image_count", 0));
	query_int(&q, 3, old_int(o, "video_count", 0));
	query_int(&q, 4, old_int(o, "error_count", 0));
	query_int_or_null(&q, 5, old_time(o, "last_error_at"));
	query_int(&q, 6, old_int(o, "today_image_count", 0));
	query_int(&q, 7, old_int(o, "today_video_count", 0));
	query_int(&q, 8, old_int(o, "today_error_count", 0));
	query_text(&q, 9, old_text(o, "today_date", ""));
	query_int(&q, 10, old_int(o, "consecutive_error_count", 0));
	return query_run(&q, e);
}

static bool
is_one_of(const char *text, const char *a, const char *b, const char *c)
{
	return strcmp(text, a) == 0 || strcmp(text, b) == 0 ||
	    strcmp(text, c) == 0;
}

static void
read_character(struct old *o, struct character *c)
{
	*c = (struct character){
		.cameo_id = text_or_null(o, "cameo_id"),
		.character_id = text_or_null(o, "character_id"),
		.username = old_text(o, "username", ""),
		.display_name = old_text(o, "display_name", ""),
		.profile_url = text_or_null(o, "profile_url"),
		.instruction_set = text_or_null(o, "instruction_set"),
		.safety_instruction_set = text_or_null(o,
		    "safety_instruction_set"),
		.visibility = old_text(o, "visibility", "private"),
		.status = old_text(o, "status", "finalized"),
	};
	if (c->cameo_id == NULL)
		old_fail(o, "cameo_id", "found nothing");
	if (!is_one_of(c->visibility, "private", "public", ""))
		old_fail(o, "visibility", "accepted: private or public");
	if (!is_one_of(c->status, "processing", "finalized", "deleted"))
		old_fail(o, "status", "accepted: processing, finalized or "
		    "deleted");
}

static enum err
write_times(struct work *w, int64_t id, struct error *e)
{
	struct query q = query(w->st,
	    SQL_IMPORT_CHARACTER_TIMES);

	query_int(&q, 1, id);
	query_int_or_null(&q, 2, old_time(&w->old, "created_at"));
	query_int_or_null(&q, 3, old_time(&w->old, "updated_at"));
	return query_run(&q, e);
}

static enum err
take_character(struct work *w, struct error *e)
{
	struct old *o = &w->old;
	const struct pair *p = find_pair(w, old_int(o, "token_id", 0));
	struct character c;
	enum err rc;

	read_character(o, &c);
	if (o->error.code != ERR_OK)
		return ERR_OK;		/* old_end tells */
	if (p == NULL) {
		import_note(w, "its token is not there: left out");
		return ERR_OK;
	}
	c.token_id = p->id;
	if (*c.visibility == '\0')
		c.visibility = "private";
	rc = character_add(w->st, &c, e);
	if (rc == ERR_CONFLICT) {
		w->out->known_characters++;
		import_note(w, "this character is stored already: left out");
		return ERR_OK;
	}
	if (rc != ERR_OK)
		return rc;
	w->out->characters++;
	return write_times(w, c.id, e);
}

static enum err
take_all(struct work *w, struct error *e)
{
	enum err rc;

	if ((rc = each_row(w, "tokens", take_token, e)) != ERR_OK ||
	    (rc = each_row(w, "token_stats", take_stats, e)) != ERR_OK ||
	    (rc = each_row(w, "characters", take_character, e)) != ERR_OK)
		return rc;
	return import_settings(w, e);
}

enum err
store_import(struct store *st, const struct import *in,
    struct import_result *out, struct error *e)
{
	struct work w = {
		.st = st, .in = in, .out = out, .arena = arena_new(),
	};
	enum err rc;

	*out = (struct import_result){ 0 };
	if ((rc = old_open(&w.old, in->path, w.arena, e)) != ERR_OK ||
	    (rc = store_begin(st, e)) != ERR_OK)
		goto out;
	rc = take_all(&w, e);
	/* a dry run ends with an error of its own, which rolls everything back */
	if (rc == ERR_OK && in->dry_run)
		rc = store_end(st, ERR_CANCELLED, e) == ERR_CANCELLED
		    ? ERR_OK : ERR_INTERNAL;
	else
		rc = store_end(st, rc, e);
out:
	old_close(&w.old);
	arena_free(w.arena);
	return rc;
}
