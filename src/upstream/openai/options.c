/* SPDX-License-Identifier: MIT */
/* options.c: reads the server's description in a token: base_url, models, options. */
#include "options.h"

#include <string.h>

#include "arena.h"
#include "attr.h"
#include "json.h"

#define MAX_NAME	256	/* characters of a model's name */
#define MAX_MODELS	256
#define MAX_EXTRA	(16 * 1024)
#define MAX_PATH	1024

/* ---- options ---- */

enum option_type {
	OPTION_WORD,		/* one of `words`: its place among them is the value */
	OPTION_SWITCH,
	OPTION_NUMBER,
	OPTION_PATH,
	OPTION_HEADER,
	OPTION_EXTRA,
	OPTION_PRESET,		/* read before the others */
};

struct option {
	const char	*name;
	enum option_type type;
	size_t		 offset;
	const char	*words;		/* OPTION_WORD: separated by blanks */
	int		 min;		/* OPTION_NUMBER */
	int		 max;
};

#define AT(member)	offsetof(struct openai_options, member)
#define WORD(name, words)	{ #name, OPTION_WORD, AT(name), words, 0, 0 }
#define SWITCH(name)		{ #name, OPTION_SWITCH, AT(name), NULL, 0, 0 }
#define NUMBER(name, min, max)	{ #name, OPTION_NUMBER, AT(name), NULL, min, max }

/* The words of an option are in the order of its enum. */
static const struct option table[] = {
	{ "preset", OPTION_PRESET, AT(preset), NULL, 0, 0 },
	{ "auth_header", OPTION_HEADER, AT(auth_header), NULL, 0, 0 },
	WORD(create_body, "auto json multipart"),
	WORD(seconds_as, "text number duration"),
	WORD(size_as, "text ratio"),
	WORD(reference_as, "auto object text image_url image_urls none"),
	WORD(content_from, "auto bytes url"),
	WORD(delete_upstream, "never finished always"),
	SWITCH(send_variant),
	SWITCH(list_upstream),
	SWITCH(remix),
	SWITCH(images),
	SWITCH(image_format),
	SWITCH(resubmit_ambiguous),
	NUMBER(resubmit_lost, 0, 10),
	SWITCH(allow_private),
	{ "tls_ca", OPTION_PATH, AT(tls_ca), NULL, 0, 0 },
	NUMBER(connect_timeout, 1, 120),
	NUMBER(answer_timeout, 1, 7200),
	NUMBER(idle_timeout, 1, 3600),
	NUMBER(poll_interval, 1, 300),
	NUMBER(job_age, 60, 604800),
	{ "extra", OPTION_EXTRA, AT(extra), NULL, 0, 0 },
};

static enum err
bad_option(const struct option *o, struct error *e, const char *must)
{
	return error_set(e, ERR_INVALID_VALUE, "options",
	    "'options.%s' must be %s", o->name, must);
}

/* The place of a word in a list such as "auto json"; -1: it is not there. */
static int
place_of(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (int i = 0;; i++) {
		size_t n = strcspn(list, " ");

		if (n == len && len > 0 && strncmp(list, word, n) == 0)
			return i;
		if (list[n] == '\0')
			return -1;
		list += n + 1;
	}
}

/* The enums of the options are all of one size. */
static void
set_word(struct openai_options *b, const struct option *o, int place)
{
	const enum options_body value = (enum options_body)place;

	_Static_assert(sizeof(enum options_body) == sizeof(int) &&
	    sizeof(enum options_delete) == sizeof(int), "enums are ints");
	memcpy((char *)b + o->offset, &value, sizeof(value));
}

static enum err
read_word(const struct option *o, const cJSON *item, struct openai_options *b,
    struct arena *a, struct error *e)
{
	const char *word = cJSON_GetStringValue(item);
	int place = word == NULL ? -1 : place_of(o->words, word);
	char *list, *blank;

	if (place >= 0) {
		set_word(b, o, place);
		return ERR_OK;
	}
	list = arena_strdup(a, o->words);
	while ((blank = strchr(list, ' ')) != NULL)
		*blank = '|';
	return bad_option(o, e, arena_printf(a, "one of %s", list));
}

static enum err
read_number(const struct option *o, const cJSON *item, struct openai_options *b,
    struct arena *a, struct error *e)
{
	double v = cJSON_GetNumberValue(item);

	if (!cJSON_IsNumber(item) || !(v >= o->min && v <= o->max) ||
	    v != (double)(int)v)
		return bad_option(o, e, arena_printf(a,
		    "a whole number from %d to %d", o->min, o->max));
	*(int *)(void *)((char *)b + o->offset) = (int)v;
	return ERR_OK;
}

static enum err
read_path(const struct option *o, const cJSON *item, struct openai_options *b,
    struct arena *a, struct error *e)
{
	const char *path = cJSON_GetStringValue(item);

	if (path == NULL || *path != '/' || strlen(path) > MAX_PATH)
		return bad_option(o, e, "the absolute path of a file");
	b->tls_ca = arena_strdup(a, path);
	return ERR_OK;
}

/* RFC 9110, section 5.6.2; and none of those that the request itself needs. */
static bool
is_header_name(const char *name)
{
	static const char *const taken = "host content-type content-length "
	    "connection transfer-encoding expect accept-encoding "
	    "idempotency-key";
	char small[65] = "";
	size_t len = strlen(name);

	if (len > sizeof(small) - 1 || strspn(name, "!#$%&'*+-.^_`|~0123456789"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != len)
		return false;
	for (size_t i = 0; i < len; i++)
		small[i] = name[i] >= 'A' && name[i] <= 'Z'
		    ? (char)(name[i] + ('a' - 'A')) : name[i];
	return place_of(taken, small) < 0;
}

static enum err
read_header(const struct option *o, const cJSON *item, struct openai_options *b,
    struct arena *a, struct error *e)
{
	const char *name = cJSON_GetStringValue(item);

	if (name == NULL || !is_header_name(name))
		return bad_option(o, e, "the name of a header, such as "
		    "x-api-key, or \"\" to send no key");
	b->auth_header = arena_strdup(a, name);
	return ERR_OK;
}

static enum err
read_extra(const struct option *o, const cJSON *item, struct openai_options *b,
    struct arena *a, struct error *e)
{
	const char *text;

	if (!cJSON_IsObject(item))
		return bad_option(o, e, "an object");
	if (cJSON_HasObjectItem(item, "prompt") ||
	    cJSON_HasObjectItem(item, "model"))
		return bad_option(o, e, "without \"prompt\" and \"model\"; "
		    "models are renamed in 'models'");
	text = json_print(item, a);
	if (strlen(text) > MAX_EXTRA)
		return bad_option(o, e, "at most 16384 bytes long");
	b->extra = item->child == NULL ? NULL : text;
	return ERR_OK;
}

static enum err
read_option(const struct option *o, const cJSON *item, struct openai_options *b,
    struct arena *a, struct error *e)
{
	switch (o->type) {
	case OPTION_WORD:
		return read_word(o, item, b, a, e);
	case OPTION_SWITCH:
		if (!cJSON_IsBool(item))
			return bad_option(o, e, "true or false");
		*(bool *)((char *)b + o->offset) = cJSON_IsTrue(item);
		return ERR_OK;
	case OPTION_NUMBER:
		return read_number(o, item, b, a, e);
	case OPTION_PATH:
		return read_path(o, item, b, a, e);
	case OPTION_HEADER:
		return read_header(o, item, b, a, e);
	case OPTION_EXTRA:
		return read_extra(o, item, b, a, e);
	case OPTION_PRESET:
		break;
	}
	return ERR_OK;
}

const char *
openai_options_name(size_t i)
{
	return i < NELEM(table) ? table[i].name : NULL;
}

static enum err
unknown_option(const char *name, struct arena *a, struct error *e)
{
	const char *list = "";

	for (size_t i = 0; i < NELEM(table); i++)
		list = arena_printf(a, "%s%s%s", list, i > 0 ? ", " : "",
		    table[i].name);
	return error_set(e, ERR_INVALID_VALUE, "options",
	    "'options.%.32s' is not known; there are %s", name, list);
}

static const struct option *
find_option(const char *name)
{
	for (size_t i = 0; i < NELEM(table); i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}

/* The defaults of the preset, or of the one that "auto" was found to be. */
static enum err
read_preset(const cJSON *given, const cJSON *found, struct arena *a,
    struct openai_options *b, struct error *e)
{
	const cJSON *item = json_get(given, "preset");
	const char *name = item == NULL ? "auto" : cJSON_GetStringValue(item);
	const struct openai_options *defaults = name == NULL ? NULL
	    : openai_options_defaults(name);
	const char *list = "";

	if (defaults != NULL) {
		*b = *defaults;
		name = json_string(found, "preset");
		if (strcmp(b->preset, "auto") == 0 && name != NULL &&
		    (defaults = openai_options_defaults(name)) != NULL)
			*b = *defaults;
		return ERR_OK;
	}
	for (size_t i = 0; openai_options_preset(i) != NULL; i++)
		list = arena_printf(a, "%s%s%s", list, i > 0 ? ", " : "",
		    openai_options_preset(i));
	return error_set(e, ERR_INVALID_VALUE, "options",
	    "'options.preset' must be one of %s", list);
}

static enum err
read_options(const cJSON *given, const cJSON *found, struct arena *a,
    struct openai_options *b, struct error *e)
{
	const cJSON *item;
	enum err rc;

	if ((rc = read_preset(given, found, a, b, e)) != ERR_OK)
		return rc;
	cJSON_ArrayForEach(item, given) {
		const struct option *o = find_option(item->string);

		if (o == NULL)
			return unknown_option(item->string, a, e);
		if (!cJSON_IsNull(item) &&
		    (rc = read_option(o, item, b, a, e)) != ERR_OK)
			return rc;
	}
	return ERR_OK;
}

/* ---- models ---- */

static enum err
bad_models(struct error *e)
{
	return error_set(e, ERR_INVALID_VALUE, "models",
	    "'models' must be an array of names, or an object of name: name "
	    "at the server; at most %d names of 1 to %d printable characters, "
	    "each once", MAX_MODELS, MAX_NAME);
}

/* Whether it may be a model's name: short, without control characters, which break log lines. */
static bool
is_name(const char *s)
{
	long n = utf8_count(s, strlen(s));

	for (const char *p = s; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return false;
	return n <= MAX_NAME;
}

static bool
add_model(struct openai_options *b, const char *name, const char *upstream,
    struct arena *a)
{
	if (name == NULL || upstream == NULL || *name == '\0' ||
	    !is_name(name) || !is_name(upstream))
		return false;
	for (size_t i = 0; i < b->n_models; i++)
		if (strcmp(b->models[i].name, name) == 0)
			return false;
	b->models[b->n_models++] = (struct options_model){
		.name = arena_strdup(a, name),
		.upstream = arena_strdup(a, *upstream != '\0' ? upstream
		    : name),
	};
	return true;
}

static enum err
read_models(const cJSON *list, struct arena *a, struct openai_options *b,
    struct error *e)
{
	int n = cJSON_GetArraySize(list);
	const cJSON *item;

	b->models = NULL;
	b->n_models = 0;
	if (list == NULL || n == 0)
		return cJSON_IsArray(list) || cJSON_IsObject(list) ||
		    list == NULL ? ERR_OK : bad_models(e);
	if (n > MAX_MODELS)
		return bad_models(e);
	b->models = arena_array(a, (size_t)n, sizeof(*b->models));
	cJSON_ArrayForEach(item, list) {
		const char *upstream = cJSON_GetStringValue(item);

		if (!add_model(b, cJSON_IsObject(list) ? item->string
		    : upstream, upstream, a))
			return bad_models(e);
	}
	return ERR_OK;
}

const char *
openai_options_model(const struct openai_options *b, const char *name)
{
	for (size_t i = 0; i < b->n_models; i++)
		if (strcmp(b->models[i].name, name) == 0)
			return b->models[i].upstream;
	return b->n_models == 0 ? name : NULL;
}

/* ---- all of it ---- */

static enum err
parse(const char *text, const char *param, const char *what, cJSON **out,
    struct error *e)
{
	struct error reason;

	*out = NULL;
	if (text == NULL ||
	    json_parse(text, strlen(text), out, &reason) == ERR_OK)
		return ERR_OK;
	return error_set(e, ERR_INVALID_VALUE, param, "'%s' must be %s", param,
	    what);
}

enum err
openai_options_load(const struct options_text *text, struct arena *a,
    struct openai_options *out, struct error *e)
{
	cJSON *options = NULL, *models = NULL, *found = NULL;
	enum err rc;

	*out = (struct openai_options){ 0 };
	if ((rc = parse(text->options, "options", "a JSON object", &options,
	    e)) != ERR_OK ||
	    (rc = parse(text->models, "models", "a JSON array or object",
	    &models, e)) != ERR_OK ||
	    (rc = parse(text->found, "found", "a JSON object", &found, e))
	    != ERR_OK)
		goto out;
	if (options != NULL && !cJSON_IsObject(options)) {
		rc = error_set(e, ERR_INVALID_VALUE, "options",
		    "'options' must be a JSON object");
		goto out;
	}
	if ((rc = read_options(options, found, a, out, e)) != ERR_OK ||
	    (rc = openai_options_url(text->base_url, out->allow_private, a,
	    &out->base_url, e)) != ERR_OK ||
	    (rc = read_models(models, a, out, e)) != ERR_OK)
		goto out;
	if (out->n_models == 0)
		rc = read_models(json_get(found, "models"), a, out, e);
out:
	cJSON_Delete(options);
	cJSON_Delete(models);
	cJSON_Delete(found);
	return rc;
}

enum err
openai_options_read(const char *base_url, const char *options,
    const char *models, struct arena *a, struct openai_options *out,
    struct error *e)
{
	const struct options_text text = { .base_url = base_url,
	    .options = options, .models = models };

	return openai_options_load(&text, a, out, e);
}
