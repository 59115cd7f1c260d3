/* url.c: addresses of a server. */
#include <curl/curl.h>
#include <string.h>

#include "arena.h"
#include "log.h"
#include "openai.h"

const char *
openai_address(const struct backend *b, struct arena *a, const char *path)
{
	return arena_printf(a, "%s%s", b->base_url, path);
}

const char *
openai_segment(const char *s, struct arena *a)
{
	const char *copy;
	char *text;

	if (s == NULL || *s == '\0' || strcmp(s, ".") == 0 ||
	    strcmp(s, "..") == 0)
		return NULL;
	if ((text = curl_easy_escape(NULL, s, 0)) == NULL)
		fatal("out of memory");
	copy = arena_strdup(a, text);
	curl_free(text);
	return copy;
}
