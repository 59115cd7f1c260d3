/* SPDX-License-Identifier: MIT */
/* test_model.c: the catalogue, its aliases, and sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "attr.h"
#include "model.h"

static const struct {
	const char	*id;
	const char	*description;
} listed[] = {
	{ "sora-video-landscape-10s", "Video generation - landscape" },
	{ "sora-video-portrait-10s", "Video generation - portrait" },
	{ "sora-video-landscape-15s", "Video generation - landscape" },
	{ "sora-video-portrait-15s", "Video generation - portrait" },
	{ "sora-video-landscape-25s", "Video generation - landscape" },
	{ "sora-video-portrait-25s", "Video generation - portrait" },
	{ "sora-image", "Image generation - 1024x1024" },
	{ "sora-image-landscape", "Image generation - 1792x1024" },
	{ "sora-image-portrait", "Image generation - 1024x1792" },
	{ "sora-video-10s", "Video generation - landscape" },
	{ "sora-video-15s", "Video generation - landscape" },
	{ "sora-video-25s", "Video generation - landscape" },
	{ "sora-2", "Video generation - landscape" },
	{ "gpt-image-2", "Image generation - 1024x1024" },
};

static void
the_list_has_the_models_then_the_listed_aliases(void **state UNUSED)
{
	const char *id, *description;

	for (size_t i = 0; i < NELEM(listed); i++) {
		assert_true(model_listed(i, &id, &description));
		assert_string_equal(listed[i].id, id);
		assert_string_equal(listed[i].description, description);
	}
	assert_false(model_listed(NELEM(listed), &id, &description));
	assert_false(model_listed(SIZE_MAX, &id, &description));
}

static const struct model catalogue[] = {
	{ "sora-video-landscape-10s", true, LANDSCAPE, 10, 300, "1280x720", 0, 0, NULL },
	{ "sora-video-portrait-10s", true, PORTRAIT, 10, 300, "720x1280", 0, 0, NULL },
	{ "sora-video-landscape-15s", true, LANDSCAPE, 15, 450, "1280x720", 0, 0, NULL },
	{ "sora-video-portrait-15s", true, PORTRAIT, 15, 450, "720x1280", 0, 0, NULL },
	{ "sora-video-landscape-25s", true, LANDSCAPE, 25, 750, "1280x720", 0, 0, NULL },
	{ "sora-video-portrait-25s", true, PORTRAIT, 25, 750, "720x1280", 0, 0, NULL },
	{ "sora-image", false, SQUARE, 0, 1, "1024x1024", 360, 360, NULL },
	{ "sora-image-landscape", false, LANDSCAPE, 0, 1, "1792x1024", 540, 360, NULL },
	{ "sora-image-portrait", false, PORTRAIT, 0, 1, "1024x1792", 360, 540, NULL },
};

static void
each_model_asks_the_upstream_for_what_it_names(void **state UNUSED)
{
	for (size_t i = 0; i < NELEM(catalogue); i++) {
		const struct model *want = &catalogue[i];
		const struct model *m = model_get(want->id);

		print_message("# %s\n", want->id);
		assert_non_null(m);
		assert_string_equal(want->id, m->id);
		assert_int_equal(want->video, m->video);
		assert_int_equal(want->orientation, m->orientation);
		assert_int_equal(want->seconds, m->seconds);
		assert_int_equal(want->frames, m->frames);
		assert_string_equal(want->size, m->size);
		assert_int_equal(want->box_width, m->box_width);
		assert_int_equal(want->box_height, m->box_height);
		assert_ptr_equal(m, want->video ?
		    model_video(want->orientation, want->seconds) :
		    model_image(want->orientation));
	}
	assert_null(model_get("sora-2"));
	assert_null(model_get(""));
	assert_null(model_video(LANDSCAPE, 5));
	assert_null(model_video(LANDSCAPE, 0));
	assert_null(model_video(SQUARE, 10));
}

/* What a name means in chat, videos, images, characters; NULL: not accepted there. */
static const struct {
	const char	*id;
	const char	*means[4];
} names[] = {
#define L(n) "sora-video-landscape-" #n "s"
#define P(n) "sora-video-portrait-" #n "s"
#define I(o) "sora-image" o
	{ L(10), { L(10), NULL, NULL, L(10) } },
	{ P(25), { P(25), NULL, NULL, P(25) } },
	{ I(""), { I(""), NULL, I(""), NULL } },
	{ I("-portrait"), { I("-portrait"), NULL, I("-portrait"), NULL } },
	{ "sora-video-10s", { L(10), NULL, NULL, L(10) } },
	{ "sora-video-15s", { L(15), NULL, NULL, L(15) } },
	{ "sora-video-25s", { L(25), NULL, NULL, L(25) } },
	{ "sora-2", { L(10), L(15), NULL, L(10) } },
	{ "sora", { NULL, L(15), NULL, NULL } },
	{ "sora2", { NULL, L(15), NULL, NULL } },
	{ "sora-2-2025-10-06", { NULL, L(15), NULL, NULL } },
	{ "sora-2-2025-12-08", { NULL, L(15), NULL, NULL } },
	{ "sora-2-pro", { NULL, L(15), NULL, NULL } },
	{ "sora2-pro", { NULL, L(15), NULL, NULL } },
	{ "sora2pro", { NULL, L(15), NULL, NULL } },
	{ "sora-2-pro-2025-10-06", { NULL, L(15), NULL, NULL } },
	{ "sora2-10s", { L(10), NULL, NULL, L(10) } },
	{ "sora2-15s", { L(15), NULL, NULL, L(15) } },
	{ "sora2-25s", { L(25), NULL, NULL, L(25) } },
	{ "sora2-landscape-10s", { L(10), NULL, NULL, L(10) } },
	{ "sora2-landscape-15s", { L(15), NULL, NULL, L(15) } },
	{ "sora2-landscape-25s", { L(25), NULL, NULL, L(25) } },
	{ "sora2-portrait-10s", { P(10), NULL, NULL, P(10) } },
	{ "sora2-portrait-15s", { P(15), NULL, NULL, P(15) } },
	{ "sora2-portrait-25s", { P(25), NULL, NULL, P(25) } },
	{ "gpt-image-2", { I(""), NULL, I(""), NULL } },
	{ "gpt-image-2-2026-04-21", { I(""), NULL, I(""), NULL } },
	{ "gpt-image-1", { I(""), NULL, I(""), NULL } },
	{ "gpt-image", { I(""), NULL, I(""), NULL } },
	{ "gpt-image-landscape", { I("-landscape"), NULL, I("-landscape"), NULL } },
	{ "gpt-image-portrait", { I("-portrait"), NULL, I("-portrait"), NULL } },
	{ "Sora-2", { NULL, NULL, NULL, NULL } },
	{ "sora-2 ", { NULL, NULL, NULL, NULL } },
	{ "sora-2-2024-01-01", { NULL, NULL, NULL, NULL } },
	{ "sora-video-landscape-5s", { NULL, NULL, NULL, NULL } },
	{ "gpt-image-3", { NULL, NULL, NULL, NULL } },
	{ "", { NULL, NULL, NULL, NULL } },
};

static void
a_name_is_accepted_only_where_it_belongs(void **state UNUSED)
{
	static const enum model_use uses[] = { USE_CHAT, USE_VIDEOS, USE_IMAGES,
	    USE_CHARACTERS };

	for (size_t i = 0; i < NELEM(names); i++)
		for (size_t u = 0; u < NELEM(uses); u++) {
			const struct model *m = model_find(names[i].id, uses[u]);

			print_message("# case %zu, use %zu\n", i, u);
			if (names[i].means[u] == NULL) {
				assert_null(m);
				continue;
			}
			assert_non_null(m);
			assert_string_equal(names[i].means[u], m->id);
		}
}

static const struct {
	const char	*name;
	const char	*shown;
} videos[] = {
	{ "sora-2", "sora-2" }, { "sora", "sora-2" }, { "sora2", "sora-2" },
	{ "sora-2-2025-10-06", "sora-2" }, { "sora-2-2025-12-08", "sora-2" },
	{ "sora-2-pro", "sora-2-pro" }, { "sora2-pro", "sora-2-pro" },
	{ "sora2pro", "sora-2-pro" }, { "sora-2-pro-2025-10-06", "sora-2-pro" },
	{ "sora-video-landscape-10s", NULL }, { "sora-image", NULL },
	{ "SORA-2", NULL }, { "", NULL },
};

static void
the_videos_api_knows_two_models_by_nine_names(void **state UNUSED)
{
	for (size_t i = 0; i < NELEM(videos); i++) {
		const char *shown = model_videos_name(videos[i].name);

		print_message("# case %zu\n", i);
		if (videos[i].shown == NULL)
			assert_null(shown);
		else
			assert_string_equal(videos[i].shown, shown);
	}
}

static const struct {
	const char	*size;
	int		 orientation;	/* -1: no size */
} sizes[] = {
	{ "16:9", LANDSCAPE }, { "3:2", LANDSCAPE }, { "1792x1024", LANDSCAPE },
	{ "1536x1024", LANDSCAPE }, { "1280x720", LANDSCAPE }, { "4:5", PORTRAIT },
	{ "9:16", PORTRAIT }, { "1024x1536", PORTRAIT }, { "720x1280", PORTRAIT },
	{ "1:1", SQUARE }, { "512x512", SQUARE }, { "1024x1024", SQUARE },
	{ "", -1 }, { "auto", -1 }, { "16", -1 }, { "16:", -1 }, { ":9", -1 },
	{ "16:9:4", -1 }, { "16-9", -1 }, { "16X9", -1 }, { " 16:9", -1 },
	{ "16:9 ", -1 }, { "0x0", -1 }, { "-1x1", -1 }, { "+1x1", -1 },
	{ "01x1", -1 }, { "1.5:1", -1 }, { "99999999999999999999x1", -1 },
};

static void
a_size_has_an_orientation(void **state UNUSED)
{
	for (size_t i = 0; i < NELEM(sizes); i++) {
		enum orientation o = SQUARE;
		bool ok = model_size_orientation(sizes[i].size, &o);

		print_message("# case %zu\n", i);
		assert_int_equal(sizes[i].orientation >= 0, ok);
		if (ok)
			assert_int_equal(sizes[i].orientation, o);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_has_the_models_then_the_listed_aliases),
		cmocka_unit_test(each_model_asks_the_upstream_for_what_it_names),
		cmocka_unit_test(a_name_is_accepted_only_where_it_belongs),
		cmocka_unit_test(the_videos_api_knows_two_models_by_nine_names),
		cmocka_unit_test(a_size_has_an_orientation),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
