# SPDX-License-Identifier: MIT
# src/sandbox: core/ is what every service shares; sora/ and openai/ are the
# services that it plays; clip/ makes their files.
libsora2api_a_SOURCES += \
	src/sandbox/core/asked.c \
	src/sandbox/core/asked.h \
	src/sandbox/core/control.c \
	src/sandbox/core/cookies.c \
	src/sandbox/core/cookies.h \
	src/sandbox/core/faults.c \
	src/sandbox/core/faults.h \
	src/sandbox/core/ids.c \
	src/sandbox/core/ids.h \
	src/sandbox/core/jobs.c \
	src/sandbox/core/jobs.h \
	src/sandbox/core/limits.c \
	src/sandbox/core/limits.h \
	src/sandbox/core/markers.c \
	src/sandbox/core/markers.h \
	src/sandbox/core/media.c \
	src/sandbox/core/media.h \
	src/sandbox/core/options.c \
	src/sandbox/core/options.h \
	src/sandbox/core/refusal.c \
	src/sandbox/core/refusal.h \
	src/sandbox/core/report.c \
	src/sandbox/core/report.h \
	src/sandbox/core/routes.c \
	src/sandbox/core/routes.h \
	src/sandbox/core/state.c \
	src/sandbox/core/state.h \
	src/sandbox/core/timeline.c \
	src/sandbox/core/timeline.h \
	src/sandbox/core/visit.c \
	src/sandbox/core/visit.h

libsora2api_a_SOURCES += \
	src/sandbox/sora/accounts.c \
	src/sandbox/sora/accounts.h \
	src/sandbox/sora/cameos.c \
	src/sandbox/sora/cameos.h \
	src/sandbox/sora/clearance.c \
	src/sandbox/sora/clearance.h \
	src/sandbox/sora/create.c \
	src/sandbox/sora/create.h \
	src/sandbox/sora/drafts.c \
	src/sandbox/sora/drafts.h \
	src/sandbox/sora/grants.c \
	src/sandbox/sora/grants.h \
	src/sandbox/sora/images.c \
	src/sandbox/sora/invites.c \
	src/sandbox/sora/invites.h \
	src/sandbox/sora/jwt.c \
	src/sandbox/sora/jwt.h \
	src/sandbox/sora/links.c \
	src/sandbox/sora/me.c \
	src/sandbox/sora/pending.c \
	src/sandbox/sora/people.c \
	src/sandbox/sora/people.h \
	src/sandbox/sora/posts.c \
	src/sandbox/sora/posts.h \
	src/sandbox/sora/public.c \
	src/sandbox/sora/sessions.c \
	src/sandbox/sora/sessions.h \
	src/sandbox/sora/uploads.c \
	src/sandbox/sora/usernames.c \
	src/sandbox/sora/usernames.h

libsora2api_a_SOURCES += \
	src/sandbox/openai/content.c \
	src/sandbox/openai/create.c \
	src/sandbox/openai/dialects.c \
	src/sandbox/openai/dialects.h \
	src/sandbox/openai/errors.c \
	src/sandbox/openai/fields.c \
	src/sandbox/openai/file.c \
	src/sandbox/openai/images.c \
	src/sandbox/openai/jobs.c \
	src/sandbox/openai/key.c \
	src/sandbox/openai/manners.c \
	src/sandbox/openai/models.c \
	src/sandbox/openai/object.c \
	src/sandbox/openai/openai.h \
	src/sandbox/openai/place.c \
	src/sandbox/openai/place.h

libsora2api_a_SOURCES += \
	src/sandbox/clip/caption.c \
	src/sandbox/clip/caption.h \
	src/sandbox/clip/clips.c \
	src/sandbox/clip/clips.h \
	src/sandbox/clip/image.c \
	src/sandbox/clip/image.h

sbin_PROGRAMS += sora2api-sandbox
sora2api_sandbox_SOURCES = src/sandbox/core/main.c
sora2api_sandbox_LDADD = $(LIBS_ALL) -lm
