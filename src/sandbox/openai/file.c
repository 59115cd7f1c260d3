/* SPDX-License-Identifier: MIT */
/* file.c: clips in memory, and clips that are as large as one likes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "file.h"
#include "openai.h"
#include "sandbox/clip/clips.h"

#define MAX_CLIP	(64 * 1024 * 1024)
#define MIB		(1024LL * 1024)

enum err
openai_load_clip(struct sandbox *sb, const struct clip_spec *spec, struct arena *a,
    char **data, size_t *len, struct error *e)
{
	const char *name;
	enum err rc;

	if ((rc = clip_get(sb->clips, spec, a, &name, e)) != ERR_OK)
		return rc;
	return file_load(arena_printf(a, "%s/%s", sb->media_dir, name),
	    MAX_CLIP, a, data, len, e);
}

/* The header of a box that has `size` bytes with it: ISO 14496-12, 4.2. */
static void
write_free_box(unsigned char out[16], int64_t size)
{
	memcpy(out, "\0\0\0\1free", 8);
	for (int i = 0; i < 8; i++)
		out[8 + i] = (unsigned char)(size >> (56 - 8 * i));
}

/* The clip and a box of nothing that the file system need not store. */
static enum err
write_padded(const char *path, const char *clip, size_t len, int64_t size,
    struct error *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	unsigned char box[16];
	bool ok;

	if (fd < 0)
		return error_set(e, ERR_INTERNAL, NULL, "%s: %s", path,
		    strerror(errno));
	write_free_box(box, size - (int64_t)len);
	ok = write(fd, clip, len) == (ssize_t)len &&
	    write(fd, box, sizeof(box)) == (ssize_t)sizeof(box) &&
	    ftruncate(fd, size) == 0;
	close(fd);
	return ok ? ERR_OK : error_set(e, ERR_INTERNAL, NULL,
	    "%s: cannot write", path);
}

/* Made once, under another name until it is whole. */
enum err
openai_pad_clip(struct sandbox *sb, const struct clip_spec *spec, int mib,
    struct arena *a, const char **name, struct error *e)
{
	int64_t size = mib * MIB;
	const char *clip, *tmp, *path;
	char *data;
	size_t len;
	enum err rc;

	if ((rc = clip_get(sb->clips, spec, a, &clip, e)) != ERR_OK)
		return rc;
	*name = arena_printf(a, "%d-%s", mib, clip);
	path = arena_printf(a, "%s/%s", sb->media_dir, *name);
	tmp = arena_printf(a, "%s/.%d-%lx-%s", sb->media_dir, (int)getpid(),
	    (unsigned long)(uintptr_t)a, *name);
	if (access(path, R_OK) == 0)
		return ERR_OK;
	if ((rc = openai_load_clip(sb, spec, a, &data, &len, e)) != ERR_OK)
		return rc;
	if ((int64_t)len + 16 > size) {
		*name = clip;
		return ERR_OK;
	}
	if ((rc = write_padded(tmp, data, len, size, e)) == ERR_OK &&
	    rename(tmp, path) < 0)
		rc = error_set(e, ERR_INTERNAL, NULL, "%s: %s", path,
		    strerror(errno));
	if (rc != ERR_OK)
		unlink(tmp);
	return rc;
}
