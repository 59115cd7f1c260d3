/* SPDX-License-Identifier: MIT */
/*
 * fuzz_generation.c: any JSON as a request for images, characters and chats.
 *
 * The first byte picks what is asked, and a bit of it that the body was a form.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "attr.h"
#include "character_request.h"
#include "chat_request.h"
#include "fuzz.h"
#include "image_request.h"

static void
need(bool holds)
{
	if (!holds)
		abort();
}

/* What is refused names a field and is the client's fault. */
static bool
judge(enum err rc, const struct error *e)
{
	if (rc == ERR_OK)
		return true;
	need(e->code == rc && e->param != NULL && error_row(rc)->status == 400);
	return false;
}

static void
check_options(const struct character_options *o, struct arena *a)
{
	struct character_options again;
	const char *name;

	need(o->timestamps != NULL);
	character_options_load(character_options_print(o, a), a, &again);
	need(strcmp(o->timestamps, again.timestamps) == 0);
	need((o->username == NULL) == (again.username == NULL));
	for (int i = 0; (name = character_username(o->username,
	    o->display_name, i, 7, 1774688900, a)) != NULL; i++)
		need(*name != '\0' && strlen(name) <= 30);
	need(*character_display_name(NULL, o->instruction_set, a) != '\0');
}

static void
chat(const cJSON *body, struct arena *a)
{
	struct chat_request r;
	struct error e;
	struct task t;

	if (!judge(chat_parse(body, NULL, a, &r, &e), &e))
		return;
	chat_task(&r, a, &t);
	need((*r.prompt == '\0') == (r.work == CHAT_CHARACTER));
	need((r.remix_target != NULL) == (r.work == CHAT_REMIX));
	need(r.n_images <= (r.means->video ? 1 : MEDIA_REFS_MAX));
	need(t.model != NULL && t.operation != NULL && t.task_id != NULL);
	if (r.has_video)
		check_options(&r.character, a);
}

static void
image(const struct request_body *b, bool edit, struct arena *a)
{
	struct image_request r;
	struct error e;
	struct task t;

	if (!judge(image_parse(b, edit, NULL, a, &r, &e), &e))
		return;
	image_task(&r, a, &t);
	need(t.kind == TASK_IMAGE && *t.prompt != '\0' && t.size != NULL);
	need(r.n_refs <= MEDIA_REFS_MAX && (!edit || r.n_refs > 0));
}

static void
character(const struct request_body *b, struct arena *a)
{
	struct character_request r;
	struct error e;
	struct task t;

	if (!judge(character_parse(b, a, &r, &e), &e))
		return;
	character_task(&r, a, &t);
	need(r.video.field != NULL);
	check_options(&r.options, a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const uploads[] = { "image[]", "image[1]" };
	struct arena *a = arena_new();
	cJSON *body = NULL;
	struct error e;

	if (len > 0 && json_parse_object((const char *)data + 1, len - 1,
	    &body, &e) == ERR_OK) {
		bool form = (data[0] & 4) != 0;
		const struct request_body b = { .fields = body, .text = form,
		    .uploads = uploads,
		    .n_uploads = form ? NELEM(uploads) : 0 };

		if ((data[0] & 3) == 0)
			chat(body, a);
		else if ((data[0] & 3) == 3)
			character(&b, a);
		else
			image(&b, (data[0] & 3) == 2, a);
	}
	cJSON_Delete(body);
	arena_free(a);
	return 0;
}
