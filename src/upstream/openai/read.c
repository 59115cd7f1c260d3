/* SPDX-License-Identifier: MIT */
/* read.c: a job as servers show it, in one form. */
#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "number.h"
#include "openai.h"
#include "upstream/client/answer_json.h"
#include "upstream/client/link.h"
#include "upstream/client/text.h"

#define ID_MAX		512
#define WORD_MAX	64
#define SECONDS_MAX	3600
#define MILLISECONDS	1e11		/* a time above is not in seconds */
#define LAST_TIME	253402300799.0	/* the year 9999 ends */

/* ---- members ---- */

/* One step: "data", "[0]" or the first of both in "data[0].url". */
static const cJSON *
step(const cJSON *json, const char **path)
{
	char name[WORD_MAX];
	int64_t place = 0;
	size_t len;

	if (**path == '[') {
		len = strcspn(*path, "]");
		number_read_n(*path + 1, len - 1, 0, INT_MAX, &place);
		json = cJSON_GetArrayItem(json, (int)place);
		*path += len + 1;
	} else {
		len = strcspn(*path, ".[");
		memcpy(name, *path, len);
		name[len] = '\0';
		json = cJSON_GetObjectItemCaseSensitive(json, name);
		*path += len;
	}
	*path += **path == '.';
	return json;
}

const cJSON *
openai_at(const cJSON *json, const char *path)
{
	while (json != NULL && *path != '\0')
		json = step(json, &path);
	return cJSON_IsNull(json) ? NULL : json;
}

const char *
openai_text_at(const cJSON *json, const char *const *paths, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *s = cJSON_GetStringValue(openai_at(json, paths[i]));

		if (s != NULL && *s != '\0')
			return s;
	}
	return NULL;
}

static const cJSON *
first_at(const cJSON *json, const char *const *paths, size_t n)
{
	const cJSON *found = NULL;

	for (size_t i = 0; i < n && found == NULL; i++)
		found = openai_at(json, paths[i]);
	return found;
}

static bool
is_id(const char *s)
{
	size_t len = strlen(s);

	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] < ' ' || s[i] == 0x7f)
			return false;
	return len > 0 && len <= ID_MAX && strcmp(s, ".") != 0 &&
	    strcmp(s, "..") != 0;
}

const char *
openai_id(const cJSON *json, struct arena *a)
{
	static const char *const places[] = { "id", "task_id", "request_id",
	    "data.id", "data.task_id", "data[0].id", "output.task_id" };

	for (size_t i = 0; i < NELEM(places); i++) {
		const cJSON *id = openai_at(json, places[i]);

		if (cJSON_IsString(id) && is_id(id->valuestring))
			return arena_strdup(a, id->valuestring);
		/* a longer one is text by now */
		if (answer_json_is_whole(id))
			return arena_printf(a, "%.0f", id->valuedouble);
	}
	return NULL;
}

/* A number, or text that begins with one; NAN when it is neither. */
static double
number_of(const cJSON *json)
{
	char *end;
	double n;

	if (cJSON_IsNumber(json))
		return json->valuedouble;
	if (!cJSON_IsString(json))
		return (double)NAN;
	n = strtod(json->valuestring, &end);
	return end == json->valuestring || isinf(n) ? (double)NAN : n;
}

int
openai_seconds(const cJSON *json)
{
	static const char *const places[] = { "seconds", "duration",
	    "video.duration", "data.seconds", "data.duration" };
	double n = number_of(first_at(json, places, NELEM(places)));

	return n >= 1 && n <= SECONDS_MAX ? (int)(n + 0.5) : 0;
}

/* Unix seconds from seconds, milliseconds or ISO 8601; 0 when it is none. */
static int64_t
unix_time(const cJSON *json, const char *key)
{
	const cJSON *value = openai_at(json, key);
	int64_t t;
	double n;

	if (cJSON_IsString(value) && clock_parse(value->valuestring, &t))
		return t > 0 ? t : 0;
	n = number_of(value);
	if (n > MILLISECONDS)
		n /= 1000;
	return n > 0 && n <= LAST_TIME ? (int64_t)n : 0;
}

/* Per cent 0..100; -1 when it is not said. */
static double
progress_of(const cJSON *json)
{
	static const char *const places[] = { "progress", "data.progress",
	    "data[0].progress", "output.progress", "task.progress" };
	double n = number_of(first_at(json, places, NELEM(places)));

	if (isnan(n))
		return -1;
	if (n > 0 && n < 1)
		n *= 100;		/* a ratio; whole numbers are per cent */
	return n < 0 ? 0 : n > 100 ? 100 : n;
}

const char *
openai_result(const cJSON *json)
{
	static const char *const places[] = { "url", "video_url",
	    "output_url", "download_url", "result_url", "video.url",
	    "urls[0]", "unsigned_urls[0]", "videos[0].url", "data[0].url",
	    "data.url", "output.video_url", "result.url",
	    "content.video_url", "metadata.url", "generations[0].url",
	    /* wrapped once more by relays */
	    "data.video_url", "data.video.url", "data.metadata.url",
	    "task.content.url" };

	return openai_text_at(json, places, NELEM(places));
}

/* ---- status ---- */

enum state {
	STATE_UNKNOWN, STATE_QUEUED, STATE_RUNNING, STATE_DONE, STATE_FAILED,
	STATE_REFUSED, STATE_CANCELLED, STATE_EXPIRED
};

static const struct {
	const char	*word;
	enum state	 state;
} words[] = {
	{ "queued", STATE_QUEUED }, { "queueing", STATE_QUEUED },
	{ "in_queue", STATE_QUEUED }, { "pending", STATE_QUEUED },
	{ "submitted", STATE_QUEUED }, { "created", STATE_QUEUED },
	{ "not_start", STATE_QUEUED }, { "not_started", STATE_QUEUED },
	{ "waiting", STATE_QUEUED }, { "scheduled", STATE_QUEUED },
	{ "throttled", STATE_QUEUED }, { "accepted", STATE_QUEUED },
	{ "preparing", STATE_QUEUED }, { "starting", STATE_QUEUED },
	{ "in_progress", STATE_RUNNING }, { "processing", STATE_RUNNING },
	{ "running", STATE_RUNNING }, { "generating", STATE_RUNNING },
	{ "rendering", STATE_RUNNING }, { "active", STATE_RUNNING },
	{ "working", STATE_RUNNING }, { "uploading", STATE_RUNNING },
	{ "finalizing", STATE_RUNNING },
	{ "completed", STATE_DONE }, { "complete", STATE_DONE },
	{ "succeeded", STATE_DONE }, { "succeed", STATE_DONE },
	{ "success", STATE_DONE }, { "done", STATE_DONE },
	{ "finished", STATE_DONE }, { "ready", STATE_DONE },
	{ "failed", STATE_FAILED }, { "fail", STATE_FAILED },
	{ "failure", STATE_FAILED }, { "error", STATE_FAILED },
	{ "rejected", STATE_FAILED },
	{ "blocked", STATE_REFUSED }, { "moderated", STATE_REFUSED },
	{ "cancelled", STATE_CANCELLED }, { "canceled", STATE_CANCELLED },
	{ "aborted", STATE_CANCELLED }, { "deleted", STATE_CANCELLED },
	{ "terminated", STATE_CANCELLED },
	{ "expired", STATE_EXPIRED }, { "timeout", STATE_EXPIRED },
	{ "timed_out", STATE_EXPIRED },
};

static const char *const status_places[] = { "status", "data.status",
    "data[0].status", "data.task_status", "output.task_status",
    "task.status", "state" };

/* Lower case, without blanks around it, with "_" for "-" and blanks inside. */
static void
normalise(const char *s, char out[WORD_MAX])
{
	size_t n = 0;

	while (isspace((unsigned char)*s))
		s++;
	for (; *s != '\0' && n < WORD_MAX - 1; s++)
		out[n++] = *s == '-' || isspace((unsigned char)*s) ? '_'
		    : (char)tolower((unsigned char)*s);
	while (n > 0 && out[n - 1] == '_')
		n--;
	out[n] = '\0';
}

/*
 * The state of its status word, which goes to `word`: "" when there is none. It
 * is cleaned before it is changed: of a key in it nothing would be found later.
 */
static enum state
state_of(const struct openai_answer *ans, const cJSON *json,
    char word[WORD_MAX])
{
	const char *status = text_for_log(ans->in, ans->a, openai_text_at(json,
	    status_places, NELEM(status_places)));

	word[0] = '\0';
	if (status == NULL)
		return STATE_UNKNOWN;
	normalise(status, word);
	for (size_t i = 0; i < NELEM(words); i++)
		if (strcmp(word, words[i].word) == 0)
			return words[i].state;
	return STATE_UNKNOWN;
}

static bool
has_status(const cJSON *json)
{
	return first_at(json, status_places, NELEM(status_places)) != NULL;
}

/* ---- the job ---- */

/*
 * Where the file is. An address of the server itself may want the server's key,
 * and one of a private network is of no use to clients: only we fetch those.
 */
static void
place(const struct openai_answer *ans, const cJSON *json, struct sighting *s)
{
	const struct openai_options *b = ans->options;
	const char *url = openai_result(json);

	s->state = SEEN_DONE;
	s->progress = 100;
	if ((s->payload = ans->r->payload) || url == NULL)
		return;
	if (b->content_from == CONTENT_BYTES && !ans->in->want_url)
		return;
	url = link_resolve(openai_asked(ans), url, ans->a);
	if (url == NULL || (strncmp(url, "https://", 8) != 0 &&
	    !b->allow_private && !link_same_origin(b->base_url, url)))
		return;
	if (b->allow_private || link_same_origin(b->base_url, url))
		s->fetch_url = url;
	else
		s->url = url;
}

static void
fail(const struct openai_answer *ans, const cJSON *json, enum state state,
    struct sighting *s)
{
	struct openai_failure f = { .code = "" };

	openai_failure(ans, json, &f);
	s->state = SEEN_FAILED;
	s->policy = f.policy || state == STATE_REFUSED;
	s->message = f.message;
	s->log = f.text;
	if (state == STATE_CANCELLED)
		s->code = "cancelled";
	if (state == STATE_EXPIRED)
		s->code = "expired";
	if (s->message == NULL)
		s->message = state == STATE_CANCELLED
		    ? "The upstream cancelled the generation"
		    : state == STATE_EXPIRED
		    ? "The generation expired at the upstream"
		    : s->policy ? "The upstream refused the content"
		    : "Generation failed";
}

/* A status that says nothing: what else is there does. */
static enum state
state_without_word(const struct openai_answer *ans, const cJSON *json)
{
	struct openai_failure f;

	if (openai_result(json) != NULL || ans->r->payload)
		return STATE_DONE;
	if (openai_failure(ans, json, &f) && !openai_passes(ans, &f))
		return STATE_FAILED;
	return STATE_UNKNOWN;
}

bool
openai_sighting(const struct openai_answer *ans, const cJSON *json,
    struct sighting *s)
{
	char word[WORD_MAX];
	enum state state = state_of(ans, json, word);

	*s = (struct sighting){ .state = SEEN_RUNNING };
	if (state == STATE_UNKNOWN && word[0] != '\0')
		s->odd_status = text_for_log(ans->in, ans->a, word);
	s->upstream_id = openai_id(json, ans->a);
	if (state == STATE_UNKNOWN && !has_status(json))
		state = state_without_word(ans, json);
	if (state == STATE_UNKNOWN && s->upstream_id == NULL &&
	    !has_status(json))
		return false;
	s->prompt = arena_strdup(ans->a, json_string(json, "prompt"));
	s->model = arena_strdup(ans->a, json_string(json, "model"));
	s->created_at = unix_time(json, "created_at");
	if (s->created_at == 0)
		s->created_at = unix_time(json, "created");
	s->progress = state == STATE_QUEUED ? 0 : progress_of(json);
	if (state == STATE_DONE)
		place(ans, json, s);
	else if (state >= STATE_FAILED)
		fail(ans, json, state, s);
	return true;
}
