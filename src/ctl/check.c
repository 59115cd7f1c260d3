/* SPDX-License-Identifier: MIT */
/* check.c: sora2apictl check: everything that the service needs. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "client.h"
#include "clock.h"
#include "conf.h"
#include "ctl.h"
#include "ctl_options.h"
#include "json.h"
#include "lease.h"
#include "proxy.h"
#include "seal.h"
#include "settings_store.h"
#include "status.h"
#include "store_backup.h"

#define NETWORK_TIMEOUT	10	/* s */
#define CLOCK_WARN	30	/* s */
#define CLOCK_FAIL	300
#define YEAR_2025	1735689600	/* the date of this program: an earlier clock is wrong */

enum level { LEVEL_OK, LEVEL_WARN, LEVEL_FAIL };

struct look {
	struct ctl	*ctl;		/* its st is NULL when the database cannot be opened */
	struct settings	 settings;	/* when ctl->st is not NULL */
	struct arena	*arena;
	uid_t		 owner;		/* of the database, and so of everything */
	bool		 network;
	cJSON		*list;		/* NULL: print at once */
	enum level	 worst;
	struct call_response answer;	/* of the upstream; status 0: no answer */
};

static void say(struct look *l, enum level level, const char *check,
    const char *fmt, ...) PRINTF_LIKE(4, 5);

static void
say(struct look *l, enum level level, const char *check, const char *fmt, ...)
{
	static const char *const names[] = { "ok", "warn", "fail" };
	char text[640];
	cJSON *item;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (level > l->worst)
		l->worst = level;
	if (l->list == NULL) {
		printf("%-5s %-14s %s\n", names[level], check, text);
		return;
	}
	item = cJSON_CreateObject();
	json_add_string(item, "check", check);
	json_add_string(item, "result", names[level]);
	json_add_string(item, "detail", text);
	cJSON_AddItemToArray(l->list, item);
}

/* ---- files ---- */

static void
check_conf_file(struct look *l)
{
	const char *path = l->ctl->conf_path != NULL ? l->ctl->conf_path
	    : CONF_DEFAULT_PATH;
	struct stat st;

	if (stat(path, &st) != 0)
		say(l, LEVEL_WARN, "configuration", "%s: %s; everything is at "
		    "its default", path, strerror(errno));
	else if ((st.st_mode & S_IWOTH) != 0)
		say(l, LEVEL_FAIL, "configuration", "%s: everybody can write "
		    "to it; run chmod o-rwx on it", path);
	else if ((st.st_mode & S_IROTH) != 0)
		say(l, LEVEL_WARN, "configuration", "%s: everybody can read "
		    "it; run chmod o-r on it if it holds secrets", path);
	else
		say(l, LEVEL_OK, "configuration", "%s", path);
}

/* Mode and owner of what the service keeps its data in. */
static void
check_file(struct look *l, const char *check, const char *path, mode_t refused)
{
	struct stat st;

	if (stat(path, &st) != 0)
		say(l, LEVEL_FAIL, check, "%s: %s", path, strerror(errno));
	else if ((st.st_mode & refused) != 0)
		say(l, LEVEL_FAIL, check, "%s: mode %04o lets others in; run "
		    "chmod %04o on it", path, (unsigned)st.st_mode & 07777,
		    (unsigned)(st.st_mode & ~refused & 07777));
	else if (st.st_uid != l->owner)
		say(l, LEVEL_FAIL, check, "%s: it belongs to user %u, the "
		    "database to %u; run chown on it", path,
		    (unsigned)st.st_uid, (unsigned)l->owner);
	else
		say(l, LEVEL_OK, check, "%s, mode %04o", path,
		    (unsigned)st.st_mode & 07777);
}

static void
check_folder(struct look *l, const char *check, const char *path,
    mode_t refused)
{
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
		say(l, LEVEL_FAIL, check, "%s: it is no folder", path);
	else if (access(path, R_OK | W_OK | X_OK) != 0)
		say(l, LEVEL_FAIL, check, "%s: %s; create it, writable for the "
		    "service's user", path, strerror(errno));
	else
		check_file(l, check, path, refused);
}

static void
check_files(struct look *l)
{
	const struct conf *conf = l->ctl->site.conf;
	const char *slash = strrchr(conf->database_path, '/');
	const char *folder = slash == NULL ? "." : arena_strndup(l->arena,
	    conf->database_path, slash == conf->database_path ? 1
	    : (size_t)(slash - conf->database_path));
	struct stat st;

	l->owner = stat(conf->database_path, &st) == 0 ? st.st_uid
	    : geteuid();
	check_file(l, "database file", conf->database_path, 0077);
	check_folder(l, "data folder", folder, S_IWOTH);
	check_folder(l, "spool folder", l->ctl->site.spool_dir, S_IWOTH);
	check_folder(l, "cache folder", conf->cache_dir, S_IWOTH);
}

static void
check_key(struct look *l)
{
	struct error e;

	if (seal_open(l->ctl->site.key_file, &l->ctl->site.seal, &e) == ERR_OK)
		check_file(l, "key file", l->ctl->site.key_file, 0077);
	else
		say(l, LEVEL_FAIL, "key file", "%s", e.text);
}

/* ---- the database ---- */

static void
check_store(struct look *l)
{
	struct error e;

	if (l->ctl->site.seal == NULL) {
		say(l, LEVEL_FAIL, "database", "cannot be read without its "
		    "key file");
		return;
	}
	if (site_open_store(&l->ctl->site, &l->ctl->st, &e) != ERR_OK ||
	    settings_load(l->ctl->st, l->ctl->site.conf, l->arena, &l->settings, &e)
	    != ERR_OK) {
		say(l, LEVEL_FAIL, "database", "%s", e.text);
		store_close(l->ctl->st);
		l->ctl->st = NULL;
		return;
	}
	say(l, LEVEL_OK, "database", "schema %d, made with this key file",
	    store_schema_version());
	if (store_check(l->ctl->st, &e) == ERR_OK)
		say(l, LEVEL_OK, "integrity", "no damaged page and no "
		    "broken reference");
	else
		say(l, LEVEL_FAIL, "integrity", "%s", e.text);
}

static void
check_work(struct look *l)
{
	const char *owner = "";
	struct status s = { 0 };
	struct error e;

	if (lease_owner(l->ctl->st, "poller", l->arena, &owner, &e) != ERR_OK ||
	    status_load(l->ctl->st, &s, &e) != ERR_OK) {
		say(l, LEVEL_FAIL, "poller", "%s", e.text);
		return;
	}
	if (*owner == '\0')
		say(l, LEVEL_WARN, "poller", "not running; start "
		    "sora2api-poller");
	else
		say(l, LEVEL_OK, "poller", "running");
	say(l, s.active_tokens > 0 ? LEVEL_OK : LEVEL_WARN, "tokens",
	    "%lld, %lld of them active", (long long)s.tokens,
	    (long long)s.active_tokens);
	if (*l->settings.api_key == '\0')
		say(l, LEVEL_FAIL, "API key", "not set; run "
		    "\"sora2apictl api-key set --generate\"");
	else
		say(l, LEVEL_OK, "API key", "set");
}

/* ---- others ---- */

static void
get(struct look *l, const char *url, const char *proxy,
    struct call_response *r)
{
	const struct call_request rq = {
		.method = "GET", .url = url, .timeout = NETWORK_TIMEOUT,
		.proxy = proxy, .reach = REACH_ANY,
	};

	client_perform(&rq, l->arena, r);
}

/* An address of the public side, from here: every address is this machine's own. */
static const char *
nginx_url(struct look *l, const char *path)
{
	const struct conf *conf = l->ctl->site.conf;
	const char *host = conf->server_host;

	if (strcmp(host, "0.0.0.0") == 0)
		host = "127.0.0.1";
	else if (strcmp(host, "::") == 0)
		host = "::1";
	return arena_printf(l->arena, strchr(host, ':') != NULL
	    ? "http://[%s]:%d%s" : "http://%s:%d%s", host, conf->server_port,
	    path);
}

/* How nginx answers a request that it refuses itself. */
static void
check_nginx_errors(struct look *l)
{
	const char *url = nginx_url(l, "/api/%zz"), *type;
	struct call_response r;

	get(l, url, NULL, &r);
	if (r.transport != TRANSPORT_OK)
		return;
	type = response_header(&r, "Content-Type");
	if (type != NULL && strncmp(type, "application/json", 16) == 0)
		say(l, LEVEL_OK, "nginx errors", "clients can read them");
	else
		say(l, LEVEL_WARN, "nginx errors", "%s answers %ld with a page "
		    "of nginx's own; add \"include "
		    "snippets/sora2api-errors.conf;\" to the server {}, "
		    "before its error_page lines", url, r.status);
}

static void
check_nginx(struct look *l)
{
	const char *url = nginx_url(l, "/health");
	struct call_response r;

	get(l, url, NULL, &r);
	if (r.transport != TRANSPORT_OK)
		say(l, LEVEL_FAIL, "nginx", "%s: %s; server.host and "
		    "server.port say where it listens", url, r.reason);
	else if (r.status >= 300 && r.status < 400)
		say(l, LEVEL_WARN, "nginx", "%s leads elsewhere (%ld): "
		    "the service behind it was not asked", url, r.status);
	else
		say(l, r.status == 200 ? LEVEL_OK : LEVEL_FAIL, "nginx",
		    "%s answers %ld", url, r.status);
	if (r.status == 200)
		check_nginx_errors(l);
}

/* Any HTTP answer shows that the upstream is reachable; more needs a token. */
static void
check_upstream(struct look *l)
{
	const char *url = l->ctl->site.conf->sora_base_url, *proxy = NULL;
	struct proxy_pool *pool =
	    proxy_pool_new(l->ctl->site.conf->proxy_pool_file);

	if (l->ctl->st != NULL)
		proxy = arena_strdup(l->arena, proxy_choose(&l->settings,
		    NULL, pool, l->arena));
	proxy_pool_free(pool);
	get(l, url, proxy, &l->answer);
	if (l->answer.transport != TRANSPORT_OK)
		say(l, LEVEL_FAIL, "upstream", "%s: %s", url,
		    l->answer.reason);
	else
		say(l, l->answer.status < 500 ? LEVEL_OK : LEVEL_WARN,
		    "upstream", "%s answers %ld%s", url, l->answer.status,
		    proxy != NULL ? " through the proxy" : "");
}

/* Seconds that our clock is ahead of the upstream's; false: it does not say. */
static bool
ahead_of_upstream(const struct look *l, int64_t *out)
{
	const char *date = l->answer.status == 0 ? NULL
	    : response_header(&l->answer, "Date");
	struct tm tm = { 0 };

	if (date == NULL ||
	    strptime(date, "%a, %d %b %Y %H:%M:%S GMT", &tm) == NULL)
		return false;
	*out = clock_now() - (int64_t)timegm(&tm);
	return true;
}

static void
check_clock(struct look *l)
{
	int64_t ahead;
	long long off;

	if (clock_now() < YEAR_2025) {
		say(l, LEVEL_FAIL, "clock", "it shows %s, which is past",
		    clock_format(l->arena, clock_now()));
		return;
	}
	if (!ahead_of_upstream(l, &ahead)) {
		say(l, LEVEL_OK, "clock", "%s UTC, not checked (no server answered)",
		    clock_format(l->arena, clock_now()));
		return;
	}
	off = llabs((long long)ahead);
	say(l, off > CLOCK_FAIL ? LEVEL_FAIL : off > CLOCK_WARN ? LEVEL_WARN
	    : LEVEL_OK, "clock", "%s UTC, %lld s %s the upstream's",
	    clock_format(l->arena, clock_now()), off,
	    ahead < 0 ? "behind" : "ahead of");
}

static void
check_network(struct look *l)
{
	if (l->network) {
		client_global_init();
		check_nginx(l);
		check_upstream(l);
	}
	check_clock(l);
}

enum err
ctl_check(struct ctl *ctl, struct error *e)
{
	struct look l = {
		.ctl = ctl, .arena = ctl->arena,
		.network = ctl->option[CHECK_OFFLINE] == NULL,
		.list = ctl->json ? cJSON_CreateArray() : NULL,
	};

	if (site_open_conf(ctl->conf_path, &ctl->site, e) != ERR_OK) {
		say(&l, LEVEL_FAIL, "configuration", "%s", e->text);
	} else {
		check_conf_file(&l);
		check_files(&l);
		check_key(&l);
		check_store(&l);
		if (ctl->st != NULL)
			check_work(&l);
		check_network(&l);
	}
	if (l.list != NULL)
		ctl_print_json(l.list);
	e->text[0] = '\0';		/* the findings have been printed: no further message */
	return l.worst == LEVEL_FAIL ? ERR_INTERNAL : ERR_OK;
}
