/* SPDX-License-Identifier: MIT */
/* dialects.c: the table of dialects. */
#include "dialects.h"

#include <stddef.h>
#include <string.h>

#include "attr.h"

#define USUAL_KEY	"sk-sandbox"

#define OPENAI_WORDS \
	.word_queued = "\"queued\"", .word_running = "\"in_progress\"", \
	.word_completed = "\"completed\"", .word_failed = "\"failed\""
#define QUEUED_WORDS \
	.word_queued = "\"queued\"", .word_running = "\"queued\"", \
	.word_completed = "\"completed\"", .word_failed = "\"failed\""

static const struct dialect dialects[] = {
	{
		.name = "openai",
		.seconds = LENGTH_LISTED, .listed_sizes = true,
		.references = REFERENCE_FILE | REFERENCE_OBJECT,
		.extras = EXTRA_PROMPT | EXTRA_EXPIRES,
		.remix = true,
		.models_form = MODELS_OPENAI,
		.models = { "sora-2", "sora-2-pro" },
		.image_model = "gpt-image-1",
		.no_model = "model_not_found", .no_video = "video_not_found",
		.id_header = "x-request-id",
		.manners = {
			.id_form = ID_OPENAI, .body_form = TAKES_ALL,
			.progress = PROGRESS_INT, .error = ERROR_OBJECT,
			.refusal = REFUSAL_OPENAI, .content = CONTENT_BYTES,
			.delete_form = DELETED_VIDEO,
			.running_form = RUNNING_REFUSED,
			.list = LIST_CURSOR, .images = IMAGE_B64,
			.create_status = 200, .early_status = 404,
			.poll_after_ms = 2000,
			.key = USUAL_KEY, .id_at = "id",
			OPENAI_WORDS,
		},
	},
	{
		.name = "vllm-omni",
		.seconds = LENGTH_DIGITS,
		.references = REFERENCE_FILE,
		.extras = EXTRA_PROMPT | EXTRA_FILE_NAME | EXTRA_INFERENCE |
		    EXTRA_MEMORY,
		.has_formats = true,
		.models_form = MODELS_VLLM,
		.models = { "Wan-AI/Wan2.2-T2V-A14B-Diffusers" },
		.image_model = "Qwen/Qwen-Image",
		.no_video = "video_not_found",
		.fastapi = "vLLM API server",
		.manners = {
			.id_form = ID_HEX, .body_form = TAKES_MULTIPART,
			.progress = PROGRESS_INT, .error = ERROR_NUMBER,
			.refusal = REFUSAL_DETAIL, .content = CONTENT_BYTES,
			.delete_form = DELETED_VIDEO,
			.running_form = RUNNING_ABORTED,
			.list = LIST_CURSOR, .images = IMAGE_B64,
			.create_status = 200, .early_status = 404,
			.key = USUAL_KEY, .id_at = "id",
			OPENAI_WORDS,
		},
	},
	{
		.name = "sglang",
		.seconds = LENGTH_NUMBER,
		.references = REFERENCE_FILE | REFERENCE_STRING,
		.extras = EXTRA_FILE_PATH | EXTRA_INFERENCE,
		.variant_is_index = true, .has_formats = true,
		.models_form = MODELS_SERVER,
		.models = { "Wan-AI/Wan2.1-T2V-1.3B-Diffusers" },
		.image_model = "black-forest-labs/FLUX.1-dev",
		.no_video = "video_not_found",
		.fastapi = "SGLang Diffusion",
		.manners = {
			.id_form = ID_UUID, .body_form = TAKES_ALL,
			.progress = PROGRESS_AT_END, .error = ERROR_MESSAGE,
			.refusal = REFUSAL_DETAIL, .content = CONTENT_BYTES,
			.delete_form = DELETED_OBJECT,
			.running_form = RUNNING_GOES_ON,
			.list = LIST_DATA, .images = IMAGE_B64,
			.create_status = 200, .early_status = 404,
			.key = USUAL_KEY, .id_at = "id",
			QUEUED_WORDS,
		},
	},
	{
		.name = "new-api",
		.seconds = LENGTH_DURATION,
		.references = REFERENCE_FILE | REFERENCE_OBJECT |
		    REFERENCE_STRING,
		.remix = true, .has_formats = true,
		.models_form = MODELS_NEW_API,
		.models = { "sora-2", "sora-2-pro" },
		.image_model = "gpt-image-1",
		.no_model = "no_channel", .no_video = "task_not_exist",
		.id_header = "X-Oneapi-Request-Id",
		.manners = {
			.id_form = ID_TASK, .body_form = TAKES_ALL,
			.progress = PROGRESS_INT, .error = ERROR_OBJECT,
			.refusal = REFUSAL_FLAT, .content = CONTENT_BYTES,
			.delete_form = DELETED_NONE,
			.running_form = RUNNING_REFUSED,
			.list = LIST_NONE, .images = IMAGE_URL,
			.create_status = 200, .early_status = 400,
			.content_seconds = 60,
			.key = USUAL_KEY, .id_at = "id",
			.url_at = "metadata.url",
			OPENAI_WORDS,
		},
	},
	{
		.name = "tensorrt-llm",
		.seconds = LENGTH_DURATION,
		.references = REFERENCE_FILE | REFERENCE_STRING,
		.has_formats = true,
		.models_form = MODELS_OPENAI,
		.models = { "Wan-AI/Wan2.2-T2V-A14B-Diffusers" },
		.image_model = "black-forest-labs/FLUX.1-dev",
		.no_video = "video_not_found",
		.fastapi = "TensorRT-LLM",
		.manners = {
			.id_form = ID_OPENAI, .body_form = TAKES_ALL,
			.progress = PROGRESS_NULL, .error = ERROR_TEXT,
			.refusal = REFUSAL_DETAIL, .content = CONTENT_BYTES,
			.delete_form = DELETED_FLAG,
			.running_form = RUNNING_GOES_ON,
			.list = LIST_DATA, .images = IMAGE_B64,
			.create_status = 202, .early_status = 400,
			.key = USUAL_KEY, .id_at = "id",
			QUEUED_WORDS,
		},
	},
	{
		.name = "dynamo",
		.seconds = LENGTH_NUMBER,
		.references = REFERENCE_STRING,
		.has_formats = true,
		.models_form = MODELS_OPENAI,
		.models = { "Wan-AI/Wan2.1-T2V-1.3B-Diffusers" },
		.image_model = "black-forest-labs/FLUX.1-dev",
		.no_video = "not_found",
		.manners = {
			.id_form = ID_UUID, .body_form = TAKES_JSON,
			.progress = PROGRESS_INT, .error = ERROR_OBJECT,
			.refusal = REFUSAL_OPENAI, .content = CONTENT_BYTES,
			.delete_form = DELETED_NONE,
			.list = LIST_NONE, .sync = SYNC_URL,
			.images = IMAGE_URL,
			.create_status = 200, .early_status = 404,
			.key = USUAL_KEY, .id_at = "",
			OPENAI_WORDS,
		},
	},
	{
		.name = "litellm",
		.seconds = LENGTH_DIGITS,
		.references = REFERENCE_FILE,
		.remix = true, .has_formats = true,
		.models_form = MODELS_OPENAI,
		.models = { "sora-2", "sora-2-pro" },
		.image_model = "gpt-image-1",
		.no_model = "model_not_found", .no_video = "video_not_found",
		.id_header = "x-litellm-call-id",
		.manners = {
			.id_form = ID_BASE64, .body_form = TAKES_ALL,
			.progress = PROGRESS_INT, .error = ERROR_OBJECT,
			.refusal = REFUSAL_STATUS, .content = CONTENT_BYTES,
			.delete_form = DELETED_NONE,
			.list = LIST_CURSOR, .images = IMAGE_B64,
			.create_status = 200, .early_status = 404,
			.key = USUAL_KEY, .id_at = "id",
			OPENAI_WORDS,
		},
	},
	{
		.name = "aisix",
		.seconds = LENGTH_NUMBER,
		.references = REFERENCE_FILE | REFERENCE_OBJECT |
		    REFERENCE_STRING,
		.has_formats = true,
		.models_form = MODELS_OPENAI,
		.models = { "sora-2", "seedance" },
		.image_model = "gpt-image-1",
		.no_model = "model_not_found", .no_video = "video_not_found",
		.id_header = "x-aisix-request-id",
		.manners = {
			.id_form = ID_BASE64URL, .body_form = TAKES_JSON,
			.progress = PROGRESS_INT, .error = ERROR_OBJECT,
			.refusal = REFUSAL_OPENAI,
			.content = CONTENT_OTHER_HOST,
			.delete_form = DELETED_NONE,
			.list = LIST_NONE, .images = IMAGE_URL,
			.create_status = 200, .early_status = 404,
			.key = USUAL_KEY, .id_at = "id",
			OPENAI_WORDS,
		},
	},
};

const struct dialect *
dialect_at(size_t i)
{
	return i < NELEM(dialects) ? &dialects[i] : NULL;
}

const struct dialect *
dialect_find(const char *name)
{
	for (size_t i = 0; i < NELEM(dialects); i++)
		if (strcmp(dialects[i].name, name) == 0)
			return &dialects[i];
	return NULL;
}
