/* SPDX-License-Identifier: MIT */
/* model.c: the nine models, their other names, and where each name may be used. */
#include "model.h"

#include <string.h>

#include "attr.h"

#define LANDSCAPE_TEXT	"Video generation - landscape"
#define PORTRAIT_TEXT	"Video generation - portrait"

/* Their places in the catalogue: the letter is the orientation. */
enum { L10, P10, L15, P15, L25, P25, IMAGE, IMAGE_L, IMAGE_P };

static const struct model models[] = {
	/* id, video, orientation, seconds, frames, size, box, description */
	[L10] = { "sora-video-landscape-10s", true, LANDSCAPE, 10, 300, "1280x720",
	    0, 0, LANDSCAPE_TEXT },
	[P10] = { "sora-video-portrait-10s", true, PORTRAIT, 10, 300, "720x1280",
	    0, 0, PORTRAIT_TEXT },
	[L15] = { "sora-video-landscape-15s", true, LANDSCAPE, 15, 450, "1280x720",
	    0, 0, LANDSCAPE_TEXT },
	[P15] = { "sora-video-portrait-15s", true, PORTRAIT, 15, 450, "720x1280",
	    0, 0, PORTRAIT_TEXT },
	[L25] = { "sora-video-landscape-25s", true, LANDSCAPE, 25, 750, "1280x720",
	    0, 0, LANDSCAPE_TEXT },
	[P25] = { "sora-video-portrait-25s", true, PORTRAIT, 25, 750, "720x1280",
	    0, 0, PORTRAIT_TEXT },
	[IMAGE] = { "sora-image", false, SQUARE, 0, 1, "1024x1024",
	    360, 360, "Image generation - 1024x1024" },
	[IMAGE_L] = { "sora-image-landscape", false, LANDSCAPE, 0, 1, "1792x1024",
	    540, 360, "Image generation - 1792x1024" },
	[IMAGE_P] = { "sora-image-portrait", false, PORTRAIT, 0, 1, "1024x1792",
	    360, 540, "Image generation - 1024x1792" },
};

#define FILMING	(USE_CHAT | USE_CHARACTERS)
#define DRAWING	(USE_CHAT | USE_IMAGES)

struct alias {
	const char	*id;
	const struct model *means;
	unsigned	 use;		/* enum model_use bits */
};

/* The first LISTED of them are shown to clients. */
#define LISTED	5

static const struct alias aliases[] = {
	{ "sora-video-10s", &models[L10], FILMING },
	{ "sora-video-15s", &models[L15], FILMING },
	{ "sora-video-25s", &models[L25], FILMING },
	{ "sora-2", &models[L10], FILMING },
	{ "gpt-image-2", &models[IMAGE], DRAWING },
	{ "sora2-10s", &models[L10], FILMING },
	{ "sora2-15s", &models[L15], FILMING },
	{ "sora2-25s", &models[L25], FILMING },
	{ "sora2-landscape-10s", &models[L10], FILMING },
	{ "sora2-landscape-15s", &models[L15], FILMING },
	{ "sora2-landscape-25s", &models[L25], FILMING },
	{ "sora2-portrait-10s", &models[P10], FILMING },
	{ "sora2-portrait-15s", &models[P15], FILMING },
	{ "sora2-portrait-25s", &models[P25], FILMING },
	{ "gpt-image-2-2026-04-21", &models[IMAGE], DRAWING },
	{ "gpt-image-1", &models[IMAGE], DRAWING },
	{ "gpt-image", &models[IMAGE], DRAWING },
	{ "gpt-image-landscape", &models[IMAGE_L], DRAWING },
	{ "gpt-image-portrait", &models[IMAGE_P], DRAWING },
};

/* The videos API has its own names; size and seconds pick the model there. */
static const struct {
	const char	*name;
	const char	*means;
} videos_names[] = {
	{ "sora-2", "sora-2" },
	{ "sora", "sora-2" },
	{ "sora2", "sora-2" },
	{ "sora-2-2025-10-06", "sora-2" },
	{ "sora-2-2025-12-08", "sora-2" },
	{ "sora-2-pro", "sora-2-pro" },
	{ "sora2-pro", "sora-2-pro" },
	{ "sora2pro", "sora-2-pro" },
	{ "sora-2-pro-2025-10-06", "sora-2-pro" },
};

const struct model *
model_get(const char *catalogue_id)
{
	for (size_t i = 0; i < NELEM(models); i++)
		if (strcmp(models[i].id, catalogue_id) == 0)
			return &models[i];
	return NULL;
}

bool
model_listed(size_t i, const char **id, const char **description)
{
	if (i < NELEM(models)) {
		*id = models[i].id;
		*description = models[i].description;
		return true;
	}
	i -= NELEM(models);
	if (i >= LISTED)
		return false;
	*id = aliases[i].id;
	*description = aliases[i].means->description;
	return true;
}

const struct model *
model_find(const char *id, enum model_use use)
{
	const struct model *m;

	if (use == USE_VIDEOS)
		return model_videos_name(id) != NULL ? &models[L15] : NULL;
	if ((m = model_get(id)) != NULL)
		return (use & (m->video ? FILMING : DRAWING)) != 0 ? m : NULL;
	for (size_t i = 0; i < NELEM(aliases); i++)
		if (strcmp(aliases[i].id, id) == 0)
			return (aliases[i].use & use) != 0 ?
			    aliases[i].means : NULL;
	return NULL;
}

const struct model *
model_video(enum orientation o, int seconds)
{
	for (size_t i = 0; i < NELEM(models); i++)
		if (models[i].video && models[i].orientation == o &&
		    models[i].seconds == seconds)
			return &models[i];
	return NULL;
}

const struct model *
model_image(enum orientation o)
{
	for (size_t i = 0; i < NELEM(models); i++)
		if (!models[i].video && models[i].orientation == o)
			return &models[i];
	return NULL;
}

const char *
model_videos_name(const char *name)
{
	for (size_t i = 0; i < NELEM(videos_names); i++)
		if (strcmp(videos_names[i].name, name) == 0)
			return videos_names[i].means;
	return NULL;
}

/* Reads 1 to 6 decimal digits that do not begin with 0; NULL when there are none. */
static const char *
read_side(const char *s, int *out)
{
	size_t n = strspn(s, "0123456789");

	if (n == 0 || n > 6 || *s == '0')
		return NULL;
	*out = 0;
	for (size_t i = 0; i < n; i++)
		*out = *out * 10 + (s[i] - '0');
	return s + n;
}

bool
model_size_orientation(const char *size, enum orientation *out)
{
	int width, height;
	const char *s;

	if ((s = read_side(size, &width)) == NULL || (*s != 'x' && *s != ':'))
		return false;
	if ((s = read_side(s + 1, &height)) == NULL || *s != '\0')
		return false;
	*out = width > height ? LANDSCAPE : width < height ? PORTRAIT : SQUARE;
	return true;
}
