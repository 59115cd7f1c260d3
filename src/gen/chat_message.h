/* SPDX-License-Identifier: MIT */
/* chat_message.h: what the last message of a user says. */
#ifndef CHAT_MESSAGE_H
#define CHAT_MESSAGE_H

#include <stddef.h>

#include "error.h"
#include "media_ref.h"

struct arena;

struct chat_message {
	const char	*prompt;	/* its texts, one a line, trimmed; "" when there is none */
	struct media_ref images[MEDIA_REFS_MAX];
	size_t		 n_images;
	struct media_ref video;		/* the first, */
	size_t		 n_videos;	/* of that many */
};

/* Checks all messages and reads the last one of role "user"; the errors' param is "messages". */
MUST_CHECK enum err chat_message_read(const cJSON *messages, struct arena *a,
    struct chat_message *out, struct error *e);

#endif
