/* SPDX-License-Identifier: MIT */
/* test_proxy.c: the ways to write a proxy, and the pool of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <curl/curl.h>

#include "arena.h"
#include "attr.h"
#include "clock.h"
#include "proxy.h"
#include "settings.h"
#include "token.h"

struct fixture {
	struct arena	*a;
	char		 path[40];
	struct proxy_pool *pool;
};

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int fd;

	f->a = arena_new();
	strcpy(f->path, "/tmp/test_proxy.XXXXXX");
	fd = mkstemp(f->path);
	assert_true(fd >= 0);
	close(fd);
	f->pool = proxy_pool_new(f->path);
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	unlink(f->path);
	proxy_pool_free(f->pool);
	arena_free(f->a);
	free(f);
	return 0;
}

struct good {
	const char	*text;
	const char	*url;
	const char	*masked;	/* NULL: the same as url */
};

static const struct good goods[] = {
	/* URLs */
	{ "http://proxy:8080", "http://proxy:8080", NULL },
	{ "https://proxy:443", "https://proxy:443", NULL },
	{ "socks5://10.0.0.1:1080", "socks5://10.0.0.1:1080", NULL },
	{ "socks5h://p.example:1", "socks5h://p.example:1", NULL },
	{ "HTTP://Proxy.Example:8080/", "http://proxy.example:8080", NULL },
	{ "http://u:p@proxy:65535", "http://u:p@proxy:65535", "http://***@proxy:65535" },
	{ "socks5://u@proxy:1080", "socks5://u@proxy:1080", "socks5://***@proxy:1080" },
	{ "socks5h://u:@proxy:1080/", "socks5h://u:@proxy:1080", "socks5h://***@proxy:1080" },
	{ "u:p@proxy:80", "http://u:p@proxy:80", "http://***@proxy:80" },
	/* odd characters: encoded stays, literal gets it */
	{ "http://u:p%40ss@proxy:80", "http://u:p%40ss@proxy:80", "http://***@proxy:80" },
	{ "http://u:p@ss@proxy:80", "http://u:p%40ss@proxy:80", "http://***@proxy:80" },
	{ "http://u:a:b@proxy:80", "http://u:a%3Ab@proxy:80", "http://***@proxy:80" },
	{ "http://u:100%@proxy:80", "http://u:100%25@proxy:80", "http://***@proxy:80" },
	{ "http://u:a/b?c#d@proxy:80", "http://u:a%2Fb%3Fc%23d@proxy:80", "http://***@proxy:80" },
	{ "http://caf\xc3\xa9:p@proxy:80", "http://caf%C3%A9:p@proxy:80", "http://***@proxy:80" },
	{ "http://%61:%7E@proxy:80", "http://a:~@proxy:80", "http://***@proxy:80" },
	/* host first */
	{ "proxy:3128", "http://proxy:3128", NULL },
	{ "  proxy:3128\r\n", "http://proxy:3128", NULL },
	{ "1.2.3.4:08080", "http://1.2.3.4:8080", NULL },
	{ "proxy:3128:u:p", "http://u:p@proxy:3128", "http://***@proxy:3128" },
	{ "proxy:3128:u:p%40", "http://u:p%2540@proxy:3128", "http://***@proxy:3128" },
	{ "proxy:3128:u:p@ss", "http://u:p%40ss@proxy:3128", "http://***@proxy:3128" },
	{ "proxy:3128:u:a:b", "http://u:a%3Ab@proxy:3128", "http://***@proxy:3128" },
	{ "proxy:3128:u:/", "http://u:%2F@proxy:3128", "http://***@proxy:3128" },
	{ "proxy:3128:u:x://y", "http://u:x%3A%2F%2Fy@proxy:3128", "http://***@proxy:3128" },
	{ "socks5://proxy:1080:u:p", "socks5://u:p@proxy:1080", "socks5://***@proxy:1080" },
	{ "https://proxy:1080:u:p", "https://u:p@proxy:1080", "https://***@proxy:1080" },
	{ "st5 proxy:1080:u:p", "socks5://u:p@proxy:1080", "socks5://***@proxy:1080" },
	{ "ST5 \t 1.2.3.4:1080:u:p q", "socks5://u:p%20q@1.2.3.4:1080", "socks5://***@1.2.3.4:1080" },
	{ "st5 proxy:1080", "socks5://proxy:1080", NULL },
	/* IPv6 */
	{ "http://[2001:DB8::1]:8080", "http://[2001:db8::1]:8080", NULL },
	{ "3proxy:80", "http://3proxy:80", NULL },
	{ "a_b.c-d.1e:80", "http://a_b.c-d.1e:80", NULL },
	{ "http://[2001:db8:0:0::01]:80", "http://[2001:db8::1]:80", NULL },
	{ "[::1]:8080", "http://[::1]:8080", NULL },
	{ "[::1]:8080:u:p", "http://u:p@[::1]:8080", "http://***@[::1]:8080" },
	{ "socks5://u:p@[::ffff:1.2.3.4]:1", "socks5://u:p@[::ffff:1.2.3.4]:1", "socks5://***@[::ffff:1.2.3.4]:1" },
	{ "st5 [::1]:9:u:p", "socks5://u:p@[::1]:9", "socks5://***@[::1]:9" },
};

static const char *
parsed(struct fixture *f, const char *text)
{
	const char *url;
	struct error e;

	return proxy_parse(text, "proxy_url", f->a, &url, &e) == ERR_OK ? url :
	    NULL;
}

static void
every_form_becomes_a_url(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(goods); i++) {
		const struct good *g = &goods[i];
		const char *url = parsed(f, g->text), *again;

		if (url == NULL || strcmp(url, g->url) != 0)
			fail_msg("\"%s\" is \"%s\"", g->text,
			    url != NULL ? url : "refused");
		again = parsed(f, url);
		assert_non_null(again);
		assert_string_equal(url, again);
		assert_string_equal(g->masked != NULL ? g->masked : g->url,
		    proxy_mask(g->text, f->a));
	}
}

static void
assert_curl_part(CURLU *u, CURLUPart part, const char *want)
{
	char *got = NULL;

	if (want == NULL) {
		assert_int_not_equal(CURLUE_OK, curl_url_get(u, part, &got, CURLU_URLDECODE));
		return;
	}
	assert_int_equal(CURLUE_OK, curl_url_get(u, part, &got, CURLU_URLDECODE));
	assert_string_equal(want, got);
	curl_free(got);
}

static void
libcurl_reads_what_was_meant(void **state)
{
	struct fixture *f = *state;
	const char *url = parsed(f, "socks5://[::1]:1080:u@%/:p:@ %41#?");
	CURLU *u = curl_url();

	assert_non_null(url);
	assert_int_equal(CURLUE_OK, curl_url_set(u, CURLUPART_URL, url,
	    CURLU_NON_SUPPORT_SCHEME));
	assert_curl_part(u, CURLUPART_SCHEME, "socks5");
	assert_curl_part(u, CURLUPART_HOST, "[::1]");
	assert_curl_part(u, CURLUPART_PORT, "1080");
	assert_curl_part(u, CURLUPART_USER, "u@%/");
	assert_curl_part(u, CURLUPART_PASSWORD, "p:@ %41#?");
	curl_url_cleanup(u);
}

static const char *const bads[] = {
	"", " ", "proxy", "http://", "http://proxy", "http://proxy/",
	"proxy:", "proxy:0", "proxy:65536", "proxy:123456", "proxy:-1",
	"proxy:+80", "proxy:80a", "proxy:0x50", "proxy: 80", ":80", "@:80",
	"http://@proxy:80", "http://:p@proxy:80", "proxy:80:u", "proxy:80:",
	"proxy:80::p", "ftp://proxy:21", "socks4://proxy:1080",
	"ftp://u:p@proxy:21", "http://http://proxy:80", "st5", "st5 ", "st5proxy",
	"st5 u:p@proxy:80", "http://proxy:80/path", "http://proxy:80?q",
	"::1:80", "[::1]", "[::1]80", "[::g]:80", "[]:80", "[::1:80",
	"[fe80::1%25eth0]:80", "pro xy:80", "pro/xy:80", "-x:80", "x-:80", "x.:80", "1.2.3:80",
	"1.2.3.04:80", "1.2.3.256:80", "16909060:80", "0x01020304:80", "1.0x2:80", "caf\xc3\xa9:80",
	"proxy:80:u\tx:p", "proxy:80:u:p\nq", "http://u:%0a@proxy:80",
	"http://u:%00@proxy:80", "http://%00:p@proxy:80", "http://u:p@proxy:80\1",
};

static void
anything_else_is_refused_without_a_quote(void **state)
{
	struct fixture *f = *state;
	char *longest = arena_alloc(f->a, 3000);

	for (size_t i = 0; i < NELEM(bads); i++) {
		const char *url = parsed(f, bads[i]);

		if (url != NULL)
			fail_msg("\"%s\" is \"%s\"", bads[i], url);
		assert_string_equal("***", proxy_mask(bads[i], f->a));
	}
	assert_null(parsed(f, NULL));
	memset(longest, 'a', 2999);
	memcpy(longest, "proxy:80:u:", 11);
	assert_null(parsed(f, longest));
	longest[11 + 256] = '\0';
	assert_null(parsed(f, longest));
	longest[11 + 255] = '\0';
	assert_non_null(parsed(f, longest));
}

static void
an_error_names_the_field_and_no_password(void **state)
{
	struct fixture *f = *state;
	const char *url;
	struct error e;

	assert_int_equal(ERR_INVALID_VALUE, proxy_parse("proxy:80:geheim",
	    "proxy_url", f->a, &url, &e));
	assert_string_equal("proxy_url", e.param);
	assert_null(strstr(e.text, "geheim"));
}

/* ---- the pool ---- */

/* With a size of its own each time, so that the change can be seen at once. */
static void
write_pool(struct fixture *f, const char *text)
{
	FILE *file = fopen(f->path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void
assert_next(struct fixture *f, const char *want)
{
	const char *url = proxy_pool_next(f->pool, f->a);

	if (want == NULL) {
		assert_null(url);
		return;
	}
	assert_non_null(url);
	assert_string_equal(want, url);
}

static void
proxies_take_turns(void **state)
{
	struct fixture *f = *state;

	write_pool(f, "# ours\n\n a:1 \r\nnonsense\n#b:2\n  # c:3\n"
	    "st5 d:4:u:p\n\nsocks5h://e:5");
	assert_int_equal(3, proxy_pool_count(f->pool));
	for (int i = 0; i < 2; i++) {
		assert_next(f, "http://a:1");
		assert_next(f, "socks5://u:p@d:4");
		assert_next(f, "socks5h://e:5");
	}
	assert_next(f, "http://a:1");
	proxy_pool_rewind(f->pool);
	assert_next(f, "http://a:1");
}

static void
an_empty_or_missing_file_is_an_empty_pool(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(0, proxy_pool_count(f->pool));
	assert_next(f, NULL);
	unlink(f->path);
	proxy_pool_rewind(f->pool);
	assert_int_equal(0, proxy_pool_count(f->pool));
	write_pool(f, "a:1\n");
	proxy_pool_rewind(f->pool);
	assert_int_equal(1, proxy_pool_count(f->pool));
	unlink(f->path);
	proxy_pool_rewind(f->pool);
	assert_next(f, NULL);
	proxy_pool_free(NULL);
}

static void
a_change_is_seen_within_seconds(void **state)
{
	struct fixture *f = *state;
	int64_t end = clock_mono_ms() + 20000;

	write_pool(f, "a:1\nb:2\n");
	assert_next(f, "http://a:1");
	write_pool(f, "c:3\nd:4\ne:5\n");
	/* at most one look a second: this one comes too soon */
	assert_int_equal(2, proxy_pool_count(f->pool));
	while (proxy_pool_count(f->pool) != 3 && clock_mono_ms() < end)
		usleep(20000);
	assert_next(f, "http://d:4");	/* the turn goes on */
	assert_next(f, "http://e:5");
	assert_next(f, "http://c:3");
}

/* ---- choosing ---- */

static const char *
choose(struct fixture *f, const struct settings *s, const char *own)
{
	struct token t = { .proxy_url = own };

	return proxy_choose(s, &t, f->pool, f->a);
}

static void
the_nearest_proxy_is_chosen(void **state)
{
	struct fixture *f = *state;
	struct settings s = { .proxy_url = "common:1" };

	write_pool(f, "pool:1\n");
	assert_null(choose(f, &s, NULL));
	assert_string_equal("http://own:1", choose(f, &s, "own:1"));
	s.proxy_pool_enabled = true;
	assert_null(choose(f, &s, NULL));	/* the switch is for both */
	s.proxy_enabled = true;
	assert_string_equal("http://own:1", choose(f, &s, "own:1"));
	assert_string_equal("http://pool:1", choose(f, &s, NULL));
	assert_string_equal("http://pool:1", choose(f, &s, ""));
	assert_string_equal("http://pool:1",
	    proxy_choose(&s, NULL, f->pool, f->a));
	assert_string_equal("http://common:1", proxy_choose(&s, NULL, NULL, f->a));
	s.proxy_pool_enabled = false;
	assert_string_equal("http://common:1", choose(f, &s, NULL));
	s.proxy_pool_enabled = true;
	write_pool(f, "");
	proxy_pool_rewind(f->pool);
	assert_string_equal("http://common:1", choose(f, &s, NULL));
	s.proxy_url = NULL;
	assert_null(choose(f, &s, NULL));
	/* rather a request that fails than one without its proxy */
	assert_string_equal("nonsense", choose(f, &s, "nonsense"));
}

int
main(void)
{
#define T(f)	cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(every_form_becomes_a_url),
		T(libcurl_reads_what_was_meant),
		T(anything_else_is_refused_without_a_quote),
		T(an_error_names_the_field_and_no_password),
		T(proxies_take_turns),
		T(an_empty_or_missing_file_is_an_empty_pool),
		T(a_change_is_seen_within_seconds),
		T(the_nearest_proxy_is_chosen),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
