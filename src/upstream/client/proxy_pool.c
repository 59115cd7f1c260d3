/* SPDX-License-Identifier: MIT */
/* proxy_pool.c: the file of proxies that take turns. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "arena.h"
#include "clock.h"
#include "file.h"
#include "proxy.h"
#include "xalloc.h"

#define LOOK_MS		1000
#define FILE_LIMIT	((size_t)4 << 20)

struct proxy_pool {
	pthread_mutex_t	 mutex;
	char		*path;
	int64_t		 looked_ms;	/* 0: never */
	struct stat	 seen;		/* zeroed: there was no file */
	struct arena	*arena;		/* of `urls` */
	const char	**urls;
	size_t		 n;
	size_t		 next;
};

struct proxy_pool *
proxy_pool_new(const char *path)
{
	struct proxy_pool *p = xcalloc(1, sizeof(*p));

	p->path = xstrdup(path);
	pthread_mutex_init(&p->mutex, NULL);
	p->arena = arena_new();
	return p;
}

void
proxy_pool_free(struct proxy_pool *p)
{
	if (p == NULL)
		return;
	pthread_mutex_destroy(&p->mutex);
	arena_free(p->arena);
	free(p->path);
	free(p);
}

static size_t
count_lines(const char *text)
{
	size_t n = 1;

	for (; (text = strchr(text, '\n')) != NULL; text++)
		n++;
	return n;
}

static void
read_lines(struct proxy_pool *p, char *text)
{
	struct error ignored;		/* such a line is skipped */
	char *line, *rest = text;

	p->urls = arena_array(p->arena, count_lines(text), sizeof(*p->urls));
	while ((line = strsep(&rest, "\n")) != NULL) {
		line += strspn(line, " \t\r");
		if (*line != '#' && proxy_parse(line, NULL, p->arena,
		    &p->urls[p->n], &ignored) == ERR_OK)
			p->n++;
	}
}

/* The turn goes on where it was. */
static void
read_file(struct proxy_pool *p)
{
	struct error ignored;		/* no file, no proxies */
	char *text;
	size_t len;

	arena_reset(p->arena);
	p->n = 0;
	if (file_load(p->path, FILE_LIMIT, p->arena, &text, &len, &ignored) ==
	    ERR_OK)
		read_lines(p, text);
	if (p->next >= p->n)
		p->next = 0;
}

static bool
is_same(const struct stat *a, const struct stat *b)
{
	return a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_size == b->st_size && a->st_ino == b->st_ino &&
	    a->st_dev == b->st_dev;
}

/* With the mutex held. */
static void
look(struct proxy_pool *p)
{
	int64_t now = clock_mono_ms();
	bool first = p->looked_ms == 0;
	struct stat st = { 0 };

	if (!first && now - p->looked_ms < LOOK_MS)
		return;
	p->looked_ms = now > 0 ? now : 1;
	if (stat(p->path, &st) != 0)
		st = (struct stat){ 0 };
	if (!first && is_same(&st, &p->seen))
		return;
	p->seen = st;		/* a change while it is read is seen at the next look */
	read_file(p);
}

const char *
proxy_pool_next(struct proxy_pool *p, struct arena *a)
{
	const char *url = NULL;

	pthread_mutex_lock(&p->mutex);
	look(p);
	if (p->n > 0) {
		url = arena_strdup(a, p->urls[p->next]);
		p->next = (p->next + 1) % p->n;
	}
	pthread_mutex_unlock(&p->mutex);
	return url;
}

size_t
proxy_pool_count(struct proxy_pool *p)
{
	size_t n;

	pthread_mutex_lock(&p->mutex);
	look(p);
	n = p->n;
	pthread_mutex_unlock(&p->mutex);
	return n;
}

void
proxy_pool_rewind(struct proxy_pool *p)
{
	pthread_mutex_lock(&p->mutex);
	p->looked_ms = 0;
	p->next = 0;
	pthread_mutex_unlock(&p->mutex);
}
