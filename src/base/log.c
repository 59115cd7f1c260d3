/* SPDX-License-Identifier: MIT */
/* log.c: one line per event, to stderr or to syslog. */
#include "log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "json.h"

static const char *program = "sora2api";
static enum log_target target;
static bool json;
static _Atomic int threshold = LOG_LEVEL_INFO;
static _Thread_local char thread_id[64];

static const struct {
	const char	*name;
	int		 priority;
} levels[] = {
	[LOG_LEVEL_ERROR] = { "error", LOG_ERR },
	[LOG_LEVEL_WARN] =  { "warning", LOG_WARNING },
	[LOG_LEVEL_INFO] =  { "info", LOG_INFO },
	[LOG_LEVEL_DEBUG] = { "debug", LOG_DEBUG },
};

void
log_open(const char *name, enum log_target to, bool as_json,
    enum log_level level)
{
	program = name;
	target = to;
	json = as_json;
	threshold = (int)level;
	if (target == LOG_TO_SYSLOG)
		openlog(name, LOG_PID, LOG_DAEMON);
}

void
log_level_set(enum log_level level)
{
	threshold = (int)level;
}

/* Bytes of the character at `s`, which may be a terminal's control character; 0: it is no UTF-8. */
static size_t
character_at(const char *s)
{
	size_t left = strnlen(s, 4);

	for (size_t len = 1; len <= left; len++)
		if (utf8_count(s, len) == 1)
			return len;
	return 0;
}

/* U+0080 to U+009F, and the two of Unicode that end a line. */
static bool
is_control(const char *s)
{
	return ((unsigned char)s[0] == 0xc2 && (unsigned char)s[1] < 0xa0) ||
	    strncmp(s, "\u2028", 3) == 0 || strncmp(s, "\u2029", 3) == 0;
}

/*
 * Replaces control characters, so that foreign text can neither start a log line nor
 * control a terminal. Bytes that are no UTF-8 become '?'.
 */
static void
make_one_line(char *s)
{
	size_t len;

	for (; *s != '\0'; s += len) {
		if ((unsigned char)*s >= 0x20 && (unsigned char)*s < 0x7f) {
			len = 1;
		} else if ((len = character_at(s)) == 0) {
			*s = '?';
			len = 1;
		} else if (len == 1 || is_control(s)) {
			memset(s, ' ', len);
		}
	}
}

void
log_id_set(const char *id)
{
	snprintf(thread_id, sizeof(thread_id), "%s", id == NULL ? "" : id);
	make_one_line(thread_id);
}

static char *
json_line(enum log_level level, const char *text)
{
	cJSON *line = cJSON_CreateObject();
	struct arena *a = arena_new();
	char *out;

	if (target == LOG_TO_STDERR)
		json_add_string(line, "time", clock_format(a, clock_now()));
	json_add_string(line, "level", levels[level].name);
	json_add_string(line, "program", program);
	json_add_int(line, "pid", getpid());
	if (thread_id[0] != '\0')
		json_add_string(line, "request_id", thread_id);
	json_add_string(line, "message", text);
	out = cJSON_PrintUnformatted(line);
	cJSON_Delete(line);
	arena_free(a);
	if (out == NULL)
		abort();
	return out;
}

/* syslog adds the program's name itself. */
static char *
text_line(enum log_level level, const char *text)
{
	bool bare = target == LOG_TO_SYSLOG;
	char *out;

	if (asprintf(&out, "%s%s%s%s%s%s%s%s", bare ? "" : program,
	    bare ? "" : ": ", bare ? "" : levels[level].name,
	    bare ? "" : ": ", thread_id[0] != '\0' ? "[" : "", thread_id,
	    thread_id[0] != '\0' ? "] " : "", text) < 0)
		abort();
	return out;
}

static void PRINTF_LIKE(2, 0)
put(enum log_level level, const char *fmt, va_list ap)
{
	char text[2048], *line;

	if ((int)level > threshold)
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	make_one_line(text);
	line = json ? json_line(level, text) : text_line(level, text);
	if (target == LOG_TO_SYSLOG)
		syslog(levels[level].priority, "%s", line);
	else if (target == LOG_TO_JOURNALD)
		fprintf(stderr, "<%d>%s\n", levels[level].priority, line);
	else
		fprintf(stderr, "%s\n", line);
	free(line);
}

#define LOG_FUNCTION(function, level) \
	void function(const char *fmt, ...) \
	{ \
		va_list ap; \
		va_start(ap, fmt); \
		put(level, fmt, ap); \
		va_end(ap); \
	}

LOG_FUNCTION(log_error, LOG_LEVEL_ERROR)
LOG_FUNCTION(log_warn, LOG_LEVEL_WARN)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO)
LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG)

void
fatal(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(LOG_LEVEL_ERROR, fmt, ap);
	va_end(ap);
	exit(EXIT_FAILURE);
}
