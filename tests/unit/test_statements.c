/* SPDX-License-Identifier: MIT */
/* test_statements.c: every statement is what its declaration says. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "src/store/statements.h"

static sqlite3_stmt *
prepare(struct fixture *f, const struct sql *s)
{
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(f->raw, s->text, -1, &stmt, NULL) != SQLITE_OK)
		fail_msg("%s: %s", s->name, sqlite3_errmsg(f->raw));
	return stmt;
}

static void
parameters_are_as_many_as_declared(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < SQL__MAX; i++) {
		const struct sql *s = &store_statements[i];
		sqlite3_stmt *stmt = prepare(f, s);
		int n = sqlite3_bind_parameter_count(stmt);

		if (n != (int)strlen(s->types))
			fail_msg("%s has %d parameters, declared are \"%s\"",
			    s->name, n, s->types);
		if (strspn(s->types, "irtb") != strlen(s->types))
			fail_msg("%s: unknown type in \"%s\"", s->name,
			    s->types);
		/* PostgreSQL cannot tell the type of one that is left out */
		for (int p = 1; p <= n; p++)
			if (sqlite3_bind_parameter_name(stmt, p) == NULL)
				fail_msg("%s does not use ?%d", s->name, p);
		sqlite3_finalize(stmt);
	}
}

/* The type of every column of that name; 0: there is none, or they differ. */
static char
type_of_column(struct fixture *f, const char *name, size_t len)
{
	static const char *const types[] = { "INTEGER", "REAL", "TEXT", "BLOB" };
	char type = 0;

	for (size_t i = 0; i < NELEM(types); i++) {
		if (fixture_int(f, "SELECT count(*) FROM sqlite_schema m,"
		    " pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND"
		    " c.name = '%.*s' AND upper(c.type) LIKE '%s%%'", (int)len,
		    name, types[i]) == 0)
			continue;
		if (type != 0)
			return 0;
		type = "irtb"[i];
	}
	return type;
}

static bool
is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The name that ends where `end` is; its length is 0 when there is none. */
static const char *
name_before(const char *start, const char *end, size_t *len)
{
	const char *p = end;

	while (p > start && is_name(p[-1]))
		p--;
	*len = (size_t)(end - p);
	return p;
}

/* "column = ?3", "column >= ?3", "column = coalesce(?3, column)". */
static char
type_beside(struct fixture *f, const char *text, const char *parameter)
{
	static const char coalesce[] = "coalesce(";
	const char *p = parameter, *name;
	size_t len;

	if ((size_t)(p - text) > strlen(coalesce) && strncmp(p -
	    strlen(coalesce), coalesce, strlen(coalesce)) == 0)
		p -= strlen(coalesce);
	if (p - text < 3 || p[-1] != ' ' || strchr("=<>", p[-2]) == NULL)
		return 0;
	for (p -= 2; p > text && strchr("=<>", p[-1]) != NULL; p--)
		;
	if (p == text || p[-1] != ' ')
		return 0;
	name = name_before(text, p - 1, &len);
	return len == 0 ? 0 : type_of_column(f, name, len);
}

static int
check_types(struct fixture *f, const struct sql *s)
{
	int checked = 0;

	for (const char *p = s->text; (p = strchr(p, '?')) != NULL; p++) {
		int n = (int)strtol(p + 1, NULL, 10);
		char type = type_beside(f, s->text, p);

		if (type == 0)
			continue;
		if (s->types[n - 1] != type)
			fail_msg("%s: ?%d is declared %c, its column is %c",
			    s->name, n, s->types[n - 1], type);
		checked++;
	}
	return checked;
}

static void
parameters_are_of_the_type_of_their_columns(void **state)
{
	struct fixture *f = *state;
	int checked = 0;

	for (size_t i = 0; i < SQL__MAX; i++)
		checked += check_types(f, &store_statements[i]);
	assert_in_range(checked, 200, 2000);
}

/* What one engine alone knows, and what takes its place. */
static const struct { const char *words, *instead; } dialect[] = {
	{ "iif(", "CASE" },
	{ "NOCASE", "lower() on both sides" },
	{ "json_array", "the text is made in C" },
	{ "json_object", "the text is made in C" },
	{ "json_patch", "the text is made in C" },
	{ "INSERT OR ", "ON CONFLICT" },
	{ "last_insert", "RETURNING id" },
	{ "changes()", "query_changes" },
	{ "CAST(", "the number as it is, cut in C" },
	{ "IS ?", "IS NOT DISTINCT FROM" },
	{ "IS NOT 1", "IS DISTINCT FROM" },
	{ "ON CONFLICT DO UPDATE", "the columns that conflict" },
	{ "strftime", "a number, made in C" },
	{ "rowid", "id" },
	{ " glob ", "LIKE" },
};

static void
one_text_serves_both_engines(void **state UNUSED)
{
	for (size_t i = 0; i < SQL__MAX; i++)
		for (size_t w = 0; w < NELEM(dialect); w++)
			if (strcasestr(store_statements[i].text,
			    dialect[w].words) != NULL)
				fail_msg("%s: \"%s\" is of one engine alone: "
				    "write %s", store_statements[i].name,
				    dialect[w].words, dialect[w].instead);
}

/* A parameter has no truth in PostgreSQL: "CASE WHEN ?1 THEN". */
static void
numbers_are_compared(void **state UNUSED)
{
	for (size_t i = 0; i < SQL__MAX; i++) {
		const char *p = store_statements[i].text;

		while ((p = strstr(p, "WHEN ?")) != NULL) {
			p += strlen("WHEN ?");
			p += strspn(p, "0123456789");
			if (strncmp(p, " THEN", 5) == 0 ||
			    strncmp(p, " AND", 4) == 0)
				fail_msg("%s: a number is no truth; write "
				    "<> 0", store_statements[i].name);
		}
	}
}

#define T(test) \
	cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(parameters_are_as_many_as_declared),
		T(parameters_are_of_the_type_of_their_columns),
		cmocka_unit_test(one_text_serves_both_engines),
		cmocka_unit_test(numbers_are_compared),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
