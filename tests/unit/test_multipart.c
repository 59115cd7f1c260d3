/* SPDX-License-Identifier: MIT */
/* test_multipart.c: the parser of multipart bodies, fed in pieces of any size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"
#include "buf.h"
#include "http/media.h"
#include "http/multipart.h"

#define TYPE	"multipart/form-data; boundary=XyZ"

static enum err
on_begin(void *arg, const struct part *part, struct error *e)
{
	(void)e;
	buf_printf(arg, "[%s", part->name);
	if (part->filename != NULL)
		buf_printf(arg, "|%s", part->filename);
	buf_puts(arg, "=");
	return ERR_OK;
}

static enum err
on_data(void *arg, const char *data, size_t len, struct error *e)
{
	(void)e;
	assert_true(len > 0);
	buf_append(arg, data, len);
	return ERR_OK;
}

static enum err
on_end(void *arg, struct error *e)
{
	(void)e;
	buf_puts(arg, "]");
	return ERR_OK;
}

static const struct multipart_ops ops = { on_begin, on_data, on_end };

/* What the callbacks were told of a body that comes `step` bytes at a time. */
static enum err
parse(const char *type, const char *body, size_t len, size_t step,
    struct buf *seen)
{
	struct arena *a = arena_new();
	struct multipart *m;
	struct error e;
	enum err rc;

	buf_init(seen, 1 << 22);
	rc = multipart_new(a, type, &ops, seen, &m, &e);
	for (size_t i = 0; rc == ERR_OK && i < len; i += step)
		rc = multipart_feed(m, body + i, len - i < step ? len - i : step,
		    &e);
	if (rc == ERR_OK)
		rc = multipart_finish(m, &e);
	arena_free(a);
	return rc;
}

#define PART(name)	"Content-Disposition: form-data; name=\"" name "\"\r\n\r\n"
#define END		"\r\n--XyZ--\r\n"

static const struct {
	const char	*type;
	const char	*body;
	const char	*seen;		/* NULL: ERR_INVALID_BODY */
} bodies[] = {
	{ TYPE, "--XyZ\r\n" PART("a") "1" END, "[a=1]" },
	{ "Multipart/Form-Data; charset=utf-8; BOUNDARY=\"XyZ\"",
	    "--XyZ\r\n" PART("a") "1" END, "[a=1]" },
	{ "multipart/form-data; boundary=\"a b;c\"",
	    "--a b;c\r\n" PART("a") "1\r\n--a b;c--", "[a=1]" },
	{ TYPE, "--XyZ--", "" },
	{ TYPE, "--XyZ\r\n" PART("a") END, "[a=]" },
	{ TYPE, "--XyZ\r\n" PART("a") "--XyZ--", "[a=]" },
	{ TYPE, "--XyZ\r\n" PART("a") "1\r\n--XyZ\r\n" PART("b") "2" END,
	    "[a=1][b=2]" },
	/* a preamble, an epilogue, blanks behind the boundary */
	{ TYPE, "hello\r\n--Xy\r\n--XyZ \t\r\n" PART("a") "1" END "--XyZ\r\n?",
	    "[a=1]" },
	/* data that looks like a delimiter for a while */
	{ TYPE, "--XyZ\r\n" PART("a") "\r\r\n\r\n-\r\n--\r\n--Xy\r\n--Xyz\r" END,
	    "[a=\r\r\n\r\n-\r\n--\r\n--Xy\r\n--Xyz\r]" },
	{ TYPE, "--XyZ\r\n" PART("a") "--Xy" END, "[a=--Xy]" },
	{ TYPE, "--XyZ\r\n" PART("a") "-\r\n--Xy--XyZ" END, "[a=-\r\n--Xy--XyZ]" },
	{ TYPE, "--XyZ\r\n" PART("a") "x--XyZ--\n--XyZ--" END,
	    "[a=x--XyZ--\n--XyZ--]" },
	/* headers */
	{ TYPE, "--XyZ\r\ncontent-DISPOSITION:form-data;NAME=a\r\n"
	    "Content-Type: text/plain\r\n\r\n1" END, "[a=1]" },
	{ TYPE, "--XyZ\r\nContent-Disposition: form-data;\r\n name=a\r\n\r\n1" END,
	    "[a=1]" },
	{ TYPE, "--XyZ\r\nContent-Disposition: form-data; name=\"a\"; "
	    "filename=\"x.png\"\r\nContent-Type: image/png\r\n\r\n1" END,
	    "[a|x.png=1]" },
	{ TYPE, "--XyZ\r\nContent-Disposition: form-data; filename=x; name=a"
	    "\r\n\r\n1" END, "[a|x=1]" },
	{ TYPE, "--XyZ\r\nContent-Disposition: form-data; name=a; filename=\"\""
	    "\r\n\r\n" END, "[a|=]" },
	{ TYPE, "--XyZ\r\nContent-Disposition: form-data; name=a; "
	    "filename=\"a\\\"b;\\c\"\r\n\r\n" END, "[a|a\"b;\\c=]" },
	{ TYPE, "--XyZ\r\nContent-Disposition: form-data; name=a; filename=x; "
	    "filename*=UTF-8''%e4%b8%ad.png\r\n\r\n" END, "[a|\xe4\xb8\xad.png=]" },
	{ TYPE, "--XyZ\r\nContent-Disposition: form-data; name=a; "
	    "filename*=koi8-r''x\r\n\r\n" END, "[a|=]" },
	{ TYPE, "--XyZ\r\nContent-Disposition: form-data; name=a\r\n"
	    "Content-Transfer-Encoding: 8bit\r\n\r\n1" END, "[a=1]" },
	/* broken */
	{ "multipart/form-data", "--XyZ--", NULL },
	{ "multipart/form-data; boundary=", "--XyZ--", NULL },
	{ "multipart/form-data; boundary=\"XyZ", "--XyZ--", NULL },
	{ "multipart/form-data; boundary=\"XyZ \"", "--XyZ --", NULL },
	{ TYPE, "", NULL },
	{ TYPE, "--XyZ", NULL },
	{ TYPE, "--XyZ\r\n", NULL },
	{ TYPE, "--XyZ-", NULL },
	{ TYPE, "--XyZ-x", NULL },
	{ TYPE, "--XyZx\r\n", NULL },
	{ TYPE, "--XyZ\rx", NULL },
	{ TYPE, "--XyZ\n" PART("a") "1\n--XyZ--", NULL },
	{ TYPE, "--XyZ\r\n" PART("a") "1", NULL },
	{ TYPE, "--XyZ\r\n" PART("a") "1\r\n--XyZ\r\n", NULL },
	{ TYPE, "--XyZ\r\n\r\n1" END, NULL },
	{ TYPE, "--XyZ\r\nContent-Type: text/plain\r\n\r\n1" END, NULL },
	{ TYPE, "--XyZ\r\nContent-Disposition: form-data\r\n\r\n1" END, NULL },
	{ TYPE, "--XyZ\r\n" PART("") "1" END, NULL },
	{ TYPE, "--XyZ\r\nContent-Disposition: form-data; name=\"a\r\n\r\n" END,
	    NULL },
	{ TYPE, "--XyZ\r\nContent-Disposition: attachment; name=a\r\n\r\n1" END,
	    NULL },
	{ TYPE, "--XyZ\r\n" PART("\xff") "1" END, NULL },
	{ TYPE, "--XyZ\r\nnonsense\r\n" PART("a") "1" END, NULL },
	{ TYPE, "--XyZ\r\nContent-Transfer-Encoding: base64\r\n" PART("a") "1" END,
	    NULL },
};

static void
any_chunking_gives_the_same_parts(void **state)
{
	static const size_t steps[] = { 1, 2, 3, 5, 7, 16, 1 << 20 };
	struct buf seen;

	(void)state;
	for (size_t i = 0; i < NELEM(bodies); i++)
		for (size_t j = 0; j < NELEM(steps); j++) {
			enum err rc = parse(bodies[i].type, bodies[i].body,
			    strlen(bodies[i].body), steps[j], &seen);
			enum err want = bodies[i].seen == NULL ?
			    ERR_INVALID_BODY : ERR_OK;

			if (rc != want || (rc == ERR_OK &&
			    strcmp(seen.data, bodies[i].seen) != 0))
				fail_msg("row %zu, step %zu: error %d, %s", i,
				    steps[j], (int)rc, seen.data);
			buf_clear(&seen);
		}
}

static enum err
parse_parts(int n)
{
	struct buf body, seen;
	enum err rc;

	buf_init(&body, 1 << 22);
	for (int i = 0; i < n; i++)
		buf_puts(&body, "--XyZ\r\n" PART("a") "1\r\n");
	buf_puts(&body, "--XyZ--");
	rc = parse(TYPE, body.data, body.len, body.len, &seen);
	buf_clear(&body);
	buf_clear(&seen);
	return rc;
}

static void
at_most_200_parts_are_taken(void **state)
{
	(void)state;
	assert_int_equal(ERR_OK, parse_parts(200));
	assert_int_equal(ERR_INVALID_BODY, parse_parts(201));
}

static enum err
parse_header_of(size_t len)
{
	static const char last[] = "\r\n" PART("a");
	struct buf body, seen;
	enum err rc;

	buf_init(&body, 1 << 22);
	buf_puts(&body, "--XyZ\r\nX: ");
	while (body.len < 7 + len - (sizeof(last) - 1))
		buf_puts(&body, "x");
	buf_puts(&body, last);
	buf_puts(&body, "1" END);
	rc = parse(TYPE, body.data, body.len, 100, &seen);
	buf_clear(&body);
	buf_clear(&seen);
	return rc;
}

static void
a_header_block_has_at_most_8_kib(void **state)
{
	(void)state;
	assert_int_equal(ERR_OK, parse_header_of(8192));
	assert_int_equal(ERR_INVALID_BODY, parse_header_of(8193));
}

static void
binary_data_comes_as_it_was_sent(void **state)
{
	struct buf body, seen;
	char data[5000];

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = "\r\n-XyZ\0"[i * 7 / 3 % 7];
	buf_init(&body, 1 << 22);
	buf_puts(&body, "--XyZ\r\n" PART("a"));
	buf_append(&body, data, sizeof(data));
	buf_puts(&body, END);
	for (size_t step = 1; step < 200; step += 13) {
		assert_int_equal(ERR_OK,
		    parse(TYPE, body.data, body.len, step, &seen));
		assert_int_equal(3 + sizeof(data) + 1, seen.len);
		assert_memory_equal(data, seen.data + 3, sizeof(data));
		buf_clear(&seen);
	}
	buf_clear(&body);
}

static void
media_types_are_compared_without_parameters(void **state)
{
	static const struct {
		const char *type;
		bool json;
	} cases[] = {
		{ "application/json", true },
		{ " Application/JSON ; charset=utf-8", true },
		{ "application/problem+json", true },
		{ "application/vnd.x+JSON;a=b", true },
		{ "application/jsonx", false },
		{ "application/json-seq", false },
		{ "text/json", false },
		{ "+json", false },
		{ "/+json", false },
		{ "a/+json", false },
		{ "text/plain; x=application/json", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < NELEM(cases); i++)
		if (media_is_json(cases[i].type) != cases[i].json)
			fail_msg("%s", cases[i].type);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_chunking_gives_the_same_parts),
		cmocka_unit_test(at_most_200_parts_are_taken),
		cmocka_unit_test(a_header_block_has_at_most_8_kib),
		cmocka_unit_test(binary_data_comes_as_it_was_sent),
		cmocka_unit_test(media_types_are_compared_without_parameters),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
