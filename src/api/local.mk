libsora2api_a_SOURCES += \
	src/api/admin.c \
	src/api/admin.h \
	src/api/admin_characters.c \
	src/api/admin_reports.c \
	src/api/admin_services.c \
	src/api/admin_settings.c \
	src/api/admin_solver.c \
	src/api/api.h \
	src/api/app.c \
	src/api/errors.c \
	src/api/media.c \
	src/api/models.c \
	src/api/routes.c \
	src/api/throttle.c \
	src/api/tokens.c \
	src/api/tokens.h \
	src/api/tokens_activate.c \
	src/api/tokens_batch.c \
	src/api/tokens_convert.c \
	src/api/tokens_shared.c \
	src/api/tokens_sweep.c \
	src/api/video_json.c \
	src/api/video_read.c \
	src/api/video_write.c \
	src/api/wait.c
