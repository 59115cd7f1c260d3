/* SPDX-License-Identifier: MIT */
/* test_fetch.c: clients' URLs, harmless and not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client.h"
#include "clock.h"
#include "fetch.h"
#include "tcp_server.h"

#define BUDGET	1000000

struct fixture {
	struct tcp_server *server;
	char		 dir[32];
	char		 proxy[64];
	int64_t		 budget;
	struct fetch_limits limits;
	struct file	 file;
	struct error	 e;
};

/*
 * The resolver, for names of ours; they change their mind after the first
 * answer, and one of them answers nothing while the test holds `slow`.
 */
static const struct {
	const char	*name;
	const char	*addresses[4];
	const char	*later;
} names[] = {
	{ "public.test", { "8.8.8.8", "9.9.9.9" }, "8.8.8.8" },
	{ "rebind.test", { "8.8.8.8" }, "127.0.0.1" },
	{ "mixed.test", { "8.8.8.8", "9.9.9.9", "10.0.0.1" }, "10.0.0.1" },
	{ "mixed6.test", { "8.8.8.8", "::1" }, "::1" },
	{ "inner.test", { "192.168.1.1" }, "192.168.1.1" },
	{ "slow.test", { "8.8.8.8" }, "8.8.8.8" },
	{ "half.test", { "127.0.0.2", "127.0.0.1" }, "127.0.0.1" },
};

static atomic_int asked[NELEM(names)];
static pthread_mutex_t slow = PTHREAD_MUTEX_INITIALIZER;

typedef int getaddrinfo_fn(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static int
real_getaddrinfo(const char *host, const char *port,
    const struct addrinfo *hints, struct addrinfo **out)
{
	void *symbol = dlsym(RTLD_NEXT, "getaddrinfo");
	getaddrinfo_fn *function;

	memcpy(&function, &symbol, sizeof(function));
	return function(host, port, hints, out);
}

static int
answer_name(size_t i, const char *port, const struct addrinfo *hints,
    struct addrinfo **out)
{
	int rc;

	if (strcmp(names[i].name, "slow.test") == 0) {
		pthread_mutex_lock(&slow);
		pthread_mutex_unlock(&slow);
	}
	if (asked[i]++ > 0)
		return real_getaddrinfo(names[i].later, port, hints, out);
	for (size_t k = 0; names[i].addresses[k] != NULL; k++) {
		if ((rc = real_getaddrinfo(names[i].addresses[k], port, hints,
		    out)) != 0)
			return rc;
		out = &(*out)->ai_next;
	}
	return 0;
}

int
getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
    struct addrinfo **out)
{
	for (size_t i = 0; i < NELEM(names); i++)
		if ((hints->ai_flags & AI_NUMERICHOST) == 0 &&
		    strcmp(host, names[i].name) == 0)
			return answer_name(i, port, hints, out);
	return real_getaddrinfo(host, port, hints, out);
}

static int
set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	for (size_t i = 0; i < NELEM(asked); i++)
		asked[i] = 0;
	f->server = tcp_server_start();
	strcpy(f->dir, "/tmp/test_fetch.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	*state = f;
	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *f = *state;

	tcp_server_stop(f->server);
	assert_int_equal(0, rmdir(f->dir));	/* so nothing was left in it */
	free(f);
	return 0;
}

/* "$" in a URL stands for the server's host and port. */
static void
expand(struct fixture *f, const char *pattern, char out[512])
{
	size_t n = 0;

	for (; *pattern != '\0'; pattern++) {
		int len = *pattern != '$' ?
		    snprintf(out + n, 512 - n, "%c", *pattern) :
		    snprintf(out + n, 512 - n, "127.0.0.1:%d",
			f->server->port);

		n += (size_t)len;
		assert_true(n < 512);
	}
	out[n] = '\0';
}

static enum err
fetch(struct fixture *f, const char *pattern, bool allow_private)
{
	char url[512];

	expand(f, pattern, url);
	f->budget = BUDGET;
	f->limits.allow_private = allow_private;
	f->limits.deadline_ms = clock_mono_ms() + 20000;
	f->limits.budget = &f->budget;
	return fetch_url(url, "input_reference", &f->limits, f->dir, &f->file,
	    &f->e);
}

static void
expect_refusal(struct fixture *f, const char *url, bool allow_private,
    const char *reason)
{
	char text[300];
	enum err rc = fetch(f, url, allow_private);

	snprintf(text, sizeof(text), "The URL in 'input_reference' could not"
	    " be fetched: %s", reason);
	if (rc != ERR_INVALID_IMAGE_URL || strcmp(f->e.text, text) != 0)
		fail_msg("%s: %d, %s", url, rc, rc == ERR_OK ? "" : f->e.text);
	assert_string_equal("input_reference", f->e.param);
	assert_int_equal(-1, f->file.fd);
}

static void
expect_file(struct fixture *f, const char *url, bool allow_private,
    int64_t len)
{
	struct stat st;

	if (fetch(f, url, allow_private) != ERR_OK)
		fail_msg("%s: %s", url, f->e.text);
	assert_int_equal(len, f->file.len);
	assert_int_equal(0, fstat(f->file.fd, &st));
	assert_int_equal(len, st.st_size);
	file_abort(&f->file);
}

static void
a_good_url_becomes_a_file(void **state)
{
	static const struct {
		const char	*url;
		int64_t		 len;
		int64_t		 cost;
	} rows[] = {
		{ "http://$/ok", 5, 5 },
		{ "HTTP://$/ok?a=b#c", 5, 5 },
		{ "http://$/bytes/0", 0, 0 },
		{ "http://$/bytes/1000000", BUDGET, BUDGET },
		{ "http://$/to//ok", 5, 9 },
		{ "http://$/to/http://$/ok", 5, 9 },
		{ "http://$/to/HTTP://$/bytes/7", 7, 11 },
		{ "http://$/hops/5", 5, 25 },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(rows); i++) {
		expect_file(f, rows[i].url, true, rows[i].len);
		assert_int_equal(BUDGET - rows[i].cost, f->budget);
	}
}

static void
a_bad_answer_is_told(void **state)
{
	static const struct {
		const char	*url;
		const char	*reason;
	} rows[] = {
		{ "http://$/nothing", "HTTP status 404" },
		{ "http://$/status/204", "HTTP status 204" },
		{ "http://$/status/206", "HTTP status 206" },
		{ "http://$/status/302", "HTTP status 302" },
		{ "http://$/status/304", "HTTP status 304" },
		{ "http://$/hops/6", "more than 5 redirects" },
		{ "http://$/bytes/1000001", "more than 1000000 bytes" },
		{ "http://$/huge", "more than 1000000 bytes" },
		{ "http://$/length", "more than 1000000 bytes" },
		{ "http://$/to/http://$/huge", "more than 999996 bytes" },
		{ "http://$/headers", "more than 1000000 bytes" },
		{ "http://$/long-headers/90000", "more than 1000000 bytes" },
		{ "http://$/long-headers/1000000", "more than 1000000 bytes" },
		{ "http://$/close", "its server broke off" },
		{ "http://$/cut", "its server broke off" },
		{ "https://$/ok", "its server cannot be reached" },
		{ "http://127.0.0.1:1/", "its server cannot be reached" },
		{ "http://host.invalid/", "its host was not found" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(rows); i++)
		expect_refusal(f, rows[i].url, true, rows[i].reason);
}

static void
other_urls_are_refused(void **state)
{
	static const struct {
		const char	*url;
		const char	*reason;
	} rows[] = {
		{ "file:///etc/passwd", "only http and https are supported" },
		{ "ftp://$/ok", "only http and https are supported" },
		{ "gopher://$/ok", "only http and https are supported" },
		{ "dict://$/ok", "only http and https are supported" },
		{ "unknown://$/ok", "only http and https are supported" },
		{ "http://$/to/file:///etc/passwd",
		    "only http and https are supported" },
		{ "http://$/to/ftp://$/ok",
		    "only http and https are supported" },
		{ "http://$/to/data:,x", "only http and https are supported" },
		{ "http://user@$/ok", "it has a user name or password" },
		{ "http://user:password@$/ok",
		    "it has a user name or password" },
		{ "http://$/to/http://a:b@$/ok",
		    "it has a user name or password" },
		{ "http://", "it is not a valid URL" },
		{ "", "it is not a valid URL" },
		{ "/ok", "it is not a valid URL" },
		{ "http://a b/", "it is not a valid URL" },
		{ "http://$:99999/", "it is not a valid URL" },
		{ "http://[::1/", "it is not a valid URL" },
		{ "http://\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1/ok",
		    "its host must be in ASCII (xn--...)" },
		{ "http://%C3%A9.invalid/",
		    "its host must be in ASCII (xn--...)" },
		{ "http://$/to/http://%C3%A9.invalid/",
		    "its host must be in ASCII (xn--...)" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(rows); i++)
		expect_refusal(f, rows[i].url, true, rows[i].reason);
	assert_int_equal(0, tcp_server_count(f->server, "GET /ok"));
}

/* ---- addresses that are not public, however they are written ---- */

static void
private_addresses_are_refused(void **state)
{
	static const char *const urls[] = {
		"http://$/ok",
		"http://localhost/",
		"http://127.1/",
		"http://0x7f.1/",
		"http://0x7f000001/",
		"http://2130706433/",
		"http://0177.0.0.1/",
		"http://%31%32%37.0.0.1/",
		"http://0/",
		"http://[::1]/",
		"http://[::]/",
		"http://[::ffff:127.0.0.1]/",
		"http://[::ffff:7f00:1]/",
		"http://[64:ff9b::7f00:1]/",
		"http://[fe80::1%25lo]/",
		"http://169.254.169.254/latest/meta-data/",
		"http://10.0.0.1/",
		"http://192.168.0.1:8080/",
		"http://inner.test/",
		"http://mixed.test/",		/* one bad address is enough */
		"http://mixed6.test/",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(urls); i++)
		expect_refusal(f, urls[i], false, "its address is not public");
	assert_int_equal(0, f->server->connections);
}

static void
use_proxy(struct fixture *f, const char *scheme)
{
	snprintf(f->proxy, sizeof(f->proxy), "%s://127.0.0.1:%d", scheme,
	    f->server->port);
	f->limits.proxy = f->proxy;
	tcp_server_forget(f->server);
}

/* A proxy stands in for the Internet: nothing else here has a public address. */
static void
a_redirect_to_a_private_address_is_refused(void **state)
{
	static const char *const urls[] = {
		"http://8.8.8.8/to/http://169.254.169.254/",
		"http://8.8.8.8/to/http://$/ok",
		"http://8.8.8.8/to/http://localhost/ok",
		"http://8.8.8.8/to/http://9.9.9.9/to/http://10.0.0.1/ok",
		"http://8.8.8.8/to///127.1/ok",
		"http://8.8.8.8/to/https://[::1]/ok",
		"http://public.test/to/http://mixed.test/ok",
		"http://rebind.test/to//ok",	/* each hop is resolved anew */
	};
	struct fixture *f = *state;

	use_proxy(f, "http");
	for (size_t i = 0; i < NELEM(urls); i++)
		expect_refusal(f, urls[i], false, "its address is not public");
	assert_int_equal(0, tcp_server_count(f->server, "GET /ok"));
}

static void
a_proxy_is_told_the_checked_address(void **state)
{
	static const struct {
		const char	*scheme;
		const char	*url;
		const char	*seen;
	} rows[] = {
		{ "http", "http://8.8.8.8/ok", "CONNECT 8.8.8.8:80" },
		{ "http", "http://134744072:81/ok", "CONNECT 8.8.8.8:81" },
		{ "socks5", "http://8.8.8.8/ok", "SOCKS 8.8.8.8:80" },
		{ "socks5h", "http://8.8.8.8/ok", "SOCKS 8.8.8.8:80" },
		{ "http", "http://rebind.test/ok", "CONNECT 8.8.8.8:80" },
		{ "socks5h", "http://public.test/ok", "SOCKS 8.8.8.8:80" },
		{ "http", "http://[2001:4860:4860::8888]/ok",
		    "CONNECT [2001:4860:4860::8888]:80" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(rows); i++) {
		use_proxy(f, rows[i].scheme);
		expect_file(f, rows[i].url, false, 5);
		if (tcp_server_count(f->server, rows[i].seen) != 1)
			fail_msg("no %s", rows[i].seen);
		assert_int_equal(1, tcp_server_count(f->server, "GET /ok"));
	}
}

/* The server listens on 127.0.0.1 only, so the first address refuses. */
static void
the_next_address_is_tried(void **state)
{
	struct fixture *f = *state;
	char url[64];

	snprintf(url, sizeof(url), "http://half.test:%d/ok", f->server->port);
	expect_file(f, url, true, 5);
}

static void
a_name_is_looked_up_once(void **state)
{
	struct fixture *f = *state;
	char url[64];

	snprintf(url, sizeof(url), "http://half.test:%d/ok", f->server->port);
	expect_file(f, url, true, 5);
	for (size_t i = 0; i < NELEM(names); i++)
		assert_int_equal(strcmp(names[i].name, "half.test") == 0,
		    asked[i]);
}

static void
a_lookup_that_hangs_is_left_at_the_deadline(void **state)
{
	struct fixture *f = *state;
	int64_t start = clock_mono_ms();

	f->budget = BUDGET;
	f->limits = (struct fetch_limits){ .deadline_ms = start + 300,
	    .budget = &f->budget };
	pthread_mutex_lock(&slow);
	assert_int_equal(ERR_INVALID_IMAGE_URL, fetch_url("http://slow.test/",
	    NULL, &f->limits, f->dir, &f->file, &f->e));
	pthread_mutex_unlock(&slow);
	assert_string_equal("The URL could not be fetched: timed out",
	    f->e.text);
	assert_true(clock_mono_ms() - start < 10000);
	/* the thread that is left lets go of what it has */
	use_proxy(f, "http");
	expect_file(f, "http://slow.test/ok", false, 5);
}

static void
a_proxy_is_not_told_names(void **state)
{
	struct fixture *f = *state;

	use_proxy(f, "socks5h");
	expect_file(f, "http://localhost/ok", true, 5);
	assert_int_equal(0, tcp_server_count(f->server, "SOCKS localhost"));
	assert_int_equal(1, tcp_server_count(f->server, "SOCKS "));
	use_proxy(f, "http");
	expect_file(f, "http://localhost/ok", true, 5);
	assert_int_equal(0, tcp_server_count(f->server, "CONNECT localhost"));
	assert_int_equal(1, tcp_server_count(f->server, "CONNECT "));
}

/* ---- limits ---- */

static void
the_deadline_covers_all(void **state)
{
	static const char *const urls[] = { "http://$/slow",
	    "http://$/trickle", "http://$/to/http://$/slow" };
	struct fixture *f = *state;
	char url[512];

	for (size_t i = 0; i < NELEM(urls); i++) {
		int64_t start = clock_mono_ms();

		expand(f, urls[i], url);
		f->budget = BUDGET;
		f->limits = (struct fetch_limits){ .allow_private = true,
		    .deadline_ms = start + 300, .budget = &f->budget };
		assert_int_equal(ERR_INVALID_IMAGE_URL, fetch_url(url, NULL,
		    &f->limits, f->dir, &f->file, &f->e));
		assert_string_equal(
		    "The URL could not be fetched: timed out", f->e.text);
		assert_true(clock_mono_ms() - start >= 290);
		assert_true(clock_mono_ms() - start < 10000);
	}
	/* one that is past leaves nobody asked */
	tcp_server_forget(f->server);
	expand(f, "http://$/ok", url);
	assert_int_equal(ERR_INVALID_IMAGE_URL, fetch_url(url, NULL,
	    &f->limits, f->dir, &f->file, &f->e));
	assert_int_equal(0, tcp_server_count(f->server, "GET"));
}

static void
the_budget_is_that_of_all_urls(void **state)
{
	struct fixture *f = *state;
	char url[512];

	expand(f, "http://$/bytes/600", url);
	f->budget = 1300;
	f->limits = (struct fetch_limits){ .allow_private = true,
	    .deadline_ms = clock_mono_ms() + 20000, .budget = &f->budget };
	for (int i = 0; i < 2; i++) {
		assert_int_equal(ERR_OK, fetch_url(url, "image", &f->limits,
		    f->dir, &f->file, &f->e));
		file_abort(&f->file);
	}
	assert_int_equal(100, f->budget);
	assert_int_equal(ERR_INVALID_IMAGE_URL, fetch_url(url, "image",
	    &f->limits, f->dir, &f->file, &f->e));
	assert_string_equal("The URL in 'image' could not be fetched:"
	    " more than 100 bytes", f->e.text);
	f->budget = 0;
	assert_int_equal(ERR_INVALID_IMAGE_URL, fetch_url(url, "image",
	    &f->limits, f->dir, &f->file, &f->e));
	assert_int_equal(0, f->budget);
}

static void
a_coded_picture_is_undone_and_measured_then(void **state)
{
	struct fixture *f = *state;
	char url[512];

	f->limits = (struct fetch_limits){ .allow_private = true,
	    .deadline_ms = clock_mono_ms() + 20000, .budget = &f->budget };
	for (int i = 0; i < 2; i++) {
		f->budget = 1000;
		expand(f, i == 0 ? "http://$/coded/gzip"
		    : "http://$/coded/utf-8", url);
		assert_int_equal(ERR_OK, fetch_url(url, "image", &f->limits,
		    f->dir, &f->file, &f->e));
		assert_int_equal(5, f->file.len);
		assert_int_equal(995, f->budget);
		file_abort(&f->file);
	}
	expand(f, "http://$/coded/packed", url);
	assert_int_equal(ERR_INVALID_IMAGE_URL, fetch_url(url, "image",
	    &f->limits, f->dir, &f->file, &f->e));
	assert_string_equal("The URL in 'image' could not be fetched:"
	    " more than 995 bytes", f->e.text);
}

static void
our_disk_is_not_the_clients_fault(void **state)
{
	struct fixture *f = *state;
	char url[512];

	expand(f, "http://$/ok", url);
	f->budget = BUDGET;
	f->limits = (struct fetch_limits){ .allow_private = true,
	    .deadline_ms = clock_mono_ms() + 20000, .budget = &f->budget };
	assert_int_equal(ERR_UNAVAILABLE, fetch_url(url, "image", &f->limits,
	    "/nonexistent", &f->file, &f->e));
	assert_int_equal(-1, f->file.fd);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_good_url_becomes_a_file),
		TEST(a_bad_answer_is_told),
		TEST(other_urls_are_refused),
		TEST(private_addresses_are_refused),
		TEST(a_redirect_to_a_private_address_is_refused),
		TEST(a_proxy_is_told_the_checked_address),
		TEST(the_next_address_is_tried),
		TEST(a_name_is_looked_up_once),
		TEST(a_lookup_that_hangs_is_left_at_the_deadline),
		TEST(a_proxy_is_not_told_names),
		TEST(the_deadline_covers_all),
		TEST(the_budget_is_that_of_all_urls),
		TEST(a_coded_picture_is_undone_and_measured_then),
		TEST(our_disk_is_not_the_clients_fault),
	};

	client_global_init();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
