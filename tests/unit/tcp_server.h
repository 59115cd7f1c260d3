/* SPDX-License-Identifier: MIT */
/*
 * tcp_server.h: a server on 127.0.0.1 that behaves, or not, as the path says.
 *
 *  /ok            200 "hello", the connection is kept
 *  /status/N      status N, an empty body
 *  /echo          200, the request as it came as the body
 *  /bytes/N       200, N bytes "x"
 *  /coded/N       200, "hello" in the coding N, or said to be: gzip, deflate, raw-deflate, br,
 *                 zstd, utf-8, undone; packed is 200,000 bytes "x" in gzip, spaced a JSON object
 *                 behind a byte order mark and blanks, in pieces
 *  /last          200 "hello"; what comes next on the connection is read, counted, not answered
 *  /close         reads the request and closes
 *  /reset         resets the connection in the middle of the request's body
 *  /slow          reads the request, and never answers
 *  /cut           200, promises 100 bytes, sends 5 and closes
 *  /huge          200, a body without an end
 *  /length        200, promises 10^12 bytes
 *  /headers       headers without an end
 *  /trickle       200, a byte every 50 ms without an end
 *  /to/URL        302 to URL
 *  /hops/N        302 to /hops/N-1; /hops/0 is /ok
 *  else           404
 *
 * It is a proxy, too: a CONNECT is answered 200 (or 407, if `refuse_connect`), a
 * SOCKS 5 request accepted, and then it plays the server behind itself. TLS it
 * hangs up on.
 */
#ifndef TCP_SERVER_H
#define TCP_SERVER_H

#include <stdatomic.h>

struct tcp_server {
	int		 fd;
	int		 port;
	atomic_bool	 refuse_connect;
	atomic_int	 connections;	/* ever accepted */
	atomic_int	 open;		/* now */
	atomic_int	 most_open;
	struct tcp_server_private *private;
};

struct tcp_server *tcp_server_start(void);
void	tcp_server_stop(struct tcp_server *s);
/* How many requests began with this: "GET /ok", "CONNECT 192.0.2.1:80", "SOCKS 192.0.2.1:80". */
int	tcp_server_count(struct tcp_server *s, const char *start);
void	tcp_server_forget(struct tcp_server *s);

#endif
