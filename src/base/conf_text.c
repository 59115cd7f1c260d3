/* SPDX-License-Identifier: MIT */
/* conf_text.c: settings in words: the sample file, hints, descriptions. */
#include <stdio.h>
#include <string.h>

#include "attr.h"
#include "conf_items.h"
#include "conf.h"

#define WIDTH	66		/* of a comment in the sample file */

/* The default, written as in the file. */
static void
conf_item_default(const struct conf_item *item, char *out, size_t size)
{
	switch (item->kind) {
	case CONF_INT:
		snprintf(out, size, "%.0f", item->number);
		break;
	case CONF_REAL:
		snprintf(out, size, "%.1f", item->number);
		break;
	case CONF_BOOL:
		snprintf(out, size, "%s", item->number > 0 ? "true" : "false");
		break;
	case CONF_STR:
	case CONF_ENUM:
		snprintf(out, size, "\"%s\"", item->text);
		break;
	case CONF_HEADERS:
		snprintf(out, size, "{ }");
		break;
	}
}

/* "a|b|c" as "a", "b" or "c" */
static void
words_in_words(const char *words, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	while (used < size) {
		int len = (int)strcspn(words, "|");
		const char *next = words + len;
		const char *before = used == 0 ? "" :
		    *next == '|' ? ", " : " or ";

		used += (size_t)snprintf(out + used, size - used,
		    "%s\"%.*s\"", before, len, words);
		if (*next == '\0')
			return;
		words = next + 1;
	}
}

void
conf_item_accepted(const struct conf_item *item, char *out, size_t size)
{
	switch (item->kind) {
	case CONF_INT:
		snprintf(out, size, "a whole number from %.0f to %.0f",
		    item->min, item->max);
		break;
	case CONF_REAL:
		snprintf(out, size, "a number from %g to %g", item->min,
		    item->max);
		break;
	case CONF_BOOL:
		snprintf(out, size, "true or false");
		break;
	case CONF_STR:
		snprintf(out, size, "a string in double quotes");
		break;
	case CONF_ENUM:
		words_in_words(item->words, out, size);
		break;
	case CONF_HEADERS:
		snprintf(out, size, "a group of name = \"value\"");
		break;
	}
}

bool
conf_item_has_word(const struct conf_item *item, const char *word)
{
	size_t len = strlen(word);

	for (const char *w = item->words; *w != '\0';) {
		size_t n = strcspn(w, "|");

		if (n == len && memcmp(w, word, n) == 0)
			return true;
		w += n + (w[n] == '|');
	}
	return false;
}

/* How many characters to change, add or drop to make `b` of `a` (Levenshtein). */
static size_t
distance(const char *a, const char *b)
{
	size_t row[64], len = strlen(b);

	if (len >= NELEM(row))
		return len;
	for (size_t j = 0; j <= len; j++)
		row[j] = j;
	for (size_t i = 0; a[i] != '\0'; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < len; j++) {
			size_t best = diagonal + (a[i] != b[j]);

			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j + 1] + 1 < best)
				best = row[j + 1] + 1;
			diagonal = row[j + 1];
			row[j + 1] = best;
		}
	}
	return row[len];
}

/* The distance of the name alone counts, too: the section may be the wrong part. */
static size_t
key_distance(const char *key, const char *known)
{
	const char *name = strrchr(key, '.');
	const char *known_name = strchr(known, '.') + 1;
	size_t whole = distance(key, known), alone;

	alone = 1 + distance(name != NULL ? name + 1 : key, known_name);
	return alone < whole ? alone : whole;
}

const char *
conf_item_nearest(const char *key)
{
	const struct conf_item *item;
	const char *best = NULL;
	size_t least = 4;	/* farther than three changes is no hint */

	for (size_t i = 0; (item = conf_item_get(i)) != NULL; i++) {
		size_t d = key_distance(key, item->key);

		if (d >= least)
			continue;
		least = d;
		best = item->key;
	}
	return best;
}

/* The section of `key`, in `out`. */
static void
section_of(const char *key, char out[32])
{
	snprintf(out, 32, "%.*s", (int)strcspn(key, "."), key);
}

bool
conf_item_nearest_section(const char *section, char *out, size_t size)
{
	const struct conf_item *item;
	size_t least = 3;

	for (size_t i = 0; (item = conf_item_get(i)) != NULL; i++) {
		char known[32];
		size_t d;

		section_of(item->key, known);
		if ((d = distance(section, known)) >= least)
			continue;
		least = d;
		snprintf(out, size, "%s", known);
	}
	return least < 3;
}

/* `text` as lines of a comment. */
static void
write_comment(FILE *out, const char *text)
{
	while (*text != '\0') {
		size_t len = strlen(text);

		if (len > WIDTH) {
			len = WIDTH;
			while (text[len] != ' ')
				len--;
		}
		fprintf(out, "\t# %.*s\n", (int)len, text);
		text += len;
		text += *text == ' ';
	}
}

static void
write_item(FILE *out, const struct conf_item *item)
{
	char accepted[128], fallback[512], text[512];

	conf_item_accepted(item, accepted, sizeof(accepted));
	conf_item_default(item, fallback, sizeof(fallback));
	snprintf(text, sizeof(text), "%s Accepted: %s.", item->meaning,
	    accepted);
	write_comment(out, item->kind == CONF_STR || item->kind == CONF_BOOL ?
	    item->meaning : text);
	fprintf(out, "\t#%s = %s;\n", strchr(item->key, '.') + 1, fallback);
}

void
conf_write_sample(FILE *out)
{
	char section[32] = "";
	const struct conf_item *item;

	fputs("# sora2api.conf: settings of sora2api(8), sora2api-poller(8) and\n"
	    "# sora2apictl(8). sora2api.conf(5) describes the file.\n"
	    "#\n"
	    "# \"sora2apictl sample-config\" writes this file anew. A line that begins\n"
	    "# with #name shows a default: remove the # to set another value.\n", out);
	for (size_t i = 0; (item = conf_item_get(i)) != NULL; i++) {
		char own[32];

		section_of(item->key, own);
		if (strcmp(own, section) != 0)
			fprintf(out, "%s\n%s: {\n", i > 0 ? "};\n" : "", own);
		else
			fputc('\n', out);
		memcpy(section, own, sizeof(section));
		write_item(out, item);
	}
	fputs("};\n", out);
}

bool
conf_describe(size_t i, const char **key, const char **meaning, char *fallback,
    size_t size)
{
	const struct conf_item *item = conf_item_get(i);

	if (item == NULL)
		return false;
	*key = item->key;
	*meaning = item->meaning;
	conf_item_default(item, fallback, size);
	return true;
}
