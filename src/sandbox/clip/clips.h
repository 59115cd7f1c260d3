/* SPDX-License-Identifier: MIT */
/*
 * clips.h: the videos and pictures that the sandbox hands out, made by ffmpeg
 * when somebody wants them first and kept under a name made of what they show.
 */
#ifndef SANDBOX_CLIPS_H
#define SANDBOX_CLIPS_H

#include "error.h"

struct arena;
struct clips;

enum clip_kind { CLIP_MP4, CLIP_PNG, CLIP_WEBP };

struct clip_spec {
	enum clip_kind	 kind;
	int		 width;
	int		 height;
	int		 n_frames;	/* of CLIP_MP4: 30 a second */
	const char	*text;		/* what it shows; NULL: the same for all */
};

struct clips	*clips_new(const char *dir);	/* `dir` is borrowed */
void		 clips_free(struct clips *c);
/*
 * The name of the file in the folder, in the arena; makes it if it is not
 * there. Callers that want the same clip at once wait for one ffmpeg. Any
 * thread. ERR_INTERNAL when ffmpeg failed.
 */
MUST_CHECK enum err clip_get(struct clips *c, const struct clip_spec *spec,
    struct arena *a, const char **name, struct error *e);

#endif
