/* SPDX-License-Identifier: MIT */
/* listen.c: the socket on which the FastCGI server calls. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "http.h"
#include "number.h"

#define BACKLOG		4096	/* the kernel lowers it to net.core.somaxconn */
#define LOOPBACK	"127.0.0.1"
#define LISTEN_FDS_START 3	/* sd_listen_fds(3) */

static bool
is_listening(int fd)
{
	socklen_t len = sizeof(int);
	int yes = 0;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &len) == 0 && yes;
}

static enum err
failed(struct error *e, const char *what, const char *address)
{
	return error_set(e, ERR_INTERNAL, NULL, "cannot %s %s: %s", what,
	    address, strerror(errno));
}

/* Removes a socket that a process left behind; one that answers stays. */
static enum err
remove_stale(const struct sockaddr_un *sun, struct error *e)
{
	struct stat st;
	int fd, rc;

	if (lstat(sun->sun_path, &st) != 0 || !S_ISSOCK(st.st_mode))
		return ERR_OK;
	if ((fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0)
		return failed(e, "make a socket for", sun->sun_path);
	rc = connect(fd, (const struct sockaddr *)sun, sizeof(*sun));
	if (rc != 0 && errno == ECONNREFUSED)
		unlink(sun->sun_path);
	close(fd);
	if (rc == 0)
		return error_set(e, ERR_INTERNAL, NULL,
		    "another process listens on %s", sun->sun_path);
	return ERR_OK;
}

/* Takes the descriptor only if it can be bound and listened on. */
static enum err
bind_and_listen(int s, const struct sockaddr *sa, socklen_t len,
    const char *address, int *fd, struct error *e)
{
	if (s < 0)
		return failed(e, "make a socket for", address);
	if (bind(s, sa, len) != 0 || listen(s, BACKLOG) != 0) {
		failed(e, "listen on", address);
		close(s);
		return e->code;
	}
	*fd = s;
	return ERR_OK;
}

static enum err
listen_unix(const char *path, int *fd, struct error *e)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	enum err rc;

	if (strlen(path) >= sizeof(sun.sun_path))
		return error_set(e, ERR_INTERNAL, NULL,
		    "the path of the socket %s is longer than %zu bytes", path,
		    sizeof(sun.sun_path) - 1);
	memcpy(sun.sun_path, path, strlen(path) + 1);
	if ((rc = remove_stale(&sun, e)) != ERR_OK)
		return rc;
	return bind_and_listen(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0),
	    (struct sockaddr *)&sun, sizeof(sun), path, fd, e);
}

/*
 * "host:port", "[v6]:port" and ":port", cut into `host` and the port. Without a host it
 * is 127.0.0.1: the client address that a peer sends is trusted, so other machines must
 * be allowed explicitly.
 */
static const char *
split_port(const char *address, char host[256])
{
	const char *colon = strrchr(address, ':');
	size_t len = colon == NULL ? 0 : (size_t)(colon - address);

	if (colon == NULL || len >= 256 || colon[1] == '\0')
		return NULL;
	if (len == 0) {
		memcpy(host, LOOPBACK, sizeof(LOOPBACK));
		return colon + 1;
	}
	if (len > 1 && address[0] == '[' && address[len - 1] == ']') {
		address++;
		len -= 2;
	}
	memcpy(host, address, len);
	host[len] = '\0';
	return colon + 1;
}

static enum err
listen_tcp(const char *address, int *fd, struct error *e)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	const char *port;
	char host[256];
	enum err rc;
	int s, yes = 1;

	if ((port = split_port(address, host)) == NULL)
		return error_set(e, ERR_INTERNAL, NULL,
		    "%s is no address: give /path, host:port or :port", address);
	if ((s = getaddrinfo(host, port, &hints, &found)) != 0)
		return error_set(e, ERR_INTERNAL, NULL, "cannot resolve %s: %s",
		    address, gai_strerror(s));
	s = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s >= 0)
		setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	rc = bind_and_listen(s, found->ai_addr, found->ai_addrlen, address, fd,
	    e);
	freeaddrinfo(found);
	return rc;
}

static bool
passed_by_systemd(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");

	return number_or(pid, 1, INT_MAX, 0) == getpid() &&
	    number_or(fds, 1, INT_MAX, 0) > 0 &&
	    is_listening(LISTEN_FDS_START);
}

enum err
server_listen(const char *address, int *fd, struct error *e)
{
	if (address != NULL)
		return address[0] == '/' ? listen_unix(address, fd, e) :
		    listen_tcp(address, fd, e);
	if (passed_by_systemd())
		*fd = LISTEN_FDS_START;
	else if (is_listening(STDIN_FILENO))
		*fd = STDIN_FILENO;
	else
		return error_set(e, ERR_INTERNAL, NULL,
		    "no socket to listen on: start with spawn-fcgi or a "
		    "systemd socket unit, or give an address");
	fcntl(*fd, F_SETFD, FD_CLOEXEC);
	return ERR_OK;
}
