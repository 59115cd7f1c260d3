# src/gen
libsora2api_a_SOURCES += \
	src/gen/model.c \
	src/gen/prompt.c \
	src/gen/field.c \
	src/gen/step.c \
	src/gen/video.c
