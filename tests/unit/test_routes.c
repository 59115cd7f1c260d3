/* SPDX-License-Identifier: MIT */
/* test_routes.c: worker, nginx and the manual agree on how large a body may be. */
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app.h"
#include "conf.h"

#define KIB		1024
#define MAX_LOCATIONS	64
#define MAX_LINE	1024

static const struct conf defaults = { .max_body_mb = 100, .max_batch_mb = 8 };

struct location {		/* of nginx, in the order of its files */
	char		 how[4];	/* "", "=", "~", "^~" */
	char		 path[MAX_LINE];
	int		 parent;	/* -1: the server */
	int64_t		 limit;		/* 0: its parent's */
};

static struct location locations[MAX_LOCATIONS];
static int n_locations;

static FILE *
open_source(const char *name)
{
	const char *top = getenv("abs_top_srcdir");
	char path[4096];
	FILE *in;

	snprintf(path, sizeof(path), "%s/%s", top == NULL ? "." : top, name);
	if ((in = fopen(path, "r")) == NULL)
		fail_msg("cannot read %s", path);
	return in;
}

/* "64k" or "100m" after the name of the setting; 0: another line. */
static int64_t
limit_of(const char *line)
{
	char unit;
	int n;

	if (sscanf(line, " client_max_body_size %d%c", &n, &unit) != 2)
		return 0;
	assert_true(unit == 'k' || unit == 'm');
	return n * (unit == 'k' ? (int64_t)KIB : (int64_t)KIB * KIB);
}

static int64_t
usual_limit(void)
{
	FILE *in = open_source("nginx/snippets/sora2api-fastcgi.conf");
	char line[MAX_LINE];
	int64_t limit = 0;

	while (fgets(line, sizeof(line), in) != NULL)
		limit += limit_of(line);
	fclose(in);
	return limit;
}

static void
begin_location(const char *line, int parent)
{
	struct location *l = &locations[n_locations++];
	const char *p = strstr(line, "location ") + strlen("location ");
	size_t len = strspn(p, "=~^");

	assert_true(n_locations < MAX_LOCATIONS && len < sizeof(l->how));
	*l = (struct location){ .parent = parent };
	memcpy(l->how, p, len);
	p += len + strspn(p + len, " \"");
	memcpy(l->path, p, strcspn(p, " \"\n"));
}

/* The blocks of a file, by the braces at the ends of its lines. */
static void
read_locations(void)
{
	FILE *in = open_source("nginx/snippets/sora2api.conf");
	char line[MAX_LINE];
	int open[8] = { -1 }, depth = 0;

	while (fgets(line, sizeof(line), in) != NULL) {
		size_t len = strcspn(line, "\n");
		int inner = open[depth];

		if (line[strspn(line, "\t ")] == '#' || len == 0)
			continue;
		if (limit_of(line) != 0)
			locations[inner].limit = limit_of(line);
		if (strstr(line, "sora2api-fastcgi.conf") != NULL)
			locations[inner].limit = usual_limit();
		if (line[len - 1] == '{') {
			if (strstr(line, "location ") != NULL) {
				begin_location(line, inner);
				inner = n_locations - 1;
			}
			open[++depth] = inner;
		} else if (line[strspn(line, "\t ")] == '}') {
			depth--;
		}
	}
	assert_int_equal(0, depth);
	fclose(in);
}

/* (?: of Perl is ( of POSIX. */
static bool
regex_matches(const char *pattern, const char *path)
{
	char posix[MAX_LINE], *to = posix;
	regex_t re;
	bool found;

	for (; *pattern != '\0'; pattern++) {
		*to++ = *pattern;
		if (strncmp(pattern, "(?:", 3) == 0)
			pattern += 2;
	}
	*to = '\0';
	assert_int_equal(0, regcomp(&re, posix, REG_EXTENDED | REG_NOSUB));
	found = regexec(&re, path, 0, NULL, 0) == 0;
	regfree(&re);
	return found;
}

/* The location inside `parent` that nginx takes: exact ones, then by their order. */
static int
find_location(const char *path, int parent)
{
	for (int i = 0; i < n_locations; i++)
		if (locations[i].parent == parent &&
		    strcmp(locations[i].how, "=") == 0 &&
		    strcmp(locations[i].path, path) == 0)
			return i;
	for (int i = 0; i < n_locations; i++) {
		const struct location *l = &locations[i];

		if (l->parent != parent)
			continue;
		if (strcmp(l->how, "^~") == 0 &&
		    strncmp(l->path, path, strlen(l->path)) == 0)
			return i;
		if (strcmp(l->how, "~") == 0 && regex_matches(l->path, path))
			return i;
	}
	return -1;
}

static int64_t
nginx_limit(const char *path)
{
	int outer = find_location(path, -1), inner;

	if (outer < 0)
		return 0;
	inner = find_location(path, outer);
	return inner >= 0 && locations[inner].limit != 0
	    ? locations[inner].limit : locations[outer].limit;
}

/* A path of that route: a number for {x:int}, a word for {x}. */
static void
sample_path(const char *pattern, char *out)
{
	while (*pattern != '\0') {
		if (*pattern != '{') {
			*out++ = *pattern++;
			continue;
		}
		*out++ = strncmp(strchr(pattern, '}') - 4, ":int", 4) == 0
		    ? '7' : 'x';
		pattern = strchr(pattern, '}') + 1;
	}
	*out = '\0';
}

static int64_t
worker_limit(const struct route *r)
{
	return api_body_limit(&defaults,
	    (enum body_size)(r->body / BODY_SIZE(1)));
}

static bool
same_path(const struct route *a, const struct route *b)
{
	return strcmp(a->path, b->path) == 0;
}

/* Of the methods of a path nginx knows nothing: the largest rules. */
static int64_t
path_limit(const struct route *r)
{
	int64_t most = 0;

	for (size_t i = 0; i < n_api_routes; i++)
		if (same_path(r, &api_routes[i]) &&
		    worker_limit(&api_routes[i]) > most)
			most = worker_limit(&api_routes[i]);
	return most;
}

static void
nginx_takes_what_the_worker_takes(void **state)
{
	(void)state;
	read_locations();
	for (size_t i = 0; i < n_api_routes; i++) {
		char path[MAX_LINE];

		sample_path(api_routes[i].path, path);
		if (nginx_limit(path) != path_limit(&api_routes[i]))
			fail_msg("%s: nginx %lld, worker %lld", path,
			    (long long)nginx_limit(path),
			    (long long)path_limit(&api_routes[i]));
	}
}

/* The limit that the manual tells for a route's path; 0: none of its own. */
static int64_t
manual_limit(const char *path)
{
	FILE *in = open_source("man/sora2api-api.7");
	char line[MAX_LINE], unit[8], told[MAX_LINE];
	int64_t limit = 0, found = 0;
	bool inside = false;
	int n;

	while (fgets(line, sizeof(line), in) != NULL) {
		if (strncmp(line, ".S", 2) == 0)
			inside = strcmp(line, ".Ss Bodies\n") == 0;
		if (!inside)
			continue;
		if (sscanf(line, ".It %d %7s", &n, unit) == 2)
			limit = n * (strcmp(unit, "KiB") == 0 ? (int64_t)KIB
			    : (int64_t)KIB * KIB);
		if (sscanf(line, ".Pa %1000s", told) == 1 &&
		    strcmp(told, path) == 0)
			found = limit;
	}
	fclose(in);
	return found;
}

static void
the_manual_tells_the_limit_of_each_route(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_api_routes; i++) {
		const struct route *r = &api_routes[i];
		int64_t most = path_limit(r), told;
		char path[MAX_LINE], *type;

		snprintf(path, sizeof(path), "%s", r->path);
		while ((type = strstr(path, ":int")) != NULL)
			memmove(type, type + 4, strlen(type + 4) + 1);
		told = manual_limit(path);
		if ((told == 0 ? 64 * KIB : told) != most)
			fail_msg("%s: the manual %lld, the worker %lld", path,
			    (long long)told, (long long)most);
	}
}

/* What is no media is small, so that few may ask for much memory. */
static void
only_media_may_be_large(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_api_routes; i++) {
		const struct route *r = &api_routes[i];

		if (r->who == 0)
			assert_true(worker_limit(r) <= 64 * KIB);
		if (strncmp(r->path, "/api/", 5) == 0)
			assert_true(worker_limit(r) <= 8 * KIB * KIB);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nginx_takes_what_the_worker_takes),
		cmocka_unit_test(the_manual_tells_the_limit_of_each_route),
		cmocka_unit_test(only_media_may_be_large),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
