/* SPDX-License-Identifier: MIT */
/* task_change.c: a copy of a decision in memory of its own. */
#include "arena.h"
#include "attr.h"
#include "task.h"

static void
keep_strings(const char **const *strings, size_t n, struct arena *a)
{
	for (size_t i = 0; i < n; i++)
		*strings[i] = arena_strdup(a, *strings[i]);
}

static const struct cameo_change *
keep_cameo(const struct cameo_change *c, struct arena *a)
{
	struct cameo_change *copy = arena_alloc(a, sizeof(*copy));
	const char **const strings[] = {
		&copy->cameo_id, &copy->username_hint, &copy->username,
		&copy->display_name, &copy->profile_url,
		&copy->instruction_set, &copy->safety_instruction_set,
		&copy->asset_pointer, &copy->character_id,
	};

	*copy = *c;
	keep_strings(strings, NELEM(strings), a);
	return copy;
}

void
task_change_keep(struct task_change *c, struct arena *a)
{
	const char **const strings[] = {
		&c->size, &c->upstream_id, &c->generation_id, &c->permalink,
		&c->post_id, &c->source_url, &c->fetch_url, &c->result_file,
		&c->result_url, &c->media_id, &c->prompt, &c->error_code,
		&c->error_message, &c->log_error,
	};

	keep_strings(strings, NELEM(strings), a);
	if (c->cameo != NULL)
		c->cameo = keep_cameo(c->cameo, a);
}
