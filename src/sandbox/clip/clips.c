/* SPDX-License-Identifier: MIT */
/* clips.c: one ffmpeg for each clip, at most a few at a time. */
#include "clips.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena.h"
#include "caption.h"
#include "digest.h"
#include "xalloc.h"

#define RUNNING_MAX	2		/* ffmpeg processes */
#define MAX_ARGS	40
#define FONT		"/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
#define SHARED_TEXT	"sora2api sandbox"
#define NAME_LEN	48

struct clips {
	pthread_mutex_t	 lock;
	pthread_cond_t	 changed;
	const char	*dir;
	char		 making[RUNNING_MAX][NAME_LEN];	/* "": a free place */
};

struct clips *
clips_new(const char *dir)
{
	struct clips *c = xcalloc(1, sizeof(*c));

	c->dir = dir;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->changed, NULL);
	return c;
}

void
clips_free(struct clips *c)
{
	if (c == NULL)
		return;
	pthread_cond_destroy(&c->changed);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

static const char *
extension(enum clip_kind kind)
{
	static const char *const names[] = {
		[CLIP_MP4] = "mp4", [CLIP_PNG] = "png", [CLIP_WEBP] = "webp"
	};

	return names[kind];
}

static const char *
text_of(const struct clip_spec *spec)
{
	return spec->text != NULL ? spec->text : SHARED_TEXT;
}

/* Pictures of the same text have one name, whatever the clip's length is. */
static void
name_clip(const struct clip_spec *spec, struct arena *a, char out[NAME_LEN])
{
	int n_frames = spec->kind == CLIP_MP4 ? spec->n_frames : 1;
	const char *what = arena_printf(a, "2\n%d\n%d\n%d\n%s", spec->width,
	    spec->height, n_frames, text_of(spec));
	char hex[65];

	digest_sha256_hex(hex, what, strlen(what));
	snprintf(out, NAME_LEN, "%.32s.%s", hex, extension(spec->kind));
}

static enum err
write_text(const char *path, const char *text, struct error *e)
{
	FILE *f = fopen(path, "we");
	bool failed;

	if (f == NULL)
		return error_set(e, ERR_INTERNAL, NULL, "%s: %s", path,
		    strerror(errno));
	failed = fputs(text, f) == EOF;
	if (fclose(f) != 0 || failed)
		return error_set(e, ERR_INTERNAL, NULL, "%s: cannot write",
		    path);
	return ERR_OK;
}

/*
 * The text comes from a file, and is not expanded, so that a prompt is never
 * read as part of the filter. The first frame is drawn once and repeated; a
 * video counts its seconds in the corner. What is repeated has no rate of its
 * own in newer ffmpegs: each frame is told its time, and the encoder the rate.
 */
static const char *
filter_of(const struct clip_spec *spec, int fps, const char *text_file,
    struct arena *a)
{
	int size = (spec->width < spec->height ?
	    spec->width : spec->height) / 18;
	const char *still = arena_printf(a, "format=yuv420p,trim=end_frame=1,"
	    "drawtext=fontfile=" FONT ":textfile=%s:expansion=none:"
	    "fontsize=%d:fontcolor=white:line_spacing=%d:"
	    "x=(w-text_w)/2:y=(h-text_h)/2", text_file, size, size / 4);

	if (spec->kind != CLIP_MP4)
		return still;
	return arena_printf(a, "%s,loop=loop=-1:size=1:start=0,"
	    "settb=1/%d,setpts=N,"
	    "drawtext=fontfile=" FONT ":text=%%{eif\\\\:t\\\\:d} s:fontsize=%d:"
	    "fontcolor=white:x=24:y=h-2*th", still, fps, size);
}

/* A dark colour that the text chooses. */
static const char *
source_of(const struct clip_spec *spec, int fps, struct arena *a)
{
	unsigned char hash[DIGEST_SHA256_LEN];
	const char *text = text_of(spec);

	digest_sha256(hash, text, strlen(text));
	return arena_printf(a, "color=c=0x%02x%02x%02x:s=%dx%d:r=%d",
	    hash[0] & 0x7f, hash[1] & 0x7f, hash[2] & 0x7f, spec->width,
	    spec->height, fps);
}

/* `argv` has room for MAX_ARGS. */
static void
build_argv(const struct clip_spec *spec, const char *text_file,
    const char *target, struct arena *a, const char **argv)
{
	static const char *const start[] = { "ffmpeg", "-nostdin",
		"-hide_banner", "-loglevel", "error", "-y", "-f", "lavfi" };
	static const char *const mp4[] = { "-c:v", "libx264", "-preset",
		"ultrafast", "-threads", "1", "-g", "50", "-pix_fmt",
		"yuv420p", "-movflags", "+faststart", "-f", "mp4" };
	static const char *const png[] = { "-c:v", "png", "-f", "image2" };
	static const char *const webp[] = { "-c:v", "libwebp", "-f", "webp" };
	static const struct {
		const char *const *at;
		size_t n;
	} codecs[] = {
		[CLIP_MP4] = { mp4, NELEM(mp4) },
		[CLIP_PNG] = { png, NELEM(png) },
		[CLIP_WEBP] = { webp, NELEM(webp) },
	};
	bool video = spec->kind == CLIP_MP4;
	int fps = spec->n_frames % 3 == 0 ? 10 : 30;	/* whole frames */
	size_t n = 0;

	for (size_t i = 0; i < NELEM(start); i++)
		argv[n++] = start[i];
	argv[n++] = "-i";
	argv[n++] = source_of(spec, fps, a);
	argv[n++] = "-vf";
	argv[n++] = filter_of(spec, fps, text_file, a);
	if (video) {
		argv[n++] = "-r";
		argv[n++] = arena_printf(a, "%d", fps);
	}
	argv[n++] = "-frames:v";
	argv[n++] = video ?
	    arena_printf(a, "%d", spec->n_frames * fps / 30) : "1";
	for (size_t i = 0; i < codecs[spec->kind].n; i++)
		argv[n++] = codecs[spec->kind].at[i];
	argv[n++] = target;
	argv[n] = NULL;
}

/* A child with no files, signals or folder of ours. */
static enum err
spawn(const char *dir, const char *const *argv, pid_t *pid, struct error *e)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, pipe;
	int failed;

	sigemptyset(&none);
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addclosefrom_np(&files, 3);
	posix_spawn_file_actions_addchdir_np(&files, dir);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &pipe);
	posix_spawnattr_setflags(&attr,
	    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	failed = posix_spawnp(pid, argv[0], &files, &attr,
	    (char *const *)(uintptr_t)argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	if (failed != 0)
		return error_set(e, ERR_INTERNAL, NULL, "cannot run %s: %s",
		    argv[0], strerror(failed));
	return ERR_OK;
}

static enum err
run(const char *dir, const char *const *argv, struct error *e)
{
	int status = 0;
	pid_t pid;
	enum err rc;

	if ((rc = spawn(dir, argv, &pid, e)) != ERR_OK)
		return rc;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return error_set(e, ERR_INTERNAL, NULL,
			    "waiting for %s: %s", argv[0], strerror(errno));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return ERR_OK;
	if (WIFSIGNALED(status))
		return error_set(e, ERR_INTERNAL, NULL,
		    "%s was ended by signal %d", argv[0], WTERMSIG(status));
	return error_set(e, ERR_INTERNAL, NULL, "%s ended with status %d",
	    argv[0], WEXITSTATUS(status));
}

/*
 * Makes the file under another name, which no process that shares the folder
 * uses, and renames it when it is whole.
 */
static enum err
make(struct clips *c, const struct clip_spec *spec, const char *name,
    struct arena *a, struct error *e)
{
	const char *text_file = arena_printf(a, ".text-%d-%s", (int)getpid(), name);
	const char *target = arena_printf(a, ".clip-%d-%s", (int)getpid(), name);
	const char *text_path = arena_printf(a, "%s/%s", c->dir, text_file);
	const char *target_path = arena_printf(a, "%s/%s", c->dir, target);
	const char *path = arena_printf(a, "%s/%s", c->dir, name);
	size_t columns = spec->width < spec->height ? 24 : 42;
	const char *argv[MAX_ARGS];
	enum err rc;

	if ((rc = write_text(text_path, caption_wrap(text_of(spec), columns,
	    10, a), e)) != ERR_OK)
		return rc;
	build_argv(spec, text_file, target, a, argv);
	rc = run(c->dir, argv, e);
	if (rc == ERR_OK && rename(target_path, path) < 0)
		rc = error_set(e, ERR_INTERNAL, NULL, "%s: %s", path,
		    strerror(errno));
	if (rc != ERR_OK)
		unlink(target_path);
	unlink(text_path);
	return rc == ERR_OK ? rc : error_wrap(e, "clip %s", name);
}

/* A place to make that clip in; NULL when it is made now or no place is free. */
static char *
find_place(struct clips *c, const char *name)
{
	char *place = NULL;

	for (size_t i = 0; i < RUNNING_MAX; i++) {
		if (strcmp(c->making[i], name) == 0)
			return NULL;
		if (c->making[i][0] == '\0')
			place = c->making[i];
	}
	return place;
}

enum err
clip_get(struct clips *c, const struct clip_spec *spec, struct arena *a,
    const char **name, struct error *e)
{
	char *own = arena_alloc(a, NAME_LEN), *place = NULL;
	enum err rc = ERR_OK;
	const char *path;
	bool there;

	name_clip(spec, a, own);
	*name = own;
	path = arena_printf(a, "%s/%s", c->dir, own);
	pthread_mutex_lock(&c->lock);
	while (!(there = access(path, R_OK) == 0) &&
	    (place = find_place(c, own)) == NULL)
		pthread_cond_wait(&c->changed, &c->lock);
	if (!there)
		memcpy(place, own, NAME_LEN);
	pthread_mutex_unlock(&c->lock);
	if (there)
		return ERR_OK;
	rc = make(c, spec, own, a, e);
	pthread_mutex_lock(&c->lock);
	place[0] = '\0';
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
	return rc;
}
