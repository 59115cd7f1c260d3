/* SPDX-License-Identifier: MIT */
/* test_log.c: one line per event. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <cjson/cJSON.h>

#include "attr.h"
#include "clock.h"
#include "log.h"

static char captured[8192];
static int saved = -1, ends[2];

static void
capture_begin(void)
{
	assert_int_equal(0, pipe(ends));
	saved = dup(STDERR_FILENO);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
}

/* What was written to stderr since, as a string. */
static const char *
capture_end(void)
{
	size_t len = 0;
	ssize_t n;

	dup2(saved, STDERR_FILENO);
	close(saved);
	while ((n = read(ends[0], captured + len,
	    sizeof(captured) - len - 1)) > 0)
		len += (size_t)n;
	close(ends[0]);
	captured[len] = '\0';
	return captured;
}

static void
a_line_has_level_id_and_text(void **state)
{
	(void)state;
	capture_begin();
	log_warn("%d of %s", 3, "four");
	log_id_set("req-1");
	log_error("later");
	log_id_set(NULL);
	log_info("plain");
	assert_string_equal("prog: warning: 3 of four\n"
	    "prog: error: [req-1] later\nprog: info: plain\n", capture_end());
}

static void
lines_below_the_level_are_dropped(void **state)
{
	(void)state;
	capture_begin();
	log_debug("hidden");
	log_level_set(LOG_LEVEL_DEBUG);
	log_debug("seen");
	log_level_set(LOG_LEVEL_ERROR);
	log_warn("hidden");
	log_level_set(LOG_LEVEL_INFO);
	assert_string_equal("prog: debug: seen\n", capture_end());
}

static void
foreign_text_cannot_start_a_line(void **state)
{
	(void)state;
	capture_begin();
	log_id_set("a\nb");
	log_info("x\nprog: error: forged\r\x1b[2J\x7f");
	log_id_set(NULL);
	assert_string_equal("prog: info: [a b] x prog: error: forged  [2J \n",
	    capture_end());
}

/* Terminals obey them, however they are encoded. */
static void
no_control_character_reaches_a_terminal(void **state)
{
	static const struct {
		const char	*text, *line;
	} cases[] = {
		{ "\xc2\x9b" "31mred", "  31mred" },
		{ "a\xc2\x85" "b\xc2\x80" "c\xc2\x9f", "a  b  c  " },
		{ "a\u2028b\u2029", "a   b   " },
		{ "\x9b" "31m\xff\xc0\xaf", "?31m???" },
		{ "\xed\xa0\x80\xf4\x90\x80\x80", "???????" },
		{ "cut \xe8\xa7", "cut ??" },
		{ "caf\u00e9 \u00a0\u89c6 \U0001f600", "caf\u00e9 \u00a0\u89c6 \U0001f600" },
	};

	(void)state;
	for (size_t i = 0; i < NELEM(cases); i++) {
		char wanted[200];

		snprintf(wanted, sizeof(wanted), "prog: info: %s\n",
		    cases[i].line);
		capture_begin();
		log_info("%s", cases[i].text);
		assert_string_equal(wanted, capture_end());
	}
}

static void
long_ids_and_texts_are_cut(void **state)
{
	char text[4000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	capture_begin();
	log_id_set(text);
	log_info("%s", text);
	log_id_set(NULL);
	assert_in_range(strlen(capture_end()), 1000, 2200);
	assert_int_equal(63, strspn(strchr(captured, '[') + 1, "x"));
	assert_int_equal('\n', captured[strlen(captured) - 1]);
}

/* What stands in a JSON line under that name; fails when it is no such line. */
static const char *
member(const char *line, const char *name)
{
	static char text[4096];
	cJSON *json = cJSON_Parse(line);
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(json, name);

	assert_non_null(json);
	text[0] = '\0';
	if (cJSON_IsString(value))
		snprintf(text, sizeof(text), "%s", value->valuestring);
	cJSON_Delete(json);
	return text;
}

static void
a_line_may_be_json(void **state)
{
	const char *line;
	int64_t time;

	(void)state;
	log_open("prog", LOG_TO_STDERR, true, LOG_LEVEL_INFO);
	capture_begin();
	log_id_set("req_1");
	log_warn("\"a\"\nb \xff");
	log_id_set(NULL);
	line = capture_end();
	log_open("prog", LOG_TO_STDERR, false, LOG_LEVEL_INFO);
	assert_string_equal("\"a\" b ?", member(line, "message"));
	assert_string_equal("warning", member(line, "level"));
	assert_string_equal("prog", member(line, "program"));
	assert_string_equal("req_1", member(line, "request_id"));
	assert_true(clock_parse(member(line, "time"), &time));
	assert_in_range(clock_now() - time, 0, 60);
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void
journald_reads_the_priority(void **state)
{
	(void)state;
	log_open("prog", LOG_TO_JOURNALD, false, LOG_LEVEL_INFO);
	capture_begin();
	log_error("a");
	log_info("b");
	assert_string_equal("<3>prog: error: a\n<6>prog: info: b\n",
	    capture_end());
	log_open("prog", LOG_TO_STDERR, false, LOG_LEVEL_INFO);
}

static void
a_fatal_error_ends_the_process(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	capture_begin();
	if ((pid = fork()) == 0) {
		fatal("no %s", "disk");
		_exit(77);
	}
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_string_equal("prog: error: no disk\n", capture_end());
	assert_true(WIFEXITED(status));
	assert_int_equal(1, WEXITSTATUS(status));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_level_id_and_text),
		cmocka_unit_test(lines_below_the_level_are_dropped),
		cmocka_unit_test(foreign_text_cannot_start_a_line),
		cmocka_unit_test(no_control_character_reaches_a_terminal),
		cmocka_unit_test(long_ids_and_texts_are_cut),
		cmocka_unit_test(a_line_may_be_json),
		cmocka_unit_test(journald_reads_the_priority),
		cmocka_unit_test(a_fatal_error_ends_the_process),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("prog", LOG_TO_STDERR, false, LOG_LEVEL_INFO);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
