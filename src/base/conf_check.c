/* SPDX-License-Identifier: MIT */
/* conf_check.c: what concerns the file as a whole, or several settings. */
#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "arena.h"
#include "conf_items.h"
#include "conf_rules.h"
#include "conf.h"

static const char *
trimmed(const char *s, const char *also_at_end, struct arena *a)
{
	size_t len;

	while (isspace((unsigned char)*s))
		s++;
	len = strlen(s);
	while (len > 0 && (isspace((unsigned char)s[len - 1]) ||
	    strchr(also_at_end, s[len - 1]) != NULL))
		len--;
	return arena_strndup(a, s, len);
}

const char *
conf_clean(const char *key, const char *value, struct arena *a)
{
	const struct conf_item *item;
	size_t i;

	if (!conf_item_find(key, &i))
		return value;
	item = conf_item_get(i);
	if (item->refuse == rule_base_url ||
	    item->refuse == rule_base_url_or_empty)
		return trimmed(value, "/", a);
	if (item->refuse == rule_url || item->refuse == rule_url_or_empty ||
	    item->refuse == rule_proxy)
		return trimmed(value, "", a);
	return value;
}

/*
 * The upstream's API is below /backend. On its own host the path may be left
 * out, or be the /backend-api of its sister service.
 */
static const char *
with_backend(struct arena *a, const char *url)
{
	static const char backend[] = "/backend", sister[] = "/backend-api";
	const char *host, *path;
	size_t len;

	url = conf_clean("sora.base_url", url, a);
	host = strstr(url, "://") + 3;
	path = host + strcspn(host, "/");
	len = (size_t)(path - host);
	if (strcmp(path, sister) == 0 &&
	    ((len == 16 && strncasecmp(host, "sora.chatgpt.com", len) == 0) ||
	    (len == 11 && strncasecmp(host, "chatgpt.com", len) == 0)))
		return arena_printf(a, "%.*s%s", (int)(path - url), url,
		    backend);
	len = strlen(path);
	if (len >= strlen(backend) &&
	    strcmp(path + len - strlen(backend), backend) == 0)
		return url;
	return arena_printf(a, "%s%s", url, backend);
}

void
conf_normalise(struct conf *c, struct arena *a)
{
	c->sora_base_url = with_backend(a, c->sora_base_url);
	c->sora_share_url = conf_clean("sora.share_url", c->sora_share_url, a);
	c->cache_base_url = conf_clean("cache.base_url", c->cache_base_url, a);
}

enum err
conf_check(const struct conf *c, const char *path, struct error *e)
{
	if (c->proxy_enabled && !c->proxy_pool_enabled && *c->proxy_url == '\0')
		return error_set(e, ERR_INTERNAL, "proxy.enabled",
		    "%s: proxy.enabled: true needs proxy.url or "
		    "proxy.pool_enabled", path);
	if (c->watermark_free_enabled && *c->watermark_parse_url == '\0' &&
	    strcmp(c->watermark_parse_method, "custom") == 0)
		return error_set(e, ERR_INTERNAL,
		    "watermark_free.custom_parse_url",
		    "%s: watermark_free.parse_method: \"custom\" needs "
		    "watermark_free.custom_parse_url", path);
	return ERR_OK;
}

/* The end of the comment or string that begins at `s`, or `s` when none does. */
static const char *
after_comment_or_string(const char *s)
{
	const char *end;

	if (*s == '#' || strncmp(s, "//", 2) == 0)
		return s + strcspn(s, "\n");
	if (strncmp(s, "/*", 2) == 0)
		return (end = strstr(s + 2, "*/")) != NULL ? end + 2 :
		    s + strlen(s);
	if (*s != '"')
		return s;
	for (s++; *s != '\0' && *s != '"'; s++)
		if (*s == '\\' && s[1] != '\0')
			s++;
	return s + (*s == '"');
}

static size_t
line_of(const char *text, const char *at)
{
	size_t line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

size_t
conf_big_number(const char *text)
{
	const char *s = text;

	while (*s != '\0') {
		const char *next = after_comment_or_string(s);
		char *end;

		if (next == s && isdigit((unsigned char)*s)) {
			if (strtod(s, &end) > INT_MAX)
				return line_of(text, s);
			next = end;
		} else if (next == s) {		/* a name may hold digits */
			next += strspn(s, "_abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
			next += next == s;
		}
		s = next;
	}
	return 0;
}
