/* SPDX-License-Identifier: MIT */
/* test_seal.c: secrets at rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "arena.h"
#include "attr.h"
#include "seal.h"

struct fixture {		/* a folder with a key file, opened */
	char		 dir[64];
	char		 path[96];
	struct arena	*arena;
	struct seal	*seal;
	struct error	 e;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	strcpy(f->dir, "/tmp/test-seal-XXXXXX");
	if (mkdtemp(f->dir) == NULL)
		return -1;
	snprintf(f->path, sizeof(f->path), "%s/key", f->dir);
	f->arena = arena_new();
	if (seal_create(f->path, &f->e) != ERR_OK ||
	    seal_open(f->path, &f->seal, &f->e) != ERR_OK)
		return -1;
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	seal_close(f->seal);
	unlink(f->path);
	rmdir(f->dir);
	arena_free(f->arena);
	free(f);
	return 0;
}

static void
what_was_sealed_comes_back(void **state)
{
	static const char *const texts[] = {
		"", "x", "eyJhbGciOiJub25lIn0.e30.", "\xe5\xaf\x86\xe7\xa0\x81",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(texts); i++) {
		size_t len = strlen(texts[i]), blob_len;
		unsigned char *blob;
		char *text;

		seal_wrap(f->seal, "st", texts[i], len, f->arena, &blob,
		    &blob_len);
		assert_int_equal(len + SEAL_OVERHEAD, blob_len);
		assert_int_equal(1, blob[0]);
		assert_int_equal(ERR_OK, seal_unwrap(f->seal, "st", blob,
		    blob_len, f->arena, &text, &f->e));
		assert_string_equal(texts[i], text);
	}
}

static void
the_same_text_is_never_sealed_alike(void **state)
{
	struct fixture *f = *state;
	unsigned char *one, *two;
	size_t len;

	seal_wrap(f->seal, "st", "secret", 6, f->arena, &one, &len);
	seal_wrap(f->seal, "st", "secret", 6, f->arena, &two, &len);
	assert_memory_not_equal(one + 1, two + 1, 12);
	assert_memory_not_equal(one + 13, two + 13, 6);
	assert_null(memmem(one, len, "secret", 6));
}

static void
a_changed_blob_is_refused(void **state)
{
	struct fixture *f = *state;
	unsigned char *blob;
	size_t len;
	char *text;

	seal_wrap(f->seal, "st", "secret", 6, f->arena, &blob, &len);
	for (size_t i = 0; i < len; i++) {
		blob[i] ^= 1;
		if (seal_unwrap(f->seal, "st", blob, len, f->arena, &text,
		    &f->e) != ERR_INTERNAL)
			fail_msg("byte %zu", i);
		assert_null(strstr(f->e.text, "secret"));
		blob[i] ^= 1;
	}
	for (size_t cut = 0; cut < len; cut++)
		assert_int_equal(ERR_INTERNAL, seal_unwrap(f->seal, "st", blob,
		    cut, f->arena, &text, &f->e));
	assert_int_equal(ERR_INTERNAL, seal_unwrap(f->seal, "st", NULL, 0,
	    f->arena, &text, &f->e));
	assert_int_equal(ERR_OK, seal_unwrap(f->seal, "st", blob, len,
	    f->arena, &text, &f->e));
}

static void
a_blob_stays_in_its_column(void **state)
{
	struct fixture *f = *state;
	unsigned char *blob;
	size_t len;
	char *text;

	seal_wrap(f->seal, "st", "secret", 6, f->arena, &blob, &len);
	assert_int_equal(ERR_INTERNAL, seal_unwrap(f->seal, "rt", blob, len,
	    f->arena, &text, &f->e));
	assert_non_null(strstr(f->e.text, "rt"));
}

static void
another_key_opens_nothing(void **state)
{
	struct fixture *f = *state;
	struct seal *other;
	unsigned char *blob;
	size_t len;
	char *text;

	seal_wrap(f->seal, "st", "secret", 6, f->arena, &blob, &len);
	unlink(f->path);
	assert_int_equal(ERR_OK, seal_create(f->path, &f->e));
	assert_int_equal(ERR_OK, seal_open(f->path, &other, &f->e));
	assert_int_equal(ERR_INTERNAL, seal_unwrap(other, "st", blob, len,
	    f->arena, &text, &f->e));
	seal_close(other);
}

static void
a_new_key_is_its_owners_and_replaces_none(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	assert_int_equal(0, stat(f->path, &st));
	assert_int_equal(0600, st.st_mode & 07777);
	assert_int_equal(32, st.st_size);
	assert_int_equal(ERR_INTERNAL, seal_create(f->path, &f->e));
	assert_non_null(strstr(f->e.text, f->path));
}

static void
assert_no_key(struct fixture *f, const char *hint)
{
	struct seal *s = (struct seal *)f;

	assert_int_equal(ERR_INTERNAL, seal_open(f->path, &s, &f->e));
	assert_null(s);
	assert_non_null(strstr(f->e.text, f->path));
	assert_non_null(strstr(f->e.text, hint));
}

static void
a_key_others_can_read_is_refused(void **state)
{
	static const mode_t modes[] = { 0640, 0604, 0620, 0660, 0666, 0601 };
	struct fixture *f = *state;

	for (size_t i = 0; i < NELEM(modes); i++) {
		chmod(f->path, modes[i]);
		assert_no_key(f, "chmod 600");
	}
	chmod(f->path, 0400);
	seal_close(f->seal);
	assert_int_equal(ERR_OK, seal_open(f->path, &f->seal, &f->e));
}

static void
what_is_no_key_file_is_refused(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(0, truncate(f->path, 31));
	assert_no_key(f, "32 bytes");
	assert_int_equal(0, truncate(f->path, 33));
	assert_no_key(f, "32 bytes");
	unlink(f->path);
	assert_no_key(f, "No such file");
	assert_int_equal(0, mkdir(f->path, 0700));
	assert_no_key(f, "not a key file");
	rmdir(f->path);
	assert_int_equal(0, mkfifo(f->path, 0600));
	assert_no_key(f, "not a key file");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_was_sealed_comes_back, setup, teardown),
		cmocka_unit_test_setup_teardown(the_same_text_is_never_sealed_alike, setup, teardown),
		cmocka_unit_test_setup_teardown(a_changed_blob_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_blob_stays_in_its_column, setup, teardown),
		cmocka_unit_test_setup_teardown(another_key_opens_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(a_new_key_is_its_owners_and_replaces_none, setup, teardown),
		cmocka_unit_test_setup_teardown(a_key_others_can_read_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_key_file_is_refused, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
