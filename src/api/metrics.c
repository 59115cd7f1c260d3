/* SPDX-License-Identifier: MIT */
/* metrics.c: GET /metrics: the site in numbers, in Prometheus's text format. */
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "api.h"
#include "arena.h"
#include "buf.h"
#include "clock.h"
#include "conf.h"
#include "config.h"
#include "due.h"
#include "meter.h"
#include "status.h"

#define MAX_TEXT	((size_t)8 << 20)

struct family {
	enum meter	 meter;
	const char	*name;
	const char	*type;		/* counter, histogram, gauge */
	const char	*label, *label2;	/* NULL where it has fewer */
	const char	*help;
	/* Series that are shown as 0 before anything was counted. */
	const struct meter_series *known;
	size_t		 n_known;
};

#define KNOWN(list)	(list), NELEM(list)

static const struct meter_series single[] = { { .label = "", .label2 = "" } };
static const struct meter_series sources[] = {
	{ .label = "cache", .label2 = "" },
	{ .label = "upstream", .label2 = "" },
	{ .label = "gone", .label2 = "" },
};
static const struct meter_series ends[] = {
	{ .label = "video", .label2 = "completed" },
	{ .label = "video", .label2 = "generation_failed" },
	{ .label = "image", .label2 = "completed" },
	{ .label = "image", .label2 = "generation_failed" },
	{ .label = "character", .label2 = "completed" },
	{ .label = "character", .label2 = "generation_failed" },
};

/*
 * Routes and upstreams have too many possible labels: their series appear with the first
 * count.
 */
static const struct family families[] = {
	{ METER_REQUESTS, "sora2api_requests_total", "counter", "operation",
	    "status", "Answered requests; 499: the client left before.",
	    NULL, 0 },
	{ METER_REQUEST_SECONDS, "sora2api_request_seconds", "histogram",
	    "operation", NULL, "Time until the answer, or its begin.",
	    NULL, 0 },
	{ METER_UPSTREAM, "sora2api_upstream_calls_total", "counter",
	    "endpoint", "outcome", "Calls of upstreams and services.",
	    NULL, 0 },
	{ METER_UPSTREAM_SECONDS, "sora2api_upstream_seconds", "histogram",
	    "endpoint", NULL, "Time that such a call took.", NULL, 0 },
	{ METER_TASKS, "sora2api_tasks_total", "counter", "kind", "outcome",
	    "Tasks that the poller brought to an end.", KNOWN(ends) },
	{ METER_POLL_LAG, "sora2api_poll_lag_seconds", "histogram", NULL,
	    NULL, "How late an account's lists were read.", KNOWN(single) },
	{ METER_CONTENT, "sora2api_content_total", "counter", "source", NULL,
	    "Where the file of a finished video was.", KNOWN(sources) },
	{ METER_BUSY, "sora2api_database_busy_waits_total", "counter", NULL,
	    NULL, "Times that a writer had to wait for another one.",
	    KNOWN(single) },
	{ METER_CACHE_BYTES, "sora2api_cache_bytes", "gauge", NULL, NULL,
	    "Bytes of cached results, at the last sweep.", KNOWN(single) },
	{ METER_CACHE_FILES, "sora2api_cache_files", "gauge", NULL, NULL,
	    "Cached results, at the last sweep.", KNOWN(single) },
};

static const char *const states[STATE__MAX] = {
	[STATE_READY] = "ready",
	[STATE_FULL] = "full",
	[STATE_NO_QUOTA] = "no_quota",
	[STATE_COOLING] = "cooling",
	[STATE_EXPIRED] = "expired",
	[STATE_DISABLED] = "disabled",
};

/* ---- what is counted ---- */

struct rows {			/* the series of a family */
	struct arena	*arena;
	struct meter_series *row;
	size_t		 n, room;
};

static bool
is_same(const struct meter_series *a, const struct meter_series *b)
{
	return strcmp(a->label, b->label) == 0 &&
	    strcmp(a->label2, b->label2) == 0;
}

static void
add_up(struct meter_series *sum, const struct meter_series *s)
{
	sum->value += s->value;
	sum->sum_us += s->sum_us;
	for (size_t i = 0; i < METER_BUCKETS; i++)
		sum->bucket[i] += s->bucket[i];
}

static void
collect(void *arg, const struct meter_series *s)
{
	struct rows *rows = arg;
	struct meter_series *grown;

	for (size_t i = 0; i < rows->n; i++)
		if (is_same(&rows->row[i], s)) {
			add_up(&rows->row[i], s);
			return;
		}
	if (rows->n == rows->room) {
		rows->room = rows->room == 0 ? 32 : 2 * rows->room;
		grown = arena_array(rows->arena, rows->room, sizeof(*grown));
		if (rows->n > 0)
			memcpy(grown, rows->row, rows->n * sizeof(*grown));
		rows->row = grown;
	}
	rows->row[rows->n++] = *s;
}

/* name{a="x",b="y",le="z"}; labels are names of ours, so nothing is to be escaped. */
static void
put_name(struct buf *out, const struct family *f, const char *suffix,
    const struct meter_series *s, const char *le)
{
	const char *comma = "";

	buf_printf(out, "%s%s", f->name, suffix);
	if (f->label == NULL && le == NULL)
		return;
	buf_puts(out, "{");
	if (f->label != NULL) {
		buf_printf(out, "%s=\"%s\"", f->label, s->label);
		comma = ",";
	}
	if (f->label2 != NULL)
		buf_printf(out, ",%s=\"%s\"", f->label2, s->label2);
	if (le != NULL)
		buf_printf(out, "%sle=\"%s\"", comma, le);
	buf_puts(out, "}");
}

static void
put_histogram(struct buf *out, const struct family *f,
    const struct meter_series *s)
{
	uint64_t so_far = 0;
	char le[32];

	for (size_t i = 0; i < METER_BUCKETS; i++) {
		so_far += s->bucket[i];
		if (isinf(meter_bounds[i]))
			snprintf(le, sizeof(le), "+Inf");
		else
			snprintf(le, sizeof(le), "%g", meter_bounds[i]);
		put_name(out, f, "_bucket", s, le);
		buf_printf(out, " %llu\n", (unsigned long long)so_far);
	}
	put_name(out, f, "_sum", s, NULL);
	buf_printf(out, " %.6f\n", (double)s->sum_us / 1e6);
	put_name(out, f, "_count", s, NULL);
	buf_printf(out, " %llu\n", (unsigned long long)so_far);
}

static void
put_head(struct buf *out, const char *name, const char *type,
    const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name,
	    type);
}

static void
put_family(struct buf *out, struct arena *a, const struct family *f)
{
	struct rows rows = { .arena = a };

	for (size_t i = 0; i < f->n_known; i++)
		collect(&rows, &f->known[i]);
	meter_each(f->meter, collect, &rows);
	put_head(out, f->name, f->type, f->help);
	for (size_t i = 0; i < rows.n; i++) {
		if (strcmp(f->type, "histogram") == 0) {
			put_histogram(out, f, &rows.row[i]);
			continue;
		}
		put_name(out, f, "", &rows.row[i], NULL);
		buf_printf(out, " %llu\n",
		    (unsigned long long)rows.row[i].value);
	}
}

/* ---- how it is now ---- */

static void
put_gauge(struct buf *out, const char *name, const char *help, int64_t value)
{
	put_head(out, name, "gauge", help);
	buf_printf(out, "%s %lld\n", name, (long long)value);
}

static void
put_states(struct buf *out, const char *name, const char *help,
    const int64_t *of_state)
{
	put_head(out, name, "gauge", help);
	for (size_t i = 0; i < STATE__MAX; i++)
		buf_printf(out, "%s{token_state=\"%s\"} %lld\n", name,
		    states[i], (long long)of_state[i]);
}

static void
put_queue(struct buf *out, const struct gauges *g)
{
	int64_t age = g->oldest_queued_at == 0 ? 0
	    : clock_now() - g->oldest_queued_at;

	put_head(out, "sora2api_queue_tasks", "gauge",
	    "Tasks that wait for a slot.");
	buf_printf(out, "sora2api_queue_tasks{kind=\"video\"} %lld\n"
	    "sora2api_queue_tasks{kind=\"image\"} %lld\n",
	    (long long)g->queued_videos, (long long)g->queued_images);
	put_gauge(out, "sora2api_queue_oldest_seconds",
	    "Age of the task that waits longest.", age);
}

static int64_t
file_size(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
}

static void
put_database(struct buf *out, const struct conf *conf, struct arena *a)
{
	put_gauge(out, "sora2api_database_bytes", "Size of the database file.",
	    file_size(conf->database_path));
	put_gauge(out, "sora2api_database_wal_bytes",
	    "Size of its write-ahead log.", file_size(arena_printf(a,
	    "%s-wal", conf->database_path)));
}

static void
put_gauges(struct buf *out, const struct gauges *g, const struct conf *conf,
    struct arena *a)
{
	put_head(out, "sora2api_build_info", "gauge", "The version.");
	buf_puts(out, "sora2api_build_info{version=\"" PACKAGE_VERSION
	    "\"} 1\n");
	put_queue(out, g);
	put_states(out, "sora2api_tokens", "Tokens by what they can do now.",
	    g->tokens);
	put_states(out, "sora2api_running_tasks",
	    "Tasks with an upstream, by the state of their token.",
	    g->running);
	put_gauge(out, "sora2api_poller_up",
	    "Whether a poller holds the lease.",
	    !due_is(g->lease_ends_ms, clock_now_ms(),
	    (int64_t)conf->lease_time * 1000));
	put_gauge(out, "sora2api_waiting_requests",
	    "Requests that wait for a task: streams and synchronous calls.",
	    meter_all_waiting());
	put_database(out, conf, a);
}

/* GET /metrics: Numbers for Prometheus. */
enum err
handle_metrics(struct req *rq, struct resp *rs, struct error *e)
{
	struct api *api = api_of(rq);
	struct gauges g;
	struct buf out;
	enum err rc;

	if ((rc = gauges_load(api->store, &g, e)) != ERR_OK)
		return rc;
	buf_init(&out, MAX_TEXT);
	for (size_t i = 0; i < NELEM(families); i++)
		put_family(&out, rq->arena, &families[i]);
	put_gauges(&out, &g, api->conf, rq->arena);
	resp_text(rs, 200, "text/plain; version=0.0.4; charset=utf-8",
	    out.data);
	buf_clear(&out);
	return ERR_OK;
}
