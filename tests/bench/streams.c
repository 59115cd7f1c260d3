/* SPDX-License-Identifier: MIT */
/*
 * streams.c: many clients of chat streams at once, for measurements and tests.
 *
 *	streams PORT KEY MODEL PROMPT
 *
 * The server is on 127.0.0.1. Each client's prompt is its number before PROMPT.
 * Commands come in lines on stdin; each is answered by a line on stdout:
 *
 *	open N		opens clients until there are N: "open N", when each
 *			has had its first chunk; "failed STATUS", when one
 *			is refused
 *	stall N		N of them stop reading
 *	read		those that stopped read on
 *	half N		N more send half of a request, and stay: "halves N"
 *	close N		N of the clients leave, the oldest first
 *	churn N S	for S seconds N clients come and leave at random, some
 *			in the middle of their request: "churned CONNECTIONS"
 *
 * Meanwhile each change of the progress is a line "progress CLIENT PERCENT MS",
 * in ms of Unix time, each end of a stream a line "done CLIENT MS", and each
 * that ends without [DONE] a line "broken CLIENT MS".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS		20000	/* at most, in all */
#define AT_ONCE		128	/* without a first chunk yet */
#define LINE		1024	/* of which a longer line's beginning is kept */
#define LONGEST_MS	10000	/* that a client of churn stays */

struct client {
	int	 fd;		/* -1: not connected */
	int	 progress;
	bool	 begun;		/* its first chunk came */
	bool	 done;
	bool	 stalled;
	int64_t	 leave_ms;	/* of a client of churn; else 0 */
	size_t	 len;
	char	 line[LINE];
};

static struct client *clients[CLIENTS];
static int n_clients, n_opening, oldest;
static int epoll_fd, port;
static const char *key, *model, *prompt;

static void
die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int
below(int n)
{
	return (int)(random() % n);
}

/* ---- one client ---- */

static void
disconnect(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	if (!c->begun && c->leave_ms == 0)
		n_opening--;
	c->begun = true;
}

static void
watch(int i, int op)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = (uint32_t)i };

	if (clients[i]->stalled)
		ev.events = 0;
	if (epoll_ctl(epoll_fd, op, clients[i]->fd, &ev) != 0)
		die("epoll_ctl");
}

static size_t
request_of(int i, char *out, size_t size)
{
	char body[512];
	int len = snprintf(body, sizeof(body),
	    "{\"model\":\"%s\",\"stream\":true,\"messages\":"
	    "[{\"role\":\"user\",\"content\":\"%d %s\"}]}",
	    model, i, prompt);

	len = snprintf(out, size, "POST /v1/chat/completions HTTP/1.1\r\n"
	    "Host: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\n"
	    "Content-Type: application/json\r\n"
	    "Content-Length: %d\r\n\r\n%s", port, key, len, body);
	return (size_t)len;
}

/* Sends all of its request, or with `part` any beginning of it. */
static void
connect_client(int i, bool part)
{
	const struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)port),
	};
	struct client *c = clients[i];
	char request[1024];
	size_t len = request_of(i, request, sizeof(request));

	if (part)
		len = 1 + (size_t)below((int)len - 1);
	c->len = 0;
	if ((c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0)
		die("socket");
	if (connect(c->fd, (const struct sockaddr *)&to, sizeof(to)) != 0)
		die("connect");
	if (send(c->fd, request, len, MSG_NOSIGNAL) != (ssize_t)len)
		die("send");
	watch(i, EPOLL_CTL_ADD);
}

static int
add_client(void)
{
	if (n_clients == CLIENTS ||
	    (clients[n_clients] = calloc(1, sizeof(struct client))) == NULL)
		die("too many clients");
	clients[n_clients]->fd = -1;
	return n_clients++;
}

/* ---- what it is told ---- */

static void
on_status(struct client *c)
{
	if (strncmp(c->line, "HTTP/1.1 200", 12) == 0 || c->leave_ms != 0)
		return;
	printf("failed %.3s\n", c->line + 9);
}

static void
on_event(int i)
{
	struct client *c = clients[i];
	const char *at = strstr(c->line, "\"progress\":");
	int progress;

	if (!c->begun)
		n_opening--;
	c->begun = true;
	if (strcmp(c->line, "data: [DONE]") == 0) {
		c->done = true;
		printf("done %d %" PRId64 "\n", i, now_ms());
	}
	if (at == NULL || (progress = atoi(at + 11)) <= c->progress)
		return;
	c->progress = progress;
	printf("progress %d %d %" PRId64 "\n", i, progress, now_ms());
}

/* The end of the answer: its last chunk, or of the connection. */
static void
on_end(int i)
{
	struct client *c = clients[i];

	if (!c->done && c->leave_ms == 0)
		printf("broken %d %" PRId64 "\n", i, now_ms());
	c->done = true;
}

static void
on_bytes(int i, const char *data, size_t len)
{
	struct client *c = clients[i];

	for (size_t at = 0; at < len; at++) {
		if (data[at] != '\n') {
			if (c->len < LINE - 1)
				c->line[c->len++] = data[at];
			continue;
		}
		if (c->len > 0 && c->line[c->len - 1] == '\r')
			c->len--;
		c->line[c->len] = '\0';
		c->len = 0;
		if (strncmp(c->line, "HTTP/1.1", 8) == 0)
			on_status(c);
		else if (strncmp(c->line, "data: ", 6) == 0 &&
		    c->leave_ms == 0)
			on_event(i);
		else if (strcmp(c->line, "0") == 0)
			on_end(i);
	}
}

static void
on_readable(int i)
{
	struct client *c = clients[i];
	char data[16384];
	ssize_t n;

	if (c->fd < 0)
		return;
	n = recv(c->fd, data, sizeof(data), MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		on_bytes(i, data, (size_t)n);
		return;
	}
	on_end(i);
	disconnect(c);
}

/* ---- commands ---- */

static int wanted;	/* clients, of "open" */
static bool opening;	/* "open" is not answered yet */

static void
open_some(void)
{
	if (!opening)
		return;
	while (n_clients < wanted && n_opening < AT_ONCE) {
		n_opening++;
		connect_client(add_client(), false);
	}
	if (n_clients < wanted || n_opening > 0)
		return;
	opening = false;
	printf("open %d\n", n_clients);
}

static void
stall(int n, bool stalled)
{
	for (int i = oldest; i < n_clients && n > 0; i++) {
		if (clients[i]->fd < 0 || clients[i]->done ||
		    clients[i]->stalled == stalled)
			continue;
		clients[i]->stalled = stalled;
		watch(i, EPOLL_CTL_MOD);
		n--;
	}
}

static void
send_halves(int n)
{
	for (int i = 0; i < n; i++) {
		int half = add_client();

		clients[half]->begun = clients[half]->done = true;
		connect_client(half, true);
	}
	printf("halves %d\n", n);
}

static void
leave(int n)
{
	for (; oldest < n_clients && n > 0; oldest++) {
		if (clients[oldest]->fd < 0)
			continue;
		disconnect(clients[oldest]);
		n--;
	}
}

static void read_for(int ms);

static void
arrive(int i)
{
	disconnect(clients[i]);
	clients[i]->leave_ms = now_ms() + below(LONGEST_MS);
	connect_client(i, below(2) == 0);
}

static void
churn(int n, int seconds)
{
	int64_t end = now_ms() + (int64_t)seconds * 1000;
	int first = n_clients, connections = 0;

	for (int i = 0; i < n; i++)
		clients[add_client()]->leave_ms = 1;
	while (now_ms() < end) {
		for (int i = first; i < n_clients; i++)
			if (now_ms() >= clients[i]->leave_ms) {
				arrive(i);
				connections++;
			}
		read_for(20);
	}
	for (int i = first; i < n_clients; i++)
		disconnect(clients[i]);
	printf("churned %d\n", connections);
}

static void
on_command(char *line)
{
	int n = 0, seconds = 0;
	char verb[16];

	if (sscanf(line, "%15s %d %d", verb, &n, &seconds) < 1)
		return;
	if (strcmp(verb, "open") == 0) {
		wanted = n;
		opening = true;
	} else if (strcmp(verb, "stall") == 0) {
		stall(n, true);
		printf("stalled\n");
	} else if (strcmp(verb, "read") == 0) {
		stall(n_clients, false);
		printf("reading\n");
	} else if (strcmp(verb, "close") == 0) {
		leave(n);
		printf("closed\n");
	} else if (strcmp(verb, "half") == 0) {
		send_halves(n);
	} else if (strcmp(verb, "churn") == 0) {
		churn(n, seconds);
	} else {
		printf("unknown %s\n", verb);
	}
}

/* ---- the loop ---- */

static void
on_stdin(void)
{
	char line[256];
	ssize_t n = read(STDIN_FILENO, line, sizeof(line) - 1);

	if (n <= 0)
		exit(EXIT_SUCCESS);
	line[n] = '\0';
	for (char *at = strtok(line, "\n"); at != NULL; at = strtok(NULL, "\n"))
		on_command(at);
}

static void
read_for(int ms)
{
	struct epoll_event events[256];
	int n = epoll_wait(epoll_fd, events, 256, ms);

	for (int i = 0; i < n; i++) {
		if (events[i].data.u32 == UINT32_MAX)
			on_stdin();
		else
			on_readable((int)events[i].data.u32);
	}
}

static void
raise_file_limit(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int
main(int argc, char **argv)
{
	struct epoll_event input = {
		.events = EPOLLIN, .data.u32 = UINT32_MAX
	};

	if (argc != 5) {
		fprintf(stderr, "usage: streams port key model prompt\n");
		return 2;
	}
	port = atoi(argv[1]);
	key = argv[2];
	model = argv[3];
	prompt = argv[4];
	srandom((unsigned)getpid());
	setvbuf(stdout, NULL, _IOLBF, 0);
	raise_file_limit();
	if ((epoll_fd = epoll_create1(EPOLL_CLOEXEC)) < 0 || epoll_ctl(epoll_fd,
	    EPOLL_CTL_ADD, STDIN_FILENO, &input) != 0)
		die("epoll");
	for (;;) {
		open_some();
		read_for(-1);
	}
}
