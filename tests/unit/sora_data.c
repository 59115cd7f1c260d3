/* SPDX-License-Identifier: MIT */
/* sora_data.c: recorded answers, and the parts that every call to the provider needs. */
#include "sora_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arena.h"

#define FILE_MAX	(64 * 1024)

int
sora_data_open(void **state)
{
	static const struct conf_header none[] = { { NULL, NULL } };
	struct arena *a = arena_new();
	struct sora_data *d = arena_alloc(a, sizeof(*d));

	d->a = a;
	d->conf = (struct conf){
		.sora_base_url = "https://up.example/backend",
		.sora_share_url = "https://share.example",
		.sora_user_agent = "", .sora_model = "sy_8",
		.sora_model_pro = "sy_ore", .sora_timeout = 30,
		.sora_create_timeout = 120, .sora_max_retries = 3,
		.sora_extra_headers = none,
	};
	d->token = (struct token){ .id = 1, .provider = "sora",
	    .token = "tok-1" };
	d->task = (struct task){ .kind = TASK_VIDEO, .task_id = "sora-2-1",
	    .model = "sora-video-landscape-10s", .prompt = "a quiet harbour" };
	d->in = (struct call_input){ .conf = &d->conf, .token = &d->token,
	    .task = &d->task };
	*state = d;
	return 0;
}

int
sora_data_close(void **state)
{
	struct sora_data *d = *state;

	arena_free(d->a);
	return 0;
}

const char *
sora_data_file(struct sora_data *d, const char *name)
{
	const char *top = getenv("abs_top_srcdir");
	const char *path = arena_printf(d->a, "%s/tests/unit/data/sora/%s",
	    top != NULL ? top : ".", name);
	char *text = arena_alloc(d->a, FILE_MAX);
	FILE *f = fopen(path, "r");

	if (f == NULL)
		fail_msg("%s is missing", path);
	assert_true(fread(text, 1, FILE_MAX - 1, f) > 0);
	fclose(f);
	return text;
}

void
sora_data_parse(struct sora_data *d, enum call call, long status,
    const char *body, int attempt, struct outcome *out)
{
	struct call_response r = { .status = status, .body = body,
	    .body_len = strlen(body) };

	d->in.call = call;
	provider_parse(&provider_sora, &d->in, &r, attempt, SORA_NOW, d->a, out);
}
