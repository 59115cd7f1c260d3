/* SPDX-License-Identifier: MIT */
/*
 * conf.h: the configuration file, sora2api.conf(5).
 *
 * One table (src/base/conf_items.c) declares each key: section, name, type,
 * default, range and meaning. The loader, the sample file, and the test that the
 * manual names every key come from it.
 */
#ifndef CONF_H
#define CONF_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "error.h"

struct conf_header {		/* sora.extra_headers: sent with each request to the provider */
	const char	*name;
	const char	*value;
};

struct conf {			/* its strings live as long as it does; absent strings are "" */
	/* global */
	const char	*api_key;
	const char	*admin_username;
	const char	*admin_password;
	/* server */
	const char	*server_host;		/* of the public side: nginx's */
	int		 server_port;
	int		 server_threads;	/* accept threads of a worker */
	int		 server_max_waiting;	/* parked requests of a worker */
	int		 server_stop_grace;	/* s that parked requests get at a stop */
	/* sora */
	const char	*sora_base_url;		/* normalised: ends in /backend, no trailing slash */
	const char	*sora_session_url;
	const char	*sora_oauth_url;
	const char	*sora_share_url;	/* no trailing slash */
	const char	*sora_user_agent;
	const char	*sora_model;		/* upstream's model id */
	const char	*sora_model_pro;
	const char	*sora_client_id;	/* OAuth client of tokens that name none */
	int		 sora_timeout;		/* s */
	int		 sora_create_timeout;	/* s, for creates and uploads */
	int		 sora_max_retries;
	double		 sora_poll_interval;	/* s */
	int		 sora_max_poll_attempts;	/* read, no effect */
	int		 sora_settle_time;	/* s that a lost create is looked for before it is sent again */
	const char	*sora_ca_file;		/* "": the system's certificates */
	const struct conf_header *sora_extra_headers;	/* ends with a NULL name */
	/* generation */
	int		 image_timeout;		/* s */
	int		 video_timeout;
	int		 max_outage;		/* s that an upstream may be out of reach */
	/* cache */
	bool		 cache_enabled;
	int		 cache_timeout;		/* s */
	const char	*cache_base_url;	/* no trailing slash */
	const char	*cache_dir;
	int		 cache_downloads;	/* at once */
	/* proxy */
	bool		 proxy_enabled;
	const char	*proxy_url;
	bool		 proxy_pool_enabled;
	const char	*proxy_pool_file;
	/* watermark_free */
	bool		 watermark_free_enabled;
	const char	*watermark_parse_method;	/* third_party, custom */
	const char	*watermark_parse_url;
	const char	*watermark_parse_token;
	/* cloudflare */
	bool		 cloudflare_enabled;
	const char	*cloudflare_api_url;
	/* token_refresh */
	bool		 at_auto_refresh;
	/* database */
	const char	*database_type;		/* sqlite */
	const char	*database_path;
	const char	*database_key_file;	/* "" : database_path + ".key" */
	int		 database_busy_timeout;	/* ms */
	/* redis: read and ignored */
	bool		 redis_enabled;
	const char	*redis_host;
	int		 redis_port;
	const char	*redis_password;
	int		 redis_db;
	/* debug */
	bool		 debug_enabled;
	bool		 debug_log_requests;
	bool		 debug_log_responses;
	/* admin */
	int		 error_ban_threshold;
	/* compat */
	const char	*video_create_status;	/* auto, 200, 201 */
	const char	*chat_style;		/* structured, markdown */
	const char	*image_answer;		/* both, url, b64_json */
	bool		 cancel_on_disconnect;
	/* limits */
	int		 max_body_mb;
	int		 max_batch_mb;
	int		 body_memory_mb;
	int		 json_values;
	int		 max_queue;
	bool		 allow_private_fetch;
	int		 fetch_timeout;		/* s, for client-supplied URLs of one request */
	int		 fetch_max_mb;
	int		 idempotency_hours;
	int		 slot_wait;		/* s a synchronous caller waits for a slot */
	int		 keep_tasks;		/* s that a finished task is known */
	/* spool */
	const char	*spool_dir;		/* "": "spool" beside the database */
	/* poller */
	int		 lease_time;		/* s until a standby takes over */
	int		 sweep_interval;	/* s */
	double		 poller_pace;		/* factor of the pauses between calls of servers */
	/* log */
	const char	*log_target;		/* stderr, syslog, journald */
	const char	*log_format;		/* text, json */
	/* metrics */
	const char	*metrics_file;		/* "": each process counts for itself */
};

/*
 * Reads `path`; a file that does not exist gives the defaults only when
 * `path` is NULL. ERR_INTERNAL names file, line, key, what was found and what
 * is accepted. The caller frees with conf_free.
 */
MUST_CHECK enum err conf_load(const char *path, struct conf **out, struct error *e);
void	conf_free(struct conf *c);
/*
 * Whether `text` is a configuration file, which messages call `name`; `whole`:
 * what concerns several keys counts too. ERR_INTERNAL as above.
 */
MUST_CHECK enum err conf_try(const char *text, const char *name, bool whole, struct error *e);
struct arena;

/*
 * A string of that key as it is kept, wherever it comes from: an address loses
 * the blanks around it, and one to which a path is added the slashes at its end.
 * Others stay as they are. In the arena, or `value` itself.
 */
const char	*conf_clean(const char *key, const char *value, struct arena *a);
/*
 * Whether the key "section.name" accepts a value, in the file's syntax or, for
 * the second, a string as it is. ERR_INVALID_VALUE "name:line: ..." otherwise;
 * the line of a string is 1.
 */
MUST_CHECK enum err conf_check_value(const char *key, const char *literal, const char *name,
    int line, struct arena *a, struct error *e);
MUST_CHECK enum err conf_check_string(const char *key, const char *text, const char *name,
    struct arena *a, struct error *e);
/* Writes the sample file: every key with its default, commented out, and its meaning. */
void	conf_write_sample(FILE *out);
/* The i-th key as "section.name", its meaning and default as text; false past the last. */
bool	conf_describe(size_t i, const char **key, const char **meaning, char *fallback, size_t size);

#define CONF_DEFAULT_PATH	SYSCONFDIR "/sora2api.conf"

#endif
