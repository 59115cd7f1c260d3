/* log.c: one line per event, to stderr or to syslog. */
#include "log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

static const char *program = "sora2api";
static bool to_syslog;
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
log_open(const char *name, bool use_syslog, enum log_level level)
{
	program = name;
	to_syslog = use_syslog;
	threshold = (int)level;
	if (to_syslog)
		openlog(name, LOG_PID, LOG_DAEMON);
}

void
log_level_set(enum log_level level)
{
	threshold = (int)level;
}

/* What came from outside must not start a line of its own. */
static void
make_one_line(char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = ' ';
}

void
log_id_set(const char *id)
{
	snprintf(thread_id, sizeof(thread_id), "%s", id == NULL ? "" : id);
	make_one_line(thread_id);
}

static void PRINTF_LIKE(2, 0)
put(enum log_level level, const char *fmt, va_list ap)
{
	char text[2048], id[sizeof(thread_id) + 3] = "";

	if ((int)level > threshold)
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	make_one_line(text);
	if (thread_id[0] != '\0')
		snprintf(id, sizeof(id), "[%s] ", thread_id);
	if (to_syslog)
		syslog(levels[level].priority, "%s%s", id, text);
	else
		fprintf(stderr, "%s: %s: %s%s\n", program, levels[level].name,
		    id, text);
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

const char *
log_mask(const char *secret, char out[16])
{
	size_t len = secret == NULL ? 0 : strlen(secret);

	if (len < 24)
		snprintf(out, 16, "***");
	else
		snprintf(out, 16, "%.6s...%s", secret, secret + len - 6);
	return out;
}
