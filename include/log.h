/* SPDX-License-Identifier: MIT */
/*
 * log.h: the program's log: stderr, syslog(3), or stderr as journald reads it.
 *
 * A line is "LEVEL [id] text", or a JSON object of these. The id is that of the
 * request, or of the one that made a task, set for the calling thread with
 * log_id_set. No credential, media or prompt is ever
 * given to these functions.
 */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>

#include "attr.h"

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

enum log_target {
	LOG_TO_STDERR,
	LOG_TO_SYSLOG,
	LOG_TO_JOURNALD,	/* stderr, with "<priority>" in front (sd-daemon(3)) */
};

/* Before any thread; again when the settings are known. `name` is borrowed for the process's life. */
void	log_open(const char *name, enum log_target target, bool json, enum log_level level);
void	log_level_set(enum log_level level);	/* any thread */
/* The id in front of this thread's lines; copied, at most 63 bytes; NULL: none. */
void	log_id_set(const char *id);

void	log_error(const char *fmt, ...) PRINTF_LIKE(1, 2);
void	log_warn(const char *fmt, ...) PRINTF_LIKE(1, 2);
void	log_info(const char *fmt, ...) PRINTF_LIKE(1, 2);
void	log_debug(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* Logs and exits with status 1: a broken environment at start. */
void	fatal(const char *fmt, ...) NORETURN PRINTF_LIKE(1, 2);

#endif
