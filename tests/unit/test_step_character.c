/* SPDX-License-Identifier: MIT */
/* test_step_character.c: what comes next for a task that makes a character. */
#include "fixture.h"

#include <string.h>

#include "character.h"
#include "step_character.h"

#define NOW_MS	1700000123456
#define NOW	(NOW_MS / 1000)
#define LOOK_MS	5000

static struct arena *arena;
static struct character made;

static int
setup(void **state UNUSED)
{
	arena = arena_new();
	made = (struct character){
		.id = 3, .cameo_id = "cameo_1", .username = "cat",
		.username_hint = "lina.harbourcat", .display_name = "Cat",
	};
	return 0;
}

static int
teardown(void **state UNUSED)
{
	arena_free(arena);
	return 0;
}

static struct step_env
an_env(void)
{
	return (struct step_env){
		.now_ms = NOW_MS,
		.clock_ms = NOW_MS,
		.jitter = 0.042,
		.max_retries = 3,
		.image_timeout = 300,
		.video_timeout = 1800,
		.settle_ms = 30000,
		.cameo_ms = LOOK_MS,
		.cache = true,
		.solver = true,
		.arena = arena,
	};
}

/* Of one that makes nothing but the character. */
static struct task
a_task(enum task_step step)
{
	return (struct task){
		.row = 1,
		.token_id = 7,
		.kind = TASK_CHARACTER,
		.status = TASK_PROCESSING,
		.step = step,
		.prompt = "",
		.created_at = NOW - 100,
		.started_at = NOW - 90,
		.submitted_at = step > STEP_CLIP_SENDING ? NOW - 80 : 0,
		.wait_from_ms = NOW_MS - 100000,
		.work_from_ms = NOW_MS - 80000,
		.step_ms = NOW_MS - 5000,
		.due_ms = NOW_MS - 1000,
		.tokens_tried = 1,
		.character_options = "{\"timestamps\":\"0,3\"}",
		.character = step > STEP_CLIP_SENDING ? &made : NULL,
	};
}

/* Of one that makes it for a video. */
static struct task
a_film(enum task_step step)
{
	struct task t = a_task(step);

	t.kind = TASK_VIDEO;
	t.prompt = "jumps";
	return t;
}

static void
assert_step(const char *label, const struct task_change *c,
    enum task_step step, int64_t pause_ms, int attempts)
{
	if (c->status != TASK_PROCESSING || c->step != step ||
	    c->due_ms != NOW_MS + pause_ms || c->attempts != attempts)
		fail_msg("%s: %s, %s, due %+lld ms, %d attempts", label,
		    task_status_name(c->status), task_step_name(c->step),
		    (long long)(c->due_ms - NOW_MS), c->attempts);
}

static void
assert_failed_as(const char *label, const struct task_change *c,
    const char *code, int log_status)
{
	if (c->status != TASK_FAILED || c->step != STEP_DONE ||
	    strcmp(c->error_code, code) != 0 || c->log_status != log_status ||
	    c->error_message == NULL)
		fail_msg("%s: %s, %s, %d", label,
		    task_status_name(c->status),
		    c->error_code == NULL ? "-" : c->error_code,
		    c->log_status);
}

/* ---- the clip ---- */

enum expected { AGAIN, QUEUED, FAILED };

static const struct {
	const char	*label;
	struct outcome	 outcome;
	int		 tokens_tried;
	int		 attempts;
	enum expected	 expected;
	const char	*code;		/* FAILED */
	int		 log_status;
} clips[] = {
	{ "nothing was sent", { .verdict = VERDICT_RETRY, .retry_ms = 2000 },
	    1, 0, AGAIN, NULL, 0 },
	{ "nothing was sent, last", { .verdict = VERDICT_RETRY }, 1, 3,
	    QUEUED, NULL, 0 },
	{ "another account", { .verdict = VERDICT_OTHER }, 1, 0, QUEUED,
	    NULL, 0 },
	{ "no other account", { .verdict = VERDICT_OTHER }, 3, 0, FAILED,
	    "generation_failed", 500 },
	{ "full", { .verdict = VERDICT_SLOT }, 3, 0, QUEUED, NULL, 0 },
	{ "nobody in it", { .verdict = VERDICT_FAIL, .bad_clip = true,
	    .message = "no face" }, 1, 0, FAILED, "invalid_video", 400 },
	{ "policy", { .verdict = VERDICT_FAIL, .policy = true,
	    .message = "no" }, 1, 0, FAILED, "content_policy_violation", 400 },
	{ "refused", { .verdict = VERDICT_FAIL }, 1, 0, FAILED,
	    "generation_failed", 500 },
	{ "lost: not sent again", { .verdict = VERDICT_UNKNOWN }, 1, 0, FAILED,
	    "generation_failed", 500 },
};

static void
a_clip_that_is_not_taken(void **state UNUSED)
{
	const struct step_env env = an_env();

	for (size_t i = 0; i < NELEM(clips); i++) {
		struct task t = a_task(STEP_CLIP_SENDING);
		struct task_change c;

		t.tokens_tried = clips[i].tokens_tried;
		t.attempts = clips[i].attempts;
		step_clip_sent(&t, &clips[i].outcome, &env, &c);
		assert_null(c.cameo);
		assert_false(c.submitted);
		if (clips[i].expected == AGAIN)
			assert_step(clips[i].label, &c, STEP_CLIP, 2021, 1);
		else if (clips[i].expected == FAILED)
			assert_failed_as(clips[i].label, &c, clips[i].code,
			    clips[i].log_status);
		else if (c.status != TASK_QUEUED || c.step != STEP_ASSIGN)
			fail_msg("%s: %s", clips[i].label,
			    task_step_name(c.step));
	}
}

static void
a_clip_that_is_taken_is_a_character_begun(void **state UNUSED)
{
	const struct step_env env = an_env();
	const struct outcome o = { .id = "cameo_9",
	    .token.verdict = TOKEN_FINE };
	struct task t = a_task(STEP_CLIP_SENDING);
	struct task_change c;

	t.character_options = "{\"timestamps\":\"0,3\","
	    "\"instruction_set\":\"say \\\"hi\\\"\"}";
	step_clip_sent(&t, &o, &env, &c);
	assert_step("taken", &c, STEP_CAMEO, 0, 0);
	assert_true(c.submitted);
	assert_false(c.token.accepted);		/* it is no video */
	assert_string_equal("cameo_9", c.cameo->cameo_id);
	assert_string_equal("\"say \\\"hi\\\"\"", c.cameo->instruction_set);
	assert_null(c.cameo->safety_instruction_set);
	assert_true(c.progress > 0);
	t = a_film(STEP_CLIP_SENDING);
	step_clip_sent(&t, &o, &env, &c);
	assert_true(c.progress == 0);		/* the video's own are to come */
}

static void
marks_come_before_what_cannot_be_repeated(void **state UNUSED)
{
	const struct step_env env = an_env();
	const struct outcome refused = { .verdict = VERDICT_REFRESH };
	struct task t = a_task(STEP_CLIP);
	struct task_change c;

	t.attempts = 2;
	step_clip_sending(&t, &env, &c);
	assert_step("clip", &c, STEP_CLIP_SENDING, 0, 2);
	t = a_task(STEP_FINALIZE);
	t.attempts = 1;
	step_finalizing(&t, &env, &c);
	assert_step("name", &c, STEP_FINALIZING, 0, 1);
	/* a process that is no more may have sent them */
	t = a_task(STEP_CLIP_SENDING);
	step_making_interrupted(&t, &env, &c);
	assert_failed_as("clip", &c, "generation_failed", 500);
	t = a_task(STEP_FINALIZING);
	step_making_interrupted(&t, &env, &c);
	assert_step("name", &c, STEP_FINALIZE_LOST, 0, 0);
	/* a token that was refused takes the mark back */
	t = a_task(STEP_CLIP_SENDING);
	step_refused(&t, &refused, &env, &c);
	assert_step("clip", &c, STEP_CLIP, 0, 0);
	t = a_task(STEP_FINALIZING);
	step_refused(&t, &refused, &env, &c);
	assert_step("name", &c, STEP_FINALIZE, 0, 0);
}

/* ---- looks ---- */

static const struct {
	const char	*label;
	enum task_step	 step;
	int		 step_age_ms;
	struct cameo_status cameo;
	bool		 bad_clip;
	bool		 changes;
	enum task_step	 next;
	int64_t		 pause_ms;
	const char	*code;		/* not NULL: it failed */
	int		 log_status;
} looks[] = {
	{ "at work", STEP_CAMEO, 0, { .state = CAMEO_PROCESSING }, false,
	    false, STEP_CAMEO, LOOK_MS, NULL, 0 },
	{ "ready but for the picture", STEP_CAMEO, 99000,
	    { .state = CAMEO_NO_ASSET }, false, true, STEP_ASSET, LOOK_MS,
	    NULL, 0 },
	{ "still no picture", STEP_ASSET, 29999, { .state = CAMEO_NO_ASSET },
	    false, false, STEP_ASSET, LOOK_MS, NULL, 0 },
	{ "no picture for 30 s", STEP_ASSET, 30000,
	    { .state = CAMEO_NO_ASSET }, false, true, STEP_DONE, 0,
	    "generation_failed", 500 },
	{ "ready", STEP_CAMEO, 0, { .state = CAMEO_READY,
	    .asset_url = "https://x/p" }, false, true, STEP_PICTURE, 0, NULL,
	    0 },
	{ "ready at last", STEP_ASSET, 30000, { .state = CAMEO_READY,
	    .asset_url = "https://x/p" }, false, true, STEP_PICTURE, 0, NULL,
	    0 },
	{ "failed", STEP_CAMEO, 0, { .state = CAMEO_FAILED,
	    .message = "too dark" }, false, true, STEP_DONE, 0,
	    "generation_failed", 500 },
	{ "nobody there", STEP_CAMEO, 0, { .state = CAMEO_FAILED,
	    .message = "no face" }, true, true, STEP_DONE, 0,
	    "invalid_video", 400 },
	{ "policy", STEP_CAMEO, 0, { .state = CAMEO_FAILED, .policy = true,
	    .message = "no" }, false, true, STEP_DONE, 0,
	    "content_policy_violation", 400 },
};

static void
each_look_has_its_consequence(void **state UNUSED)
{
	const struct step_env env = an_env();

	for (size_t i = 0; i < NELEM(looks); i++) {
		struct task t = a_task(looks[i].step);
		const struct outcome o = { .cameo = looks[i].cameo,
		    .bad_clip = looks[i].bad_clip };
		struct task_change c;

		t.step_ms = NOW_MS - looks[i].step_age_ms;
		t.attempts = 4;		/* looks that failed before */
		if (step_cameo_seen(&t, &o, &env, &c) != looks[i].changes)
			fail_msg("%s: changes", looks[i].label);
		if (looks[i].code != NULL)
			assert_failed_as(looks[i].label, &c, looks[i].code,
			    looks[i].log_status);
		else
			assert_step(looks[i].label, &c, looks[i].next,
			    looks[i].pause_ms, 0);
		assert_int_equal(looks[i].log_status == 500 ? TOKEN_ERROR
		    : TOKEN_FINE, c.token.verdict);
	}
}

static void
looks_that_fail_become_rare_and_end_nothing(void **state UNUSED)
{
	static const int64_t pauses[] = { 5000, 7500, 11250, 16875, 25312,
	    30000, 30000 };
	const struct step_env env = an_env();
	struct outcome o = { .verdict = VERDICT_OTHER };
	struct task t = a_task(STEP_CAMEO);
	struct task_change c;

	for (size_t i = 0; i < NELEM(pauses); i++) {
		t.attempts = (int)i;
		assert_false(step_cameo_seen(&t, &o, &env, &c));
		assert_step("failed", &c, STEP_CAMEO, pauses[i], (int)i + 1);
	}
	o.token.cooled_until = NOW + 60;
	assert_true(step_cameo_seen(&t, &o, &env, &c));
	assert_int_equal(NOW + 60, c.token.cooled_until);
}

static void
what_was_proposed_is_kept(void **state UNUSED)
{
	const struct step_env env = an_env();
	const struct outcome o = { .cameo = { .state = CAMEO_READY,
	    .username_hint = "lina.cat", .display_name_hint = "Lina's Cat",
	    .asset_url = "https://x/p" } };
	struct task t = a_task(STEP_CAMEO);
	struct task_change c;

	assert_true(step_cameo_seen(&t, &o, &env, &c));
	assert_string_equal("lina.cat", c.cameo->username_hint);
	assert_string_equal("Lina's Cat", c.cameo->display_name);
	assert_string_equal("https://x/p", c.cameo->profile_url);
	t.character_options = "{\"display_name\":\"Mine\"}";
	assert_true(step_cameo_seen(&t, &o, &env, &c));
	assert_string_equal("Mine", c.cameo->display_name);
}

/* ---- picture and name ---- */

static void
a_picture_that_cannot_be_had_is_looked_for_again(void **state UNUSED)
{
	const struct step_env env = an_env();
	const struct task t = a_task(STEP_PICTURE);
	struct task_change c;

	step_picture_failed(&t, "status 403", &env, &c);
	assert_step("no picture", &c, STEP_CAMEO, LOOK_MS, 0);
	assert_string_equal("status 403", c.log_error);
}

static void
the_first_name_comes_with_the_picture(void **state UNUSED)
{
	const struct step_env env = an_env();
	const struct outcome o = { .id = "sediment://file_1" };
	struct task t = a_task(STEP_PICTURE);
	struct task_change c;

	step_picture_sent(&t, &o, &env, &c);
	assert_step("hint", &c, STEP_NAME, 0, 0);
	assert_string_equal("sediment://file_1", c.cameo->asset_pointer);
	assert_string_equal("harbourcat042", c.cameo->username);
	assert_int_equal(0, c.cameo->name_tries);
	t.character_options = "{\"username\":\"wanted\"}";
	step_picture_sent(&t, &o, &env, &c);
	assert_string_equal("wanted", c.cameo->username);
}

static const struct {
	const char	*label;
	struct outcome	 outcome;
	int		 tries;
	int		 attempts;
	enum task_step	 next;
	int64_t		 pause_ms;
	const char	*name;		/* NULL: the same */
} names[] = {
	{ "free", { .facts.available = true }, 0, 0, STEP_FINALIZE, 0, NULL },
	{ "taken", { .facts.available = false }, 0, 0, STEP_NAME, 0,
	    "wanted042" },
	{ "taken again", { .facts.available = false }, 4, 0, STEP_NAME, 0,
	    "wanted042" },
	{ "taken five times more: the time, unasked",
	    { .facts.available = false }, 5, 0, STEP_FINALIZE, 0,
	    "wanted000123" },
	{ "not to be asked now", { .verdict = VERDICT_RETRY,
	    .retry_ms = 2000 }, 0, 0, STEP_NAME, 2021, NULL },
	{ "not to be asked at all", { .verdict = VERDICT_RETRY }, 0, 3,
	    STEP_NAME, 0, "wanted042" },
	{ "a challenge", { .verdict = VERDICT_OTHER, .challenge = true }, 0, 0,
	    STEP_NAME, 3031, NULL },
	{ "refused", { .verdict = VERDICT_FAIL }, 0, 0, STEP_NAME, 0,
	    "wanted042" },
};

static void
names_are_tried_until_one_is_free(void **state UNUSED)
{
	const struct step_env env = an_env();

	for (size_t i = 0; i < NELEM(names); i++) {
		struct task t = a_task(STEP_NAME);
		struct task_change c;

		t.character_options = "{\"username\":\"wanted\"}";
		t.attempts = names[i].attempts;
		made.name_tries = names[i].tries;
		step_name_judged(&t, &names[i].outcome, &env, &c);
		assert_step(names[i].label, &c, names[i].next,
		    names[i].pause_ms, names[i].pause_ms > 0 ? 1 : 0);
		if (names[i].name == NULL) {
			assert_null(c.cameo);
			continue;
		}
		assert_string_equal(names[i].name, c.cameo->username);
		assert_int_equal(names[i].tries + 1, c.cameo->name_tries);
	}
}

/* ---- the character ---- */

static void
one_alone_is_shown(void **state UNUSED)
{
	const struct step_env env = an_env();
	const struct outcome o = { .id = "ch_1" }, nameless = { 0 };
	const struct task t = a_task(STEP_FINALIZING);
	struct task_change c;

	step_finalized(&t, &o, &env, &c);
	assert_step("alone", &c, STEP_SHOW, 0, 0);
	assert_true(c.cameo->finalized);
	assert_string_equal("ch_1", c.cameo->character_id);
	assert_null(c.prompt);
	step_finalized(&t, &nameless, &env, &c);
	assert_int_equal(5 + 24, strlen(c.cameo->character_id));
	assert_memory_equal("char_", c.cameo->character_id, 5);
}

static void
one_for_a_video_is_put_before_its_prompt(void **state UNUSED)
{
	const struct step_env env = an_env();
	const struct outcome o = { .id = "ch_1" }, nameless = { 0 };
	struct task_media image = { .file = "i.png", .mime = "image/png" };
	struct task t = a_film(STEP_FINALIZING);
	struct task_change c;

	step_finalized(&t, &o, &env, &c);
	assert_step("film", &c, STEP_CREATE, 0, 0);
	assert_string_equal("@cat jumps", c.prompt);
	assert_true(c.cameo->finalized);
	assert_false(c.cameo->shown);
	step_finalized(&t, &nameless, &env, &c);
	assert_null(c.cameo->character_id);	/* there is none to delete it by */
	t.media = &image;
	t.n_media = 1;
	step_finalized(&t, &o, &env, &c);
	assert_step("with a picture", &c, STEP_UPLOAD, 0, 0);
}

static void
a_name_that_is_refused_is_followed_by_another(void **state UNUSED)
{
	const struct step_env env = an_env();
	const struct outcome o = { .verdict = VERDICT_FAIL,
	    .name_refused = true, .message = "taken" };
	const struct outcome no = { .verdict = VERDICT_FAIL,
	    .message = "no" };
	const struct task t = a_task(STEP_FINALIZING);
	struct task_change c;

	step_finalized(&t, &o, &env, &c);
	assert_step("first", &c, STEP_NAME, 0, 0);
	assert_string_equal("harbourcat042", c.cameo->username);
	made.name_tries = 5;
	step_finalized(&t, &o, &env, &c);
	assert_step("the time", &c, STEP_FINALIZE, 0, 0);
	assert_string_equal("harbourcat000123", c.cameo->username);
	made.name_tries = 6;
	step_finalized(&t, &o, &env, &c);
	assert_failed_as("no more", &c, "generation_failed", 500);
	step_finalized(&t, &no, &env, &c);
	assert_failed_as("something else", &c, "generation_failed", 500);
}

static void
a_name_whose_answer_was_lost_is_looked_for(void **state UNUSED)
{
	const struct step_env env = an_env();
	const struct outcome lost = { .verdict = VERDICT_UNKNOWN };
	struct task t = a_task(STEP_FINALIZING);
	struct task_change c;

	step_finalized(&t, &lost, &env, &c);
	assert_step("lost", &c, STEP_FINALIZE_LOST, 0, 0);
	t = a_task(STEP_FINALIZE_LOST);
	t.step_ms = NOW_MS - 29999;
	assert_false(step_finalize_missing(&t, &env, &c));
	assert_step("not there", &c, STEP_FINALIZE_LOST, LOOK_MS, 0);
	t.step_ms = NOW_MS - 30000;
	assert_true(step_finalize_missing(&t, &env, &c));
	assert_step("not given", &c, STEP_FINALIZE, 0, 0);
	step_finalize_found(&t, "ch_1", &env, &c);
	assert_step("given", &c, STEP_SHOW, 0, 0);
	assert_string_equal("ch_1", c.cameo->character_id);
}

static const struct {
	const char	*label;
	struct outcome	 outcome;
	int		 attempts;
	bool		 ends;
	bool		 shown;
} shows[] = {
	{ "shown", { .verdict = VERDICT_OK }, 0, true, true },
	{ "again", { .verdict = VERDICT_RETRY }, 2, false, false },
	{ "not again", { .verdict = VERDICT_RETRY }, 3, true, false },
	{ "refused", { .verdict = VERDICT_FAIL }, 0, true, false },
	{ "another account", { .verdict = VERDICT_OTHER }, 0, true, false },
	{ "no token", { .verdict = VERDICT_REFRESH }, 0, true, false },
};

static void
one_that_stays_private_is_there_all_the_same(void **state UNUSED)
{
	const struct step_env env = an_env();

	for (size_t i = 0; i < NELEM(shows); i++) {
		struct task t = a_task(STEP_SHOW);
		struct task_change c;

		t.attempts = shows[i].attempts;
		step_shown(&t, &shows[i].outcome, &env, &c);
		if ((c.status == TASK_COMPLETED) != shows[i].ends ||
		    (c.cameo != NULL && c.cameo->shown) != shows[i].shown)
			fail_msg("%s: %s", shows[i].label,
			    task_status_name(c.status));
		if (!shows[i].ends)
			assert_int_equal(STEP_SHOW, c.step);
	}
}

/* ---- an account and its character belong together ---- */

static void
a_task_with_a_character_stays_with_its_account(void **state UNUSED)
{
	const struct step_env env = an_env();
	const struct outcome other = { .verdict = VERDICT_OTHER },
	    full = { .verdict = VERDICT_SLOT },
	    challenged = { .verdict = VERDICT_OTHER, .challenge = true };
	const struct sighting s = { .state = SEEN_FAILED, .retryable = true };
	struct task t = a_film(STEP_CREATING);
	struct task_change c;

	t.character = &made;
	step_created(&t, &other, &env, &c);
	assert_failed_as("refused", &c, "generation_failed", 500);
	t.attempts = 2;
	step_created(&t, &full, &env, &c);
	assert_step("full", &c, STEP_CREATE, 5052, 2);
	assert_true(c.token.full);
	t.attempts = 3;			/* the solver is of no use */
	t.wait_from_ms = NOW_MS - 20000;
	step_created(&t, &challenged, &env, &c);
	assert_int_equal(TASK_PROCESSING, c.status);
	assert_int_equal(STEP_CREATE, c.step);
	assert_int_equal(3, c.attempts);
	assert_in_range(c.due_ms - NOW_MS, 10000, 13000);
	t.step = STEP_POLL;
	assert_true(step_seen(&t, &s, &env, &c));
	assert_failed_as("failed", &c, "generation_failed", 500);
	t.step = STEP_CREATE;
	step_account_lost(&t, "gone", &env, &c);
	assert_failed_as("lost", &c, "generation_failed", 500);
}

static const struct {
	enum task_step	 step;
	enum task_status status;	/* of a task whose account is lost */
} lost[] = {
	{ STEP_CLIP, TASK_QUEUED },
	{ STEP_CLIP_SENDING, TASK_FAILED },
	{ STEP_CAMEO, TASK_FAILED },
	{ STEP_ASSET, TASK_FAILED },
	{ STEP_PICTURE, TASK_FAILED },
	{ STEP_NAME, TASK_FAILED },
	{ STEP_FINALIZE, TASK_FAILED },
	{ STEP_FINALIZING, TASK_FAILED },
	{ STEP_FINALIZE_LOST, TASK_FAILED },
	{ STEP_SHOW, TASK_COMPLETED },
};

static void
a_lost_account_and_time_end_each_step(void **state UNUSED)
{
	struct step_env env = an_env();

	for (size_t i = 0; i < NELEM(lost); i++) {
		struct task t = a_task(lost[i].step);
		struct task_change c;

		assert_true(step_makes_character(t.step));
		step_account_lost(&t, "gone", &env, &c);
		if (c.status != lost[i].status)
			fail_msg("%s: %s", task_step_name(t.step),
			    task_status_name(c.status));
		env.clock_ms = t.work_from_ms + 600000;
		assert_false(step_expired(&t, &env, &c));
		env.clock_ms = env.asked_ms = step_deadline(&t, &env);
		assert_in_range(env.clock_ms - t.work_from_ms, 600001, 602000);
		assert_true(step_expired(&t, &env, &c));
		if (t.step == STEP_SHOW) {
			assert_int_equal(TASK_COMPLETED, c.status);
			continue;
		}
		assert_failed_as(task_step_name(t.step), &c,
		    "generation_timeout", 408);
		assert_string_equal("Generation timeout after 600 seconds",
		    c.error_message);
	}
}

static void
one_that_was_removed_is_not_gone_on_with(void **state UNUSED)
{
	const struct task t = a_task(STEP_NAME);
	struct task_change c;

	step_character_gone(&t, &c);
	assert_failed_as("removed", &c, "generation_failed", 500);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_clip_that_is_not_taken),
		T(a_clip_that_is_taken_is_a_character_begun),
		T(marks_come_before_what_cannot_be_repeated),
		T(each_look_has_its_consequence),
		T(looks_that_fail_become_rare_and_end_nothing),
		T(what_was_proposed_is_kept),
		T(a_picture_that_cannot_be_had_is_looked_for_again),
		T(the_first_name_comes_with_the_picture),
		T(names_are_tried_until_one_is_free),
		T(one_alone_is_shown),
		T(one_for_a_video_is_put_before_its_prompt),
		T(a_name_that_is_refused_is_followed_by_another),
		T(a_name_whose_answer_was_lost_is_looked_for),
		T(one_that_stays_private_is_there_all_the_same),
		T(a_task_with_a_character_stays_with_its_account),
		T(a_lost_account_and_time_end_each_step),
		T(one_that_was_removed_is_not_gone_on_with),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
