sbin_PROGRAMS += sora2api-poller
sora2api_poller_SOURCES = src/poller/main.c
sora2api_poller_LDADD = $(LIBS_ALL)

libsora2api_a_SOURCES += \
	src/poller/accounts.c \
	src/poller/call.c \
	src/poller/call.h \
	src/poller/challenge.c \
	src/poller/character.c \
	src/poller/commit.c \
	src/poller/credential.c \
	src/poller/credential.h \
	src/poller/content.c \
	src/poller/download.c \
	src/poller/expire.c \
	src/poller/expire.h \
	src/poller/health.c \
	src/poller/jobs.c \
	src/poller/loop.c \
	src/poller/outbox.c \
	src/poller/outbox.h \
	src/poller/poll.c \
	src/poller/pool.h \
	src/poller/poller.h \
	src/poller/publish.c \
	src/poller/queue.c \
	src/poller/quota.c \
	src/poller/reach.c \
	src/poller/reconcile.c \
	src/poller/refresh.c \
	src/poller/relist.c \
	src/poller/round.c \
	src/poller/round.h \
	src/poller/rounds.c \
	src/poller/send.c \
	src/poller/servers.c \
	src/poller/stale.c \
	src/poller/sweep.c \
	src/poller/sweep.h \
	src/poller/task_log.c \
	src/poller/task_log.h
