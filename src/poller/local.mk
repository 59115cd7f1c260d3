# SPDX-License-Identifier: MIT
sbin_PROGRAMS += sora2api-poller
sora2api_poller_SOURCES = src/poller/main.c
sora2api_poller_LDADD = $(LIBS_ALL)

libsora2api_a_SOURCES += \
	src/poller/pool.c \
	src/poller/call.c \
	src/poller/call.h \
	src/poller/challenge.c \
	src/poller/challenge.h \
	src/poller/character_steps.c \
	src/poller/character_steps.h \
	src/poller/commit.c \
	src/poller/commit.h \
	src/poller/content.c \
	src/poller/content.h \
	src/poller/credential.c \
	src/poller/credential.h \
	src/poller/download.c \
	src/poller/download.h \
	src/poller/env.c \
	src/poller/env.h \
	src/poller/expire.c \
	src/poller/expire.h \
	src/poller/health.c \
	src/poller/health.h \
	src/poller/job.h \
	src/poller/job_call.c \
	src/poller/job_call.h \
	src/poller/jobs.c
libsora2api_a_SOURCES += \
	src/poller/loop.c \
	src/poller/loop.h \
	src/poller/outbox.c \
	src/poller/outbox.h \
	src/poller/poll.c \
	src/poller/poll.h \
	src/poller/poller.h \
	src/poller/pool.h \
	src/poller/publish.c \
	src/poller/publish.h \
	src/poller/queue.c \
	src/poller/queue.h \
	src/poller/quota.c \
	src/poller/quota.h \
	src/poller/reach.c \
	src/poller/reach.h \
	src/poller/reconcile.c \
	src/poller/refresh.c \
	src/poller/refresh.h \
	src/poller/relist.c \
	src/poller/round.c \
	src/poller/round.h \
	src/poller/round_impl.h \
	src/poller/rounds.c \
	src/poller/send.c
libsora2api_a_SOURCES += \
	src/poller/send.h \
	src/poller/servers.c \
	src/poller/servers.h \
	src/poller/stale.c \
	src/poller/stale.h \
	src/poller/sweep.c \
	src/poller/sweep.h \
	src/poller/task_log.c \
	src/poller/task_log.h
