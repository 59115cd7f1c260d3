bin_PROGRAMS += sora2apictl
sora2apictl_SOURCES = \
	src/ctl/ctl.h \
	src/ctl/init.c \
	src/ctl/main.c \
	src/ctl/status.c \
	src/ctl/token.c
sora2apictl_LDADD = $(LIBS_ALL)
