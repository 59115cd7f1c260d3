/* SPDX-License-Identifier: MIT */
/* address.c: which addresses belong to the public Internet. */
#include "address.h"

#include <netinet/in.h>
#include <string.h>

#include "attr.h"

struct block {
	unsigned char	 prefix[16];
	unsigned	 bits;
};

/*
 * The IANA IPv4 Special-Purpose Address Registry (RFC 6890), without the
 * blocks it calls globally reachable, and multicast.
 */
static const struct block special4[] = {
	{ { 0 }, 8 },			/* this network */
	{ { 10 }, 8 },			/* private use */
	{ { 100, 64 }, 10 },		/* carriers' NAT */
	{ { 127 }, 8 },			/* loopback */
	{ { 169, 254 }, 16 },		/* link-local, clouds' metadata */
	{ { 172, 16 }, 12 },		/* private use */
	{ { 192, 0, 0 }, 24 },		/* IETF protocol assignments */
	{ { 192, 0, 2 }, 24 },		/* documentation */
	{ { 192, 88, 99 }, 24 },	/* 6to4 relays, deprecated */
	{ { 192, 168 }, 16 },		/* private use */
	{ { 198, 18 }, 15 },		/* benchmarking */
	{ { 198, 51, 100 }, 24 },	/* documentation */
	{ { 203, 0, 113 }, 24 },	/* documentation */
	{ { 224 }, 4 },			/* multicast */
	{ { 240 }, 4 },			/* reserved, and limited broadcast */
};

/*
 * The same of IPv6. What is not in 2000::/3 was never given out as global
 * unicast (RFC 4291 section 2.4), so the table needs only the exceptions inside;
 * ::1, fc00::/7, fe80::/10, ff00::/8, 100::/64, 5f00::/16, 64:ff9b:1::/48 and
 * all others outside fall with it.
 */
static const struct block global6 = { { 0x20 }, 3 };

static const struct block special6[] = {
	{ { 0x20, 0x01 }, 23 },			/* IETF: Teredo, ORCHID, benchmarking */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32 },	/* documentation */
	{ { 0x20, 0x02 }, 16 },			/* 6to4: an IPv4 address inside */
	{ { 0x3f, 0xfe }, 16 },			/* 6bone, returned (RFC 3701) */
	{ { 0x3f, 0xff }, 20 },			/* documentation */
};

/* Forms whose last 32 bits are the IPv4 address that is really reached. */
static const struct block wrapped4[] = {
	{ { [10] = 0xff, [11] = 0xff }, 96 },		/* IPv4-mapped */
	{ { 0x00, 0x64, 0xff, 0x9b }, 96 },		/* NAT64, RFC 6052 */
};

static bool
block_has(const struct block *b, const unsigned char *address)
{
	size_t whole = b->bits / 8;
	unsigned rest = b->bits % 8;
	unsigned mask = 0xffu << (8 - rest) & 0xffu;

	if (memcmp(b->prefix, address, whole) != 0)
		return false;
	return rest == 0 || ((b->prefix[whole] ^ address[whole]) & mask) == 0;
}

static bool
any_has(const struct block *blocks, size_t n, const unsigned char *address)
{
	for (size_t i = 0; i < n; i++)
		if (block_has(&blocks[i], address))
			return true;
	return false;
}

static bool
global_ipv4(const unsigned char address[4])
{
	return !any_has(special4, NELEM(special4), address);
}

static bool
global_ipv6(const unsigned char address[16])
{
	if (any_has(wrapped4, NELEM(wrapped4), address))
		return global_ipv4(address + 12);
	return block_has(&global6, address) &&
	    !any_has(special6, NELEM(special6), address);
}

bool
address_is_global(const struct sockaddr *address)
{
	struct sockaddr_in6 in6;
	struct sockaddr_in in;

	/* Copied, for the caller's storage need not be aligned or typed so. */
	if (address->sa_family == AF_INET) {
		memcpy(&in, address, sizeof(in));
		return global_ipv4((const unsigned char *)&in.sin_addr);
	}
	if (address->sa_family == AF_INET6) {
		memcpy(&in6, address, sizeof(in6));
		return global_ipv6(in6.sin6_addr.s6_addr);
	}
	return false;
}
