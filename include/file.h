/* SPDX-License-Identifier: MIT */
/*
 * file.h: files that are there whole or not at all.
 *
 * A new file gets a temporary name in its folder (".tmp-" and random digits),
 * is written, synced, renamed to its own name, and its folder is synced.
 */
#ifndef FILE_H
#define FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "error.h"

struct arena;

struct file {
	int	 fd;			/* -1: none */
	char	 dir[512];
	char	 tmp[64];		/* its name in dir */
	int64_t	 len;			/* bytes written through file_write */
	int64_t	 started;		/* of them, on their way to the disk */
};

/* Creates the temporary file, mode 0640. ERR_UNAVAILABLE names folder and cause. */
MUST_CHECK enum err file_begin(struct file *f, const char *dir, struct error *e);
/* A long file goes to the disk while it is written, so that a commit need not wait for all of it. */
MUST_CHECK enum err file_write(struct file *f, const void *data, size_t len, struct error *e);
/* Empties it. */
MUST_CHECK enum err file_restart(struct file *f, struct error *e);
/* fsync, rename to `name` (replacing it), fsync of the folder. The file is closed either way. */
MUST_CHECK enum err file_commit(struct file *f, const char *name, struct error *e);
/* As file_commit, for many files of one folder: the caller syncs it once, with file_sync_dir. */
MUST_CHECK enum err file_commit_nosync(struct file *f, const char *name, struct error *e);
MUST_CHECK enum err file_sync_dir(const char *dir, struct error *e);
/*
 * Makes a complete file at `path` durable under `name` in `dir`, which must be on
 * the same file system: fsync, rename, fsync of the folder.
 */
MUST_CHECK enum err file_adopt(const char *path, const char *dir, const char *name,
	    struct error *e);
/*
 * Whether so many bytes can be written in that folder now: 0, or why not, such as
 * ENOSPC. Nothing of it stays.
 */
int	file_room(const char *dir, size_t len);
/*
 * What the errno of a file that cannot be read means: it is missing, or may not be
 * read, and it would be so again. Anything else may pass by itself: too many
 * open files, a full or failing disk.
 */
bool	file_is_lost(int err);
/*
 * Raises the process's limit of open files as far as it may, and returns it. In the
 * log when that is less than `needed`, with what to do.
 */
int	file_limit_raise(int needed);
/* Opens a regular file to read it, and tells its length; NULL, and errno (EISDIR: no regular file). */
FILE	*file_open_read(const char *path, int64_t *len);
/* Closes and removes what was not committed; fine after a commit and on a zeroed-with-fd--1 file. */
void	file_abort(struct file *f);

/* The whole of a file of at most `max` bytes, NUL-terminated, in the arena. */
MUST_CHECK enum err file_load(const char *path, size_t max, struct arena *a, char **data,
	    size_t *len, struct error *e);

#endif
