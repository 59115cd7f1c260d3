noinst_HEADERS += \
	include/arena.h \
	include/attr.h \
	include/buf.h \
	include/clock.h \
	include/digest.h \
	include/error.h \
	include/file.h \
	include/id.h \
	include/json.h \
	include/log.h \
	include/seal.h
noinst_HEADERS += \
	include/client.h \
	include/conf.h \
	include/fetch.h \
	include/http.h \
	include/lounge.h \
	include/model.h \
	include/prompt.h \
	include/provider.h \
	include/task.h \
	include/token.h \
	include/upstream.h
