/* SPDX-License-Identifier: MIT */
/* test_inline.c: a file inside a JSON text, cut out of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "attr.h"
#include "buf.h"
#include "upstream/client/inline.h"

struct got {
	struct buf	 text;
	struct buf	 file;
};

static bool
to_text(void *arg, const void *data, size_t len)
{
	struct got *g = arg;

	return buf_append(&g->text, data, len);
}

static bool
to_file(void *arg, const void *data, size_t len)
{
	struct got *g = arg;

	return buf_append(&g->file, data, len);
}

/* Feeds `json` in pieces of `step` bytes. */
static bool
scan(struct got *g, struct inline_scan *s, const char *json, size_t step)
{
	size_t len = strlen(json);
	bool ok = true;

	buf_init(&g->text, 65536);
	buf_init(&g->file, 65536);
	inline_begin(s, to_text, to_file, g);
	for (size_t at = 0; at < len && ok; at += step)
		ok = inline_feed(s, json + at,
		    len - at < step ? len - at : step);
	return ok;
}

static void
done(struct got *g)
{
	buf_clear(&g->text);
	buf_clear(&g->file);
}

static void
the_file_is_cut_out(void **state UNUSED)
{
	static const struct {
		const char	*json;
		const char	*text;
		const char	*file;		/* NULL: none */
	} rows[] = {
		{ "{\"data\":[{\"b64_json\":\"aGVsbG8=\"}]}",
		    "{\"data\":[{\"b64_json\":\"\"}]}", "hello" },
		{ "{ \"b64_json\" : \"aGVsbG8\", \"b\":\"aGVsbG8=\" }",
		    "{ \"b64_json\" : \"\", \"b\":\"aGVsbG8=\" }", "hello" },
		{ "{\"url\":\"data:video/mp4;base64,aGVsbG8=\"}",
		    "{\"url\":\"\"}", "hello" },
		{ "{\"urls\":[\"data:video\\/mp4;base64,aGVsbG8=\"]}",
		    "{\"urls\":[\"\"]}", "hello" },
		{ "{\"b64_json\":\"data:a;base64,aGVsbG8=\"}",
		    "{\"b64_json\":\"\"}", "hello" },
		/* escapes that encoders write */
		{ "{\"b64_json\":\"\\/\\/79\\u002bw==\"}",
		    "{\"b64_json\":\"\"}", "\xff\xfe\xfd\xfb" },
		{ "{\"b64_json\":\"__79-w\"}", "{\"b64_json\":\"\"}",
		    "\xff\xfe\xfd\xfb" },
		{ "{\"b64_json\":\"aGVs\\nbG8=\"}", "{\"b64_json\":\"\"}",
		    "hello" },
		/* only the first */
		{ "{\"b64_json\":\"aGVsbG8=\",\"x\":\"data:a;base64,aGk=\"}",
		    "{\"b64_json\":\"\",\"x\":\"data:a;base64,aGk=\"}",
		    "hello" },
		/* none */
		{ "{\"b64_json\":\"\",\"url\":\"https://x\"}",
		    "{\"b64_json\":\"\",\"url\":\"https://x\"}", NULL },
		{ "{\"b64_json\":null}", "{\"b64_json\":null}", NULL },
		{ "{\"x\":\"b64_json\",\"y\":\"aGk=\"}",
		    "{\"x\":\"b64_json\",\"y\":\"aGk=\"}", NULL },
		{ "[\"b64_json\",\"aGk=\"]", "[\"b64_json\",\"aGk=\"]", NULL },
		{ "{\"b64_json\":{\"a\":\"b\"}}",
		    "{\"b64_json\":{\"a\":\"b\"}}", NULL },
		{ "{\"a\\\"b64_json\":\"\\\\\",\"c\":\"d\"}",
		    "{\"a\\\"b64_json\":\"\\\\\",\"c\":\"d\"}", NULL },
		{ "{\"url\":\"data:text/plain,hello\"}",
		    "{\"url\":\"data:text/plain,hello\"}", NULL },
	};

	for (size_t i = 0; i < NELEM(rows); i++)
		for (size_t step = 1; step < 60; step += 7) {
			struct inline_scan s;
			struct got g;

			if (!scan(&g, &s, rows[i].json, step) ||
			    strcmp(g.text.data, rows[i].text) != 0 ||
			    s.found != (rows[i].file != NULL) ||
			    strcmp(g.file.data, rows[i].file != NULL
			    ? rows[i].file : "") != 0)
				fail_msg("%s by %zu: %s, %s", rows[i].json,
				    step, g.text.data, g.file.data);
			done(&g);
		}
}

static void
a_long_string_stays_whole(void **state UNUSED)
{
	char json[600] = "{\"b64_jsox\":\"";
	struct inline_scan s;
	struct got g;

	memset(json + strlen(json), 'A', 500);
	strcat(json, "\",\"z\":1}");
	assert_true(scan(&g, &s, json, 33));
	assert_string_equal(json, g.text.data);
	assert_false(s.found);
	done(&g);
}

static void
what_is_not_base64_is_told(void **state UNUSED)
{
	static const char *const bad[] = { "{\"b64_json\":\"a!b\"}",
	    "{\"b64_json\":\"aGk=aGk=\"}", "{\"b64_json\":\"a\\u00e4\"}",
	    "{\"b64_json\":\"a\\u00zz\"}" };

	for (size_t i = 0; i < NELEM(bad); i++) {
		struct inline_scan s;
		struct got g;

		assert_false(scan(&g, &s, bad[i], 5));
		assert_true(s.bad);
		done(&g);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_file_is_cut_out),
		cmocka_unit_test(a_long_string_stays_whole),
		cmocka_unit_test(what_is_not_base64_is_told),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
