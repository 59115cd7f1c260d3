/* SPDX-License-Identifier: MIT */
/*
 * options_presets.c: the servers that are known by name, and how each of them
 * differs from OpenAI's own description of /v1/videos.
 */
#include <string.h>

#include "attr.h"
#include "options.h"

/* All begin with OpenAI's schema, which is what zeros stand for. */
#define TIMES(answer) \
	.connect_timeout = 10, .answer_timeout = (answer), \
	.idle_timeout = 60, .poll_interval = 5, .job_age = 3600

static const struct openai_options presets[] = {
	/* until it is known what the server is */
	{ .preset = "auto", TIMES(120),
	    .list_upstream = true, .remix = true, .images = true },
	{ .preset = "openai", TIMES(120),
	    .list_upstream = true, .remix = true, .images = true },
	/* another instance of this service */
	{ .preset = "sora2api", TIMES(120),
	    .list_upstream = true, .remix = true, .images = true,
	    .image_format = true, .delete_upstream = DELETE_ALWAYS },
	/* forms only; jobs are in its memory; deleting one that runs aborts it */
	{ .preset = "vllm-omni", TIMES(120),
	    .create_body = BODY_MULTIPART, .content_from = CONTENT_BYTES,
	    .delete_upstream = DELETE_ALWAYS, .list_upstream = true,
	    .images = true, .resubmit_lost = 1 },
	/* whole seconds as a number; an object as reference fails, a text is fine */
	{ .preset = "sglang", TIMES(120),
	    .seconds_as = SECONDS_NUMBER, .list_upstream = true,
	    .images = true, .image_format = true, .resubmit_lost = 1 },
	{ .preset = "tensorrt-llm", TIMES(120),
	    .seconds_as = SECONDS_DURATION, .content_from = CONTENT_BYTES,
	    .list_upstream = true, .images = true, .resubmit_lost = 1 },
	/* answers when the video is done */
	{ .preset = "dynamo", TIMES(3600),
	    .create_body = BODY_ALWAYS_JSON, .seconds_as = SECONDS_NUMBER,
	    .reference_as = REFERENCE_TEXT, .images = true,
	    .image_format = true },
	/* its own proxy of files gives up after a minute: a URL is better */
	{ .preset = "new-api", TIMES(120),
	    .remix = true, .images = true, .image_format = true },
	{ .preset = "litellm", TIMES(120),
	    .list_upstream = true, .remix = true, .images = true },
	{ .preset = "aisix", TIMES(120),
	    .create_body = BODY_ALWAYS_JSON, .reference_as = REFERENCE_NONE,
	    .content_from = CONTENT_BYTES },
	{ .preset = "openrouter", TIMES(120),
	    .create_body = BODY_ALWAYS_JSON, .seconds_as = SECONDS_DURATION,
	    .size_as = SIZE_RATIO, .reference_as = REFERENCE_NONE },
	{ .preset = "bifrost", TIMES(120),
	    .create_body = BODY_ALWAYS_JSON, .list_upstream = true, .remix = true,
	    .images = true, .image_format = true },
};

const struct openai_options *
openai_options_defaults(const char *preset)
{
	for (size_t i = 0; i < NELEM(presets); i++)
		if (strcmp(presets[i].preset, preset) == 0)
			return &presets[i];
	return NULL;
}

const char *
openai_options_preset(size_t i)
{
	return i < NELEM(presets) ? presets[i].preset : NULL;
}

bool
openai_options_has_preset(const char *name)
{
	return openai_options_defaults(name) != NULL;
}
