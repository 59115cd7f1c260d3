/* SPDX-License-Identifier: MIT */
/* url.c: addresses of a server. */
#include <curl/curl.h>
#include <string.h>

#include "arena.h"
#include "openai.h"
#include "upstream/client/link.h"

const char *
openai_address(const struct openai_options *b, struct arena *a,
    const char *path)
{
	return arena_printf(a, "%s%s", b->base_url, path);
}

const char *
openai_segment(const char *s, struct arena *a)
{
	if (s == NULL || *s == '\0' || strcmp(s, ".") == 0 ||
	    strcmp(s, "..") == 0)
		return NULL;
	return link_escape(s, a);
}
