bin_PROGRAMS += sora2apictl
sora2apictl_SOURCES = \
	src/ctl/ctl.h \
	src/ctl/init.c \
	src/ctl/main.c \
	src/ctl/status.c \
	src/ctl/token.c \
	src/ctl/token_server.c \
	src/ctl/token_server.h
sora2apictl_LDADD = $(LIBS_ALL)
