/* SPDX-License-Identifier: MIT */
/* router.c: finds the route of a path in the table. */
#include "router.h"

#include <stdint.h>
#include <string.h>

#include "arena.h"
#include "number.h"
#include "url.h"

#define MAX_SEGMENTS	12

enum kind { KIND_NONE, KIND_ANY, KIND_INT, KIND_LITERAL };

struct path {
	const char	*segment[MAX_SEGMENTS];	/* decoded */
	size_t		 n;
};

/* false when no route can have this path. */
static bool
split_path(struct arena *a, const char *path, struct path *out)
{
	size_t len;

	out->n = 0;
	while (*path == '/') {
		if (out->n == MAX_SEGMENTS)
			return false;
		len = strcspn(++path, "/");
		if ((out->segment[out->n++] =
		    url_decode_segment(a, path, len)) == NULL)
			return false;
		path += len;
	}
	return *path == '\0' && out->n > 0;
}

static bool
is_int(const char *s)
{
	int64_t ignored;

	return *s != '-' && number_read(s, 0, INT64_MAX, &ignored);
}

/* How the pattern's segment of that length takes the path's. */
static enum kind
match_segment(const char *pattern, size_t len, const char *segment)
{
	if (*pattern != '{')
		return strlen(segment) == len &&
		    memcmp(pattern, segment, len) == 0 ? KIND_LITERAL : KIND_NONE;
	if (len > 5 && memcmp(pattern + len - 5, ":int}", 5) == 0)
		return is_int(segment) ? KIND_INT : KIND_NONE;
	return *segment != '\0' ? KIND_ANY : KIND_NONE;
}

/* How well the pattern fits: 0 not at all, else comparable; and the parameters. */
static uint32_t
match_pattern(const char *pattern, const struct path *path,
    const char *param[4])
{
	size_t n_params = 0;
	uint32_t rank = 0;

	for (size_t i = 0; i < path->n; i++) {
		enum kind kind;
		size_t len;

		if (*pattern++ != '/')
			return 0;
		len = strcspn(pattern, "/");
		kind = match_segment(pattern, len, path->segment[i]);
		if (kind == KIND_NONE)
			return 0;
		if (kind != KIND_LITERAL && n_params < 4)
			param[n_params++] = path->segment[i];
		rank = rank * 4 + (uint32_t)kind;
		pattern += len;
	}
	return *pattern == '\0' ? rank : 0;
}

void
router_find(const struct route *routes, size_t n, struct arena *a,
    const char *path, enum method method, struct found *out)
{
	struct path segments;
	uint32_t best = 0;

	*out = (struct found){ 0 };
	if (!split_path(a, path, &segments))
		return;
	for (size_t i = 0; i < n; i++) {
		const char *param[4] = { NULL };
		uint32_t rank = match_pattern(routes[i].path, &segments, param);

		if (rank == 0 || rank < best)
			continue;
		if (rank > best)
			*out = (struct found){ .path = true };
		best = rank;
		out->methods |= routes[i].method;
		if (routes[i].method != method)
			continue;
		out->route = &routes[i];
		memcpy(out->param, param, sizeof(param));
	}
}

const char *
router_allow(struct arena *a, unsigned methods)
{
	return arena_printf(a, "%s%s%s%sOPTIONS",
	    methods & M_GET ? "GET, HEAD, " : "",
	    methods & M_POST ? "POST, " : "",
	    methods & M_PUT ? "PUT, " : "",
	    methods & M_DELETE ? "DELETE, " : "");
}
