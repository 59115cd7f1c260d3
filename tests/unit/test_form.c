/* SPDX-License-Identifier: MIT */
/* test_form.c: bodies as fields and files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "arena.h"
#include "file.h"
#include "http.h"
#include "http/io.h"

#define MULTIPART	"multipart/form-data; boundary=b"
#define URLENCODED	"application/x-www-form-urlencoded"

struct fixture {
	struct arena	*arena;
	char		 dir[64];
	struct req	 rq;
	struct error	 e;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->arena = arena_new();
	strcpy(f->dir, "/tmp/test_form.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	*state = f;
	return 0;
}

/* The folder must be empty again: whatever was written is gone. */
static int
teardown(void **state)
{
	struct fixture *f = *state;
	int rc = rmdir(f->dir);

	arena_free(f->arena);
	free(f);
	return rc;
}

static void
request(struct fixture *f, const char *type, const char *body, size_t len)
{
	const char **vars = arena_array(f->arena, 4, sizeof(*vars));

	vars[0] = "REQUEST_METHOD=POST";
	vars[1] = arena_printf(f->arena, "CONTENT_TYPE=%s", type);
	vars[2] = arena_printf(f->arena, "CONTENT_LENGTH=%zu", len);
	req_from_memory(&f->rq, f->arena, vars, body, len);
}

static enum err
read_form(struct fixture *f, const char *type, const char *body,
    struct form *out)
{
	*out = (struct form){ 0 };
	request(f, type, body, strlen(body));
	return req_form(&f->rq, f->dir, out, &f->e);
}

static void
forms_become_objects(void **state)
{
	static const struct {
		const char	*body;
		const char	*fields;	/* NULL: ERR_INVALID_BODY */
	} cases[] = {
		{ "a=1&b=two+words%21", "{\"a\":\"1\",\"b\":\"two words!\"}" },
		{ "a=%E4%B8%AD&a%20b=%2b", "{\"a\":\"\xe4\xb8\xad\",\"a b\":\"+\"}" },
		{ "a=1&&b", "{\"a\":\"1\"}" },
		{ "a=&b=x=y", "{\"b\":\"x=y\"}" },
		{ "a=%zz%4&b=%", "{\"a\":\"%zz%4\",\"b\":\"%\"}" },
		{ "a=1&a=2", "{\"a\":\"2\"}" },
		{ "i[]=1&i[]=2&i[]=", "{\"i\":[\"1\",\"2\"]}" },
		{ "i[0]=1&i[1]=2", "{\"i\":[\"1\",\"2\"]}" },
		{ "i=1&i[]=2", "{\"i\":[\"1\",\"2\"]}" },
		{ "i%5B%5D=1", "{\"i\":[\"1\"]}" },
		{ "m[a]=1&m[b]=2&m[a]=3", "{\"m\":{\"a\":\"3\",\"b\":\"2\"}}" },
		{ "m[a][b]=1", "{\"m\":{\"a\":{\"b\":\"1\"}}}" },
		{ "m[a][]=1&m[a][]=2", "{\"m\":{\"a\":[\"1\",\"2\"]}}" },
		{ "i[0][u]=1&i[0][v]=2&i[1][u]=3",
		    "{\"i\":[{\"u\":\"1\",\"v\":\"2\"},{\"u\":\"3\"}]}" },
		{ "a[b=1&[c]=2&a]=3&d[e]f=4",
		    "{\"a[b\":\"1\",\"[c]\":\"2\",\"a]\":\"3\",\"d[e]f\":\"4\"}" },
		{ "a=1&a[b]=2", "{\"a\":{\"b\":\"2\"}}" },
		{ "a[b]=2&a=1", "{\"a\":\"1\"}" },
		{ "a=%00", NULL },
		{ "a=%ff", NULL },
		{ "%c3=1", NULL },
		{ "a=\xff", NULL },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(cases); i++) {
		struct form form;
		enum err rc = read_form(f, URLENCODED, cases[i].body, &form);
		const char *got = rc == ERR_OK ?
		    json_print(form.fields, f->arena) : "";

		if (cases[i].fields == NULL ? rc != ERR_INVALID_BODY :
		    rc != ERR_OK || strcmp(got, cases[i].fields) != 0)
			fail_msg("%s: error %d, %s", cases[i].body, (int)rc, got);
		if (rc == ERR_OK)
			assert_true(form.text);
		form_clear(&form);
	}
}

static void
repeats_of_a_plain_name_are_kept_aside(void **state)
{
	struct fixture *f = *state;
	struct form form;

	assert_int_equal(ERR_OK,
	    read_form(f, URLENCODED, "a=1&a=2&a=3&b=4&c[]=5", &form));
	assert_string_equal("[\"1\",\"2\",\"3\"]",
	    json_print(json_get(form.repeated, "a"), f->arena));
	assert_string_equal("\"3\"",
	    json_print(json_get(form.fields, "a"), f->arena));
	assert_string_equal("[\"5\"]",
	    json_print(json_get(form.fields, "c"), f->arena));
	assert_null(json_get(form.repeated, "b"));
	assert_null(json_get(form.repeated, "c"));
	form_clear(&form);
}

static const char mixed[] =
    "--b\r\nContent-Disposition: form-data; name=prompt\r\n\r\na cat\r\n"
    "--b\r\nContent-Disposition: form-data; name=image; filename=x.png\r\n"
    "\r\nPNG\0data\r\n"
    "--b\r\nContent-Disposition: form-data; name=none; filename=\"\"\r\n"
    "\r\n\r\n"
    "--b\r\nContent-Disposition: form-data; name=empty; filename=e\r\n"
    "\r\n\r\n--b--\r\n";

static void
files_go_to_the_folder_and_leave_it_again(void **state)
{
	struct fixture *f = *state;
	struct form form = { 0 };
	struct error e;
	char *data;
	size_t len;

	request(f, MULTIPART, mixed, sizeof(mixed) - 1);
	assert_int_equal(ERR_OK, req_form(&f->rq, f->dir, &form, &e));
	assert_string_equal("{\"prompt\":\"a cat\"}",
	    json_print(form.fields, f->arena));
	assert_int_equal(2, form.n_uploads);
	assert_string_equal("image", form.uploads[0].name);
	assert_string_equal("x.png", form.uploads[0].filename);
	assert_int_equal(8, form.uploads[0].size);
	assert_int_equal(ERR_OK, file_load(form.uploads[0].path, 100, f->arena,
	    &data, &len, &e));
	assert_int_equal(8, len);
	assert_memory_equal("PNG\0data", data, 8);
	assert_int_equal(0, form.uploads[1].size);
	form_clear(&form);
}

static void
what_a_handler_forgets_is_unlinked_at_the_end(void **state)
{
	struct fixture *f = *state;
	struct form form = { 0 };
	const char *taken, *left;

	request(f, MULTIPART, mixed, sizeof(mixed) - 1);
	assert_int_equal(ERR_OK, req_form(&f->rq, f->dir, &form, &f->e));
	cJSON_Delete(form.fields);
	taken = form.uploads[0].path;
	left = form.uploads[1].path;
	form.uploads[0].path = NULL;
	req_end(&f->rq);
	assert_int_equal(-1, access(left, F_OK));
	assert_int_equal(0, access(taken, F_OK));
	unlink(taken);
}

static void
a_broken_body_leaves_no_file(void **state)
{
	struct fixture *f = *state;
	struct form form = { 0 };

	for (size_t len = 1; len < sizeof(mixed) - 5; len++) {
		request(f, MULTIPART, mixed, len);
		assert_int_equal(ERR_INVALID_BODY,
		    req_form(&f->rq, f->dir, &form, &f->e));
		assert_null(form.fields);
	}
}

#define PART(lines)	"--b\r\nContent-Disposition: form-data; name=a" lines "\r\n\r\n"
#define TYPED(type)	PART("\r\nContent-Type: " type)
#define BLOB(type)	PART("; filename=blob\r\nContent-Type: " type)

/* What a part is: its type says it, else its file name, else its bytes. */
static void
a_part_is_text_or_a_file(void **state)
{
	static const struct {
		const char	*part;		/* up to its data */
		const char	*data;
		bool		 file;
	} cases[] = {
		{ PART(""), "text", false },
		{ PART(""), "caf\xc3\xa9", false },
		{ PART(""), "\x89PNG", true },
		{ PART(""), "caf\xe9", true },
		{ PART(""), "\xc3", true },
		{ PART("; filename=x"), "text", true },
		{ PART("; filename=x\r\nContent-Type:"), "text", true },
		{ TYPED("text/plain"), "text", false },
		{ TYPED("text/plain; charset=utf-8"), "text", false },
		{ TYPED("text/plain"), "\x89PNG", true },
		{ TYPED("application/json"), "{}", false },
		{ TYPED("image/png"), "\x89PNG", true },
		{ TYPED("image/png"), "text", true },
		{ TYPED("application/octet-stream"), "text", true },
		{ BLOB("application/json"), "{\"a\":1}", false },
		{ BLOB("application/ld+json; charset=utf-8"), "{}", false },
		{ BLOB("text/plain"), "text", false },
		{ BLOB("Text/Plain"), "\xff\xd8\xff", true },
		{ BLOB("image/png"), "\x89PNG", true },
		{ PART("; filename=\"caf\xe9.png\""), "text", true },
		{ PART("; filename=\"\xc4\xe3\\\""), "\x89PNG", true },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(cases); i++) {
		struct form form;
		enum err rc = read_form(f, MULTIPART, arena_printf(f->arena,
		    "%s%s\r\n--b--", cases[i].part, cases[i].data), &form);
		const char *text = rc != ERR_OK ? f->e.text
		    : json_string(form.fields, "a");

		if (rc != ERR_OK || cases[i].file != (form.n_uploads == 1) ||
		    (!cases[i].file && strcmp(text, cases[i].data) != 0))
			fail_msg("%zu: %s: %zu files, %s", i, cases[i].part,
			    form.n_uploads, text);
		if (cases[i].file) {
			assert_int_equal(strlen(cases[i].data),
			    form.uploads[0].size);
			assert_true(utf8_count(form.uploads[0].filename,
			    strlen(form.uploads[0].filename)) >= 0);
			assert_null(text);
		}
		form_clear(&form);
	}
}

/* Longer than what is read at once, and its first bad byte behind that. */
static void
a_long_part_turns_into_a_file_with_all_its_bytes(void **state)
{
	static const size_t len = 200000;
	struct fixture *f = *state;
	struct form form = { 0 };
	char *body = arena_alloc(f->arena, len + 200), *data, *got;
	size_t n = (size_t)sprintf(body, "%s", PART("")), got_len;

	data = body + n;
	for (size_t i = 0; i < len; i += 4)
		memcpy(data + i, "\xf0\x9f\x98\x80", 4);
	n += len;
	memcpy(body + n, "\r\n--b--", 7);
	request(f, MULTIPART, body, n + 7);
	assert_int_equal(ERR_OK, req_form(&f->rq, f->dir, &form, &f->e));
	assert_int_equal(0, form.n_uploads);
	assert_int_equal(len, strlen(json_string(form.fields, "a")));
	form_clear(&form);
	data[len - 1] = 'x';
	request(f, MULTIPART, body, n + 7);
	assert_int_equal(ERR_OK, req_form(&f->rq, f->dir, &form, &f->e));
	assert_int_equal(1, form.n_uploads);
	assert_int_equal(ERR_OK, file_load(form.uploads[0].path, 2 * len,
	    f->arena, &got, &got_len, &f->e));
	assert_int_equal(len, got_len);
	assert_memory_equal(data, got, len);
	form_clear(&form);
}

static void
an_empty_part_without_a_file_name_is_absent(void **state)
{
	static const char *const parts[] = { PART(""), TYPED("image/png"),
	    PART("; filename=\"\""), BLOB("text/plain") };
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(parts); i++) {
		struct form form;

		assert_int_equal(ERR_OK, read_form(f, MULTIPART,
		    arena_printf(f->arena, "%s\r\n--b--", parts[i]), &form));
		assert_int_equal(0, form.n_uploads);
		assert_null(form.fields->child);
		form_clear(&form);
	}
}

static void
the_name_of_a_part_is_utf8_without_nul(void **state)
{
	static const char nul[] = "--b\r\nContent-Disposition: form-data; "
	    "name=\"a\0b\"\r\n\r\n1\r\n--b--";
	struct fixture *f = *state;
	struct form form = { 0 };

	assert_int_equal(ERR_INVALID_BODY, read_form(f, MULTIPART,
	    "--b\r\nContent-Disposition: form-data; name=\"a\xe9\"\r\n\r\n1"
	    "\r\n--b--", &form));
	request(f, MULTIPART, nul, sizeof(nul) - 1);
	assert_int_equal(ERR_INVALID_BODY, req_form(&f->rq, f->dir, &form,
	    &f->e));
}

/* ---- members that stay as they are written ---- */

static const char *
kept(struct fixture *f, const char *body)
{
	struct form form = { 0 };
	const char *text;

	request(f, "application/json", body, strlen(body));
	f->rq.verbatim = "m";
	assert_int_equal(ERR_OK, req_form(&f->rq, f->dir, &form, &f->e));
	text = json_print(form.fields, f->arena);
	form_clear(&form);
	return text;
}

static void
a_member_may_stay_as_it_is_written(void **state)
{
	struct fixture *f = *state;

	assert_string_equal("{\"n\":1.5461306683949138e+18,\"m\":{\"z\":"
	    "1546130668394913729,\"a\":[1.50,1E5,-0],\"s\":\"\\u00e9 \\/\"}}",
	    kept(f, "{\"n\":1546130668394913729, \"m\" : { \"z\": "
	    "1546130668394913729,\n\"a\": [1.50, 1E5, -0], "
	    "\"s\":\"\\u00e9 \\/\" } }"));
	assert_string_equal("{\"m\":\"{ }\"}", kept(f, "{\"m\":\"{ }\"}"));
	assert_string_equal("{\"m\":[1]}", kept(f, "{\"m\":[ 1 ]}"));
	assert_string_equal("{\"x\":{\"m\":{\"a\":1}}}",
	    kept(f, "{\"x\":{\"m\":{\"a\":1.0}}}"));
	assert_string_equal("{\"m\":{\"a\":1.0}}",
	    kept(f, "{\"\\u006d\":{\"a\":1.0}}"));
}

/* ---- memory ---- */

static enum err
read_within(struct fixture *f, struct budget *budget, size_t values,
    const char *type, const char *body)
{
	struct form form = { 0 };
	enum err rc;

	request(f, type, body, strlen(body));
	f->rq.io->limits.budget = budget;
	f->rq.io->limits.json_values = values;
	rc = req_form(&f->rq, f->dir, &form, &f->e);
	if (rc == ERR_OK)
		assert_true(budget->held > 0);
	form_clear(&form);
	req_end(&f->rq);
	return rc;
}

static void
bodies_hold_memory_of_what_there_is(void **state)
{
	static const char ten[] = "{\"a\":\"b\"}", many[] = "{\"a\":[0,0,0,0,0]}";
	static const char *const forms[][2] = {
		{ URLENCODED, "a=123456789" },
		{ MULTIPART, PART("") "123456789\r\n--b--" },
	};
	struct fixture *f = *state;
	struct budget b = { .max = 1000 };

	assert_int_equal(ERR_OK, read_within(f, &b, 9, "application/json", ten));
	assert_int_equal(0, b.held);
	/* a tree that does not fit is not built */
	assert_int_equal(ERR_TOO_LARGE, read_within(f, &b, 99,
	    "application/json", many));
	assert_int_equal(ERR_INVALID_BODY, read_within(f, &b, 6,
	    "application/json", many));
	assert_int_equal(0, b.held);
	/* others hold what is there */
	b.held = 990;
	assert_int_equal(ERR_UNAVAILABLE, read_within(f, &b, 9,
	    "application/json", ten));
	assert_int_equal(1, f->e.retry_after);
	for (size_t i = 0; i < NELEM(forms); i++)
		assert_int_equal(ERR_UNAVAILABLE, read_within(f, &b, 9,
		    forms[i][0], forms[i][1]));
	assert_int_equal(990, b.held);
	/* what could never fit is too large, not to be tried again */
	b = (struct budget){ .max = 15 };
	for (size_t i = 0; i < NELEM(forms); i++)
		assert_int_equal(ERR_TOO_LARGE, read_within(f, &b, 9,
		    forms[i][0], forms[i][1]));
	assert_int_equal(0, b.held);
}

static void
files_hold_no_memory(void **state)
{
	struct fixture *f = *state;
	struct budget b = { .max = 1 };
	struct form form = { 0 };

	request(f, MULTIPART, BLOB("image/png") "\x89PNG\r\n--b--",
	    strlen(BLOB("image/png") "\x89PNG\r\n--b--"));
	f->rq.io->limits.budget = &b;
	assert_int_equal(ERR_OK, req_form(&f->rq, f->dir, &form, &f->e));
	assert_int_equal(1, form.n_uploads);
	form_clear(&form);
}

static void
json_is_the_object_itself(void **state)
{
	struct fixture *f = *state;
	struct form form;

	assert_int_equal(ERR_OK,
	    read_form(f, "application/json", "{\"a\":1,\"b\":\"\"}", &form));
	assert_false(form.text);
	assert_string_equal("{\"a\":1,\"b\":\"\"}",
	    json_print(form.fields, f->arena));
	form_clear(&form);
	assert_int_equal(ERR_INVALID_BODY,
	    read_form(f, "application/json", "[1]", &form));
	assert_int_equal(ERR_INVALID_BODY,
	    read_form(f, "application/json", "{", &form));
}

static void
an_absent_body_is_an_empty_form(void **state)
{
	static const char *const types[] = { "", "application/json", MULTIPART,
		URLENCODED };
	struct fixture *f = *state;
	struct form form;

	for (size_t i = 0; i < NELEM(types); i++) {
		assert_int_equal(ERR_OK, read_form(f, types[i], "", &form));
		assert_true(cJSON_IsObject(form.fields));
		assert_null(form.fields->child);
		form_clear(&form);
	}
}

/* ---- lengths ---- */

static enum err
read_with(struct fixture *f, const char *told, const char *body, int64_t max)
{
	const char *vars[] = { "CONTENT_TYPE=application/json",
		arena_printf(f->arena, "CONTENT_LENGTH=%s", told), NULL };
	cJSON *json = NULL;
	enum err rc;

	req_from_memory(&f->rq, f->arena, vars, body, strlen(body));
	f->rq.io->limits.max_body = max;
	rc = req_json(&f->rq, &json, &f->e);
	cJSON_Delete(json);
	return rc;
}

static void
lengths_are_checked_while_reading(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ERR_OK, read_with(f, "7", "{\"a\":1}", 7));
	assert_int_equal(ERR_OK, read_with(f, "", "{\"a\":1}", 7));
	assert_int_equal(ERR_TOO_LARGE, read_with(f, "", "{\"a\":1}", 6));
	assert_int_equal(ERR_TOO_LARGE, read_with(f, "7", "{\"a\":1}", 6));
	assert_int_equal(ERR_INVALID_BODY, read_with(f, "8", "{\"a\":1}", 99));
	assert_int_equal(ERR_OK, read_with(f, "7", "{\"a\":1}trailing", 99));
	assert_int_equal(ERR_INVALID_BODY, read_with(f, "0", "", 99));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(forms_become_objects),
		TEST(repeats_of_a_plain_name_are_kept_aside),
		TEST(files_go_to_the_folder_and_leave_it_again),
		TEST(what_a_handler_forgets_is_unlinked_at_the_end),
		TEST(a_broken_body_leaves_no_file),
		TEST(a_part_is_text_or_a_file),
		TEST(a_long_part_turns_into_a_file_with_all_its_bytes),
		TEST(an_empty_part_without_a_file_name_is_absent),
		TEST(the_name_of_a_part_is_utf8_without_nul),
		TEST(a_member_may_stay_as_it_is_written),
		TEST(bodies_hold_memory_of_what_there_is),
		TEST(files_hold_no_memory),
		TEST(json_is_the_object_itself),
		TEST(an_absent_body_is_an_empty_form),
		TEST(lengths_are_checked_while_reading),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
