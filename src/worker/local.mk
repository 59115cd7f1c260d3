# SPDX-License-Identifier: MIT
sbin_PROGRAMS += sora2api
sora2api_SOURCES = src/worker/main.c
sora2api_LDADD = $(LIBS_ALL)
