/* SPDX-License-Identifier: MIT */
/* test_media.c: images and clips that clients give, in whatever form, into the spool. */
#include "fixture_http.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/api.h"

#define PNG	"iVBORw0KGgoAAAAN"	/* 12 bytes: the magic ones, and 4 more */
#define NO(text) { text, NULL, 0, ERR_INVALID_IMAGE }
#define MP4	"AAAAGGZ0eXBpc29t"	/* 12 bytes: ftyp, and the brand isom */
#define MOV	"AAAAFGZ0eXBxdCAg"	/* of the brand "qt  " */
#define WEBM	"GkXfo6NChoE="		/* the magic 4 bytes, and 4 more */
#define NO_CLIP(text) { text, NULL, 0, ERR_INVALID_VIDEO }

struct form_case {
	const char	*json;		/* of the field */
	const char	*mime;		/* NULL: refused */
	int		 size;
	enum err	 code;
};

static const struct form_case forms[] = {
	{ "\"" PNG "\"", "image/png", 12, ERR_OK },
	{ "\"data:image/png;base64," PNG "\"", "image/png", 12, ERR_OK },
	/* what it is called does not matter */
	{ "\"DATA:text/html;x=1;BASE64," PNG "\"", "image/png", 12, ERR_OK },
	{ "\"data:;base64," PNG "\"", "image/png", 12, ERR_OK },
	{ "\"/9j/4AAQ\"", "image/jpeg", 6, ERR_OK },
	{ "\"_9j_4AAQ\"", "image/jpeg", 6, ERR_OK },
	{ "\"/9j/4AA=\"", "image/jpeg", 5, ERR_OK },
	{ "\"/9j/4AA\"", "image/jpeg", 5, ERR_OK },
	{ "\"/9j/4A==\"", "image/jpeg", 4, ERR_OK },
	{ "\"/9j/4A\"", "image/jpeg", 4, ERR_OK },
	{ "\" /9j/\\r\\n 4A AQ \\n\"", "image/jpeg", 6, ERR_OK },
	{ "\"UklGRgAAAABXRUJQ\"", "image/webp", 12, ERR_OK },
	{ "{\"url\":\"" PNG "\"}", "image/png", 12, ERR_OK },
	{ "{\"image_url\":\"" PNG "\"}", "image/png", 12, ERR_OK },
	{ "{\"image_url\":{\"url\":\"" PNG "\"}}", "image/png", 12, ERR_OK },
	/* the objects as forms have them: as text */
	{ "\"{\\\"image_url\\\":\\\"" PNG "\\\"}\"", "image/png", 12, ERR_OK },
	{ "\" {\\\"image_url\\\": {\\\"url\\\":\\\"" PNG "\\\"}} \"", "image/png",
	    12, ERR_OK },
	{ "\"{}\"", NULL, 0, ERR_INVALID_TYPE },
	{ "\"{\\\"file_id\\\":\\\"f\\\"}\"", NULL, 0, ERR_INVALID_VALUE },
	{ "\"{\"", NULL, 0, ERR_INVALID_VALUE },
	NO("\"\""), NO("\"   \""), NO("\"=\""), NO("\"/9j/4AAQA\""),
	NO("\"/9j/=4AA\""), NO("\"/9j/4A*Q\""), NO("\"R0lGODlh\""),
	NO("\"aGVsbG8=\""), NO("\"data:image/png;base64,\""),
	NO("\"data:image/png," PNG "\""), NO("\"data:image/png;base64\""),
	NO("\"ftp://example/x.png\""), NO("\"file:///etc/passwd\""),
	{ "{\"file_id\":\"f\"}", NULL, 0, ERR_INVALID_VALUE },
	{ "{\"file_id\":\"f\",\"url\":\"" PNG "\"}", NULL, 0,
	    ERR_INVALID_VALUE },
	{ "{}", NULL, 0, ERR_INVALID_TYPE },
	{ "{\"url\":5}", NULL, 0, ERR_INVALID_TYPE },
	{ "{\"image_url\":{}}", NULL, 0, ERR_INVALID_TYPE },
	/* nothing of ours is fetched for a client */
	{ "\"http://127.0.0.1:1/x.png\"", NULL, 0, ERR_INVALID_IMAGE_URL },
	{ "\"HTTPS://localhost/x.png\"", NULL, 0, ERR_INVALID_IMAGE_URL },
	/* one that moves is none */
	NO("\"" MP4 "\""), NO("\"" WEBM "\""),
};

static const struct form_case clips[] = {
	{ "\"" MP4 "\"", "video/mp4", 12, ERR_OK },
	{ "\"data:application/octet-stream;base64," MP4 "\"", "video/mp4", 12,
	    ERR_OK },
	{ "{\"url\":\"" MOV "\"}", "video/quicktime", 12, ERR_OK },
	{ "\"{\\\"url\\\":\\\"" MOV "\\\"}\"", "video/quicktime", 12, ERR_OK },
	{ "\"" WEBM "\"", "video/webm", 8, ERR_OK },
	NO_CLIP("\"\""), NO_CLIP("\"" PNG "\""), NO_CLIP("\"AAAAGGZ0eXBpc28=\""),
	NO_CLIP("\"GkXfpA==\""), NO_CLIP("\"*\""),
	{ "{\"file_id\":\"f\"}", NULL, 0, ERR_INVALID_VALUE },
	{ "{}", NULL, 0, ERR_INVALID_TYPE },
	{ "\"http://127.0.0.1:1/x.mp4\"", NULL, 0, ERR_INVALID_IMAGE_URL },
};

static int
files_in(const char *path)
{
	DIR *dir = opendir(path);
	int n = 0;

	assert_non_null(dir);
	for (struct dirent *d; (d = readdir(dir)) != NULL;)
		n += strcmp(d->d_name, ".") != 0 &&
		    strcmp(d->d_name, "..") != 0;
	closedir(dir);
	return n;
}

static enum err
store_as(struct http_fixture *h, const char *json, bool clip, struct req *rq,
    struct task_media *out, struct error *e)
{
	cJSON *body = cJSON_Parse(json);
	struct form form = { 0 };
	struct media_ref ref = { .field = "input_reference", .node = body };
	struct media_budget budget;
	enum err rc;

	assert_non_null(body);
	*rq = (struct req){ .arena = h->a, .ctx = h->ctx };
	budget = media_budget(rq);
	budget.bytes = 1 << 20;
	rc = (clip ? media_store_clip : media_store)(rq, &form, &ref, &budget,
	    out, e);
	cJSON_Delete(body);
	return rc;
}

static enum err
store_json(struct http_fixture *h, const char *json, struct req *rq,
    struct task_media *out, struct error *e)
{
	return store_as(h, json, false, rq, out, e);
}

static void
check_file(struct http_fixture *h, const struct form_case *form,
    const struct task_media *m)
{
	const char *path = arena_printf(h->a, "%s/%s",
	    h->f->site.spool_dir, m->file);
	FILE *in = fopen(path, "rb");

	assert_string_equal(form->mime, m->mime);
	assert_non_null(in);
	fseek(in, 0, SEEK_END);
	assert_int_equal(form->size, ftell(in));
	fclose(in);
}

static void
check_form(struct http_fixture *h, const struct form_case *form, bool clip)
{
	struct task_media m = { 0 };
	struct error e = { 0 };
	struct req rq;
	enum err rc = store_as(h, form->json, clip, &rq, &m, &e);

	if (rc != form->code)
		fail_msg("%s: %d: %s", form->json, rc, e.text);
	if (rc != ERR_OK)
		assert_string_equal("input_reference", e.param);
	if (form->mime != NULL)
		check_file(h, form, &m);
	else
		assert_null(m.file);
	media_discard(&rq, &m);
	assert_int_equal(0, files_in(h->f->site.spool_dir));
}

static void
each_form_is_taken_or_refused(void **state)
{
	for (size_t i = 0; i < NELEM(forms); i++)
		check_form(*state, &forms[i], false);
}

static void
each_form_of_a_clip_is_taken_or_refused(void **state)
{
	for (size_t i = 0; i < NELEM(clips); i++)
		check_form(*state, &clips[i], true);
}

static void
long_base64_is_read_in_pieces(void **state)
{
	struct http_fixture *h = *state;
	size_t len = strlen(PNG);
	char *text = arena_alloc(h->a, 200000 + 3);
	struct task_media m = { 0 };
	struct error e;
	struct req rq;

	for (int extra = 0; extra < 9; extra++) {
		text[0] = '"';
		memset(text + 1, 'A', 200000);
		memcpy(text + 1, PNG, len);
		/* as many characters as pieces have, and around */
		memcpy(text + 1 + 16384 * 3 - 4 + extra, "\"", 2);
		if ((16384 * 3 - 4 + extra) % 4 == 1) {
			assert_int_equal(ERR_INVALID_IMAGE, store_json(h,
			    text, &rq, &m, &e));
		} else {
			assert_int_equal(ERR_OK, store_json(h, text, &rq, &m,
			    &e));
			media_discard(&rq, &m);
		}
		assert_int_equal(0, files_in(h->f->site.spool_dir));
	}
}

static void
an_image_is_stored_with_its_task(void **state)
{
	struct http_fixture *h = *state;
	struct resp rs;

	fixture_token(h->f, 5);
	rs = http_post(h, "/v1/videos", "{\"prompt\":\"a\",\"input_image\":"
	    "\"/9j/4AAQ\",\"input_reference\":\"" PNG "\"}");
	assert_int_equal(201, rs.status);
	/* input_reference wins */
	assert_string_equal("image/png", fixture_text(h->f,
	    "SELECT group_concat(mime) FROM task_media"));
	assert_int_equal(1, files_in(h->f->site.spool_dir));
	assert_string_equal("upload", fixture_text(h->f,
	    "SELECT step FROM tasks"));
}

static void
a_refused_request_leaves_no_file(void **state)
{
	struct http_fixture *h = *state;
	/* without a token */
	struct resp rs = http_post(h, "/v1/videos",
	    "{\"prompt\":\"a\",\"input_image\":\"" PNG "\"}");

	assert_int_equal(503, rs.status);
	assert_int_equal(0, files_in(h->f->site.spool_dir));
}

#define T(test) cmocka_unit_test_setup_teardown(test, http_setup, http_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(each_form_is_taken_or_refused),
		T(each_form_of_a_clip_is_taken_or_refused),
		T(long_base64_is_read_in_pieces),
		T(an_image_is_stored_with_its_task),
		T(a_refused_request_leaves_no_file),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
