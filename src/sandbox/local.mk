# src/sandbox
libsora2api_a_SOURCES += \
	src/sandbox/accounts.c \
	src/sandbox/asked.c \
	src/sandbox/cameos.c \
	src/sandbox/caption.c \
	src/sandbox/clearance.c \
	src/sandbox/clips.c \
	src/sandbox/control.c \
	src/sandbox/cookies.c \
	src/sandbox/create.c \
	src/sandbox/dialects.c \
	src/sandbox/drafts.c \
	src/sandbox/faults.c \
	src/sandbox/grants.c \
	src/sandbox/ids.c \
	src/sandbox/image.c \
	src/sandbox/images.c \
	src/sandbox/invites.c \
	src/sandbox/jobs.c \
	src/sandbox/jwt.c \
	src/sandbox/limits.c \
	src/sandbox/links.c \
	src/sandbox/manners.c \
	src/sandbox/markers.c \
	src/sandbox/me.c \
	src/sandbox/media.c \
	src/sandbox/openai_content.c \
	src/sandbox/openai_create.c \
	src/sandbox/openai_errors.c \
	src/sandbox/openai_fields.c \
	src/sandbox/openai_file.c \
	src/sandbox/openai_images.c \
	src/sandbox/openai_jobs.c \
	src/sandbox/openai_key.c \
	src/sandbox/openai_models.c \
	src/sandbox/openai_object.c \
	src/sandbox/options.c \
	src/sandbox/pending.c \
	src/sandbox/people.c \
	src/sandbox/place.c \
	src/sandbox/posts.c \
	src/sandbox/public.c \
	src/sandbox/refusal.c \
	src/sandbox/report.c \
	src/sandbox/routes.c \
	src/sandbox/sessions.c \
	src/sandbox/state.c \
	src/sandbox/timeline.c \
	src/sandbox/uploads.c \
	src/sandbox/usernames.c \
	src/sandbox/visit.c

noinst_HEADERS += \
	src/sandbox/accounts.h \
	src/sandbox/asked.h \
	src/sandbox/cameos.h \
	src/sandbox/caption.h \
	src/sandbox/clearance.h \
	src/sandbox/clips.h \
	src/sandbox/cookies.h \
	src/sandbox/create.h \
	src/sandbox/dialects.h \
	src/sandbox/drafts.h \
	src/sandbox/faults.h \
	src/sandbox/grants.h \
	src/sandbox/ids.h \
	src/sandbox/image.h \
	src/sandbox/invites.h \
	src/sandbox/jobs.h \
	src/sandbox/jwt.h \
	src/sandbox/limits.h \
	src/sandbox/markers.h \
	src/sandbox/media.h \
	src/sandbox/openai.h \
	src/sandbox/options.h \
	src/sandbox/people.h \
	src/sandbox/place.h \
	src/sandbox/posts.h \
	src/sandbox/refusal.h \
	src/sandbox/report.h \
	src/sandbox/routes.h \
	src/sandbox/sessions.h \
	src/sandbox/state.h \
	src/sandbox/timeline.h \
	src/sandbox/usernames.h \
	src/sandbox/visit.h

sbin_PROGRAMS += sora2api-sandbox
sora2api_sandbox_SOURCES = src/sandbox/main.c
sora2api_sandbox_LDADD = $(LIBS_ALL) -lm
