# SPDX-License-Identifier: MIT
# src/ctl
bin_PROGRAMS += sora2apictl
sora2apictl_SOURCES = \
	src/ctl/admin.c \
	src/ctl/backup.c \
	src/ctl/check.c \
	src/ctl/completion.c \
	src/ctl/config.c \
	src/ctl/ctl.h \
	src/ctl/ctl_options.h \
	src/ctl/import_config.c \
	src/ctl/import_db.c \
	src/ctl/init.c \
	src/ctl/main.c \
	src/ctl/migrate.c \
	src/ctl/shared.c \
	src/ctl/status.c \
	src/ctl/table.c \
	src/ctl/tail.c \
	src/ctl/task.c \
	src/ctl/token.c \
	src/ctl/token_server.c \
	src/ctl/token_server.h \
	src/ctl/token_test.c
sora2apictl_LDADD = $(LIBS_ALL)

# What it draws is text made of numbers, and so tested like the rest.
libsora2api_a_SOURCES += src/ctl/bar.c
noinst_HEADERS += src/ctl/bar.h

bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = conf/bash-completion/sora2apictl
