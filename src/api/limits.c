/* SPDX-License-Identifier: MIT */
/* limits.c: how large a request's body may be, and what all bodies may take of memory. */
#include "api.h"
#include "conf.h"

#define KIB	INT64_C(1024)
#define MIB	(1024 * KIB)
#define LOGIN_VALUES	64	/* small: anybody may send it */

int64_t
api_body_limit(const struct conf *conf, enum body_size size)
{
	switch (size) {
	case LIMIT_SMALL:
		return 64 * KIB;
	case LIMIT_LOGIN:
		return 16 * KIB;
	case LIMIT_TOKEN:
		return 256 * KIB;
	case LIMIT_TEXT:
		return 512 * KIB;	/* 32000 characters, each written as two escapes */
	case LIMIT_BATCH:
		return conf->max_batch_mb * MIB;
	case LIMIT_MEDIA:
		break;
	}
	return conf->max_body_mb * MIB;
}

void
app_set_budgets(struct app *app)
{
	app->media_bodies.max = app->conf->body_memory_mb * MIB;
	/* the text of the largest batch and its tree, and the same again for other requests */
	app->other_bodies.max = app->conf->max_batch_mb * MIB * 5 / 2;
}

void
api_limits(void *ctx, unsigned size, struct body_limits *out)
{
	const struct api *api = ctx;
	bool media = size == LIMIT_MEDIA, login = size == LIMIT_LOGIN;

	*out = (struct body_limits){
		.max_body = api_body_limit(api->conf, size),
		.json_values = login ? LOGIN_VALUES
		    : (size_t)api->conf->json_values,
		.budget = media ? &api->app->media_bodies
		    : &api->app->other_bodies,
	};
}
