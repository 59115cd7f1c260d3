/* SPDX-License-Identifier: MIT */
/* test_notify.c: what the service manager is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "attr.h"
#include "notify.h"

/* A socket of that name, as the manager's; "@" in front: an abstract one. */
static int
manager(const char *name)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	memcpy(sun.sun_path, name, strlen(name));
	if (*name == '@')
		sun.sun_path[0] = '\0';
	assert_true(fd >= 0);
	assert_int_equal(0, bind(fd, (struct sockaddr *)&sun,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	    strlen(name))));
	assert_int_equal(0, setenv("NOTIFY_SOCKET", name, 1));
	return fd;
}

/* What the manager got; "" for nothing. */
static const char *
heard(int fd)
{
	static char text[64];
	ssize_t n = recv(fd, text, sizeof(text) - 1, 0);

	text[n < 0 ? 0 : n] = '\0';
	return text;
}

static void
the_manager_hears_the_state(void **state UNUSED)
{
	char folder[] = "/tmp/test_notify.XXXXXX", name[64];
	int fd;

	assert_non_null(mkdtemp(folder));
	snprintf(name, sizeof(name), "%s/notify", folder);
	fd = manager(name);
	notify_manager("READY=1");
	assert_string_equal("READY=1", heard(fd));
	notify_manager("STOPPING=1");
	assert_string_equal("STOPPING=1", heard(fd));
	assert_string_equal("", heard(fd));
	close(fd);
	unlink(name);
	rmdir(folder);
}

static void
its_socket_may_be_abstract(void **state UNUSED)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "@test_notify.%ld", (long)getpid());
	fd = manager(name);
	notify_manager("READY=1");
	assert_string_equal("READY=1", heard(fd));
	close(fd);
}

/* Each of these returns at once; a socket of a name cut short hears nothing. */
static void
what_is_no_socket_is_passed_over(void **state UNUSED)
{
	char name[64], longer[200];
	int fd;

	snprintf(name, sizeof(name), "@test_notify.%ld", (long)getpid());
	fd = manager(name);
	memset(longer, 'x', sizeof(longer));
	memcpy(longer, name, strlen(name));
	longer[sizeof(longer) - 1] = '\0';
	setenv("NOTIFY_SOCKET", longer, 1);
	notify_manager("READY=1");
	setenv("NOTIFY_SOCKET", name + 1, 1);
	notify_manager("READY=1");
	setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1);
	notify_manager("READY=1");
	setenv("NOTIFY_SOCKET", "", 1);
	notify_manager("READY=1");
	unsetenv("NOTIFY_SOCKET");
	notify_manager("READY=1");
	assert_string_equal("", heard(fd));
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_manager_hears_the_state),
		cmocka_unit_test(its_socket_may_be_abstract),
		cmocka_unit_test(what_is_no_socket_is_passed_over),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
