/* SPDX-License-Identifier: MIT */
/* conf.c: reads the configuration file into the fields that the table names. */
#include "conf.h"

#include <errno.h>
#include <libconfig.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "conf_items.h"
#include "conf_rules.h"
#include "file.h"
#include "log.h"
#include "xalloc.h"

#define MAX_FILE	(1024 * 1024)

struct holder {
	struct conf	 conf;		/* first member: conf_free casts back to the whole */
	struct arena	*arena;		/* of all its strings */
};

struct loader {
	const char	*path;
	struct conf	*conf;
	struct arena	*arena;
	bool		*seen;		/* per item: the file has it */
	bool		 secrets;	/* the file holds one */
};

static void *
field(struct conf *c, const struct conf_item *item)
{
	return (char *)c + item->offset;
}

static void
set_default(struct conf *c, const struct conf_item *item)
{
	static const struct conf_header none[] = { { NULL, NULL } };

	switch (item->kind) {
	case CONF_INT:
		*(int *)field(c, item) = (int)item->number;
		break;
	case CONF_REAL:
		*(double *)field(c, item) = item->number;
		break;
	case CONF_BOOL:
		*(bool *)field(c, item) = item->number > 0;
		break;
	case CONF_STR:
	case CONF_ENUM:
		*(const char **)field(c, item) = item->text;
		break;
	case CONF_HEADERS:
		*(const struct conf_header **)field(c, item) = none;
		break;
	}
}

/* "file:line" of a setting, which may come from an included file. */
static const char *
place(const struct loader *l, const config_setting_t *s)
{
	const char *file = config_setting_source_file(s);

	return arena_printf(l->arena, "%s:%u", file != NULL ? file : l->path,
	    (unsigned)config_setting_source_line(s));
}

/* The value as the file has it, for a message; of a secret only its kind. */
static const char *
found(const struct loader *l, const config_setting_t *s, bool secret)
{
	switch (config_setting_type(s)) {
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		return secret ? "a number" : arena_printf(l->arena, "%lld",
		    config_setting_get_int64(s));
	case CONFIG_TYPE_FLOAT:
		return secret ? "a number" : arena_printf(l->arena, "%g",
		    config_setting_get_float(s));
	case CONFIG_TYPE_BOOL:
		return config_setting_get_bool(s) ? "true" : "false";
	case CONFIG_TYPE_STRING:
		return secret ? "a string" : arena_printf(l->arena,
		    "\"%.80s\"", config_setting_get_string(s));
	case CONFIG_TYPE_GROUP:
		return "a group";
	default:
		return "a list";
	}
}

static enum err
refuse(const struct loader *l, const config_setting_t *s,
    const struct conf_item *item, struct error *e)
{
	char accepted[128];

	conf_item_accepted(item, accepted, sizeof(accepted));
	return error_set(e, ERR_INTERNAL, item->key,
	    "%s: %s: found %s; accepted: %s", place(l, s), item->key,
	    found(l, s, item->secret), accepted);
}

static bool
is_whole(const config_setting_t *s)
{
	return config_setting_type(s) == CONFIG_TYPE_INT ||
	    config_setting_type(s) == CONFIG_TYPE_INT64;
}

static enum err
store_number(struct loader *l, const config_setting_t *s,
    const struct conf_item *item, struct error *e)
{
	double value;

	if (is_whole(s))
		value = (double)config_setting_get_int64(s);
	else if (item->kind == CONF_REAL &&
	    config_setting_type(s) == CONFIG_TYPE_FLOAT)
		value = config_setting_get_float(s);
	else
		return refuse(l, s, item, e);
	if (value < item->min || value > item->max)
		return refuse(l, s, item, e);
	if (item->kind == CONF_REAL)
		*(double *)field(l->conf, item) = value;
	else
		*(int *)field(l->conf, item) = (int)value;
	return ERR_OK;
}

static enum err
store_bool(struct loader *l, const config_setting_t *s,
    const struct conf_item *item, struct error *e)
{
	if (config_setting_type(s) != CONFIG_TYPE_BOOL)
		return refuse(l, s, item, e);
	*(bool *)field(l->conf, item) = config_setting_get_bool(s) != 0;
	return ERR_OK;
}

static enum err
store_string(struct loader *l, const config_setting_t *s,
    const struct conf_item *item, struct error *e)
{
	const char *value = config_setting_get_string(s);
	const char *advice;

	if (value == NULL)
		return refuse(l, s, item, e);
	advice = item->refuse != NULL ? item->refuse(value) : NULL;
	if (advice != NULL)
		return error_set(e, ERR_INTERNAL, item->key,
		    "%s: %s: found %s; %s", place(l, s), item->key,
		    found(l, s, item->secret), advice);
	if (item->secret && *value != '\0')
		l->secrets = true;
	*(const char **)field(l->conf, item) = arena_strdup(l->arena, value);
	return ERR_OK;
}

/* A word; a whole number is taken for its digits, as in video_create_status = 200. */
static enum err
store_word(struct loader *l, const config_setting_t *s,
    const struct conf_item *item, struct error *e)
{
	const char *word = config_setting_get_string(s);

	if (is_whole(s))
		word = found(l, s, false);
	if (word == NULL || !conf_item_has_word(item, word))
		return refuse(l, s, item, e);
	*(const char **)field(l->conf, item) = arena_strdup(l->arena, word);
	return ERR_OK;
}

static enum err
store_headers(struct loader *l, const config_setting_t *s,
    const struct conf_item *item, struct error *e)
{
	struct conf_header *list;
	size_t count;

	if (!config_setting_is_group(s))
		return refuse(l, s, item, e);
	count = (size_t)config_setting_length(s);
	list = arena_array(l->arena, count + 1, sizeof(*list));
	for (size_t i = 0; i < count; i++) {
		const config_setting_t *header =
		    config_setting_get_elem(s, (unsigned)i);
		const char *name = config_setting_name(header);
		const char *value = config_setting_get_string(header);

		if (value == NULL || rule_header_value(value) != NULL)
			return error_set(e, ERR_INTERNAL, item->key,
			    "%s: %s.%s: found %s; accepted: a string without "
			    "line breaks and control characters",
			    place(l, header), item->key, name,
			    found(l, header, true));
		list[i].name = arena_strdup(l->arena, name);
		list[i].value = arena_strdup(l->arena, value);
	}
	*(const struct conf_header **)field(l->conf, item) = list;
	return ERR_OK;
}

static enum err
store(struct loader *l, const config_setting_t *s,
    const struct conf_item *item, struct error *e)
{
	switch (item->kind) {
	case CONF_INT:
	case CONF_REAL:
		return store_number(l, s, item, e);
	case CONF_BOOL:
		return store_bool(l, s, item, e);
	case CONF_STR:
		return store_string(l, s, item, e);
	case CONF_ENUM:
		return store_word(l, s, item, e);
	case CONF_HEADERS:
		return store_headers(l, s, item, e);
	}
	return ERR_OK;
}

static enum err
unknown_key(const struct loader *l, const config_setting_t *s,
    const char *key, struct error *e)
{
	const char *nearest = conf_item_nearest(key);

	if (nearest == NULL)
		return error_set(e, ERR_INTERNAL, NULL,
		    "%s: unknown key %.80s: remove it; sora2api.conf(5) names "
		    "the keys", place(l, s), key);
	return error_set(e, ERR_INTERNAL, NULL,
	    "%s: unknown key %.80s: did you mean %s?", place(l, s), key,
	    nearest);
}

static enum err
load_key(struct loader *l, const config_setting_t *s, const char *section,
    struct error *e)
{
	const char *key = arena_printf(l->arena, "%s.%s", section,
	    config_setting_name(s));
	size_t index;

	if (!conf_item_find(key, &index))
		return unknown_key(l, s, key, e);
	if (l->seen[index])
		return error_set(e, ERR_INTERNAL, conf_item_get(index)->key,
		    "%s: %s: set before under another name; remove one of "
		    "them", place(l, s), key);
	l->seen[index] = true;
	return store(l, s, conf_item_get(index), e);
}

static enum err
unknown_section(const struct loader *l, const config_setting_t *s,
    const char *name, struct error *e)
{
	char nearest[32];

	if (!config_setting_is_group(s))
		return unknown_key(l, s, name, e);
	if (!conf_item_nearest_section(name, nearest, sizeof(nearest)))
		return error_set(e, ERR_INTERNAL, NULL,
		    "%s: unknown section %.80s: remove it; sora2api.conf(5) "
		    "names the sections", place(l, s), name);
	return error_set(e, ERR_INTERNAL, NULL,
	    "%s: unknown section %.80s: did you mean %s?", place(l, s), name,
	    nearest);
}

static enum err
load_section(struct loader *l, const config_setting_t *s, struct error *e)
{
	const char *name = config_setting_name(s);
	enum err rc = ERR_OK;

	if (!conf_item_has_section(name))
		return unknown_section(l, s, name, e);
	if (!config_setting_is_group(s))
		return error_set(e, ERR_INTERNAL, NULL,
		    "%s: %s: found %s; accepted: a group, as in %s: { ... };",
		    place(l, s), name, found(l, s, true), name);
	for (int i = 0; rc == ERR_OK && i < config_setting_length(s); i++)
		rc = load_key(l, config_setting_get_elem(s, (unsigned)i), name,
		    e);
	return rc;
}

static enum err
load_text(struct loader *l, const char *text, struct error *e)
{
	const config_setting_t *root;
	enum err rc = ERR_OK;
	config_t config;

	config_init(&config);
	if (config_read_string(&config, text) != CONFIG_TRUE) {
		const char *file = config_error_file(&config);

		rc = error_set(e, ERR_INTERNAL, NULL,
		    "%s:%d: %s; accepted: section: { name = value; };",
		    file != NULL ? file : l->path, config_error_line(&config),
		    config_error_text(&config));
		goto out;
	}
	root = config_root_setting(&config);
	for (int i = 0; rc == ERR_OK && i < config_setting_length(root); i++)
		rc = load_section(l, config_setting_get_elem(root,
		    (unsigned)i), e);
out:
	config_destroy(&config);
	return rc;
}

static void
warn(const struct loader *l)
{
	struct stat st;

	if (l->conf->redis_enabled)
		log_warn("%s: redis.enabled: ignored; what processes share is "
		    "in the database", l->path);
	if (l->secrets && stat(l->path, &st) == 0 && (st.st_mode & S_IROTH))
		log_warn("%s: holds secrets and everybody can read it; run "
		    "chmod o-r on it", l->path);
}

/* Reads the text of a file; `whole`: also checks rules about several keys. */
static enum err
load_all(struct loader *l, const char *text, bool whole, struct error *e)
{
	size_t line = conf_big_number(text);
	enum err rc;

	if (line != 0)
		return error_set(e, ERR_INTERNAL, NULL,
		    "%s:%zu: a number that is too big; no key accepts one "
		    "beyond 1000000", l->path, line);
	if ((rc = load_text(l, text, e)) == ERR_OK && whole)
		rc = conf_check(l->conf, l->path, e);
	return rc;
}

static enum err
load_file(struct loader *l, struct error *e)
{
	size_t len;
	char *text;
	enum err rc;

	if ((rc = file_load(l->path, MAX_FILE, l->arena, &text, &len, e)) !=
	    ERR_OK)
		return error_set(e, ERR_INTERNAL, NULL, "configuration: %s; "
		    "sora2apictl sample-config writes one", e->text);
	if (strlen(text) != len)
		return error_set(e, ERR_INTERNAL, NULL,
		    "%s: it holds a NUL byte; accepted: text", l->path);
	if ((rc = load_all(l, text, true, e)) == ERR_OK)
		warn(l);
	return rc;
}

/* Every setting at its default; conf_free. */
static struct conf *
defaults(struct loader *l)
{
	struct holder *h = xcalloc(1, sizeof(*h));
	const struct conf_item *item;

	h->arena = arena_new();
	l->conf = &h->conf;
	l->arena = h->arena;
	l->seen = arena_array(h->arena, conf_item_count(), sizeof(*l->seen));
	for (size_t i = 0; (item = conf_item_get(i)) != NULL; i++)
		set_default(&h->conf, item);
	return &h->conf;
}

enum err
conf_load(const char *path, struct conf **out, struct error *e)
{
	struct loader l = { .path = path != NULL ? path : CONF_DEFAULT_PATH };
	struct conf *conf = defaults(&l);
	enum err rc = ERR_OK;

	*out = NULL;
	if (path != NULL || access(l.path, F_OK) == 0 || errno != ENOENT)
		rc = load_file(&l, e);
	if (rc != ERR_OK) {
		conf_free(conf);
		return rc;
	}
	conf_normalise(conf, l.arena);
	*out = conf;
	return ERR_OK;
}

enum err
conf_try(const char *text, const char *name, bool whole, struct error *e)
{
	struct loader l = { .path = name };
	struct conf *conf = defaults(&l);
	enum err rc = load_all(&l, text, whole, e);

	conf_free(conf);
	return rc;
}

void
conf_free(struct conf *c)
{
	struct holder *h = (struct holder *)c;

	if (c == NULL)
		return;
	arena_free(h->arena);
	free(h);
}
