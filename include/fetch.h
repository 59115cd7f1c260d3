/* SPDX-License-Identifier: MIT */
/*
 * fetch.h: fetches a URL that a client gave, without lending it our network.
 *
 * Only http and https; at most 5 redirects, each checked like the first. The
 * host is resolved once; if any of its addresses is not a global unicast one
 * (address.h), the URL is refused; the connection goes to exactly the
 * address that was checked. No credential of ours is sent, and a URL with a user
 * name, or with a host that is not in ASCII, is refused.
 */
#ifndef FETCH_H
#define FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "file.h"

struct fetch_limits {
	bool		 allow_private;	/* limits.allow_private_fetch */
	int64_t		 deadline_ms;	/* clock_mono_ms at which all ends */
	int64_t		*budget;	/* bytes left for this request's URLs; what came is taken off */
	const char	*proxy;		/* URL or NULL; told the checked address, an HTTP one by CONNECT */
};

/*
 * Fetches `url` into `out`, begun in `dir` and not committed. ERR_INVALID_IMAGE_URL
 * with `param` and a reason fit for the client; ERR_UNAVAILABLE when our disk is
 * at fault.
 */
MUST_CHECK enum err fetch_url(const char *url, const char *param, const struct fetch_limits *limits,
    const char *dir, struct file *out, struct error *e);

#endif
