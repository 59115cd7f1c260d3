/* SPDX-License-Identifier: MIT */
/* fuzz_proxy.c: what an operator, or a line of the pool's file, calls a proxy. */
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "fuzz.h"
#include "proxy.h"

/* libcurl reads the URL, and finds in it what a port and a host can be. */
static void
check_with_curl(const char *url)
{
	CURLU *u = curl_url();
	char *host = NULL, *port = NULL;

	if (u == NULL || curl_url_set(u, CURLUPART_URL, url,
	    CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_PORT, &port, 0) != CURLUE_OK)
		abort();
	if (atoi(port) < 1 || atoi(port) > 65535 || strstr(url, host) == NULL)
		abort();
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(u);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena *a = arena_new();
	char *text = arena_strndup(a, (const char *)data, len);
	const char *url, *again, *mask;
	struct error e;

	mask = proxy_mask(text, a);
	if (proxy_parse(text, NULL, a, &url, &e) == ERR_OK) {
		if (proxy_parse(url, NULL, a, &again, &e) != ERR_OK ||
		    strcmp(url, again) != 0)
			abort();
		if (strcmp(mask, proxy_mask(url, a)) != 0)
			abort();
		check_with_curl(url);
	} else if (strcmp(mask, "***") != 0) {
		abort();
	}
	arena_free(a);
	return 0;
}
