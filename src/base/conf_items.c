/* SPDX-License-Identifier: MIT */
/* conf_items.c: every setting, declared once; the sample file comes from here. */
#include "conf_items.h"

#include <string.h>

#include "attr.h"
#include "conf_rules.h"
#include "conf.h"

/* An item whose field has another type does not compile. */
#define FIELD(field, type) \
	_Generic(((struct conf *)0)->field, type: offsetof(struct conf, field))

#define INT(name, field, fallback, low, high, about) { .key = name, \
	.kind = CONF_INT, .offset = FIELD(field, int), .number = fallback, \
	.min = low, .max = high, .meaning = about }
#define REAL(name, field, fallback, low, high, about) { .key = name, \
	.kind = CONF_REAL, .offset = FIELD(field, double), \
	.number = fallback, .min = low, .max = high, .meaning = about }
#define BOOL(name, field, fallback, about) { .key = name, \
	.kind = CONF_BOOL, .offset = FIELD(field, bool), \
	.number = fallback, .meaning = about }
#define STR(name, field, fallback, rule, about) { .key = name, \
	.kind = CONF_STR, .offset = FIELD(field, const char *), \
	.text = fallback, .refuse = rule, .meaning = about }
#define SECRET(name, field, fallback, rule, about) { .key = name, \
	.kind = CONF_STR, .offset = FIELD(field, const char *), \
	.text = fallback, .refuse = rule, .secret = true, .meaning = about }
#define ENUM(name, field, fallback, accepted, about) { .key = name, \
	.kind = CONF_ENUM, .offset = FIELD(field, const char *), \
	.text = fallback, .words = accepted, .meaning = about }
#define HEADERS(name, field, about) { .key = name, \
	.kind = CONF_HEADERS, \
	.offset = FIELD(field, const struct conf_header *), .meaning = about }

static const struct conf_item items[] = {
	SECRET("global.api_key", api_key, "", rule_api_key,
	    "First API key of /v1. Empty: sora2apictl init generates one."),
	STR("global.admin_username", admin_username, "admin", rule_username,
	    "Name of the first admin account."),
	SECRET("global.admin_password", admin_password, "", rule_password,
	    "Password of the first admin account, read only to create it. "
	    "Empty: sora2apictl init generates one."),

	STR("server.host", server_host, "0.0.0.0", rule_not_empty,
	    "Address of the public side, which is nginx's."),
	INT("server.port", server_port, 8000, 1, 65535,
	    "Port of the public side, which is nginx's."),
	INT("server.threads", server_threads, 8, 1, 256,
	    "Threads of a worker that each serve one request at a time."),
	INT("server.max_waiting", server_max_waiting, 4096, 1, 100000,
	    "Requests that may wait for a result in one worker: streams and "
	    "synchronous calls."),
	INT("server.stop_grace", server_stop_grace, 30, 0, 3600,
	    "Seconds that waiting requests get to finish when a worker stops."),

	STR("sora.base_url", sora_base_url, "https://sora.chatgpt.com",
	    rule_base_url,
	    "Address of the upstream. /backend is added unless it ends in it."),
	STR("sora.session_url", sora_session_url,
	    "https://sora.chatgpt.com/api/auth/session", rule_url,
	    "Where a session token is exchanged for an access token."),
	STR("sora.oauth_url", sora_oauth_url,
	    "https://auth.openai.com/oauth/token", rule_url,
	    "Where a refresh token is exchanged for an access token."),
	STR("sora.share_url", sora_share_url, "https://sora.chatgpt.com",
	    rule_base_url, "Address in front of /p/ and /d/ in share links."),
	STR("sora.user_agent", sora_user_agent,
	    "Mozilla/5.0 (compatible; sora2api)", rule_header_value,
	    "User-Agent of upstream requests, unless the solver set one."),
	STR("sora.model", sora_model, "sy_8", rule_not_empty,
	    "The upstream's name of the standard video model."),
	STR("sora.model_pro", sora_model_pro, "sy_ore", rule_not_empty,
	    "The upstream's name of the pro video model."),
	STR("sora.client_id", sora_client_id, "app_LlGpXReQgckcGGUo2JrYvtJK",
	    rule_not_empty, "OAuth client of tokens that name none."),
	INT("sora.timeout", sora_timeout, 30, 1, 600,
	    "Seconds for one upstream request."),
	INT("sora.create_timeout", sora_create_timeout, 120, 1, 3600,
	    "Seconds for an upstream request that creates or uploads."),
	INT("sora.max_retries", sora_max_retries, 3, 0, 100,
	    "Repeats of an upstream request after a 5xx answer or a network "
	    "error."),
	REAL("sora.poll_interval", sora_poll_interval, 2.0, 0.05, 60,
	    "Base of the seconds between two polls of a token's tasks; the "
	    "interval grows with the work left and without progress."),
	INT("sora.max_poll_attempts", sora_max_poll_attempts, 300, 1, 1000000,
	    "Read and kept without effect: the timeouts rule."),
	INT("sora.settle_time", sora_settle_time, 30, 0, 3600,
	    "Seconds that a create whose answer was lost is looked for before "
	    "it is sent again."),
	STR("sora.ca_file", sora_ca_file, "", rule_path_or_empty,
	    "PEM file of the certificates that upstream servers and HTTPS "
	    "proxies must be signed with, in place of the system's file."),
	HEADERS("sora.extra_headers", sora_extra_headers,
	    "Headers sent with every upstream request, as name = \"value\"."),

	INT("generation.image_timeout", image_timeout, 300, 60, 3600,
	    "Seconds for an image, from its acceptance upstream; also the time "
	    "it may wait before."),
	INT("generation.video_timeout", video_timeout, 1800, 60, 7200,
	    "Seconds for a video, from its acceptance upstream; also the time "
	    "a task may wait in the queue."),
	INT("generation.max_outage", max_outage, 604800, 60, 31536000,
	    "Seconds that a task waits in all, beyond its other limits, for "
	    "an upstream that cannot be reached. Before it is sent, a task "
	    "whose caller waits for the answer does not."),

	BOOL("cache.enabled", cache_enabled, true,
	    "Download results and serve them under /tmp/. Off: clients get "
	    "the upstream's addresses."),
	INT("cache.timeout", cache_timeout, 7200, 60, 86400,
	    "Seconds until a downloaded result is deleted."),
	STR("cache.base_url", cache_base_url, "", rule_base_url_or_empty,
	    "Address in front of /tmp/ in results. Empty: scheme and host of "
	    "the request that created the task."),
	STR("cache.dir", cache_dir, LOCALSTATEDIR "/cache/sora2api", rule_path,
	    "Folder of downloaded results, which nginx serves as /tmp/."),
	INT("cache.downloads", cache_downloads, 4, 1, 64,
	    "Downloads at the same time."),

	BOOL("proxy.enabled", proxy_enabled, false,
	    "Send upstream requests of tokens without a proxy of their own "
	    "through the pool or through proxy.url."),
	SECRET("proxy.url", proxy_url, "", rule_proxy,
	    "The proxy: [http|https|socks5|socks5h]://[user:password@]host:port, "
	    "host:port or host:port:user:password."),
	BOOL("proxy.pool_enabled", proxy_pool_enabled, false,
	    "Take the proxies of proxy.pool_file in turn."),
	STR("proxy.pool_file", proxy_pool_file,
	    LOCALSTATEDIR "/lib/sora2api/proxy.txt", rule_path,
	    "One proxy in each line; lines that start with # are skipped."),

	BOOL("watermark_free.watermark_free_enabled", watermark_free_enabled,
	    false, "Ask the operator's own parse service for the result of a "
	    "finished video; when it fails, the normal file is used, and when "
	    "it fails four times in a row, it is left alone for 1 to 10 "
	    "minutes or until its address changes."),
	ENUM("watermark_free.parse_method", watermark_parse_method,
	    "third_party", "third_party|custom",
	    "Which service is asked: custom is the one of custom_parse_url; "
	    "for third_party none is built in."),
	SECRET("watermark_free.custom_parse_url", watermark_parse_url, "",
	    rule_url_or_empty, "Address of the parse service."),
	SECRET("watermark_free.custom_parse_token", watermark_parse_token, "",
	    NULL, "Token that the parse service asks for."),

	BOOL("cloudflare.enabled", cloudflare_enabled, false,
	    "Ask the operator's challenge solver for cookies, and send them "
	    "upstream."),
	STR("cloudflare.api_url", cloudflare_api_url, "http://localhost:8000",
	    rule_url_or_empty,
	    "Address of the solver, with or without /v1/challenge."),

	BOOL("token_refresh.at_auto_refresh_enabled", at_auto_refresh, false,
	    "Renew access tokens that expire within a day."),

	STR("database.type", database_type, "sqlite", rule_database_type,
	    "Kind of database. Only sqlite is supported."),
	STR("database.sqlite_path", database_path,
	    LOCALSTATEDIR "/lib/sora2api/hancat.db", rule_path,
	    "The database file, which sora2apictl init makes."),
	STR("database.key_file", database_key_file, "", rule_path_or_empty,
	    "The key that seals secrets in the database. Empty: the database's "
	    "path with .key after it."),
	INT("database.busy_timeout", database_busy_timeout, 5000, 0, 60000,
	    "Milliseconds to wait for another process's transaction."),

	BOOL("redis.enabled", redis_enabled, false,
	    "Read and ignored, with a warning when true: what processes share "
	    "is in the database."),
	STR("redis.host", redis_host, "localhost", NULL, "Read and ignored."),
	INT("redis.port", redis_port, 6379, 1, 65535, "Read and ignored."),
	SECRET("redis.password", redis_password, "", NULL, "Read and ignored."),
	INT("redis.db", redis_db, 0, 0, 65535, "Read and ignored."),

	BOOL("debug.enabled", debug_enabled, false,
	    "Log what helps to find a fault."),
	BOOL("debug.log_requests", debug_log_requests, true,
	    "Log a line for each request; matters only with debug.enabled."),
	BOOL("debug.log_responses", debug_log_responses, true,
	    "Log a line for each answer; matters only with debug.enabled."),

	INT("admin.error_ban_threshold", error_ban_threshold, 3, 1, 1000,
	    "Errors in a row after which a token is disabled."),

	ENUM("compat.video_create_status", video_create_status, "auto",
	    "auto|200|201",
	    "HTTP status of an accepted video: auto is 201, and 200 for callers "
	    "whose User-Agent begins with Go-http-client/."),
	ENUM("compat.chat_style", chat_style, "structured",
	    "structured|markdown",
	    "Form of chat answers: JSON text and an object of progress, or "
	    "Markdown and text, which chat front ends show."),
	ENUM("compat.image_answer", image_answer, "both", "both|url|b64_json",
	    "What images of gpt-image-* are answered with when a request has no "
	    "response_format: their address, the file, or both."),
	BOOL("compat.cancel_on_disconnect", cancel_on_disconnect, false,
	    "Cancel the task of a client that left even after the upstream "
	    "accepted it."),

	INT("limits.max_body_mb", max_body_mb, 100, 1, 1024,
	    "MiB of a request's body with media in it; nginx's "
	    "client_max_body_size for those routes must not be smaller."),
	INT("limits.max_batch_mb", max_batch_mb, 8, 1, 256,
	    "MiB of a body with many tokens; nginx's client_max_body_size for "
	    "those routes must not be smaller."),
	INT("limits.body_memory_mb", body_memory_mb, 320, 16, 65536,
	    "MiB that the bodies with media, which a worker reads at once, may "
	    "take: twice their size in JSON, three times in a form's text, "
	    "nothing for files of a multipart form."),
	INT("limits.json_values", json_values, 30000, 1000, 1000000,
	    "Values of any kind in the JSON of a request."),
	INT("limits.max_queue", max_queue, 1000, 1, 100000,
	    "Tasks that may wait for a token."),
	BOOL("limits.allow_private_fetch", allow_private_fetch, false,
	    "Fetch client-supplied addresses that are local or private too: "
	    "for tests."),
	INT("limits.fetch_timeout", fetch_timeout, 30, 1, 300,
	    "Seconds for all client-supplied addresses of a request."),
	INT("limits.fetch_max_mb", fetch_max_mb, 100, 1, 1024,
	    "MiB fetched for all client-supplied addresses of a request."),
	INT("limits.idempotency_hours", idempotency_hours, 24, 1, 720,
	    "Hours that an Idempotency-Key is remembered."),
	INT("limits.slot_wait", slot_wait, 5, 0, 60,
	    "Seconds that a synchronous caller waits for a free slot of a "
	    "token."),
	INT("limits.keep_tasks", keep_tasks, 2592000, 60, 315360000,
	    "Seconds that a finished task is known; then its id is not found "
	    "any more."),

	STR("spool.dir", spool_dir, "", rule_path_or_empty,
	    "Folder of reference media of waiting tasks. Empty: spool beside "
	    "the database."),

	INT("poller.lease_time", lease_time, 5, 2, 300,
	    "Seconds without a sign of life until a second poller takes over."),
	INT("poller.sweep_interval", sweep_interval, 300, 1, 3600,
	    "Seconds between two looks for what is old: cached results, "
	    "references, finished tasks."),
	REAL("poller.pace", poller_pace, 1.0, 0.01, 10,
	    "Factor of all pauses between calls of a token's own server: those "
	    "of its options and those that are built in."),

	ENUM("log.target", log_target, "stderr", "stderr|syslog|journald",
	    "Where the log goes. journald: to standard error, with the "
	    "priority in front as systemd reads it."),
	ENUM("log.format", log_format, "text", "text|json",
	    "Form of a line of the log: text, or one JSON object."),

	STR("metrics.file", metrics_file, RUNSTATEDIR "/sora2api/metrics",
	    rule_path_or_empty,
	    "What all processes count, for /metrics: a file that they share in "
	    "memory. Empty: each process counts for itself alone."),
};

static const struct {
	const char	*synonym;
	const char	*key;
} synonyms[] = {
	{ "proxy.proxy_enabled", "proxy.enabled" },
	{ "proxy.proxy_url", "proxy.url" },
	{ "proxy.proxy_pool_enabled", "proxy.pool_enabled" },
	{ "cloudflare.solver_enabled", "cloudflare.enabled" },
	{ "cloudflare.solver_api_url", "cloudflare.api_url" },
};

size_t
conf_item_count(void)
{
	return NELEM(items);
}

const struct conf_item *
conf_item_get(size_t i)
{
	return i < NELEM(items) ? &items[i] : NULL;
}

bool
conf_item_find(const char *key, size_t *index)
{
	for (size_t i = 0; i < NELEM(synonyms); i++)
		if (strcmp(synonyms[i].synonym, key) == 0)
			key = synonyms[i].key;
	for (size_t i = 0; i < NELEM(items); i++) {
		if (strcmp(items[i].key, key) != 0)
			continue;
		*index = i;
		return true;
	}
	return false;
}

bool
conf_item_has_section(const char *section)
{
	size_t len = strlen(section);

	for (size_t i = 0; i < NELEM(items); i++)
		if (strncmp(items[i].key, section, len) == 0 &&
		    items[i].key[len] == '.')
			return true;
	return false;
}
