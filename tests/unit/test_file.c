/* SPDX-License-Identifier: MIT */
/* test_file.c: files that are there whole or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "arena.h"
#include "file.h"

struct fixture {		/* an empty folder */
	char		 dir[64];
	char		 path[96];	/* of the file "name" in it */
	struct arena	*arena;
	struct error	 e;
	struct file	 f;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	strcpy(f->dir, "/tmp/test-file-XXXXXX");
	if (mkdtemp(f->dir) == NULL)
		return -1;
	snprintf(f->path, sizeof(f->path), "%s/name", f->dir);
	f->arena = arena_new();
	f->f.fd = -1;
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	unlink(f->path);
	rmdir(f->dir);
	arena_free(f->arena);
	free(f);
	return 0;
}

static int
entries(const char *dir)
{
	DIR *d = opendir(dir);
	int count = 0;

	while (readdir(d) != NULL)
		count++;
	closedir(d);
	return count - 2;		/* . and .. */
}

static void
a_file_appears_whole_under_its_name(void **state)
{
	struct fixture *f = *state;
	struct stat st;
	size_t len;
	char *data;

	assert_int_equal(ERR_OK, file_begin(&f->f, f->dir, &f->e));
	assert_memory_equal(".tmp-", f->f.tmp, 5);
	assert_int_equal(ERR_OK, file_write(&f->f, "one\0", 4, &f->e));
	assert_int_equal(ERR_OK, file_write(&f->f, "", 0, &f->e));
	assert_int_equal(ERR_OK, file_write(&f->f, "two", 3, &f->e));
	assert_int_equal(7, f->f.len);
	assert_int_equal(-1, access(f->path, F_OK));
	assert_int_equal(ERR_OK, file_commit(&f->f, "name", &f->e));
	assert_int_equal(-1, f->f.fd);
	file_abort(&f->f);
	assert_int_equal(1, entries(f->dir));
	assert_int_equal(0, stat(f->path, &st));
	assert_int_equal(0, st.st_mode & 0137);
	assert_int_equal(ERR_OK, file_load(f->path, 7, f->arena, &data, &len,
	    &f->e));
	assert_int_equal(7, len);
	assert_memory_equal("one\0two", data, 8);
}

static void
a_commit_replaces_what_was_there(void **state)
{
	struct fixture *f = *state;
	size_t len;
	char *data;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(ERR_OK, file_begin(&f->f, f->dir, &f->e));
		assert_int_equal(ERR_OK, file_write(&f->f,
		    i == 0 ? "old text" : "new", i == 0 ? 8 : 3, &f->e));
		assert_int_equal(ERR_OK, file_commit_nosync(&f->f, "name",
		    &f->e));
	}
	assert_int_equal(ERR_OK, file_sync_dir(f->dir, &f->e));
	assert_int_equal(ERR_OK, file_load(f->path, 100, f->arena, &data, &len,
	    &f->e));
	assert_string_equal("new", data);
	assert_int_equal(1, entries(f->dir));
}

static void
an_aborted_file_leaves_nothing(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ERR_OK, file_begin(&f->f, f->dir, &f->e));
	assert_int_equal(ERR_OK, file_write(&f->f, "x", 1, &f->e));
	assert_int_equal(1, entries(f->dir));
	file_abort(&f->f);
	file_abort(&f->f);
	assert_int_equal(0, entries(f->dir));
}

static void
a_commit_that_fails_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	char path[600];

	snprintf(path, sizeof(path), "%s/folder", f->dir);
	assert_int_equal(0, mkdir(path, 0700));
	assert_int_equal(ERR_OK, file_begin(&f->f, f->dir, &f->e));
	assert_int_equal(ERR_UNAVAILABLE, file_commit(&f->f, "folder", &f->e));
	assert_int_equal(-1, f->f.fd);
	assert_int_equal(1, entries(f->dir));
	assert_int_equal(0, rmdir(path));
}

static void
a_folder_that_is_not_there_is_named(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ERR_UNAVAILABLE, file_begin(&f->f, f->path, &f->e));
	assert_non_null(strstr(f->e.text, f->path));
	assert_int_equal(-1, f->f.fd);
	file_abort(&f->f);
	assert_int_equal(ERR_UNAVAILABLE, file_sync_dir(f->path, &f->e));
}

static void
a_path_that_is_too_long_is_refused(void **state)
{
	struct fixture *f = *state;
	char dir[sizeof(f->f.dir) + 1];

	memset(dir, '/', sizeof(dir) - 1);
	dir[sizeof(dir) - 1] = '\0';
	assert_int_not_equal(ERR_OK, file_begin(&f->f, dir, &f->e));
	assert_int_equal(-1, f->f.fd);
}

static void
only_regular_files_within_the_limit_are_loaded(void **state)
{
	struct fixture *f = *state;
	size_t len;
	char *data;

	assert_int_not_equal(ERR_OK, file_load(f->path, 10, f->arena, &data,
	    &len, &f->e));
	assert_int_not_equal(ERR_OK, file_load(f->dir, 100000, f->arena, &data,
	    &len, &f->e));
	assert_int_equal(0, mkfifo(f->path, 0600));
	assert_int_not_equal(ERR_OK, file_load(f->path, 10, f->arena, &data,
	    &len, &f->e));
	unlink(f->path);
	assert_int_equal(ERR_OK, file_begin(&f->f, f->dir, &f->e));
	assert_int_equal(ERR_OK, file_write(&f->f, "12345", 5, &f->e));
	assert_int_equal(ERR_OK, file_commit(&f->f, "name", &f->e));
	assert_int_not_equal(ERR_OK, file_load(f->path, 4, f->arena, &data,
	    &len, &f->e));
	assert_non_null(strstr(f->e.text, f->path));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_file_appears_whole_under_its_name, setup, teardown),
		cmocka_unit_test_setup_teardown(a_commit_replaces_what_was_there, setup, teardown),
		cmocka_unit_test_setup_teardown(an_aborted_file_leaves_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(a_commit_that_fails_leaves_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(a_folder_that_is_not_there_is_named, setup, teardown),
		cmocka_unit_test_setup_teardown(a_path_that_is_too_long_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(only_regular_files_within_the_limit_are_loaded, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
