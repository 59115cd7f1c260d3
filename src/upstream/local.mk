# SPDX-License-Identifier: MIT
# src/upstream: client/ is the one HTTP client and the reading of any answer;
# sora/ and openai/ are providers; token/ is work on a token; service/ helps.
libsora2api_a_SOURCES += src/upstream/provider.c src/upstream/provider_more.c

libsora2api_a_SOURCES += \
	src/upstream/client/answer_json.c \
	src/upstream/client/answer_json.h \
	src/upstream/client/client.c \
	src/upstream/client/exchange.c \
	src/upstream/client/exchange.h \
	src/upstream/client/exchange_answer.c \
	src/upstream/client/exchange_answer.h \
	src/upstream/client/fetch.c \
	src/upstream/client/inline.c \
	src/upstream/client/inline.h \
	src/upstream/client/link.c \
	src/upstream/client/link.h \
	src/upstream/client/pieces.c \
	src/upstream/client/pieces.h \
	src/upstream/client/proxy.c \
	src/upstream/client/proxy_pool.c \
	src/upstream/client/request.c \
	src/upstream/client/resolve.c \
	src/upstream/client/resolve.h \
	src/upstream/client/text.c \
	src/upstream/client/text.h \
	src/upstream/client/text_judge.c \
	src/upstream/client/text_words.c

libsora2api_a_SOURCES += \
	src/upstream/sora/account.c \
	src/upstream/sora/account_read.c \
	src/upstream/sora/build.c \
	src/upstream/sora/cameo.c \
	src/upstream/sora/draft.c \
	src/upstream/sora/error.c \
	src/upstream/sora/image.c \
	src/upstream/sora/lists.c \
	src/upstream/sora/post.c \
	src/upstream/sora/public.c \
	src/upstream/sora/public_read.c \
	src/upstream/sora/quota.c \
	src/upstream/sora/sora.c \
	src/upstream/sora/sora.h \
	src/upstream/sora/text.c

libsora2api_a_SOURCES += \
	src/upstream/openai/build.c \
	src/upstream/openai/create.c \
	src/upstream/openai/error.c \
	src/upstream/openai/failure.c \
	src/upstream/openai/openai.c \
	src/upstream/openai/openai.h \
	src/upstream/openai/options.c \
	src/upstream/openai/options.h \
	src/upstream/openai/options_presets.c \
	src/upstream/openai/options_url.c \
	src/upstream/openai/pause.c \
	src/upstream/openai/read.c \
	src/upstream/openai/server_ask.c \
	src/upstream/openai/server_ask.h \
	src/upstream/openai/terms.c \
	src/upstream/openai/url.c

libsora2api_a_SOURCES += \
	src/upstream/token/account.c \
	src/upstream/token/account_activate.c \
	src/upstream/token/account_impl.h \
	src/upstream/token/account_probe.c \
	src/upstream/token/account_refresh.c \
	src/upstream/token/account_run.c \
	src/upstream/token/account_server.c \
	src/upstream/token/account_username.c

libsora2api_a_SOURCES += \
	src/upstream/service/parse_service.c \
	src/upstream/service/solver.c \
	src/upstream/service/solver_call.c
