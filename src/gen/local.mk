# SPDX-License-Identifier: MIT
# src/gen
libsora2api_a_SOURCES += \
	src/gen/capability.c
libsora2api_a_SOURCES += \
	src/gen/model.c \
	src/gen/prompt.c \
	src/gen/server_health.c \
	src/gen/field.c \
	src/gen/step.c \
	src/gen/step_character.c \
	src/gen/step_end.c \
	src/gen/step_impl.h \
	src/gen/step_job.c \
	src/gen/step_post.c \
	src/gen/task_change.c \
	src/gen/task_names.c \
	src/gen/token.c \
	src/gen/step_retry.c \
	src/gen/verdict.c \
	src/gen/video.c
libsora2api_a_SOURCES += \
	src/gen/character_name.c \
	src/gen/character_request.c \
	src/gen/chat_message.c \
	src/gen/chat_message.h \
	src/gen/chat_request.c \
	src/gen/image_request.c \
	src/gen/request_fields.c \
	src/gen/request_impl.h
