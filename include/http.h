/* SPDX-License-Identifier: MIT */
/*
 * http.h: requests and responses over FastCGI, and the table that joins them
 * to handlers.
 *
 * A server runs some threads that each accept one request at a time. For each
 * request the router makes the checks that all routes share, in this order:
 * path (404), method (405), credentials (401), size (413), content type (415);
 * then it calls the route's handler. A handler reads the request, fills the
 * response and returns ERR_OK, or fills the error and returns its code. Nothing
 * is sent before it returned.
 */
#ifndef HTTP_H
#define HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "error.h"
#include "header.h"
#include "json.h"

struct arena;
struct waiter;			/* lounge.h */

enum method { M_GET = 1, M_POST = 2, M_PUT = 4, M_DELETE = 8, M_OPTIONS = 16, M_HEAD = 32, M_OTHER = 64 };

/* Which bodies a route takes; a bit set. BODY_NONE: a body is ignored. */
enum body_kind {
	BODY_NONE = 0,
	BODY_JSON = 1,
	BODY_FORM = 2,		/* multipart/form-data and urlencoded */
	BODY_LENIENT_JSON = 4,	/* also tries a body without a type, text/plain or urlencoded as JSON */
	BODY_TYPES = 0xff,
};
/* Beside the kinds: how large, a number that server_ops.limits knows the meaning of. */
#define BODY_SIZE(n)	((unsigned)(n) << 8)

/* How much memory the bodies that are worked on may take, all together. */
struct budget {
	_Atomic int64_t	 held;		/* bytes */
	int64_t		 max;
};

struct body_limits {		/* of one request */
	int64_t		 max_body;	/* bytes */
	size_t		 json_values;	/* values of any kind in a JSON body */
	struct budget	*budget;	/* NULL: none */
};

struct param {			/* a decoded name and value; both NUL-terminated UTF-8 */
	const char	*name;
	const char	*value;
};

struct req {
	enum method	 method;	/* M_HEAD arrives as M_GET, see `head` */
	bool		 head;
	const char	*path;		/* as sent, without the query */
	const char	*param[4];	/* the {segments} of the route's path, percent-decoded, in order */
	const char	*request_id;	/* "req_" and 24 hex digits */
	const char	*content_type;	/* "" when absent */
	int64_t		 content_length;	/* -1 when not told */
	struct arena	*arena;		/* everything here lives in it, until the response is sent */
	const struct param *query;	/* decoded; names may repeat */
	size_t		 n_query;
	const struct route *route;
	void		*ctx;		/* of this thread: what server_ops.thread_open returned */
	int64_t		 auth_id;	/* for the auth callback to fill: who asks */
	struct http_io	*io;		/* where variables and body come from; may be NULL in unit tests */
	/*
	 * For the handler to set before it reads the body: a member of a JSON
	 * body that stays as the client wrote it. When it is an object, of at
	 * most 64 KiB, the tree has its text without blanks, a cJSON_Raw.
	 * NULL: none.
	 */
	const char	*verbatim;
};

/*
 * A request from CGI variables ("NAME=value", ends with NULL) and a body in
 * memory, all borrowed: for tests and fuzzing.
 */
void		 req_from_memory(struct req *rq, struct arena *a, const char *const *variables,
		    const void *body, size_t len);
/*
 * Unlinks the uploads that nobody took, and gives back what the body held of
 * the budget; the accept threads call it after each request.
 */
void		 req_end(struct req *rq);

/* The value of a request header, by its HTTP name (any case); NULL when absent or empty. */
const char	*req_header(const struct req *rq, const char *name);
/* A CGI variable such as "REQUEST_SCHEME"; NULL when absent or empty. */
const char	*req_variable(const struct req *rq, const char *name);
/* The last value of a query parameter; NULL when absent. */
const char	*req_query(const struct req *rq, const char *name);
/* "scheme://host[:port]" as the client used it (X-Forwarded-Proto, Host), in the arena. */
const char	*req_base_url(const struct req *rq);

/* ---- bodies ---- */

/* Reads up to `len` bytes of the body; 0 at its end, -1 when the client broke off. */
long		 req_read(struct req *rq, void *data, size_t len);
/*
 * The whole body as a JSON object, checked as json_check.h says; the caller
 * deletes it. ERR_INVALID_BODY; ERR_INVALID_VALUE names a member that is there
 * twice. ERR_TOO_LARGE beyond the route's limit, ERR_UNAVAILABLE while other
 * bodies hold the memory.
 */
MUST_CHECK enum err req_json(struct req *rq, cJSON **out, struct error *e);

struct upload {			/* a file part of a multipart body */
	const char	*name;		/* of the field */
	const char	*filename;	/* as sent, in UTF-8; "": none. Never a path to use */
	const char	*path;		/* where its bytes are; unlinked by req_end unless taken (set to NULL) */
	int64_t		 size;
};

struct form {			/* zeroed before req_form */
	/*
	 * The fields, whatever the body was. From JSON: the object itself. From
	 * a form: all values are strings; a repeated scalar keeps its last;
	 * `name[]`, `name[0]` and repeats of them become an array; `name[sub]`
	 * becomes an object. An empty value of a form is left out.
	 */
	cJSON		*fields;
	/* All values, in order, of each field that a form gave several times by its plain name; NULL: none. */
	cJSON		*repeated;
	bool		 text;		/* it was a form: booleans and numbers are written as text */
	struct upload	*uploads;
	size_t		 n_uploads;
};

/*
 * Reads the body as its content type says. Files go to `dir` as they arrive,
 * in pieces, so that memory does not grow with them. A part is a file when its
 * type is neither text nor JSON, when it has a file name and no type, or when
 * its bytes are no text. An absent body is an empty form. Errors as of req_json,
 * and ERR_UNAVAILABLE when the disk is full.
 */
MUST_CHECK enum err req_form(struct req *rq, const char *dir, struct form *out, struct error *e);
/* Deletes the fields and unlinks the uploads that nobody took. Fine on a zeroed form. */
void		 form_clear(struct form *f);

/* ---- responses ---- */

struct resp {
	struct arena	*arena;
	int		 status;	/* 0: handler set nothing: 200 with an empty body */
	struct header	*headers;
	size_t		 n_headers;
	const char	*body;
	size_t		 body_len;
	const char	*length;	/* Content-Length; NULL: the body's; "": none is sent */
	struct waiter	*waiter;	/* set by resp_park: the lounge answers later */
};

/* The value is copied into the arena; CR and LF in it end it there. A header of that name is replaced. */
void	resp_header(struct resp *rs, const char *name, const char *value);
/* Prints `json` as the body and deletes it. */
void	resp_json(struct resp *rs, int status, cJSON *json);
/* `text` is copied. */
void	resp_text(struct resp *rs, int status, const char *type, const char *text);
/* `body` must live in the request's arena. */
void	resp_body(struct resp *rs, int status, const char *type, const void *body, size_t len);
/* Hands the connection to the lounge; see lounge.h. The waiter is the lounge's from here on. */
void	resp_park(struct resp *rs, struct waiter *w);
/* Status line, headers and body as they go to the FastCGI server. */
void	resp_serialise(const struct resp *rs, bool head, struct buf *out);

/* ---- routes ---- */

typedef enum err handler_fn(struct req *rq, struct resp *rs, struct error *e);

struct route {
	enum method	 method;
	/* "/v1/videos/{video_id}": {x} is any one segment, {x:int} decimal digits up to 2^63-1 only. */
	const char	*path;
	int		 who;		/* for server_ops.auth; 0: everybody */
	unsigned	 body;		/* enum body_kind bits, and a BODY_SIZE */
	handler_fn	*handler;
	const char	*operation;	/* a name for logs and metrics: "video_create" */
};

struct server_ops {
	/* Opens what one accept thread needs (its database connection); NULL ends the process. */
	void		*(*thread_open)(void *app);
	void		 (*thread_close)(void *ctx);
	/* Checks the credentials of a route whose `who` is not 0. May fill rq->auth_id. */
	enum err	 (*auth)(struct req *rq, int who, struct error *e);
	/* Writes the error in the shape that belongs to the path. `rq->route` may be NULL. */
	void		 (*error)(struct req *rq, struct resp *rs, const struct error *e);
	/*
	 * Adds headers that every response of this server carries (CORS, request
	 * id), also to the 204 that answers OPTIONS on any path, and to parked
	 * ones: see struct waiter. May be NULL.
	 */
	void		 (*finish)(struct req *rq, struct resp *rs);
	/* What a body of that BODY_SIZE may be, now. NULL: there are no limits. */
	void		 (*limits)(void *ctx, unsigned size, struct body_limits *out);
};

struct server_conf {
	const struct route	*routes;
	size_t			 n_routes;
	const struct server_ops	*ops;
	void			*app;		/* given to thread_open */
	int			 threads;	/* that accept, 1.. */
	int			 listen_fd;
	struct lounge		*lounge;	/* NULL: handlers never park */
};

struct server;

/*
 * The listening socket: `address` ("/path", "host:port", ":port" of 127.0.0.1) if not
 * NULL; else LISTEN_FDS of systemd (sd_listen_fds(3)), when LISTEN_PID is ours; else
 * fd 0 when it is a listening socket (spawn-fcgi(1)). ERR_INTERNAL otherwise.
 * A stale UNIX socket at `address` that nobody listens on is replaced.
 */
MUST_CHECK enum err server_listen(const char *address, int *fd, struct error *e);
/* Starts the threads. All signals should be blocked in the caller: they are inherited. */
MUST_CHECK enum err server_start(const struct server_conf *conf, struct server **out, struct error *e);
/*
 * Serves what waits on the socket, for two seconds at most, and accepts nothing
 * more; lets requests in flight and parked ones finish, joins the threads, ends
 * the lounge's thread and frees. What has not finished after `grace_ms` is cut:
 * when that is a request in flight, the process ends here. The lounge itself is
 * freed by lounge_stop, after.
 */
void	server_stop(struct server *s, int grace_ms);	/* NULL is fine */

/*
 * Routes and answers one request whose fields are set, without a connection:
 * what the accept threads do between reading and sending. For tests and fuzzing.
 */
void	server_dispatch(const struct server_conf *conf, struct req *rq, struct resp *rs);

#endif
