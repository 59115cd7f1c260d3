/* SPDX-License-Identifier: MIT */
/*
 * conf_rules.h: what the configuration may be.
 *
 * Each rule returns NULL when `value` is fine, else what is accepted or what to
 * do: a static text that does not repeat the value.
 */
#ifndef CONF_RULES_H
#define CONF_RULES_H

#include <stddef.h>

#include "error.h"

struct arena;
struct conf;

const char *rule_not_empty(const char *value);
const char *rule_api_key(const char *value);
const char *rule_username(const char *value);
const char *rule_password(const char *value);
const char *rule_url(const char *value);
const char *rule_url_or_empty(const char *value);
/* An address to which a path is added: no query, no fragment. */
const char *rule_base_url(const char *value);
const char *rule_base_url_or_empty(const char *value);
const char *rule_path(const char *value);
const char *rule_path_or_empty(const char *value);
const char *rule_header_value(const char *value);
const char *rule_proxy(const char *value);
const char *rule_database_type(const char *value);

/*
 * The line of the first number that an int cannot hold, or 0: libconfig would
 * silently take it for another one.
 */
size_t	conf_big_number(const char *text);
/* ERR_INTERNAL when settings contradict each other; `path` is for the message. */
MUST_CHECK enum err conf_check(const struct conf *c, const char *path, struct error *e);
/* Brings addresses into one form: no trailing slash, the upstream's in /backend. */
void	conf_normalise(struct conf *c, struct arena *a);

#endif
