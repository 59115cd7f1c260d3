/* SPDX-License-Identifier: MIT */
/* test_client_names.c: a server's name may stand for any address. */
#include "client_play.h"

#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <strings.h>

#include "attr.h"
#include "error.h"
#include "upstream/openai/options.h"
#include "upstream/openai/server_ask.h"

/* The resolver, for names of ours. All of them pass for public ones as they are written. */
static const struct {
	const char	*name;
	const char	*addresses[2];
} names[] = {
	{ "loop.test", { "127.0.0.1" } },
	{ "loop.test.", { "127.0.0.1" } },
	{ "meta.test", { "169.254.169.254" } },
	{ "inner.test", { "10.1.2.3", "192.168.7.7" } },
	{ "both.test", { "::1", "127.0.0.1" } },
	{ "carrier.test", { "100.64.0.1" } },
	{ "zero.test", { "0.0.0.0" } },
	{ "zero6.test", { "::" } },
	{ "mapped.test", { "::ffff:127.0.0.1" } },
	{ "nat64.test", { "64:ff9b::7f00:1" } },
	{ "link.test", { "fe80::1" } },
	{ "local6.test", { "fd00::1" } },
};

static int
real_getaddrinfo(const char *host, const char *port,
    const struct addrinfo *hints, struct addrinfo **out)
{
	typedef int fn(const char *, const char *, const struct addrinfo *,
	    struct addrinfo **);
	void *symbol = dlsym(RTLD_NEXT, "getaddrinfo");
	fn *function;

	memcpy(&function, &symbol, sizeof(function));
	return function(host, port, hints, out);
}

/* libcurl asks it, too. */
int
getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
    struct addrinfo **out)
{
	struct addrinfo **end = out;
	size_t i = 0;
	int rc = 0;

	while (i < NELEM(names) && strcasecmp(host, names[i].name) != 0)
		i++;
	if (i == NELEM(names))
		return real_getaddrinfo(host, port, hints, out);
	*out = NULL;
	for (size_t k = 0; k < 2 && names[i].addresses[k] != NULL && rc == 0;
	    k++) {
		struct addrinfo any = *hints;

		any.ai_family = AF_UNSPEC;
		if ((rc = real_getaddrinfo(names[i].addresses[k], port, &any,
		    end)) == 0)
			end = &(*end)->ai_next;
	}
	return rc;
}

static struct openai_options
server_at(struct fixture *f, const char *scheme, const char *name,
    const char *options)
{
	struct openai_options b;
	struct error e = { 0 };

	if (openai_options_read(arena_printf(f->arena, "%s://%s:%d/v1",
	    scheme, name,
	    f->server->port), options, NULL, f->arena, &b, &e) != ERR_OK)
		fail_msg("%s: %s", name, e.text);
	return b;
}

static void
a_name_of_a_private_address_is_not_connected_to(void **state)
{
	struct fixture *f = *state;
	struct call_request rq;

	for (size_t k = 0; k < NELEM(names); k++) {
		struct openai_options b = server_at(f, "https",
		    names[k].name, NULL);

		server_build(ASK_MODELS, &b, "sk-1", f->arena, &rq);
		for (size_t i = 0; i < NELEM(runs); i++) {
			struct call_response r = runs[i](f, &rq);

			if (r.transport != TRANSPORT_NOT_SENT || !r.refused)
				fail_msg("%s: %s", names[k].name, r.reason);
		}
	}
	assert_int_equal(0, f->server->connections);
}

/* So the test above would have seen a connection. */
static void
unless_that_is_allowed(void **state)
{
	struct fixture *f = *state;
	struct openai_options b = server_at(f, "http", "loop.test",
	    "{\"allow_private\":true}");
	struct call_request rq;

	server_build(ASK_MODELS, &b, "sk-1", f->arena, &rq);
	for (size_t i = 0; i < NELEM(runs); i++)
		assert_int_equal(TRANSPORT_OK, runs[i](f, &rq).transport);
	assert_int_equal(NELEM(runs), f->server->connections);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLIENT_PLAY(a_name_of_a_private_address_is_not_connected_to),
		CLIENT_PLAY(unless_that_is_allowed),
	};

	client_global_init();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
