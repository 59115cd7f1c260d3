# src/upstream
libsora2api_a_SOURCES += \
	src/upstream/account.c \
	src/upstream/account_activate.c \
	src/upstream/account_impl.h \
	src/upstream/account_probe.c \
	src/upstream/account_refresh.c \
	src/upstream/account_run.c \
	src/upstream/account_server.c \
	src/upstream/account_username.c \
	src/upstream/link.c \
	src/upstream/link.h \
	src/upstream/parse_service.c \
	src/upstream/proxy.c \
	src/upstream/proxy_pool.c \
	src/upstream/solver.c \
	src/upstream/solver_call.c
libsora2api_a_SOURCES += \
	src/upstream/answer_json.c \
	src/upstream/answer_json.h \
	src/upstream/client.c \
	src/upstream/exchange.c \
	src/upstream/exchange.h \
	src/upstream/exchange_answer.c \
	src/upstream/exchange_answer.h \
	src/upstream/fetch.c \
	src/upstream/inline.c \
	src/upstream/inline.h \
	src/upstream/pieces.c \
	src/upstream/pieces.h \
	src/upstream/request.c \
	src/upstream/resolve.c \
	src/upstream/resolve.h \
	src/upstream/server_ask.c
libsora2api_a_SOURCES += \
	src/upstream/openai.c \
	src/upstream/openai.h \
	src/upstream/openai_build.c \
	src/upstream/openai_create.c \
	src/upstream/openai_error.c \
	src/upstream/openai_read.c \
	src/upstream/openai_url.c \
	src/upstream/provider.c \
	src/upstream/sora.c \
	src/upstream/sora.h \
	src/upstream/sora_account.c \
	src/upstream/sora_account_read.c \
	src/upstream/sora_build.c \
	src/upstream/sora_cameo.c \
	src/upstream/sora_draft.c \
	src/upstream/sora_error.c \
	src/upstream/sora_image.c \
	src/upstream/sora_lists.c \
	src/upstream/sora_post.c \
	src/upstream/sora_public.c \
	src/upstream/sora_public_read.c \
	src/upstream/sora_quota.c \
	src/upstream/sora_text.c \
	src/upstream/text.c \
	src/upstream/text.h \
	src/upstream/text_judge.c \
	src/upstream/text_words.c
