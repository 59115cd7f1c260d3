/* SPDX-License-Identifier: MIT */
/* test_character_task.c: characters, the tasks that make them, and mentions. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#include "capability.h"
#include "character_store.h"

static struct task
a_task(struct fixture *f, enum task_kind kind)
{
	static const struct task_media clip = { .file = "c.mp4",
	    .mime = "video/mp4" };
	struct task t = fixture_task(f);

	t.kind = kind;
	t.character_options = "{}";
	t.clip = &clip;
	assert_ok(f, task_submit(f->st, &t, "{}", 100, NULL, &f->e));
	return t;
}

static void
change(struct fixture *f, const struct task *t, enum task_step step,
    const struct cameo_change *cameo)
{
	const struct task_change c = {
		.status = TASK_PROCESSING, .step = step, .cameo = cameo,
		.submitted = cameo->cameo_id != NULL,
	};

	fixture_apply(f, t, &c);
}

static struct task
loaded(struct fixture *f, const struct task *t)
{
	struct task now = fixture_load(f, t);

	assert_ok(f, task_load_media(f->st, &now, f->a, &f->e));
	assert_ok(f, character_load_of_task(f->st, &now, f->a, &f->e));
	return now;
}

/* One that is finalized, of that token. */
static int64_t
stored(struct fixture *f, const char *name, int64_t token,
    const char *visibility)
{
	struct character c = {
		.cameo_id = name, .token_id = token, .username = name,
		.display_name = name, .visibility = visibility,
		.status = "finalized",
	};

	assert_ok(f, character_add(f->st, &c, &f->e));
	return c.id;
}

static void
the_clip_is_no_reference(void **state)
{
	struct fixture *f = *state;
	struct task_media image = { .file = "i.png", .mime = "image/png" };
	struct task_media clip = { .file = "c.webm", .mime = "video/webm" };
	struct task t = fixture_task(f);
	struct task now;

	fixture_token(f, 2);
	t.media = &image;
	t.n_media = 1;
	t.clip = &clip;
	t.character_options = "{\"username\":\"a\"}";
	assert_ok(f, task_submit(f->st, &t, "{}", 100, NULL, &f->e));
	assert_int_equal(STEP_CLIP, t.step);
	now = loaded(f, &t);
	assert_int_equal(STEP_CLIP, now.step);
	assert_int_equal(1, now.n_media);
	assert_string_equal("i.png", now.media[0].file);
	assert_string_equal("c.webm", now.clip->file);
	assert_string_equal("video/webm", now.clip->mime);
	assert_string_equal("{\"username\":\"a\"}", now.character_options);
	assert_null(now.character);
}

static void
what_is_learned_is_in_its_row(void **state)
{
	struct fixture *f = *state;
	const struct cameo_change begun = { .cameo_id = "cameo_1",
	    .instruction_set = "\"purr\"" };
	const struct cameo_change ready = { .username_hint = "a.b",
	    .display_name = "B", .profile_url = "https://x/p" };
	const struct cameo_change named = { .username = "b1",
	    .name_tries = 2, .asset_pointer = "sediment://f" };
	const struct cameo_change given = { .finalized = true,
	    .character_id = "ch_1" };
	const struct cameo_change shown = { .shown = true };
	struct task t, now;

	fixture_token(f, 2);
	t = a_task(f, TASK_CHARACTER);
	change(f, &t, STEP_CAMEO, &begun);
	now = loaded(f, &t);
	assert_string_equal("cameo_1", now.character->cameo_id);
	assert_string_equal("processing", now.character->status);
	assert_int_equal(t.token_id, now.character->token_id);
	assert_false(now.character->temporary);
	assert_true(now.submitted_at > 0);
	change(f, &t, STEP_PICTURE, &ready);
	change(f, &t, STEP_NAME, &named);
	now = loaded(f, &t);
	assert_string_equal("a.b", now.character->username_hint);
	assert_string_equal("B", now.character->display_name);
	assert_string_equal("https://x/p", now.character->profile_url);
	assert_string_equal("b1", now.character->username);
	assert_int_equal(2, now.character->name_tries);
	assert_string_equal("sediment://f", now.character->asset_pointer);
	change(f, &t, STEP_SHOW, &given);
	now = loaded(f, &t);
	assert_string_equal("finalized", now.character->status);
	assert_string_equal("private", now.character->visibility);
	assert_string_equal("ch_1", now.character->character_id);
	assert_int_equal(2, now.character->name_tries);
	change(f, &t, STEP_SHOW, &shown);
	now = loaded(f, &t);
	assert_string_equal("public", now.character->visibility);
	assert_string_equal("\"purr\"", now.character->instruction_set);
	/* one that was removed does not come back */
	assert_ok(f, character_delete(f->st, "cameo_1", &f->e));
	change(f, &t, STEP_SHOW, &shown);
	assert_null(loaded(f, &t).character);
}

static void
an_id_that_comes_again_is_a_new_character(void **state)
{
	struct fixture *f = *state;
	const struct cameo_change begun = { .cameo_id = "old" };
	int64_t token = fixture_token(f, 2);
	struct task t;

	stored(f, "old", token, "public");
	t = a_task(f, TASK_CHARACTER);
	change(f, &t, STEP_CAMEO, &begun);
	assert_string_equal("processing", loaded(f, &t).character->status);
	assert_string_equal("private", loaded(f, &t).character->visibility);
	assert_int_equal(1, fixture_int(f, "SELECT count(*) FROM characters"));
}

static size_t
to_delete(struct fixture *f, int64_t now_ms, struct character **list)
{
	size_t n;

	assert_ok(f, character_to_delete(f->st, now_ms, f->a, list, &n,
	    &f->e));
	return n;
}

static void
end(struct fixture *f, const struct task *t, enum task_status status)
{
	const struct task_change c = { .status = status, .step = STEP_DONE,
	    .log_status = 200 };

	fixture_apply(f, t, &c);
}

static void
a_temporary_one_goes_when_its_task_has_ended(void **state)
{
	struct fixture *f = *state;
	const struct cameo_change begun = { .cameo_id = "cameo_1" };
	const struct cameo_change given = { .finalized = true,
	    .character_id = "ch_1" };
	struct character *list;
	int64_t now = clock_now_ms(), id;
	struct task t;

	fixture_token(f, 2);
	t = a_task(f, TASK_VIDEO);
	change(f, &t, STEP_CAMEO, &begun);
	assert_true(loaded(f, &t).character->temporary);
	assert_int_equal(0, to_delete(f, now, &list));
	change(f, &t, STEP_CREATE, &given);
	assert_int_equal(0, to_delete(f, now, &list));
	end(f, &t, TASK_FAILED);
	assert_int_equal(1, to_delete(f, now, &list));
	assert_string_equal("ch_1", list[0].character_id);
	assert_int_equal(t.token_id, list[0].token_id);
	id = list[0].id;
	assert_ok(f, character_delete_again(f->st, id, now + 5000, &f->e));
	assert_int_equal(0, to_delete(f, now + 4999, &list));
	assert_int_equal(1, to_delete(f, now + 5000, &list));
	assert_int_equal(1, list[0].delete_tries);
	assert_ok(f, character_deleted(f->st, id, &f->e));
	assert_int_equal(0, to_delete(f, now + 5000, &list));
	assert_string_equal("deleted", fixture_text(f,
	    "SELECT status FROM characters"));
}

static void
whatever_ended_it(void **state)
{
	struct fixture *f = *state;
	static const enum task_status ends[] = { TASK_COMPLETED, TASK_FAILED,
	    TASK_CANCELLED };
	struct character *list;
	int64_t now = clock_now_ms();
	char id[16];

	fixture_token(f, -1);
	for (size_t i = 0; i < NELEM(ends) + 1; i++) {
		struct cameo_change c = { .cameo_id = id, .finalized = true };
		struct task t = a_task(f, TASK_VIDEO);

		snprintf(id, sizeof(id), "cameo_%zu", i);
		change(f, &t, STEP_CREATE, &c);
		assert_int_equal(i, to_delete(f, now, &list));
		if (i < NELEM(ends))
			end(f, &t, ends[i]);
		else
			assert_ok(f, task_delete(f->st, t.task_id, &f->e));
		assert_int_equal(i + 1, to_delete(f, now, &list));
	}
	assert_ok(f, character_delete_again(f->st, list[0].id, 0, &f->e));
	assert_int_equal(NELEM(ends), to_delete(f, INT64_MAX, &list));
}

static void
one_that_stays_is_not_deleted(void **state)
{
	struct fixture *f = *state;
	const struct cameo_change c = { .cameo_id = "cameo_1",
	    .finalized = true };
	struct character *list;
	struct task t;

	fixture_token(f, 2);
	t = a_task(f, TASK_CHARACTER);
	change(f, &t, STEP_SHOW, &c);
	end(f, &t, TASK_COMPLETED);
	assert_int_equal(0, to_delete(f, INT64_MAX, &list));
}

static void
a_client_that_leaves_cancels_until_the_clip_is_sent(void **state)
{
	struct fixture *f = *state;
	const struct cameo_change begun = { .cameo_id = "cameo_1" };
	bool cancelled;
	struct task t;

	fixture_token(f, -1);
	t = a_task(f, TASK_VIDEO);
	assert_ok(f, task_cancel(f->st, t.row, true, "left", &cancelled,
	    &f->e));
	assert_true(cancelled);
	t = a_task(f, TASK_VIDEO);
	change(f, &t, STEP_CREATE, &begun);
	assert_ok(f, task_cancel(f->st, t.row, true, "left", &cancelled,
	    &f->e));
	assert_false(cancelled);
	assert_ok(f, task_cancel(f->st, t.row, false, "left", &cancelled,
	    &f->e));
	assert_true(cancelled);
}

static void
what_is_made_once_more_makes_another_character(void **state)
{
	struct fixture *f = *state;
	const struct cameo_change begun = { .cameo_id = "cameo_1",
	    .username = "a_cat", .finalized = true };
	struct task t, now;
	struct task_change c = {
		.status = TASK_PROCESSING, .step = STEP_CREATE,
		.prompt = "@a_cat jumps", .cameo = &begun, .submitted = true,
	};
	const char *id;

	fixture_token(f, 2);
	t = a_task(f, TASK_VIDEO);
	fixture_apply(f, &t, &c);
	end(f, &t, TASK_FAILED);
	fixture_exec(f, "UPDATE tasks SET error_code = 'generation_timeout',"
	    " needs = 'n'");
	assert_failed(f, ERR_CONFLICT, "--force", task_retry(f->st, t.task_id,
	    false, f->a, &id, &f->e));
	assert_ok(f, task_retry(f->st, t.task_id, true, f->a, &id, &f->e));
	assert_ok(f, task_load(f->st, id, f->a, &now, &f->e));
	now = loaded(f, &now);
	assert_string_equal("n", fixture_text(f, "SELECT needs FROM tasks"
	    " WHERE task_id = '%s'", id));
	assert_string_equal("jumps", now.prompt);
	assert_string_equal("{}", now.character_options);
	assert_non_null(now.clip);
	assert_null(now.character);
}

static void
one_provider_alone_makes_characters(void **state)
{
	struct fixture *f = *state;
	int64_t sora = fixture_token(f, 1);
	struct token server = {
		.provider = "openai", .base_url = "https://gpu.example.com",
		.token = "", .is_active = true, .video_enabled = true,
		.image_concurrency = -1, .video_concurrency = -1,
	};
	struct task first, second, video = fixture_task(f);
	struct need need = need_of_task(&video, 0);
	int assigned;

	assert_ok(f, token_add(f->st, &server, &f->e));
	first = a_task(f, TASK_CHARACTER);
	assert_int_equal(sora, first.token_id);
	second = a_task(f, TASK_VIDEO);
	assert_int_equal(TASK_QUEUED, second.status);
	/* one that waits for the provider holds up nobody behind it */
	video.needs = need_print(&need, f->a);
	assert_ok(f, task_submit(f->st, &video, "{}", 100, NULL, &f->e));
	assert_ok(f, task_assign_queued(f->st, 0, &assigned, &f->e));
	assert_int_equal(server.id, fixture_load(f, &video).token_id);
	end(f, &first, TASK_FAILED);
	assert_ok(f, task_assign_queued(f->st, 0, &assigned, &f->e));
	second = fixture_load(f, &second);
	assert_int_equal(sora, second.token_id);
	assert_int_equal(STEP_CLIP, second.step);
	end(f, &second, TASK_FAILED);
	fixture_exec(f, "UPDATE tokens SET is_active = 0 WHERE id = %d",
	    (int)sora);
	first = fixture_task(f);
	first.kind = TASK_CHARACTER;
	first.character_options = "{}";
	assert_failed(f, ERR_NO_TOKEN, "No active tokens",
	    task_submit(f->st, &first, "{}", 100, NULL, &f->e));
}

static const struct {
	const char	*prompt;
	int		 token;		/* 0: any; -1: refused */
} mentions[] = {
	{ "a cat", 0 },
	{ "@mine", 1 },
	{ "look,@MINE!", 1 },
	{ "mail me@mine", 0 },
	{ "@mine2 and @min", 0 },
	{ "@yours then @yours", 2 },
	{ "@open", 0 },
	{ "@open with @mine", 1 },
	{ "@mine with @also", 1 },
	{ "@mine with @yours", -1 },
	{ "@old", 0 },
};

static void
a_private_character_binds_its_account(void **state)
{
	struct fixture *f = *state;

	stored(f, "mine", 1, "private");
	stored(f, "also", 1, "private");
	stored(f, "yours", 2, "private");
	stored(f, "open", 2, "public");
	stored(f, "old", 2, "private");
	fixture_exec(f, "UPDATE characters SET status = 'deleted'"
	    " WHERE username = 'old'");
	for (size_t i = 0; i < NELEM(mentions); i++) {
		int64_t token = -1;

		print_message("# %s\n", mentions[i].prompt);
		if (mentions[i].token < 0) {
			assert_failed(f, ERR_INVALID_VALUE, "different",
			    character_bound_token(f->st, mentions[i].prompt,
			    "messages", f->a, &token, &f->e));
			assert_string_equal("messages", f->e.param);
			continue;
		}
		assert_ok(f, character_bound_token(f->st, mentions[i].prompt,
		    "prompt", f->a, &token, &f->e));
		assert_int_equal(mentions[i].token, token);
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(the_clip_is_no_reference),
		T(what_is_learned_is_in_its_row),
		T(an_id_that_comes_again_is_a_new_character),
		T(a_temporary_one_goes_when_its_task_has_ended),
		T(whatever_ended_it),
		T(one_that_stays_is_not_deleted),
		T(a_client_that_leaves_cancels_until_the_clip_is_sent),
		T(what_is_made_once_more_makes_another_character),
		T(one_provider_alone_makes_characters),
		T(a_private_character_binds_its_account),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
