/* SPDX-License-Identifier: MIT */
/*
 * client.h: the one libcurl client.
 *
 * A client belongs to one thread. Connections are reused, HTTP/2 is used where
 * the server has it, proxies as the request says and never the environment.
 * Redirects are not followed. Only GET and HEAD may be sent a second time by
 * libcurl, when a reused connection turned out dead; everything else is sent at
 * most once, a POST on a connection of its own. A reason never has a credential.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include "error.h"
#include "upstream.h"

struct client;
struct transfer;

/* Called by client_wait when a transfer ended; `r` lives until it returns. `arg` is the starter's. */
typedef void transfer_fn(void *arg, const struct call_response *r);

/* Once per process and before threads. Ignores SIGPIPE, which libcurl then leaves alone. */
void		 client_global_init(void);
/*
 * Servers and HTTPS proxies must have a certificate that one of this PEM file has
 * signed, and no longer one of the system's file; "" leaves those. Once per
 * process and before threads; the string is borrowed. ERR_INTERNAL when it cannot be
 * read.
 */
MUST_CHECK enum err client_trust(const char *ca_file, struct error *e);
struct client	*client_new(void);	/* cannot fail */
void		 client_free(struct client *c);	/* cancels what runs, without calling back */

/*
 * Starts a request; it is copied, so its arena may go. `done` is called exactly
 * once, from client_wait, unless transfer_cancel is called first; when it is
 * called the transfer is over and not to be cancelled. It may start and cancel
 * others, but not wait.
 */
struct transfer	*client_start(struct client *c, const struct call_request *rq, transfer_fn *done, void *arg);
void		 transfer_cancel(struct transfer *t);
/* Waits up to timeout_ms for something to happen (0: looks only) and calls back what ended. */
void		 client_wait(struct client *c, int timeout_ms);
/* Makes a client_wait of another thread, or a later one, return at once. Async-signal-safe it is not. */
void		 client_wake(struct client *c);
int		 client_running(const struct client *c);
/*
 * Whether one more exchange finds the descriptors that it needs: connection, what it
 * sends, where its answer goes. The process's limit counts as it is at client_new.
 */
bool		 client_has_room(const struct client *c);

/*
 * One exchange, blocking; the answer's memory is in the arena. Never fails: see
 * r->transport. Any thread; its connections are kept for its next call.
 */
void		 client_perform(const struct call_request *rq, struct arena *a, struct call_response *r);

#endif
