/* SPDX-License-Identifier: MIT */
/* client.c: exchanges side by side in a libcurl multi, or one that blocks. */
#include "client.h"

#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/resource.h>
#include <unistd.h>

#include "arena.h"
#include "exchange.h"
#include "log.h"
#include "xalloc.h"

#define MAX_HOST_CONNECTIONS	256L	/* the rest waits, within its timeout; more than long creates may hold */
#define FILES_OF_PROCESS	20	/* log, database, metrics, names that are looked up */
#define FILES_OF_EXCHANGE	5	/* two connections, one idle, what is sent, the answer */
#define MAX_IDLE_CONNECTIONS	64L	/* not less, or a burst would reopen them */

struct transfer {
	struct client	*client;
	struct exchange	 exchange;
	CURL		*curl;
	CURLcode	 setup;		/* not CURLE_OK: it never ran */
	transfer_fn	*done;
	void		*arg;
	LIST_ENTRY(transfer) link;
};

LIST_HEAD(transfers, transfer);

struct client {
	CURLM		*multi;
	struct arena	*arena;		/* of the answer being called back */
	struct transfers running;
	struct transfers failed;	/* could not be set up; to be called back */
	int		 n_running;	/* in both */
	int		 n_failed;
	int		 most;		/* that may run at once */
};

static pthread_key_t thread_curl;	/* client_perform's handle */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
thread_curl_free(void *curl)
{
	curl_easy_cleanup(curl);
}

static void
init_once(void)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		fatal("libcurl cannot be initialised");
	if (pthread_key_create(&thread_curl, thread_curl_free) != 0)
		fatal("pthread_key_create failed");
	signal(SIGPIPE, SIG_IGN);
}

void
client_global_init(void)
{
	pthread_once(&once, init_once);
}

enum err
client_trust(const char *ca_file, struct error *e)
{
	if (*ca_file == '\0')
		return ERR_OK;
	if (access(ca_file, R_OK) != 0)
		return error_set(e, ERR_INTERNAL, NULL, "sora.ca_file %s: %s",
		    ca_file, strerror(errno));
	exchange_trust(ca_file);
	return ERR_OK;
}

/* At least one, or nothing would ever be done. */
static int
most_at_once(void)
{
	struct rlimit limit;
	rlim_t most;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
	    limit.rlim_cur == RLIM_INFINITY)
		return INT_MAX;
	if (limit.rlim_cur < FILES_OF_PROCESS + FILES_OF_EXCHANGE)
		return 1;
	most = (limit.rlim_cur - FILES_OF_PROCESS) / FILES_OF_EXCHANGE;
	return most < INT_MAX ? (int)most : INT_MAX;
}

struct client *
client_new(void)
{
	struct client *c = xcalloc(1, sizeof(*c));

	client_global_init();
	c->multi = xmade(curl_multi_init());
	c->arena = arena_new();
	curl_multi_setopt(c->multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
	curl_multi_setopt(c->multi, CURLMOPT_MAX_HOST_CONNECTIONS,
	    MAX_HOST_CONNECTIONS);
	c->most = most_at_once();
	curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS,
	    c->most < MAX_IDLE_CONNECTIONS ? (long)c->most
	    : MAX_IDLE_CONNECTIONS);
	return c;
}

/* Takes it out of its list and, if it ran, out of the multi. */
static void
detach(struct transfer *t)
{
	LIST_REMOVE(t, link);
	t->client->n_running--;
	if (t->setup == CURLE_OK)
		curl_multi_remove_handle(t->client->multi, t->curl);
	else
		t->client->n_failed--;
}

static void
transfer_free(struct transfer *t)
{
	exchange_end(&t->exchange);
	curl_easy_cleanup(t->curl);
	free(t);
}

void
transfer_cancel(struct transfer *t)
{
	detach(t);
	transfer_free(t);
}

void
client_free(struct client *c)
{
	if (c == NULL)
		return;
	while (!LIST_EMPTY(&c->running))
		transfer_cancel(LIST_FIRST(&c->running));
	while (!LIST_EMPTY(&c->failed))
		transfer_cancel(LIST_FIRST(&c->failed));
	curl_multi_cleanup(c->multi);
	arena_free(c->arena);
	free(c);
}

static void
add_handle(struct transfer *t)
{
	CURLMcode rc = curl_multi_add_handle(t->client->multi, t->curl);

	if (rc != CURLM_OK)
		fatal("curl_multi_add_handle: %s", curl_multi_strerror(rc));
}

struct transfer *
client_start(struct client *c, const struct call_request *rq,
    transfer_fn *done, void *arg)
{
	struct transfer *t = xcalloc(1, sizeof(*t));

	assert(c != NULL && done != NULL && rq->url != NULL);
	t->curl = xmade(curl_easy_init());
	t->client = c;
	t->done = done;
	t->arg = arg;
	t->setup = exchange_begin(&t->exchange, t->curl, rq);
	c->n_running++;
	if (t->setup != CURLE_OK) {
		LIST_INSERT_HEAD(&c->failed, t, link);
		c->n_failed++;
		return t;
	}
	curl_easy_setopt(t->curl, CURLOPT_PRIVATE, t);
	add_handle(t);
	LIST_INSERT_HEAD(&c->running, t, link);
	return t;
}

static void
finish(struct transfer *t, CURLcode code)
{
	struct client *c = t->client;
	struct call_response r;

	if (exchange_again(&t->exchange, code)) {
		curl_multi_remove_handle(c->multi, t->curl);
		add_handle(t);
		return;
	}
	exchange_result(&t->exchange, code, c->arena, &r);
	detach(t);
	t->done(t->arg, &r);
	transfer_free(t);
	arena_reset(c->arena);
}

static void
finish_ended(struct client *c)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(c->multi, &left)) != NULL) {
		void *t = NULL;

		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &t);
		finish(t, msg->data.result);
	}
}

/* Not those that the callbacks add: a caller that tries again must not hang here. */
static void
finish_failed(struct client *c)
{
	for (int n = c->n_failed; n > 0 && !LIST_EMPTY(&c->failed); n--) {
		struct transfer *t = LIST_FIRST(&c->failed);

		finish(t, t->setup);
	}
}

void
client_wait(struct client *c, int timeout_ms)
{
	CURLMcode rc;
	int running;

	if (c->n_failed > 0)
		timeout_ms = 0;
	if ((rc = curl_multi_poll(c->multi, NULL, 0, timeout_ms, NULL)) !=
	    CURLM_OK)
		fatal("curl_multi_poll: %s", curl_multi_strerror(rc));
	if ((rc = curl_multi_perform(c->multi, &running)) != CURLM_OK)
		fatal("curl_multi_perform: %s", curl_multi_strerror(rc));
	finish_ended(c);
	finish_failed(c);
}

void
client_wake(struct client *c)
{
	curl_multi_wakeup(c->multi);
}

int
client_running(const struct client *c)
{
	return c->n_running;
}

bool
client_has_room(const struct client *c)
{
	return c->n_running < c->most;
}

static CURL *
thread_handle(void)
{
	CURL *curl;

	client_global_init();
	if ((curl = pthread_getspecific(thread_curl)) != NULL)
		return curl;
	curl = xmade(curl_easy_init());
	if (pthread_setspecific(thread_curl, curl) != 0)
		fatal("pthread_setspecific failed");
	return curl;
}

void
client_perform(const struct call_request *rq, struct arena *a,
    struct call_response *r)
{
	CURL *curl = thread_handle();
	struct exchange x;
	CURLcode code;

	if ((code = exchange_begin(&x, curl, rq)) == CURLE_OK)
		do
			code = curl_easy_perform(curl);
		while (exchange_again(&x, code));
	exchange_result(&x, code, a, r);
	r->body = arena_strndup(a, r->body, r->body_len);
	exchange_end(&x);
}
