/* SPDX-License-Identifier: MIT */
/* test_client_proxy.c: exchanges through a proxy. */
#include "client_play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char	*proxy;		/* the server's port is put behind it */
	const char	*url;
	bool		 refuse;
	enum transport	 transport;
	const char	*seen;		/* by the proxy */
} proxies[] = {
	{ "http://u:secret@127.0.0.1:", "http://host.invalid/ok", false,
	    TRANSPORT_OK, "GET /ok" },
	{ "socks5h://127.0.0.1:", "http://host.invalid:81/ok", false,
	    TRANSPORT_OK, "SOCKS host.invalid:81" },
	{ "socks5://127.0.0.1:", "http://192.0.2.7/ok", false,
	    TRANSPORT_OK, "SOCKS 192.0.2.7:80" },
	{ "http://u:secret@127.0.0.1:", "https://host.invalid/ok", true,
	    TRANSPORT_NOT_SENT, "CONNECT host.invalid:443" },
	{ "http://u:secret@127.0.0.1:", "https://host.invalid/ok", false,
	    TRANSPORT_NOT_SENT, "CONNECT host.invalid:443" },
	{ "http://u:secret@proxy.invalid:", "http://127.0.0.1/", false,
	    TRANSPORT_NOT_SENT, NULL },
	{ "bogus://u:secret@127.0.0.1:", "http://127.0.0.1/", false,
	    TRANSPORT_NOT_SENT, NULL },
	{ "http://u:secret@[127.0.0.1:", "http://127.0.0.1/", false,
	    TRANSPORT_NOT_SENT, NULL },
};

static void
the_proxy_of_the_request_is_used(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < 2 * NELEM(proxies); i++) {
		size_t k = i / 2;
		struct call_request rq = request_of(f, "GET", proxies[k].url);
		char proxy[80];
		struct call_response r;

		snprintf(proxy, sizeof(proxy), "%s%d", proxies[k].proxy,
		    f->server->port);
		rq.proxy = proxy;
		f->server->refuse_connect = proxies[k].refuse;
		tcp_server_forget(f->server);
		r = runs[i % 2](f, &rq);
		if (r.transport != proxies[k].transport)
			fail_msg("row %zu: transport %d, %s", k, r.transport,
			    r.reason);
		if (r.transport != TRANSPORT_OK)
			assert_null(strstr(r.reason, "secret"));
		if (proxies[k].refuse)
			assert_string_equal("the proxy answered 407", r.reason);
		if (proxies[k].seen != NULL)
			assert_int_equal(1, tcp_server_count(f->server,
			    proxies[k].seen));
	}
}

static void
the_environments_proxy_is_not_used(void **state)
{
	struct fixture *f = *state;
	struct call_request rq = request_of(f, "GET", "/ok");
	char proxy[48];

	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	for (size_t i = 0; i < NELEM(runs); i++)
		assert_int_equal(200, runs[i](f, &rq).status);
	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
	setenv("no_proxy", "*", 1);
	rq.url = "http://host.invalid/ok";
	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%d",
	    f->server->port);
	rq.proxy = proxy;
	for (size_t i = 0; i < NELEM(runs); i++)
		assert_int_equal(200, runs[i](f, &rq).status);
	unsetenv("no_proxy");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLIENT_PLAY(the_proxy_of_the_request_is_used),
		CLIENT_PLAY(the_environments_proxy_is_not_used),
	};

	client_global_init();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
