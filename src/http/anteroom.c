/* SPDX-License-Identifier: MIT */
/* anteroom.c: connections whose request has not arrived yet. */
#include "anteroom.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "record.h"
#include "xalloc.h"

#define ROOM		512
#define LONGEST_MS	10000
#define SEEN		32768	/* bytes of a request that are looked at */

struct guest {
	int		 fd;
	int64_t		 until_ms;
	TAILQ_ENTRY(guest) link;
};

struct anteroom {
	pthread_mutex_t	 lock;
	int		 epoll_fd;
	TAILQ_HEAD(guests, guest) guests;	/* who has been here longest is first */
	atomic_int	 n;
};

struct anteroom *
anteroom_new(void)
{
	struct anteroom *r = xcalloc(1, sizeof(*r));

	pthread_mutex_init(&r->lock, NULL);
	TAILQ_INIT(&r->guests);
	if ((r->epoll_fd = epoll_create1(EPOLL_CLOEXEC)) < 0)
		fatal("epoll: %s", strerror(errno));
	return r;
}

/* The descriptor is the caller's. */
static int
let_go(struct anteroom *r, struct guest *g)
{
	int fd = g->fd;

	(void)epoll_ctl(r->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
	TAILQ_REMOVE(&r->guests, g, link);
	r->n--;
	free(g);
	return fd;
}

void
anteroom_free(struct anteroom *r)
{
	if (r == NULL)
		return;
	while (!TAILQ_EMPTY(&r->guests))
		close(let_go(r, TAILQ_FIRST(&r->guests)));
	close(r->epoll_fd);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

int
anteroom_fd(const struct anteroom *r)
{
	return r->epoll_fd;
}

bool
anteroom_is_empty(const struct anteroom *r)
{
	return r->n == 0;
}

enum look { WAIT, COME, GO };

/* `ended`: the peer will send no more. */
static enum look
look(int fd, bool ended)
{
	char seen[SEEN];
	ssize_t n = recv(fd, seen, sizeof(seen), MSG_PEEK | MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK ||
		    errno == EINTR ? WAIT : GO;
	if (n == 0)
		return GO;
	switch (record_look(seen, (size_t)n)) {
	case RECORD_WHOLE:
	case RECORD_BROKEN:
		return COME;
	case RECORD_HEAD:
		return ended || n == SEEN ? COME : WAIT;
	case RECORD_PART:
		break;
	}
	return n == SEEN ? COME : ended ? GO : WAIT;
}

static void
take_in(struct anteroom *r, int fd)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET };
	struct guest *g = xcalloc(1, sizeof(*g));

	g->fd = fd;
	g->until_ms = clock_mono_ms() + LONGEST_MS;
	event.data.ptr = g;
	pthread_mutex_lock(&r->lock);
	TAILQ_INSERT_TAIL(&r->guests, g, link);
	r->n++;
	if (epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
		close(let_go(r, g));
	else if (r->n > ROOM)
		close(let_go(r, TAILQ_FIRST(&r->guests)));
	pthread_mutex_unlock(&r->lock);
}

bool
anteroom_admit(struct anteroom *r, int fd)
{
	switch (look(fd, false)) {
	case COME:
		return true;
	case WAIT:
		take_in(r, fd);
		break;
	case GO:
		close(fd);
		break;
	}
	return false;
}

static void
see_off_overdue(struct anteroom *r)
{
	int64_t now = clock_mono_ms();
	struct guest *g;

	while ((g = TAILQ_FIRST(&r->guests)) != NULL && g->until_ms <= now)
		close(let_go(r, g));
}

/* Handles the events of epoll, one by one. */
static int
next(struct anteroom *r)
{
	struct epoll_event event;

	while (epoll_wait(r->epoll_fd, &event, 1, 0) == 1) {
		struct guest *g = event.data.ptr;
		bool ended = (event.events & (EPOLLRDHUP | EPOLLHUP |
		    EPOLLERR)) != 0;

		switch (look(g->fd, ended)) {
		case COME:
			return let_go(r, g);
		case GO:
			close(let_go(r, g));
			break;
		case WAIT:
			break;
		}
	}
	return -1;
}

int
anteroom_next(struct anteroom *r)
{
	int fd;

	if (anteroom_is_empty(r))
		return -1;
	pthread_mutex_lock(&r->lock);
	if ((fd = next(r)) < 0)
		see_off_overdue(r);
	pthread_mutex_unlock(&r->lock);
	return fd;
}

int
anteroom_timeout(struct anteroom *r)
{
	int64_t left = -1;

	if (anteroom_is_empty(r))
		return -1;
	pthread_mutex_lock(&r->lock);
	if (!TAILQ_EMPTY(&r->guests)) {
		left = TAILQ_FIRST(&r->guests)->until_ms - clock_mono_ms();
		left = left < 0 ? 0 : left;
	}
	pthread_mutex_unlock(&r->lock);
	return (int)left;
}
