# SPDX-License-Identifier: MIT
libsora2api_a_SOURCES += \
	src/base/address.c \
	src/base/arena.c \
	src/base/base64.c \
	src/base/blank.c \
	src/base/buf.c \
	src/base/clock.c \
	src/base/command_line.c \
	src/base/conf.c \
	src/base/conf_check.c \
	src/base/conf_import.c \
	src/base/conf_items.c \
	src/base/conf_rules.c \
	src/base/conf_text.c \
	src/base/digest.c \
	src/base/due.c \
	src/base/error.c \
	src/base/file.c \
	src/base/heap.c \
	src/base/holder.c \
	src/base/id.c \
	src/base/json.c \
	src/base/json_build.c \
	src/base/json_check.c \
	src/base/json_digest.c \
	src/base/log.c \
	src/base/media_type.c \
	src/base/meter.c \
	src/base/notify.c \
	src/base/number.c \
	src/base/seal.c \
	src/base/settings.c \
	src/base/shared.c \
	src/base/token_claims.c \
	src/base/toml.c \
	src/base/work_clock.c \
	src/base/xalloc.c

noinst_HEADERS += \
	src/base/conf_items.h \
	src/base/conf_rules.h \
	src/base/toml.h
