/* SPDX-License-Identifier: MIT */
/* test_field.c: the fields of a request: every type with every kind of bad value. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include "field.h"

struct values {
	const char	*string;
	const char	*numeral;
	int64_t		 integer;
	bool		 boolean;
	const char	*object;
	const cJSON	*media;
	const char	*word;
};

#define AT(member) offsetof(struct values, member)

static const char *const numerals[] = { "10", "15", NULL };
static const char *const words[] = { "red", "Blue", NULL };
static const struct field table[] = {
	{ "string", FIELD_STRING, false, 1, 5, AT(string), NULL, false },
	{ "numeral", FIELD_NUMERAL, false, 1, 99, AT(numeral), numerals, false },
	{ "integer", FIELD_INTEGER, false, 1, 10, AT(integer), NULL, false },
	{ "boolean", FIELD_BOOLEAN, false, 0, 0, AT(boolean), NULL, false },
	{ "object", FIELD_OBJECT, false, 0, 16, AT(object), NULL, false },
	{ "media", FIELD_MEDIA, false, 0, 0, AT(media), NULL, false },
	{ "word", FIELD_STRING, false, 1, 99, AT(word), words, true },
};
static const struct field required[] = {
	{ "string", FIELD_STRING, true, 1, 5, AT(string), NULL, false },
	{ "word", FIELD_STRING, true, 1, 99, AT(word), words, true },
};

static struct arena *arena;

static int
setup(void **state UNUSED)
{
	arena = arena_new();
	return 0;
}

static int
teardown(void **state UNUSED)
{
	arena_free(arena);
	return 0;
}

static enum err
read_body(const char *text, bool form, struct values *v, struct error *e)
{
	cJSON *body = cJSON_Parse(text);
	enum err rc;

	assert_non_null(body);
	*e = (struct error){ 0 };
	rc = fields_read(table, NELEM(table), body, form, arena, v, e);
	if (v->media != NULL)
		v->media = cJSON_Duplicate(v->media, true);
	cJSON_Delete(body);
	return rc;
}

#define T_	ERR_INVALID_TYPE
#define V_	ERR_INVALID_VALUE

/* Each kind of value, and what each field of the table says to it. */
static const struct {
	const char	*value;
	enum err	 said[NELEM(table)];	/* string .. word */
} json_values[] = {
	{ "null",	{ 0, 0, 0, 0, 0, 0, 0 } },
	{ "true",	{ T_, T_, T_, 0, T_, T_, T_ } },
	{ "false",	{ T_, T_, T_, 0, T_, T_, T_ } },
	{ "10",		{ T_, 0, 0, T_, T_, T_, T_ } },
	{ "10.0",	{ T_, 0, 0, T_, T_, T_, T_ } },
	{ "11",		{ T_, V_, V_, T_, T_, T_, T_ } },
	{ "0",		{ T_, V_, V_, T_, T_, T_, T_ } },
	{ "-1",		{ T_, V_, V_, T_, T_, T_, T_ } },
	{ "1.5",	{ T_, T_, T_, T_, T_, T_, T_ } },
	{ "1e300",	{ T_, T_, T_, T_, T_, T_, T_ } },
	{ "9007199254740993", { T_, T_, T_, T_, T_, T_, T_ } },
	{ "\"10\"",	{ 0, 0, T_, T_, V_, 0, V_ } },
	{ "\"\"",	{ V_, V_, T_, T_, V_, 0, V_ } },
	{ "\" 10\"",	{ 0, V_, T_, T_, V_, 0, V_ } },
	{ "\"true\"",	{ 0, V_, T_, T_, V_, 0, V_ } },
	{ "\"12345\"",	{ 0, V_, T_, T_, V_, 0, V_ } },
	{ "\"123456\"",	{ V_, V_, T_, T_, V_, 0, V_ } },
	{ "\"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xf0\x9f\x90\x88\"",
			{ 0, V_, T_, T_, V_, 0, V_ } },
	{ "\"rEd\"",	{ 0, V_, T_, T_, V_, 0, 0 } },
	{ "\"{}\"",	{ 0, V_, T_, T_, 0, 0, V_ } },
	{ "\"[]\"",	{ 0, V_, T_, T_, V_, 0, V_ } },
	{ "\"{\"",	{ 0, V_, T_, T_, V_, 0, V_ } },
	{ "{}",		{ T_, T_, T_, T_, 0, 0, T_ } },
	{ "{\"a\":\"12345678\"}", { T_, T_, T_, T_, 0, 0, T_ } },
	{ "{\"a\":\"123456789\"}", { T_, T_, T_, T_, V_, 0, T_ } },
	{ "[]",		{ T_, T_, T_, T_, T_, T_, T_ } },
	{ "[\"10\"]",	{ T_, T_, T_, T_, T_, T_, T_ } },
};

static void
each_type_refuses_what_it_is_not(void **state UNUSED)
{
	const size_t kinds = NELEM(table);

	for (size_t i = 0; i < NELEM(json_values) * kinds; i++) {
		const struct field *field = &table[i % kinds];
		const char *value = json_values[i / kinds].value;
		enum err expected = json_values[i / kinds].said[i % kinds];
		struct values v = { 0 };
		struct error e;
		enum err rc = read_body(arena_printf(arena, "{\"%s\":%s}",
		    field->name, value), false, &v, &e);

		cJSON_Delete((cJSON *)(uintptr_t)v.media);
		if (rc != expected)
			fail_msg("%s: %s: %d, not %d", field->name, value, rc,
			    expected);
		if (rc != ERR_OK) {
			assert_string_equal(field->name, e.param);
			assert_non_null(strstr(e.text, field->name));
		}
	}
}

static void
types_are_named_as_documented(void **state UNUSED)
{
	static const char *const said[] = {
		"Invalid type for 'string': expected string",
		"Invalid type for 'numeral': expected string or integer",
		"Invalid type for 'integer': expected integer",
		"Invalid type for 'boolean': expected boolean",
		"Invalid type for 'object': expected object",
		"Invalid type for 'media': expected string or object",
		"Invalid type for 'word': expected string",
	};

	for (size_t i = 0; i < NELEM(table); i++) {
		struct values v = { 0 };
		struct error e;

		assert_int_equal(ERR_INVALID_TYPE, read_body(arena_printf(
		    arena, "{\"%s\":[]}", table[i].name), false, &v, &e));
		assert_string_equal(said[i], e.text);
	}
}

static void
good_values_arrive(void **state UNUSED)
{
	cJSON *body = cJSON_Parse("{\"string\":\" a \",\"numeral\":15,"
	    "\"integer\":10,\"boolean\":true,\"object\":\"{ \\\"a\\\" : 1 }\","
	    "\"media\":\"x\",\"word\":\"BLUE\",\"unknown\":[]}");
	struct values v = { 0 };
	struct error e;

	assert_int_equal(ERR_OK, fields_read(table, NELEM(table), body, false,
	    arena, &v, &e));
	assert_string_equal(" a ", v.string);
	assert_string_equal("15", v.numeral);
	assert_int_equal(10, v.integer);
	assert_true(v.boolean);
	assert_string_equal("{\"a\":1}", v.object);
	assert_string_equal("x", cJSON_GetStringValue(v.media));
	assert_string_equal("blue", v.word);
	cJSON_Delete(body);
}

static void
what_is_absent_keeps_its_default(void **state UNUSED)
{
	struct values v = { .string = "default", .integer = 7,
	    .boolean = true };
	struct error e;

	assert_int_equal(ERR_OK, read_body("{\"string\":null,"
	    "\"integer\":null,\"boolean\":null}", false, &v, &e));
	assert_int_equal(ERR_OK, fields_read(table, NELEM(table), NULL, false,
	    arena, &v, &e));
	assert_string_equal("default", v.string);
	assert_int_equal(7, v.integer);
	assert_true(v.boolean);
}

static void
a_required_field_is_missed_and_trimmed(void **state UNUSED)
{
	static const struct {
		const char	*body;
		enum err	 expected;
		const char	*param;
	} rows[] = {
		{ "{}", ERR_MISSING, "string" },
		{ "{\"string\":null,\"word\":\"red\"}", ERR_MISSING, "string" },
		{ "{\"string\":\"\"}", ERR_MISSING, "string" },
		{ "{\"string\":\" \\t\\r\\n\"}", ERR_MISSING, "string" },
		{ "{\"string\":5}", ERR_INVALID_TYPE, "string" },
		{ "{\"word\":\"x\"}", ERR_MISSING, "string" },
		{ "{\"string\":\"a\",\"word\":\"x\"}", ERR_INVALID_VALUE,
		    "word" },
		{ "{\"string\":\"a\"}", ERR_MISSING, "word" },
		{ "{\"string\":\"  12345\\n\",\"word\":\"red\"}", ERR_OK,
		    NULL },
		{ "{\"string\":\"123456\",\"word\":\"red\"}",
		    ERR_INVALID_VALUE, "string" },
	};

	for (size_t i = 0; i < NELEM(rows); i++) {
		cJSON *body = cJSON_Parse(rows[i].body);
		struct values v = { 0 };
		struct error e = { 0 };
		enum err rc = fields_read(required, NELEM(required), body,
		    false, arena, &v, &e);

		cJSON_Delete(body);
		if (rc != rows[i].expected)
			fail_msg("%s: %d", rows[i].body, rc);
		if (rc == ERR_MISSING)
			assert_string_equal(arena_printf(arena,
			    "Missing required field: %s", rows[i].param),
			    e.text);
		if (rc != ERR_OK)
			assert_string_equal(rows[i].param, e.param);
		else
			assert_string_equal("12345", v.string);
	}
}

static void
the_first_of_the_table_is_told(void **state UNUSED)
{
	struct values v = { 0 };
	struct error e;

	/* the order of the body does not matter */
	assert_int_equal(ERR_INVALID_VALUE, read_body("{\"word\":[],"
	    "\"boolean\":5,\"integer\":99,\"string\":\"ok\"}", false, &v,
	    &e));
	assert_string_equal("integer", e.param);
}

static const struct {
	const char	*text;
	int		 boolean;	/* -1: wrong */
	int64_t		 integer;	/* 0: wrong type, 99: out of range */
} form_values[] = {
	{ "true", 1, 0 }, { "TRUE", 1, 0 }, { "yes", 1, 0 }, { "On", 1, 0 },
	{ "1", 1, 1 }, { "false", 0, 0 }, { "No", 0, 0 }, { "off", 0, 0 },
	{ "0", 0, 99 }, { "2", -1, 2 }, { "truely", -1, 0 }, { "t", -1, 0 },
	{ "10", -1, 10 }, { "010", -1, 10 }, { "11", -1, 99 },
	{ "-1", -1, 99 }, { "+1", -1, 0 }, { " 1", -1, 0 }, { "1 ", -1, 0 },
	{ "0x1", -1, 0 }, { "1.0", -1, 0 }, { "1e1", -1, 0 },
	{ "9223372036854775807", -1, 99 }, { "9223372036854775808", -1, 0 },
	{ "-", -1, 0 }, { "--1", -1, 0 },
};

static void
forms_write_everything_as_text(void **state UNUSED)
{
	for (size_t i = 0; i < NELEM(form_values); i++) {
		const char *text = form_values[i].text;
		int64_t number = form_values[i].integer;
		struct values v = { .boolean = form_values[i].boolean == 0 };
		struct error e;
		enum err rc = read_body(arena_printf(arena,
		    "{\"boolean\":\"%s\"}", text), true, &v, &e);

		if (rc != (form_values[i].boolean < 0 ? ERR_INVALID_TYPE
		    : ERR_OK) || (rc == ERR_OK &&
		    v.boolean != form_values[i].boolean))
			fail_msg("boolean %s: %d", text, rc);
		rc = read_body(arena_printf(arena, "{\"integer\":\"%s\"}",
		    text), true, &v, &e);
		if (rc != (number == 0 ? ERR_INVALID_TYPE : number == 99
		    ? ERR_INVALID_VALUE : ERR_OK) ||
		    (rc == ERR_OK && v.integer != number))
			fail_msg("integer %s: %d", text, rc);
	}
}

static void
the_limits_of_integers_are_exact(void **state UNUSED)
{
	int64_t v;

	assert_true(field_parse_int("9223372036854775807", &v));
	assert_true(v == INT64_MAX);
	assert_true(field_parse_int("-9223372036854775808", &v));
	assert_true(v == INT64_MIN);
	assert_false(field_parse_int("-9223372036854775809", &v));
	assert_false(field_parse_int("", &v));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_type_refuses_what_it_is_not),
		cmocka_unit_test(types_are_named_as_documented),
		cmocka_unit_test(good_values_arrive),
		cmocka_unit_test(what_is_absent_keeps_its_default),
		cmocka_unit_test(a_required_field_is_missed_and_trimmed),
		cmocka_unit_test(the_first_of_the_table_is_told),
		cmocka_unit_test(forms_write_everything_as_text),
		cmocka_unit_test(the_limits_of_integers_are_exact),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
