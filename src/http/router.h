/* SPDX-License-Identifier: MIT */
/* router.h: finding the route of a path; private to src/http. */
#ifndef HTTP_ROUTER_H
#define HTTP_ROUTER_H

#include "http.h"

struct found {
	bool		 path;		/* some route has this path */
	const struct route *route;	/* of path and method; NULL: 405 */
	unsigned	 methods;	/* the path's, enum method bits */
	const char	*param[4];	/* of `route`, decoded, in the arena */
};

/*
 * Literal segments beat {x:int}, and that beats {x}, from the left and
 * whatever the order of the table. A path whose escapes are invalid or stand for a
 * NUL or for no UTF-8 is unknown.
 */
void	router_find(const struct route *routes, size_t n, struct arena *a, const char *path,
	    enum method method, struct found *out);
/* The value of the Allow header for those methods, in the arena. */
const char	*router_allow(struct arena *a, unsigned methods);

#endif
