/* SPDX-License-Identifier: MIT */
/*
 * conf_items.h: the table of settings, and what conf.c asks of it.
 */
#ifndef CONF_ITEMS_H
#define CONF_ITEMS_H

#include <stdbool.h>
#include <stddef.h>

enum conf_kind { CONF_INT, CONF_REAL, CONF_BOOL, CONF_STR, CONF_ENUM, CONF_HEADERS };

struct conf_item {
	const char	*key;		/* "section.name" */
	enum conf_kind	 kind;
	size_t		 offset;	/* of the field in struct conf */
	const char	*text;		/* default of CONF_STR and CONF_ENUM */
	double		 number;	/* default of the others; a bool is 0 or 1 */
	double		 min, max;	/* of CONF_INT and CONF_REAL */
	const char	*words;		/* of CONF_ENUM: "auto|200|201" */
	/* CONF_STR: what is accepted instead of `value`, or NULL when it is fine */
	const char	*(*refuse)(const char *value);
	bool		 secret;	/* never shown, in no message either */
	const char	*meaning;
};

/* The i-th item, or NULL past the last. */
const struct conf_item *conf_item_get(size_t i);
size_t	conf_item_count(void);
/* The index of the item with that key or a synonym of it; false when there is none. */
bool	conf_item_find(const char *key, size_t *index);
/* Whether some key is in `section`. */
bool	conf_item_has_section(const char *section);
/* The key that `key` was probably meant to be, or NULL. */
const char *conf_item_nearest(const char *key);
/* The section that `section` was probably meant to be, in `out`; false: none is close. */
bool	conf_item_nearest_section(const char *section, char *out, size_t size);

/* What the item accepts, in words. */
void	conf_item_accepted(const struct conf_item *item, char *out, size_t size);
/* Whether `word` is one of a CONF_ENUM's. */
bool	conf_item_has_word(const struct conf_item *item, const char *word);

#endif
