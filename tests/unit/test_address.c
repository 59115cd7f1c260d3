/* SPDX-License-Identifier: MIT */
/* test_address.c: which addresses fetch_url lets pass. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#include "address.h"
#include "fetch.h"

struct row {
	const char	*address;
	bool		 global;
};

/* Of each block: its first and last address, and its neighbours outside. */
static const struct row rows[] = {
	{ "0.0.0.0", false },		{ "0.255.255.255", false },
	{ "1.0.0.0", true },		{ "9.255.255.255", true },
	{ "10.0.0.0", false },		{ "10.255.255.255", false },
	{ "11.0.0.0", true },		{ "100.63.255.255", true },
	{ "100.64.0.0", false },	{ "100.127.255.255", false },
	{ "100.128.0.0", true },	{ "126.255.255.255", true },
	{ "127.0.0.0", false },		{ "127.0.0.1", false },
	{ "127.255.255.255", false },	{ "128.0.0.0", true },
	{ "169.253.255.255", true },	{ "169.254.0.0", false },
	{ "169.254.169.254", false },	{ "169.254.255.255", false },
	{ "169.255.0.0", true },	{ "172.15.255.255", true },
	{ "172.16.0.0", false },	{ "172.31.255.255", false },
	{ "172.32.0.0", true },		{ "191.255.255.255", true },
	{ "192.0.0.0", false },		{ "192.0.0.255", false },
	{ "192.0.1.0", true },		{ "192.0.2.0", false },
	{ "192.0.2.255", false },	{ "192.0.3.0", true },
	{ "192.88.98.255", true },	{ "192.88.99.0", false },
	{ "192.88.99.255", false },	{ "192.88.100.0", true },
	{ "192.167.255.255", true },	{ "192.168.0.0", false },
	{ "192.168.255.255", false },	{ "192.169.0.0", true },
	{ "198.17.255.255", true },	{ "198.18.0.0", false },
	{ "198.19.255.255", false },	{ "198.20.0.0", true },
	{ "198.51.99.255", true },	{ "198.51.100.0", false },
	{ "198.51.100.255", false },	{ "198.51.101.0", true },
	{ "203.0.112.255", true },	{ "203.0.113.0", false },
	{ "203.0.113.255", false },	{ "203.0.114.0", true },
	{ "223.255.255.255", true },	{ "224.0.0.0", false },
	{ "239.255.255.255", false },	{ "240.0.0.0", false },
	{ "255.255.255.254", false },	{ "255.255.255.255", false },
	{ "8.8.8.8", true },		{ "93.184.216.34", true },

	{ "::", false },		{ "::1", false },
	{ "::2", false },		{ "::8.8.8.8", false },
	{ "::127.0.0.1", false },	{ "::ffff:0:8.8.8.8", false },
	{ "::ffff:8.8.8.8", true },	{ "::ffff:127.0.0.1", false },
	{ "::ffff:10.1.2.3", false },	{ "::ffff:169.254.169.254", false },
	{ "::ffff:0.0.0.0", false },	{ "::fffe:8.8.8.8", false },
	{ "64:ff9b::8.8.8.8", true },	{ "64:ff9b::10.0.0.1", false },
	{ "64:ff9b::127.0.0.1", false }, { "64:ff9b::1:808:808", false },
	{ "64:ff9b:1::", false },	{ "64:ff9b:1::8.8.8.8", false },
	{ "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", false },
	{ "64:ff9b:2::8.8.8.8", false }, { "100::", false },
	{ "100::ffff:ffff:ffff:ffff", false }, { "100:0:0:1::", false },
	{ "1fff:ffff::", false },	{ "2000::", true },
	{ "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true },
	{ "2001::", false },		{ "2001:0:4136:e378::1", false },
	{ "2001:2::1", false },		{ "2001:10::1", false },
	{ "2001:20::1", false },	{ "2001:1ff:ffff::", false },
	{ "2001:200::", true },		{ "2001:db7:ffff::", true },
	{ "2001:db8::", false },	{ "2001:db8:ffff:ffff::1", false },
	{ "2001:db9::", true },		{ "2001:4860:4860::8888", true },
	{ "2002::", false },		{ "2002:808:808::1", false },
	{ "2002:7f00:1::", false },	{ "2003::", true },
	{ "2606:4700::1111", true },	{ "3ffd:ffff::", true },
	{ "3ffe::1", false },		{ "3fff::", false },
	{ "3fff:fff:ffff::", false },	{ "3fff:1000::", true },
	{ "4000::", false },		{ "5f00::1", false },
	{ "fbff::1", false },		{ "fc00::1", false },
	{ "fd00:ec2::254", false },	{ "fdff:ffff::1", false },
	{ "fe00::1", false },		{ "fe80::1", false },
	{ "febf::1", false },		{ "fec0::1", false },
	{ "feff::1", false },		{ "ff00::1", false },
	{ "ff02::1", false },		{ "ff0e::1", false },
};

static struct sockaddr_storage
address_of(const char *text)
{
	struct sockaddr_storage sa = { 0 };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in in = { .sin_family = AF_INET };

	if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
		memcpy(&sa, &in, sizeof(in));
	else if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
		memcpy(&sa, &in6, sizeof(in6));
	else
		fail_msg("%s is no address", text);
	return sa;
}

static void
only_global_unicast_passes(void **state)
{
	(void)state;
	for (size_t i = 0; i < NELEM(rows); i++) {
		struct sockaddr_storage sa = address_of(rows[i].address);

		if (address_is_global((struct sockaddr *)&sa) !=
		    rows[i].global)
			fail_msg("%s should%s pass", rows[i].address,
			    rows[i].global ? "" : " not");
	}
}

static void
other_families_do_not_pass(void **state)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct sockaddr_storage none = { .ss_family = AF_UNSPEC };

	(void)state;
	assert_false(address_is_global((struct sockaddr *)&un));
	assert_false(address_is_global((struct sockaddr *)&none));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_global_unicast_passes),
		cmocka_unit_test(other_families_do_not_pass),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
