# SPDX-License-Identifier: MIT
# src/api: v1/ is what clients ask for, admin/ what administrators do; beside them is what
# both share.
libsora2api_a_SOURCES += \
	src/api/api.h \
	src/api/app.c \
	src/api/errors.c \
	src/api/health.c \
	src/api/limits.c \
	src/api/metrics.c \
	src/api/routes.c \
	src/api/shared.c \
	src/api/watch.c
libsora2api_a_SOURCES += \
	src/api/v1/accept.c \
	src/api/v1/accept.h \
	src/api/v1/cancels.c \
	src/api/v1/characters.c \
	src/api/v1/chat.c \
	src/api/v1/chat_events.c \
	src/api/v1/chat_events.h \
	src/api/v1/images.c \
	src/api/v1/media.c \
	src/api/v1/models.c \
	src/api/v1/public.c \
	src/api/v1/public.h \
	src/api/v1/public_ask.c \
	src/api/v1/public_query.c \
	src/api/v1/public_tasks.c \
	src/api/v1/video_json.c \
	src/api/v1/video_read.c \
	src/api/v1/video_write.c \
	src/api/v1/wait.c \
	src/api/v1/wait.h \
	src/api/admin/admin.c \
	src/api/admin/admin.h \
	src/api/admin/admin_characters.c \
	src/api/admin/admin_reports.c \
	src/api/admin/admin_services.c \
	src/api/admin/admin_settings.c \
	src/api/admin/admin_solver.c \
	src/api/admin/throttle.c \
	src/api/admin/tokens.c \
	src/api/admin/tokens.h \
	src/api/admin/tokens_activate.c \
	src/api/admin/tokens_batch.c \
	src/api/admin/tokens_convert.c \
	src/api/admin/tokens_fields.c \
	src/api/admin/tokens_row.c \
	src/api/admin/tokens_shared.c \
	src/api/admin/tokens_sweep.c
