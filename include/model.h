/* SPDX-License-Identifier: MIT */
/*
 * model.h: the model catalogue: what a model id means, where it may be used,
 * and what it asks of the upstream. All pure; all results are static.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stddef.h>

enum orientation { LANDSCAPE, PORTRAIT, SQUARE };
enum model_use { USE_CHAT = 1, USE_VIDEOS = 2, USE_IMAGES = 4, USE_CHARACTERS = 8 };

struct model {			/* one of the nine of the catalogue */
	const char	*id;
	bool		 video;
	enum orientation orientation;
	int		 seconds;	/* 0 for images */
	int		 frames;
	const char	*size;		/* advertised */
	int		 box_width;	/* images: asked of the upstream */
	int		 box_height;
	const char	*description;
};

/* The i-th entry of GET /v1/models: id and description; false past the last. */
bool		 model_listed(size_t i, const char **id, const char **description);
/* What an id or alias means where it is used; NULL when it is not accepted there. Case matters. */
const struct model *model_find(const char *id, enum model_use use);
/* The catalogue's video model; NULL for other seconds than 10, 15, 25. */
const struct model *model_video(enum orientation o, int seconds);
const struct model *model_image(enum orientation o);
/* "sora-2" or "sora-2-pro" for a name that the videos API accepts, else NULL. */
const char	*model_videos_name(const char *name);
/* "WxH" or "W:H" into an orientation; false when it is neither. */
bool		 model_size_orientation(const char *size, enum orientation *out);
/* The catalogue entry itself by its id ("sora-video-landscape-10s"), as tasks.model holds it. */
const struct model *model_get(const char *catalogue_id);

#endif
