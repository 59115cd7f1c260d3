/* SPDX-License-Identifier: MIT */
/* test_provider.c: a provider of a folder of its own and one row of a table, from a task to its file. */
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../unit/fixture_poller.h"
#include "capability.h"
#include "conf.h"
#include "lease.h"
#include "poller/loop.h"
#include "provider.h"

#define PATIENCE	1000	/* looks of 20 ms each */

/* ---- the server ---- */

struct studio {
	int		 fd;
	int		 port;
	pthread_t	 thread;
	atomic_int	 created;	/* how often it was asked that, with the key */
	atomic_int	 looked;
	atomic_int	 fetched;
	atomic_int	 deleted;
};

static const char video[] = "\0\0\0\x18" "ftypmp42\0\0\0\0mp42isom";

static void
answer(int fd, const char *status, const void *body, size_t len)
{
	dprintf(fd, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n"
	    "Connection: close\r\n\r\n", status, len);
	(void)!write(fd, body, len);
}

static void
say(int fd, const char *json)
{
	answer(fd, "200 OK", json, strlen(json));
}

static bool
begins(const char *request, const char *line)
{
	return strncmp(request, line, strlen(line)) == 0;
}

static void
serve(struct studio *s, int fd, const char *request)
{
	if (strstr(request, "X-Key: mine\r\n") == NULL) {
		answer(fd, "401 Unauthorized", "", 0);
	} else if (begins(request, "POST /jobs HTTP")) {
		s->created++;
		say(fd, "{\"job\":\"7\"}");
	} else if (begins(request, "GET /jobs/7 HTTP")) {
		say(fd, s->looked++ == 0 ? "{\"state\":\"kneading\"}"
		    : "{\"state\":\"fired\"}");
	} else if (begins(request, "GET /jobs/7/file HTTP")) {
		s->fetched++;
		answer(fd, "200 OK", video, sizeof(video));
	} else if (begins(request, "DELETE /jobs/7 HTTP")) {
		s->deleted++;
		answer(fd, "204 No Content", "", 0);
	} else {
		answer(fd, "404 Not Found", "", 0);
	}
}

static void *
work(void *arg)
{
	struct studio *s = arg;
	char request[8192];
	ssize_t n;
	int fd;

	while ((fd = accept(s->fd, NULL, NULL)) >= 0) {
		if ((n = read(fd, request, sizeof(request) - 1)) > 0) {
			request[n] = '\0';
			serve(s, fd, request);
		}
		shutdown(fd, SHUT_WR);
		while (read(fd, request, sizeof(request)) > 0)
			continue;
		close(fd);
	}
	return NULL;
}

static void
studio_open(struct studio *s)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);

	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(0, bind(s->fd, (struct sockaddr *)&at, len));
	assert_int_equal(0, listen(s->fd, 16));
	assert_int_equal(0, getsockname(s->fd, (struct sockaddr *)&at, &len));
	s->port = ntohs(at.sin_port);
	assert_int_equal(0, pthread_create(&s->thread, NULL, work, s));
}

static void
studio_close(struct studio *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
}

/* ---- the poller ---- */

struct runner {
	struct poller_fixture *pf;
	struct lease	 lease;
	volatile sig_atomic_t stop;
	pthread_t	 thread;
};

static void *
run(void *arg)
{
	struct runner *r = arg;

	poller_run(&r->pf->f->site, r->pf->st, &r->lease, &r->stop);
	return NULL;
}

static void
runner_start(struct runner *r, struct poller_fixture *pf)
{
	bool held = false;

	*r = (struct runner){ .pf = pf,
	    .lease = { .name = "poller", .owner = "test", .ms = 60000 } };
	pf->f->site.conf->poller_pace = 0.05;
	assert_ok(pf->f, lease_take(pf->st, &r->lease, &held, &pf->f->e));
	assert_true(held);
	assert_int_equal(0, pthread_create(&r->thread, NULL, run, r));
}

static void
runner_stop(struct runner *r)
{
	r->stop = 1;
	pthread_join(r->thread, NULL);
}

/* ---- tests ---- */

static int64_t
add_token(struct fixture *f, int port)
{
	struct token t = {
		.provider = "clay", .token = "mine", .is_active = true,
		.base_url = arena_printf(f->a, "http://127.0.0.1:%d", port),
		.video_enabled = true, .image_concurrency = -1,
		.video_concurrency = -1,
	};

	assert_ok(f, token_add(f->st, &t, &f->e));
	return t.id;
}

static struct task
submit(struct fixture *f)
{
	struct task t = fixture_task(f);
	struct need need;

	t.model = t.public_model = "clay-1";
	t.seconds = 8;
	need = need_of_task(&t, 0);
	t.needs = need_print(&need, f->a);
	assert_ok(f, task_submit(f->st, &t, "{}", 100, NULL, &f->e));
	return t;
}

static bool
comes_true(const atomic_int *count, struct fixture *f, const struct task *t)
{
	for (int i = 0; i < PATIENCE; i++) {
		if (*count > 0 && fixture_load(f, t).status == TASK_COMPLETED)
			return true;
		usleep(20000);
	}
	return false;
}

static void
a_task_goes_all_its_way_with_a_provider_of_ones_own(void **state)
{
	struct poller_fixture *pf = *state;
	struct fixture *f = pf->f;
	struct studio studio = { 0 };
	struct runner runner;
	struct stat st;
	struct task t;

	studio_open(&studio);
	add_token(f, studio.port);
	t = submit(f);
	assert_int_equal(TASK_PROCESSING, t.status);
	runner_start(&runner, pf);
	assert_true(comes_true(&studio.deleted, f, &t));
	runner_stop(&runner);
	studio_close(&studio);
	assert_int_equal(1, studio.created);
	assert_int_equal(2, studio.looked);
	assert_int_equal(1, studio.fetched);
	t = fixture_load(f, &t);
	assert_int_equal(0, stat(arena_printf(f->a, "%s/%s",
	    f->site.conf->cache_dir, t.result_file), &st));
	assert_int_equal(sizeof(video), st.st_size);
}

static void
what_it_cannot_do_is_refused(void **state)
{
	const struct provider *clay = provider_find("clay");
	struct poller_fixture *pf = *state;
	static const enum call calls[] = { CALL_ME, CALL_CAMEO_UPLOAD,
	    CALL_PROFILE };
	const struct token t = { .provider = "clay", .token = "mine" };

	assert_non_null(clay);
	assert_true(token_is_server(&t));
	for (size_t i = 0; i < NELEM(calls); i++) {
		const struct call_input in = { .call = calls[i], .token = &t,
		    .conf = pf->f->site.conf };
		struct call_request rq;

		assert_failed(pf->f, ERR_INVALID_VALUE, "no such call",
		    provider_build(clay, &in, pf->f->a, &rq, &pf->f->e));
	}
}

/* Clay is beside them; API and manual know those that ship. */
static void
those_that_ship_are_named(void **state)
{
	size_t n = 0;

	(void)state;
	for (; provider_names[n] != NULL; n++)
		assert_string_equal(provider_names[n],
		    provider_find(provider_names[n])->facts.name);
	assert_int_equal(2, n);
	assert_string_equal(provider_names[0], provider_usual()->name);
	assert_string_equal(provider_names[1], provider_of_servers()->name);
}

static void
its_tokens_are_read_by_it(void **state)
{
	struct poller_fixture *pf = *state;
	struct token t = { .provider = "clay", .token = "mine" };

	assert_failed(pf->f, ERR_MISSING, "base_url",
	    token_add(pf->f->st, &t, &pf->f->e));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, poller_fixture_setup, \
	    poller_fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(a_task_goes_all_its_way_with_a_provider_of_ones_own),
		T(what_it_cannot_do_is_refused),
		T(its_tokens_are_read_by_it),
		T(those_that_ship_are_named),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
