/* SPDX-License-Identifier: MIT */
/* test_sandbox_manners.c: the table of dialects, and changing what it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "attr.h"
#include "json.h"
#include "sandbox/core/refusal.h"
#include "sandbox/openai/dialects.h"
#include "sandbox/openai/place.h"

#define LONG_WORD	"{\"create_status\":202,\"word_failed\":\"more than " \
	"sixty-three characters, as no server has in the word for a state\"}"

static enum err
set(struct manners *m, const struct dialect *d, const char *text)
{
	cJSON *body = cJSON_Parse(text);
	struct error e = { 0 };
	enum err rc;

	assert_non_null(body);
	rc = manners_set(m, d, body, &e);
	cJSON_Delete(body);
	return rc;
}

/* What a row names must be there when a client asks. */
static void
every_row_is_whole(UNUSED void **state)
{
	const struct dialect *d;

	for (size_t i = 0; (d = dialect_at(i)) != NULL; i++) {
		print_message("# %s\n", d->name);
		assert_ptr_equal(d, dialect_find(d->name));
		assert_non_null(d->models[0]);
		assert_non_null(d->image_model);
		assert_non_null(refusal_find(d->no_video));
		if (d->no_model != NULL)
			assert_non_null(refusal_find(d->no_model));
		if (d->manners.id_at[0] != '\0')
			assert_true(place_valid(d->manners.id_at));
		assert_in_range(d->manners.create_status, 200, 299);
		assert_in_range(d->manners.early_status, 400, 499);
	}
	assert_null(dialect_find("sora"));
	assert_null(dialect_find(""));
}

/* What a dialect says of itself can be set again. */
static void
manners_survive_their_own_json(UNUSED void **state)
{
	const struct dialect *d;

	for (size_t i = 0; (d = dialect_at(i)) != NULL; i++) {
		struct manners m = { 0 };
		struct error e = { 0 };
		cJSON *json = manners_json(&d->manners), *again;
		char *text = cJSON_PrintUnformatted(json);

		cJSON_Delete(json);
		json = cJSON_Parse(text);
		assert_int_equal(ERR_OK, manners_set(&m, d, json, &e));
		again = manners_json(&m);
		cJSON_free(text);
		text = cJSON_PrintUnformatted(again);
		cJSON_Delete(again);
		again = cJSON_Parse(text);
		assert_true(cJSON_Compare(json, again, true));
		cJSON_Delete(json);
		cJSON_Delete(again);
		cJSON_free(text);
	}
}

static void
all_of_a_change_is_made_or_nothing(UNUSED void **state)
{
	static const char *const bad[] = {
		"{\"create_status\":202,\"nothing\":1}",
		"{\"create_status\":202,\"progress\":\"odd\"}",
		"{\"create_status\":202,\"progress\":1}",
		"{\"create_status\":202,\"early_status\":200}",
		"{\"create_status\":202,\"early_status\":404.5}",
		"{\"create_status\":202,\"early_status\":\"404\"}",
		"{\"create_status\":202,\"id_at\":\"a..b\"}",
		"{\"create_status\":202,\"url_at\":7}",
		"{\"create_status\":202,\"key\":7}",
		LONG_WORD,
	};
	const struct dialect *d = dialect_find("openai");
	struct manners m = d->manners;

	for (size_t i = 0; i < NELEM(bad); i++) {
		print_message("# %s\n", bad[i]);
		assert_int_equal(ERR_INVALID_VALUE, set(&m, d, bad[i]));
		assert_int_equal(200, m.create_status);
	}
	assert_int_equal(ERR_OK, set(&m, d, "{\"create_status\":202}"));
	assert_int_equal(202, m.create_status);
}

static void
null_is_what_is_usual(UNUSED void **state)
{
	const struct dialect *d = dialect_find("new-api");
	struct manners m = d->manners;

	assert_int_equal(ERR_OK, set(&m, d, "{\"url_at\":\"\","
	    "\"early_status\":425,\"refusal\":\"openai\","
	    "\"word_queued\":null,\"word_running\":false}"));
	assert_string_equal("", m.url_at);
	assert_int_equal(425, m.early_status);
	assert_string_equal("null", m.word_queued);
	assert_string_equal("false", m.word_running);
	assert_int_equal(ERR_OK, set(&m, d, "{\"url_at\":null,"
	    "\"early_status\":null,\"refusal\":null}"));
	assert_string_equal("metadata.url", m.url_at);
	assert_int_equal(400, m.early_status);
	assert_int_equal(REFUSAL_FLAT, m.refusal);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_whole),
		cmocka_unit_test(manners_survive_their_own_json),
		cmocka_unit_test(all_of_a_change_is_made_or_nothing),
		cmocka_unit_test(null_is_what_is_usual),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
