/* SPDX-License-Identifier: MIT */
/* resolve.h: names to addresses, in bounded time. */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <netdb.h>
#include <stdint.h>

enum resolve_result { RESOLVE_OK, RESOLVE_FAILED, RESOLVE_TIMED_OUT };

/*
 * All stream addresses of `host` (a name or a literal, no brackets) and the
 * decimal `port`; the caller frees them with freeaddrinfo. Never past
 * `deadline_ms` of clock_mono_ms.
 */
enum resolve_result resolve_host(const char *host, const char *port, int64_t deadline_ms,
	    struct addrinfo **out);

#endif
