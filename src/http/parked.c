/* SPDX-License-Identifier: MIT */
/* parked.c: writing to a parked request without ever waiting for its reader. */
#include "parked.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "record.h"
#include "xalloc.h"

#define MAX_PENDING	((size_t)256 * 1024 * 1024)
#define CLOSE_WAIT_MS	2000

struct parked *
parked_new(struct waiter *w, int fd, int request_id)
{
	struct parked *p = xcalloc(1, sizeof(*p));

	p->waiter = w;
	p->fd = fd;
	p->request_id = request_id;
	buf_init(&p->out, MAX_PENDING);
	return p;
}

static void
free_waiter(struct parked *p)
{
	if (p->waiter == NULL)
		return;
	free(p->waiter->headers);
	p->waiter->headers = NULL;
	p->waiter->ops->free(p->waiter);
	p->waiter = NULL;
}

void
parked_free(struct parked *p)
{
	free_waiter(p);
	buf_clear(&p->out);
	close(p->fd);
	free(p);
}

/* How much of it the socket took; a failure changes the state. */
static size_t
send_some(struct parked *p, const char *data, size_t len)
{
	size_t sent = 0;

	while (sent < len) {
		ssize_t n = send(p->fd, data + sent, len - sent,
		    MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			if (errno != EAGAIN && errno != EWOULDBLOCK)
				p->state = PARKED_GONE;
			break;
		}
		sent += (size_t)n;
	}
	return sent;
}

/*
 * Closing with something unread would make the kernel reset the connection,
 * and the FastCGI server might lose the end of the answer.
 */
static void
begin_closing(struct parked *p)
{
	p->state = PARKED_CLOSING;
	p->close_ms = clock_mono_ms() + CLOSE_WAIT_MS;
	shutdown(p->fd, SHUT_WR);
	parked_drain(p);
}

void
parked_flush(struct parked *p)
{
	buf_consume(&p->out, send_some(p, p->out.data, p->out.len));
	if (p->out.len > 0)
		return;
	buf_clear(&p->out);
	if (p->state == PARKED_ENDING)
		begin_closing(p);
}

void
parked_send(struct parked *p, const struct buf *text, bool last,
    struct buf *scratch)
{
	size_t sent = 0;
	bool fits;

	buf_reset(scratch);
	fits = record_stdout(scratch, p->request_id, text->data, text->len);
	if (last) {
		fits = fits && record_end(scratch, p->request_id);
		free_waiter(p);
		p->state = PARKED_ENDING;
	}
	if (p->out.len == 0)
		sent = send_some(p, scratch->data, scratch->len);
	if (!fits || !buf_append(&p->out, scratch->data + sent,
	    scratch->len - sent))
		p->state = PARKED_GONE;
	if (p->state == PARKED_ENDING && p->out.len == 0)
		begin_closing(p);
}

void
parked_drain(struct parked *p)
{
	char trash[4096];
	ssize_t n;

	do {
		n = recv(p->fd, trash, sizeof(trash), MSG_DONTWAIT);
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
		p->state = PARKED_GONE;
}
