# SPDX-License-Identifier: MIT
libsora2api_a_SOURCES += \
	src/http/anteroom.c \
	src/http/anteroom.h \
	src/http/body.c \
	src/http/budget.c \
	src/http/dispatch.c \
	src/http/fields.c \
	src/http/fields.h \
	src/http/form.c \
	src/http/io.h \
	src/http/listen.c \
	src/http/lounge.c \
	src/http/lounge_impl.h \
	src/http/lounge_tell.c \
	src/http/media.c \
	src/http/media.h \
	src/http/multipart.c \
	src/http/multipart.h \
	src/http/parked.c \
	src/http/parked.h \
	src/http/part.c \
	src/http/part.h \
	src/http/query.c \
	src/http/record.c \
	src/http/record.h \
	src/http/request.c \
	src/http/response.c \
	src/http/router.c \
	src/http/router.h \
	src/http/server.c \
	src/http/url.h
