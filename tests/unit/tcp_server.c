/* SPDX-License-Identifier: MIT */
/* tcp_server.c: a server that behaves, or not, as the path says. */
#include "tcp_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_REQUEST	(1 << 20)	/* that is kept for /echo */
#define MAX_LINES	1024
#define MAX_CONNECTIONS	1024
#define TLS_HANDSHAKE	0x16		/* the first byte of TLS, which it does not speak */

struct tcp_server_private {
	pthread_t	 acceptor;
	pthread_mutex_t	 mutex;
	pthread_t	 threads[MAX_CONNECTIONS];
	int		 fds[MAX_CONNECTIONS];	/* -1: closed */
	int		 n;
	char		 lines[MAX_LINES][512];
	int		 n_lines;
};

struct connection {
	struct tcp_server *server;
	int		 slot;
	int		 fd;
	bool		 last;		/* answers nothing more */
	char		 request[MAX_REQUEST];
	size_t		 len;
	char		 method[16];
	char		 path[240];
};

typedef bool behave_fn(struct connection *c, const char *rest);

static bool
put(struct connection *c, const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = send(c->fd, p, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

static bool
puts_all(struct connection *c, const char *text)
{
	return put(c, text, strlen(text));
}

static bool
answer(struct connection *c, int status, const char *header, const char *body,
    size_t len)
{
	char head[1024];

	snprintf(head, sizeof(head), "HTTP/1.1 %d Said\r\nContent-Length: %zu\r\n"
	    "Content-Type: text/plain\r\n%s\r\n", status, len, header);
	if (!puts_all(c, head))
		return false;
	return strcmp(c->method, "HEAD") == 0 || put(c, body, len);
}

static void
wait_for_hangup(struct connection *c)
{
	char byte;

	while (recv(c->fd, &byte, 1, 0) > 0)
		;
}

static bool
behave_ok(struct connection *c, const char *rest)
{
	(void)rest;
	return answer(c, 200, "", "hello", 5);
}

static bool
behave_status(struct connection *c, const char *rest)
{
	return answer(c, atoi(rest), "", "", 0);
}

static bool
behave_echo(struct connection *c, const char *rest)
{
	(void)rest;
	return answer(c, 200, "X-Echo: a\r\nx-echo-two:  b \r\n", c->request,
	    c->len);
}

static bool
behave_bytes(struct connection *c, const char *rest)
{
	size_t n = strtoul(rest, NULL, 10);
	char *body = malloc(n + 1);
	bool ok;

	memset(body, 'x', n);
	ok = answer(c, 200, "", body, n);
	free(body);
	return ok;
}

static bool
behave_last(struct connection *c, const char *rest)
{
	c->last = true;
	return behave_ok(c, rest);
}

static bool
behave_close(struct connection *c, const char *rest)
{
	(void)c;
	(void)rest;
	return false;
}

static bool
behave_slow(struct connection *c, const char *rest)
{
	(void)rest;
	wait_for_hangup(c);
	return false;
}

static bool
behave_cut(struct connection *c, const char *rest)
{
	(void)rest;
	puts_all(c, "HTTP/1.1 200 Said\r\nContent-Length: 100\r\n\r\nhello");
	return false;
}

static bool
behave_huge(struct connection *c, const char *rest)
{
	static const char block[65536] = "x";

	(void)rest;
	puts_all(c, "HTTP/1.1 200 Said\r\n\r\n");
	while (put(c, block, sizeof(block)))
		;
	return false;
}

static bool
behave_length(struct connection *c, const char *rest)
{
	(void)rest;
	puts_all(c, "HTTP/1.1 200 Said\r\nContent-Length: 1000000000000\r\n\r\n");
	wait_for_hangup(c);
	return false;
}

static bool
behave_headers(struct connection *c, const char *rest)
{
	(void)rest;
	puts_all(c, "HTTP/1.1 200 Said\r\n");
	while (puts_all(c, "X-More: and more and more and more and more\r\n"))
		;
	return false;
}

/* Headers of `rest` bytes each. */
static bool
behave_long_headers(struct connection *c, const char *rest)
{
	char block[1000];

	memset(block, 'x', sizeof(block));
	puts_all(c, "HTTP/1.1 200 Said\r\n");
	while (puts_all(c, "X-More: ")) {
		for (int n = atoi(rest); n > 0; n -= (int)sizeof(block))
			put(c, block, sizeof(block));
		puts_all(c, "\r\n");
	}
	return false;
}

static bool
behave_trickle(struct connection *c, const char *rest)
{
	(void)rest;
	puts_all(c, "HTTP/1.1 200 Said\r\n\r\n");
	while (put(c, "x", 1))
		usleep(50000);
	return false;
}

static bool
behave_to(struct connection *c, const char *rest)
{
	char header[300];

	snprintf(header, sizeof(header), "Location: %s\r\n", rest);
	return answer(c, 302, header, "gone", 4);
}

static bool
behave_hops(struct connection *c, const char *rest)
{
	char to[32];
	int n = atoi(rest);

	if (n == 0)
		return behave_ok(c, rest);
	snprintf(to, sizeof(to), "/hops/%d", n - 1);
	return behave_to(c, to);
}

#define CODED(name, coding, bytes) \
	{ name, "Content-Encoding: " coding "\r\n", bytes, sizeof(bytes) - 1 }

/* 200,000 times "x", but for the zeros in its middle. */
#define PACKED_HEAD \
	"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xed\xc1\x31\x01\x00\x00" \
	"\x00\xc2\xa0\xda\x8b\x6f\x06\x7f\xa0"
#define PACKED_TAIL "\x80\xd7\x00\x72\x02\xbf\x51\x40\x0d\x03\x00"
#define PACKED_ZEROS 193

static const struct {
	const char	*name;
	const char	*header;
	const char	*bytes;
	size_t		 len;
} coded[] = {
	CODED("gzip", "gzip", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48"
	    "\xcd\xc9\xc9\x07\x00\x86\xa6\x10\x36\x05\x00\x00\x00"),
	CODED("deflate", "deflate",
	    "\x78\x9c\xcb\x48\xcd\xc9\xc9\x07\x00\x06\x2c\x02\x15"),
	CODED("raw-deflate", "deflate", "\xcb\x48\xcd\xc9\xc9\x07\x00"),
	CODED("br", "br", "\x0b\x02\x80hello\x03"),
	CODED("zstd", "zstd", "\x28\xb5\x2f\xfd\x20\x05\x29\x00\x00hello"),
	CODED("utf-8", "utf-8", "hello"),
	CODED("undone", "gzip", "hello"),
};

static bool
behave_packed(struct connection *c)
{
	char body[256] = PACKED_HEAD;
	size_t head = sizeof(PACKED_HEAD) - 1, tail = sizeof(PACKED_TAIL) - 1;

	memcpy(body + head + PACKED_ZEROS, PACKED_TAIL, tail);
	return answer(c, 200, "Content-Encoding: gzip\r\n", body,
	    head + PACKED_ZEROS + tail);
}

/* A byte after the other, as far as the network keeps them apart. */
static bool
behave_spaced(struct connection *c)
{
	static const char body[] = "\xef\xbb\xbf \r\n{\"a\":1}";
	const struct timespec pause = { .tv_nsec = 5000000 };

	if (!puts_all(c, "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n"))
		return false;
	for (size_t i = 0; i < sizeof(body) - 1; i++) {
		if (!put(c, body + i, 1))
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

static bool
behave_coded(struct connection *c, const char *rest)
{
	if (strcmp(rest, "packed") == 0)
		return behave_packed(c);
	if (strcmp(rest, "spaced") == 0)
		return behave_spaced(c);
	for (size_t i = 0; i < sizeof(coded) / sizeof(coded[0]); i++)
		if (strcmp(rest, coded[i].name) == 0)
			return answer(c, 200, coded[i].header, coded[i].bytes,
			    coded[i].len);
	return false;
}

static const struct {
	const char	*path;
	behave_fn	*behave;
} behaviours[] = {
	{ "/ok", behave_ok },
	{ "/status/", behave_status },
	{ "/echo", behave_echo },
	{ "/bytes/", behave_bytes },
	{ "/coded/", behave_coded },
	{ "/last", behave_last },
	{ "/close", behave_close },
	{ "/slow", behave_slow },
	{ "/cut", behave_cut },
	{ "/huge", behave_huge },
	{ "/length", behave_length },
	{ "/headers", behave_headers },
	{ "/long-headers/", behave_long_headers },
	{ "/trickle", behave_trickle },
	{ "/to/", behave_to },
	{ "/hops/", behave_hops },
};

static void
record(struct connection *c, const char *method, const char *path)
{
	struct tcp_server_private *p = c->server->private;

	pthread_mutex_lock(&p->mutex);
	if (p->n_lines < MAX_LINES)
		snprintf(p->lines[p->n_lines++], sizeof(p->lines[0]), "%s %s",
		    method, path);
	pthread_mutex_unlock(&p->mutex);
}

static void
reset(struct connection *c)
{
	struct linger hard = { .l_onoff = 1 };

	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
}

/* Reads until `want` bytes are there, keeping the first of them; false at the end. */
static bool
read_to(struct connection *c, size_t *have, size_t want)
{
	char rest[65536];

	while (*have < want) {
		bool keep = c->len + sizeof(rest) < sizeof(c->request);
		ssize_t n = recv(c->fd, keep ? c->request + c->len : rest,
		    want - *have < sizeof(rest) ? want - *have : sizeof(rest),
		    0);

		if (n <= 0)
			return false;
		*have += (size_t)n;
		if (keep)
			c->len += (size_t)n;
		c->request[c->len] = '\0';
	}
	return true;
}

static bool
read_head(struct connection *c)
{
	size_t have = 0;

	c->len = 0;
	c->request[0] = '\0';
	do {
		if (!read_to(c, &have, have + 1) ||
		    c->request[0] == TLS_HANDSHAKE)
			return false;
	} while (strstr(c->request, "\r\n\r\n") == NULL);
	return sscanf(c->request, "%15s %239s", c->method, c->path) == 2;
}

static size_t
body_length(const struct connection *c)
{
	const char *h = strcasestr(c->request, "\r\nContent-Length:");

	return h == NULL ? 0 : strtoul(h + strlen("\r\nContent-Length:"), NULL,
	    10);
}

/* What a proxy is sent has the whole URL for a path. */
static void
strip_origin(char *path)
{
	char *p;

	if (strncmp(path, "http://", 7) == 0 &&
	    (p = strchr(path + 7, '/')) != NULL)
		memmove(path, p, strlen(p) + 1);
}

/* One request; false: close. */
static bool
serve(struct connection *c)
{
	size_t have = 0;

	if (!read_head(c))
		return false;
	strip_origin(c->path);
	record(c, c->method, c->path);
	if (strcmp(c->method, "CONNECT") == 0)
		return c->server->refuse_connect ? answer(c, 407, "", "", 0) :
		    puts_all(c, "HTTP/1.1 200 Go on\r\n\r\n");
	if (strcmp(c->path, "/reset") == 0) {
		reset(c);
		return false;
	}
	if (!read_to(c, &have, body_length(c)) || c->last)
		return false;
	for (size_t i = 0; i < sizeof(behaviours) / sizeof(*behaviours); i++)
		if (strncmp(c->path, behaviours[i].path,
		    strlen(behaviours[i].path)) == 0)
			return behaviours[i].behave(c, c->path +
			    strlen(behaviours[i].path));
	return answer(c, 404, "", "none", 4);
}

/* RFC 1928, without authentication; IPv4 addresses and names. */
static bool
socks(struct connection *c)
{
	unsigned char b[300];
	char to[400];
	size_t n;

	if (recv(c->fd, b, 2, MSG_WAITALL) != 2 ||
	    recv(c->fd, b + 2, b[1], MSG_WAITALL) != b[1] ||
	    !put(c, "\005\000", 2) || recv(c->fd, b, 5, MSG_WAITALL) != 5)
		return false;
	n = b[3] == 1 ? 5 : (size_t)b[4] + 2;
	if (recv(c->fd, b + 5, n, MSG_WAITALL) != (ssize_t)n)
		return false;
	if (b[3] == 1)
		snprintf(to, sizeof(to), "%d.%d.%d.%d:%d", b[4], b[5], b[6],
		    b[7], b[8] << 8 | b[9]);
	else
		snprintf(to, sizeof(to), "%.*s:%d", b[4], (char *)b + 5,
		    b[3 + n] << 8 | b[4 + n]);
	record(c, "SOCKS", to);
	return put(c, "\005\000\000\001\000\000\000\000\000\000", 10);
}

static void *
serve_connection(void *arg)
{
	struct connection *c = arg;
	struct tcp_server_private *p = c->server->private;
	unsigned char first;

	if (recv(c->fd, &first, 1, MSG_PEEK) == 1 &&
	    (first != 5 || socks(c)))
		while (serve(c))
			;
	pthread_mutex_lock(&p->mutex);
	p->fds[c->slot] = -1;
	pthread_mutex_unlock(&p->mutex);
	close(c->fd);
	atomic_fetch_sub(&c->server->open, 1);
	free(c);
	return NULL;
}

static void
take_connection(struct tcp_server *s, int fd)
{
	struct connection *c = calloc(1, sizeof(*c));
	struct tcp_server_private *p = s->private;
	int open = atomic_fetch_add(&s->open, 1) + 1;

	atomic_fetch_add(&s->connections, 1);
	if (open > s->most_open)
		s->most_open = open;
	pthread_mutex_lock(&p->mutex);
	if (p->n == MAX_CONNECTIONS)
		abort();
	c->server = s;
	c->fd = fd;
	c->slot = p->n++;
	p->fds[c->slot] = fd;
	pthread_create(&p->threads[c->slot], NULL, serve_connection, c);
	pthread_mutex_unlock(&p->mutex);
}

static void *
accept_all(void *arg)
{
	struct tcp_server *s = arg;
	int fd;

	while ((fd = accept(s->fd, NULL, NULL)) >= 0)
		take_connection(s, fd);
	return NULL;
}

struct tcp_server *
tcp_server_start(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct tcp_server *s = calloc(1, sizeof(*s));
	socklen_t len = sizeof(in);

	s->private = calloc(1, sizeof(*s->private));
	pthread_mutex_init(&s->private->mutex, NULL);
	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(s->fd, (struct sockaddr *)&in, sizeof(in)) != 0 ||
	    listen(s->fd, 1024) != 0 ||
	    getsockname(s->fd, (struct sockaddr *)&in, &len) != 0)
		abort();
	s->port = ntohs(in.sin_port);
	pthread_create(&s->private->acceptor, NULL, accept_all, s);
	return s;
}

void
tcp_server_stop(struct tcp_server *s)
{
	struct tcp_server_private *p = s->private;

	shutdown(s->fd, SHUT_RDWR);
	pthread_join(p->acceptor, NULL);
	close(s->fd);
	pthread_mutex_lock(&p->mutex);
	for (int i = 0; i < p->n; i++)
		if (p->fds[i] >= 0)
			shutdown(p->fds[i], SHUT_RDWR);
	pthread_mutex_unlock(&p->mutex);
	for (int i = 0; i < p->n; i++)
		pthread_join(p->threads[i], NULL);
	pthread_mutex_destroy(&p->mutex);
	free(p);
	free(s);
}

int
tcp_server_count(struct tcp_server *s, const char *start)
{
	struct tcp_server_private *p = s->private;
	int n = 0;

	pthread_mutex_lock(&p->mutex);
	for (int i = 0; i < p->n_lines; i++)
		n += strncmp(p->lines[i], start, strlen(start)) == 0;
	pthread_mutex_unlock(&p->mutex);
	return n;
}

void
tcp_server_forget(struct tcp_server *s)
{
	pthread_mutex_lock(&s->private->mutex);
	s->private->n_lines = 0;
	pthread_mutex_unlock(&s->private->mutex);
}
