/* SPDX-License-Identifier: MIT */
/* conf_import.c: a configuration made of a setting.toml. */
#include "conf_import.h"

#include <string.h>

#include "arena.h"
#include "attr.h"
#include "conf_items.h"
#include "buf.h"
#include "conf.h"
#include "toml.h"

#define MAX_TEXT	(4 * 1024 * 1024)

struct import {
	const struct conf_import *in;
	struct arena	*arena;
	const char	**literal;	/* by item: its value as in our file; NULL: none */
	struct error	 unknown;	/* the first key that we do not have */
	int		 n_unknown;
};

static const char *
quote(const char *text, struct arena *a)
{
	const char *quoted;
	struct buf b;

	buf_init(&b, strlen(text) * 4 + 3);
	buf_puts(&b, "\"");
	for (const unsigned char *s = (const unsigned char *)text; *s != '\0';
	    s++) {
		if (*s == '"' || *s == '\\')
			buf_printf(&b, "\\%c", *s);
		else if (*s < ' ' || *s == 0x7f)
			buf_printf(&b, "\\x%02x", *s);
		else
			buf_append(&b, s, 1);
	}
	buf_puts(&b, "\"");
	quoted = arena_strdup(a, b.data);
	buf_clear(&b);
	return quoted;
}

static const char *
real(double number, struct arena *a)
{
	const char *text = arena_printf(a, "%.10g", number);

	return strpbrk(text, ".e") != NULL ? text : arena_printf(a, "%s.0",
	    text);
}

/*
 * The value of that key as libconfig writes it; a list becomes NULL, since no setting is
 * one.
 */
static const char *
literal_of(const char *key, const struct toml_value *v, struct arena *a)
{
	switch (v->kind) {
	case TOML_STRING:
		return quote(conf_clean(key, v->text, a), a);
	case TOML_INT:
		return arena_printf(a, "%lld", (long long)v->whole);
	case TOML_REAL:
		return real(v->number, a);
	case TOML_BOOL:
		return v->truth ? "true" : "false";
	case TOML_OTHER:
		break;
	}
	return "( )";
}

enum err
conf_check_value(const char *key, const char *literal, const char *name,
    int line, struct arena *a, struct error *e)
{
	size_t section = strcspn(key, ".");
	char *lines = arena_alloc(a, (size_t)line + 1);
	enum err rc;

	memset(lines, '\n', (size_t)line - 1);	/* messages name the line */
	rc = conf_try(arena_printf(a, "%s%.*s: { %s = %s; };", lines,
	    (int)section, key, key + section + 1, literal), name, false, e);
	return rc == ERR_OK ? rc : (e->code = ERR_INVALID_VALUE);
}

enum err
conf_check_string(const char *key, const char *text, const char *name,
    struct arena *a, struct error *e)
{
	return conf_check_value(key, quote(text, a), name, 1, a, e);
}

/* Whether the key is "section.name" in letters: nothing else can be a key of our file. */
static bool
is_key(const char *key)
{
	size_t section = strspn(key, "abcdefghijklmnopqrstuvwxyz_");

	return section > 0 && key[section] == '.' &&
	    key[section + 1] >= 'a' && key[section + 1] <= 'z' &&
	    key[section + 1 + strspn(key + section + 1,
	    "abcdefghijklmnopqrstuvwxyz0123456789_")] == '\0';
}

/* Keys of older editions that need nothing here, and why. The first match counts. */
static const struct {
	const char	*key;		/* ends in "." for the whole section */
	const char	*why;
} unused[] = {
	{ "debug.mask_token", "tokens are in no log" },
	{ "token_refresh.client_ids", "each token has its own client_id" },
	{ "redis.lock_timeout", "what processes share is in the database" },
	{ "admin.task_retry_enabled", "what failed for a passing reason is "
	    "tried again" },
	{ "admin.task_max_retries", "see sora.max_retries" },
	{ "admin.auto_disable_on_401", "a token that is refused is disabled" },
	{ "watermark_free.fallback_on_failure", "the usual file is taken when "
	    "there is none without watermark" },
	{ "call_logic.", "the token with the most room gets the task" },
	{ "timezone.", "times are told in UTC" },
};

static const char *
why_unused(const char *key)
{
	for (size_t i = 0; i < NELEM(unused); i++) {
		size_t len = strlen(unused[i].key);

		if (strcmp(unused[i].key, key) == 0 ||
		    (unused[i].key[len - 1] == '.' &&
		    strncmp(unused[i].key, key, len) == 0))
			return unused[i].why;
	}
	return NULL;
}

static enum err
unknown_key(struct import *im, const struct toml_value *v)
{
	const char *name = im->in->name, *why = why_unused(v->key);

	if (why != NULL)
		im->in->note(im->in->arg, arena_printf(im->arena,
		    "%s:%d: %s: unused: %s", name, v->line, v->key, why));
	else if (im->in->skip_unknown)
		im->in->note(im->in->arg, arena_printf(im->arena,
		    "%s:%d: unknown key %.80s: left out", name, v->line,
		    v->key));
	else if (im->n_unknown++ == 0 && (!is_key(v->key) ||
	    conf_check_value(v->key, "0", name, v->line, im->arena,
	    &im->unknown) == ERR_OK))
		error_set(&im->unknown, ERR_INVALID_VALUE, NULL,
		    "%s:%d: unknown key %.80s", name, v->line, v->key);
	return ERR_OK;
}

/* Why a value of the older edition must not be taken over, or NULL. */
static const char *
why_left_out(const char *key, const struct toml_value *v)
{
	static const char sample[] = "a sample value";

	static const struct { const char *key, *value; } samples[] = {
		{ "global.api_key", "your-api-key" },
		{ "global.api_key", "han1234" },
		{ "global.admin_password", "your-password" },
		{ "global.admin_password", "admin" },
	};

	if (v->kind != TOML_STRING)
		return NULL;
	for (size_t i = 0; i < NELEM(samples); i++)
		if (strcmp(key, samples[i].key) == 0 &&
		    strcmp(v->text, samples[i].value) == 0)
			return sample;
	if (strcmp(key, "database.sqlite_path") == 0 && *v->text != '/' &&
	    *v->text != '\0')
		return "a path in the folder of the older edition, whose "
		    "database \"sora2apictl import-db\" reads";
	return NULL;
}

static enum err
take(void *arg, const struct toml_value *v, struct error *e)
{
	struct import *im = arg;
	const char *key, *literal, *why;
	size_t i;
	enum err rc;

	if (!is_key(v->key) || !conf_item_find(v->key, &i))
		return unknown_key(im, v);
	key = conf_item_get(i)->key;
	literal = literal_of(key, v, im->arena);
	if (im->literal[i] != NULL)
		return error_set(e, ERR_INVALID_VALUE, key,
		    "%s:%d: %s: set before; remove one of them",
		    im->in->name, v->line, v->key);
	if ((why = why_left_out(key, v)) != NULL) {
		im->in->note(im->in->arg, arena_printf(im->arena,
		    "%s:%d: %s: left out: %s", im->in->name, v->line, v->key,
		    why));
		return ERR_OK;
	}
	if ((rc = conf_check_value(key, literal, im->in->name, v->line,
	    im->arena, e)) == ERR_OK)
		im->literal[i] = literal;
	return rc;
}

/* A group for each section that has something, in the order of the table. */
static void
write_settings(const struct import *im, struct buf *b)
{
	const struct conf_item *item;
	const char *section = "";

	buf_puts(b, "# sora2api.conf: made by \"sora2apictl import-config\"; "
	    "see sora2api.conf(5).\n");
	for (size_t i = 0; (item = conf_item_get(i)) != NULL; i++) {
		size_t len = strcspn(item->key, ".");

		if (im->literal[i] == NULL)
			continue;
		if (strncmp(section, item->key, len + 1) != 0)
			buf_printf(b, "%s\n%.*s: {\n",
			    *section == '\0' ? "" : "};\n", (int)len,
			    item->key);
		section = item->key;
		buf_printf(b, "\t%s = %s;\n", item->key + len + 1,
		    im->literal[i]);
	}
	if (*section != '\0')
		buf_puts(b, "};\n");
}

enum err
conf_import(const struct conf_import *in, struct arena *a, const char **out,
    struct error *e)
{
	struct import im = {
		.in = in, .arena = a,
		.literal = arena_array(a, conf_item_count(), sizeof(char *)),
	};
	struct buf b;
	enum err rc;

	if ((rc = toml_read(in->toml, in->len, in->name, a, take, &im, e))
	    != ERR_OK)
		return rc;
	if (im.n_unknown > 0)
		return error_set(e, ERR_INVALID_VALUE, NULL, "%s%s; "
		    "--skip-unknown leaves unknown keys out",
		    im.unknown.text, im.n_unknown > 1 ? ", and more" : "");
	buf_init(&b, MAX_TEXT);
	write_settings(&im, &b);
	*out = arena_strdup(a, b.data);
	buf_clear(&b);
	if ((rc = conf_try(*out, in->name, true, e)) != ERR_OK)
		rc = e->code = ERR_INVALID_VALUE;
	return rc;
}
