/* SPDX-License-Identifier: MIT */
/* test_listen.c: the socket that --listen opens, and who can reach it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "attr.h"
#include "http.h"

/* Port 0: whichever is free. */
static const struct {
	const char	*address;
	const char	*bound;		/* NULL: refused */
} cases[] = {
	{ ":0", "127.0.0.1" },
	{ "127.0.0.1:0", "127.0.0.1" },
	{ "127.0.0.2:0", "127.0.0.2" },
	{ "0.0.0.0:0", "0.0.0.0" },
	{ "0", NULL },
	{ "127.0.0.1", NULL },
	{ "127.0.0.1:", NULL },
	{ ":", NULL },
	{ "", NULL },
	{ "[]:0", NULL },
};

static void
only_a_host_that_is_named_opens_the_socket_to_others(void **state UNUSED)
{
	for (size_t i = 0; i < NELEM(cases); i++) {
		struct sockaddr_in sin = { 0 };
		socklen_t len = sizeof(sin);
		char text[INET_ADDRSTRLEN];
		struct error e;
		int fd = -1;
		enum err rc = server_listen(cases[i].address, &fd, &e);

		print_message("# %s\n", cases[i].address);
		assert_int_equal(cases[i].bound != NULL, rc == ERR_OK);
		if (rc != ERR_OK)
			continue;
		assert_int_equal(0, getsockname(fd, (struct sockaddr *)&sin,
		    &len));
		assert_int_equal(AF_INET, sin.sin_family);
		assert_string_equal(cases[i].bound, inet_ntop(AF_INET,
		    &sin.sin_addr, text, sizeof(text)));
		close(fd);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    only_a_host_that_is_named_opens_the_socket_to_others),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
