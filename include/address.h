/* SPDX-License-Identifier: MIT */
/* address.h: which addresses belong to the public Internet. */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/*
 * Whether an address is a global unicast one: by RFC 6890 and the IANA
 * special-purpose registries, IPv4-mapped and NAT64 forms unwrapped. Neither is one
 * of a family other than AF_INET and AF_INET6. Pure.
 */
bool	address_is_global(const struct sockaddr *address);

#endif
