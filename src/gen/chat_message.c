/* SPDX-License-Identifier: MIT */
/* chat_message.c: what the last message of a user says. */
#include "chat_message.h"

#include <string.h>

#include "blank.h"
#include "buf.h"
#include "request_impl.h"

#define PARAM	"messages"

static enum err
invalid(enum err code, const char *what, struct error *e)
{
	return error_set(e, code, PARAM, "%s", what);
}

/* ---- parts ---- */

static enum err
read_text(const cJSON *part, struct buf *text, struct error *e)
{
	const char *s = json_string(part, "text");

	if (s == NULL)
		return invalid(ERR_INVALID_TYPE, "Invalid type for 'text' in a "
		    "message's part: expected string", e);
	if (text->len > 0)
		buf_puts(text, "\n");
	buf_puts(text, s);
	return ERR_OK;
}

/* The member that holds the address: a string, or an object with the string. */
static enum err
read_link(const cJSON *part, const char *member, struct media_ref *ref,
    struct error *e)
{
	const cJSON *link = json_get(part, member);

	if (!cJSON_IsString(link) && !(cJSON_IsObject(link) &&
	    (json_string(link, "url") != NULL ||
	    json_get(link, "file_id") != NULL)))
		return error_set(e, ERR_INVALID_TYPE, PARAM, "Invalid type for "
		    "'%s' in a message's part: expected an object with url",
		    member);
	*ref = (struct media_ref){ .field = PARAM, .node = link };
	return ERR_OK;
}

static enum err
read_image(const cJSON *part, struct chat_message *m, struct error *e)
{
	if (m->n_images == MEDIA_REFS_MAX)
		return invalid(ERR_INVALID_VALUE, "too many images", e);
	return read_link(part, "image_url", &m->images[m->n_images++], e);
}

static enum err
read_video(const cJSON *part, struct chat_message *m, struct error *e)
{
	struct media_ref ref;
	enum err rc;

	if ((rc = read_link(part, "video_url", &ref, e)) != ERR_OK)
		return rc;
	if (m->n_videos++ == 0)
		m->video = ref;
	return ERR_OK;
}

static enum err
read_part(const cJSON *part, struct chat_message *m, struct buf *text,
    struct error *e)
{
	const char *type = json_string(part, "type");

	if (!cJSON_IsObject(part))
		return invalid(ERR_INVALID_TYPE, "Invalid type for a message's "
		    "part: expected object", e);
	if (type == NULL)
		return invalid(ERR_INVALID_VALUE, "a message's part must have "
		    "a type", e);
	if (strcmp(type, "text") == 0)
		return read_text(part, text, e);
	if (strcmp(type, "image_url") == 0)
		return read_image(part, m, e);
	if (strcmp(type, "video_url") == 0)
		return read_video(part, m, e);
	return error_set(e, ERR_INVALID_VALUE, PARAM, "a message's part must "
	    "be of type text, image_url or video_url, not %.64s", type);
}

/* ---- messages ---- */

/* An answer that only calls tools has no content. */
static enum err
check_message(const cJSON *message, struct error *e)
{
	const cJSON *content = json_get(message, "content");
	const cJSON *role = json_get(message, "role");

	if (role == NULL)
		return invalid(ERR_MISSING, "Missing required field: role of a "
		    "message", e);
	if (!cJSON_IsString(role))
		return invalid(ERR_INVALID_TYPE, "Invalid type for 'role' of a "
		    "message: expected string", e);
	if (content == NULL && strcmp(role->valuestring, "assistant") != 0)
		return invalid(ERR_MISSING, "Missing required field: content "
		    "of a message", e);
	if (content != NULL && !cJSON_IsString(content) &&
	    !cJSON_IsArray(content))
		return invalid(ERR_INVALID_TYPE, "Invalid type for 'content' "
		    "of a message: expected string or array", e);
	return ERR_OK;
}

static enum err
last_user_message(const cJSON *messages, const cJSON **out, struct error *e)
{
	const cJSON *message;
	enum err rc;

	*out = NULL;
	cJSON_ArrayForEach(message, messages) {
		if ((rc = check_message(message, e)) != ERR_OK)
			return rc;
		if (strcmp(json_string(message, "role"), "user") == 0)
			*out = message;
	}
	return *out != NULL ? ERR_OK : invalid(ERR_INVALID_VALUE,
	    "there is no message of role user", e);
}

static enum err
set_prompt(struct chat_message *m, const char *text, struct arena *a,
    struct error *e)
{
	m->prompt = blank_trim(text, a);
	if (utf8_count(m->prompt, strlen(m->prompt)) <= MAX_PROMPT)
		return ERR_OK;
	return error_set(e, ERR_INVALID_VALUE, PARAM,
	    "the prompt must have at most %d characters", MAX_PROMPT);
}

enum err
chat_message_read(const cJSON *messages, struct arena *a,
    struct chat_message *out, struct error *e)
{
	const cJSON *message, *content, *part;
	struct buf text;
	enum err rc;

	*out = (struct chat_message){ .prompt = "" };
	if ((rc = last_user_message(messages, &message, e)) != ERR_OK)
		return rc;
	content = json_get(message, "content");
	if (cJSON_IsString(content))
		return set_prompt(out, content->valuestring, a, e);
	buf_init(&text, SIZE_MAX / 4);
	cJSON_ArrayForEach(part, content)
		if ((rc = read_part(part, out, &text, e)) != ERR_OK)
			break;
	if (rc == ERR_OK)
		rc = set_prompt(out, text.data, a, e);
	buf_clear(&text);
	return rc;
}
