/* SPDX-License-Identifier: MIT */
/*
 * server.c: the accept threads.
 *
 * The listening socket is non-blocking and a thread that finds nothing to
 * accept waits in epoll, where the stop reaches it too. A connection gets a thread
 * when its request has arrived, see anteroom.h; libfcgi finds it as one that was
 * kept open from a request before, and never accepts. Signals are not used
 * to wake threads: libfcgi takes an interrupted read for a broken request and
 * closes a connection when its wait for the first byte is interrupted.
 * FCGX_ShutdownPending closes accepted connections likewise.
 */
#include <assert.h>
#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "anteroom.h"
#include "arena.h"
#include "clock.h"
#include "file.h"
#include "io.h"
#include "log.h"
#include "meter.h"
#include "parked.h"
#include "xalloc.h"

#define ACCEPT_PAUSE_MS	100	/* pause after an error that would repeat at once */
#define FILES_OF_PROCESS 64	/* besides parked requests, each of which has one */
#define FILES_OF_THREAD	8	/* database, epoll, connection, upload, reference */
#define ACCEPT_S	2	/* of an accept on another process's blocking socket */
#define DRAIN_MS	2000	/* for serving what is in the socket's queue at a stop */
#define DRAIN_LOOK_MS	10	/* between looks for requests that are still arriving then */
#define SENDS_S		10	/* between two bytes of a body, which nginx has buffered */
#define TAKES_S		60	/* that the FastCGI server may not take a byte */
#define LARGE	(1024 * 1024)	/* bytes of a body after which malloc gives back what it has */

struct thread {
	struct server	*server;
	pthread_t	 id;
	FCGX_Request	*fcgi;		/* never copied: its streams point back into it */
	struct arena	*arena;
	struct buf	 out;
	void		*ctx;
	int		 epoll_fd;
	int64_t		 last_warning;
};

struct server {
	struct server_conf conf;
	struct thread	*threads;
	int		 n_threads;
	int		 stop_fd;	/* readable for ever once the server stops */
	_Atomic bool	 stopping;
	struct anteroom	*anteroom;
};

/* ---- one request ---- */

static long
read_fcgi(struct http_io *io, void *data, size_t len)
{
	FCGX_Stream *in = io->stream;
	int n = FCGX_GetStr(data, len < INT_MAX ? (int)len : INT_MAX, in);

	return n == 0 && FCGX_GetError(in) != 0 ? -1 : n;
}

/* A client that has gone is not an error. */
static void
send_response(struct thread *t, const struct req *rq, const struct resp *rs)
{
	buf_reset(&t->out);
	resp_serialise(rs, true, &t->out);
	(void)FCGX_PutStr(t->out.data, (int)t->out.len, t->fcgi->out);
	/* written directly: no second copy of a long body */
	if (resp_sends_body(rs, rq->head))
		(void)FCGX_PutStr(rs->body, (int)rs->body_len, t->fcgi->out);
}

static const char *
operation_of(const struct req *rq)
{
	return rq->route == NULL ? "none" : rq->route->operation;
}

/*
 * The connection goes to the lounge, which writes records itself and without
 * blocking; libfcgi's streams and their buffers stay behind.
 */
static void
park(struct thread *t, const struct req *rq, const struct resp *rs,
    int64_t start_us)
{
	int fd = t->fcgi->ipcFd, id = t->fcgi->requestId;
	struct buf headers;

	if (t->server->conf.lounge == NULL)
		fatal("a handler parked a request of a server without a lounge");
	buf_init(&headers, SIZE_MAX / 4);
	resp_serialise_headers(rs, &headers);
	FCGX_Free(t->fcgi, 0);
	t->fcgi->ipcFd = -1;
	rs->waiter->operation = operation_of(rq);
	rs->waiter->started_us = start_us;
	lounge_park(t->server->conf.lounge, rs->waiter, fd, id,
	    buf_take(&headers));
}

static int
status_of(const struct resp *rs)
{
	return rs->status == 0 ? 200 : rs->status;
}

static void
log_request(const struct req *rq, const struct resp *rs, int64_t ms)
{
	static const char *const names[] = {
		[M_GET] = "GET", [M_POST] = "POST", [M_PUT] = "PUT",
		[M_DELETE] = "DELETE", [M_OPTIONS] = "OPTIONS",
		[M_OTHER] = "other",
	};

	log_debug("%s %s %d %" PRId64 " ms%s",
	    rq->head ? "HEAD" : names[rq->method],
	    rq->route == NULL ? "(no route)" : rq->route->path,
	    status_of(rs), ms,
	    rs->waiter != NULL ? ", parked" : "");
}

static void
serve(struct thread *t)
{
	struct http_io io = {
		.variables = (const char *const *)t->fcgi->envp,
		.read = read_fcgi,
		.stream = t->fcgi->in,
	};
	int64_t start = clock_mono_us(), us;
	struct resp rs;
	struct req rq;

	req_init(&rq, t->arena, &io);
	rq.ctx = t->ctx;
	log_id_set(rq.request_id);
	server_dispatch(&t->server->conf, &rq, &rs);
	req_end(&rq);
	us = clock_mono_us() - start;
	log_request(&rq, &rs, us / 1000);
	if (rs.waiter != NULL) {
		park(t, &rq, &rs, start);
	} else {
		send_response(t, &rq, &rs);
		meter_request(operation_of(&rq), status_of(&rs), us);
	}
	log_id_set(NULL);
	arena_reset(t->arena);
	if (io.held_most > LARGE)
		malloc_trim(0);		/* a tree's nodes are too small to go by themselves */
}

/*
 * Ends the request. Also a connection that the FastCGI server would keep is
 * closed: it would occupy this thread.
 */
static void
finish(struct thread *t)
{
	FCGX_Finish_r(t->fcgi);
	if (t->fcgi->ipcFd >= 0)
		FCGX_Free(t->fcgi, 1);
}

/* ---- accepting ---- */

/* A FastCGI server that hangs must not hold a thread for ever. */
static void
set_up_connection(int fd)
{
	const struct timeval sends = { .tv_sec = SENDS_S };
	const struct timeval takes = { .tv_sec = TAKES_S };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &sends, sizeof(sends));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &takes, sizeof(takes));
}

static void
wait_for_connection(const struct thread *t)
{
	int timeout = anteroom_timeout(t->server->anteroom);
	struct epoll_event event;

	if (epoll_wait(t->epoll_fd, &event, 1, timeout) < 0 && errno != EINTR)
		fatal("epoll_wait: %s", strerror(errno));
}

/* Out of descriptors or memory: waits a moment, or until the stop. */
static void
pause_accepting(struct thread *t, int cause)
{
	struct pollfd stop = { .fd = t->server->stop_fd, .events = POLLIN };
	int64_t now = clock_mono_ms();

	if (t->last_warning == 0 || now - t->last_warning > 10000) {
		t->last_warning = now;
		log_warn("cannot accept connections: %s", strerror(cause));
	}
	poll(&stop, 1, ACCEPT_PAUSE_MS);
}

/* The request has arrived. libfcgi closes the connection when it is malformed. */
static void
serve_connection(struct thread *t, int fd)
{
	t->fcgi->ipcFd = fd;
	t->fcgi->keepConnection = 1;
	if (FCGX_Accept_r(t->fcgi) != 0)
		return;
	serve(t);
	finish(t);
}

/* -1 when there was none. */
static int
accept_connection(struct thread *t)
{
	int fd = accept4(t->server->conf.listen_fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd >= 0)
		set_up_connection(fd);
	else if (errno == EAGAIN || errno == EWOULDBLOCK)
		wait_for_connection(t);
	else if (errno != EINTR && errno != ECONNABORTED)
		pause_accepting(t, errno);
	return fd;
}

/* False when nobody came. */
static bool
accept_one(struct thread *t)
{
	struct anteroom *room = t->server->anteroom;
	int fd = anteroom_next(room);

	if (fd < 0) {
		if ((fd = accept_connection(t)) < 0)
			return false;
		if (!anteroom_admit(room, fd))
			return true;
	}
	serve_connection(t, fd);
	return true;
}

/*
 * The connections that wait on the socket when the server stops are served
 * too: it may be the last to have this socket, and they would be cut. While
 * others have it they could go on coming for ever, so there is an end. So are
 * those whose request is just arriving.
 */
static void
drain(struct thread *t)
{
	int64_t end = clock_mono_ms() + DRAIN_MS;

	while (clock_mono_ms() < end) {
		if (accept_one(t))
			continue;
		if (anteroom_is_empty(t->server->anteroom))
			break;
		poll(NULL, 0, DRAIN_LOOK_MS);
	}
}

static void *
run(void *arg)
{
	struct thread *t = arg;
	const struct server_conf *conf = &t->server->conf;

	t->ctx = conf->ops->thread_open(conf->app);
	if (t->ctx == NULL)
		fatal("a thread that answers requests cannot open the "
		    "database; see the message before");
	while (!t->server->stopping)
		accept_one(t);
	drain(t);
	if (conf->ops->thread_close != NULL)
		conf->ops->thread_close(t->ctx);
	return NULL;
}

/* ---- life ---- */

/* Initialises libfcgi without its handlers of SIGPIPE and SIGUSR1. */
static void
init_library(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGUSR1, SIG_IGN);
	if (FCGX_Init() != 0)
		fatal("libfcgi cannot be initialised");
}

/*
 * Each thread has its own epoll: of all that wait for the listening socket,
 * in all processes, the kernel then wakes one and not each for a connection.
 */
static int
open_epoll(const struct server *s)
{
	struct epoll_event connection = { .events = EPOLLIN | EPOLLEXCLUSIVE };
	struct epoll_event ready = { .events = EPOLLIN };
	struct epoll_event stop = { .events = EPOLLIN };
	int fd = epoll_create1(EPOLL_CLOEXEC);

	if (fd < 0 ||
	    epoll_ctl(fd, EPOLL_CTL_ADD, s->conf.listen_fd, &connection) != 0 ||
	    epoll_ctl(fd, EPOLL_CTL_ADD, anteroom_fd(s->anteroom), &ready)
	    != 0 || epoll_ctl(fd, EPOLL_CTL_ADD, s->stop_fd, &stop) != 0)
		fatal("epoll: %s", strerror(errno));
	return fd;
}

static void
thread_start(struct server *s, struct thread *t)
{
	int failure;

	t->server = s;
	t->arena = arena_new();
	t->epoll_fd = open_epoll(s);
	buf_init(&t->out, INT_MAX);
	t->fcgi = xcalloc(1, sizeof(*t->fcgi));
	FCGX_InitRequest(t->fcgi, -1, FCGI_FAIL_ACCEPT_ON_INTR);
	if ((failure = pthread_create(&t->id, NULL, run, t)) != 0)
		fatal("cannot start a thread: %s", strerror(failure));
}

/* Joins the thread; false when it still serves a request at that time of CLOCK_MONOTONIC. */
static bool
thread_join(struct thread *t, const struct timespec *deadline)
{
	if (pthread_clockjoin_np(t->id, NULL, CLOCK_MONOTONIC, deadline) != 0)
		return false;
	close(t->epoll_fd);
	free(t->fcgi);
	buf_clear(&t->out);
	arena_free(t->arena);
	return true;
}

/*
 * A thread must not block in accept. The socket is shared with other processes, and
 * starting one may make it blocking again (systemd does without NonBlocking=): a receive
 * timeout then ends the wait.
 */
static enum err
set_up_socket(int fd, struct error *e)
{
	const struct timeval longest = { .tv_sec = ACCEPT_S };
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &longest,
	    sizeof(longest)) != 0)
		return error_set(e, ERR_INTERNAL, NULL,
		    "cannot use the listening socket: %s", strerror(errno));
	return ERR_OK;
}

enum err
server_start(const struct server_conf *conf, struct server **out,
    struct error *e)
{
	struct server *s;
	enum err rc;

	assert(conf->n_routes > 0 && conf->threads > 0);
	assert(conf->ops->thread_open != NULL && conf->ops->error != NULL);
	if ((rc = set_up_socket(conf->listen_fd, e)) != ERR_OK)
		return rc;
	init_library();
	file_limit_raise(FILES_OF_PROCESS + FILES_OF_THREAD * conf->threads);
	s = xcalloc(1, sizeof(*s));
	s->threads = xcalloc((size_t)conf->threads, sizeof(*s->threads));
	s->conf = *conf;
	s->n_threads = conf->threads;
	s->anteroom = anteroom_new();
	if ((s->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0)
		fatal("eventfd: %s", strerror(errno));
	for (int i = 0; i < s->n_threads; i++)
		thread_start(s, &s->threads[i]);
	*out = s;
	return ERR_OK;
}

void
server_stop(struct server *s, int grace_ms)
{
	int64_t deadline_ms = clock_mono_ms() + grace_ms, left_ms;
	const struct timespec deadline = {
		.tv_sec = deadline_ms / 1000,
		.tv_nsec = deadline_ms % 1000 * 1000000,
	};
	int running = 0;

	if (s == NULL)
		return;
	s->stopping = true;
	eventfd_write(s->stop_fd, 1);
	for (int i = 0; i < s->n_threads; i++)
		running += !thread_join(&s->threads[i], &deadline);
	left_ms = deadline_ms - clock_mono_ms();
	if (s->conf.lounge != NULL)
		lounge_end(s->conf.lounge, left_ms > 0 ? (int)left_ms : 0);
	if (running > 0) {
		/* the stuck threads still use the server: nothing can be freed */
		log_warn("%d requests had not ended within "
		    "server.stop_grace and are cut off", running);
		_exit(EXIT_SUCCESS);
	}
	close(s->stop_fd);
	anteroom_free(s->anteroom);
	free(s->threads);
	free(s);
}
