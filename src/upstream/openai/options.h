/* SPDX-License-Identifier: MIT */
/*
 * options.h: the server that a token of the openai provider stands for, and how
 * it wants to be spoken to.
 *
 * Servers that say they speak OpenAI's /v1/videos differ in many small ways.
 * Each difference is an option with a default; presets give the options of a
 * known server by its name. The text that the operator gave is what is stored;
 * what is read from it is here. All pure.
 */
#ifndef OPENAI_OPTIONS_H
#define OPENAI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct arena;
struct token;

enum options_body {		/* of a create */
	BODY_AUTO,		/* multipart with a file, else JSON */
	BODY_ALWAYS_JSON,	/* http.h has another BODY_JSON */
	BODY_MULTIPART,
};

enum options_seconds {
	SECONDS_TEXT,		/* "seconds": "8" */
	SECONDS_NUMBER,		/* "seconds": 8 */
	SECONDS_DURATION,	/* "duration": 8 */
};

enum options_size {
	SIZE_TEXT,		/* "size": "1280x720" */
	SIZE_RATIO,		/* "aspect_ratio": "16:9", "resolution": "720p" */
};

enum options_reference {	/* how a reference image goes along */
	REFERENCE_AUTO,		/* a file in multipart, an object in JSON */
	REFERENCE_OBJECT,	/* "input_reference": { "image_url": "data:..." } */
	REFERENCE_TEXT,		/* "input_reference": "data:..." */
	REFERENCE_IMAGE_URL,	/* "image_url": "data:..." */
	REFERENCE_IMAGE_URLS,	/* "image_urls": [ "data:..." ] */
	REFERENCE_NONE,		/* the server takes none: tasks with one go elsewhere */
};

enum options_content {		/* where a finished file is */
	CONTENT_AUTO,		/* a URL in the object if it has one that may be fetched, else /content */
	CONTENT_BYTES,		/* GET /videos/{id}/content */
	CONTENT_URL,		/* a URL in the object */
};

enum options_delete {		/* DELETE /videos/{id}, when the task here ends */
	DELETE_NEVER,
	DELETE_FINISHED,	/* tidies up a finished one */
	DELETE_ALWAYS,		/* also one that runs: cancels it there */
};

struct options_model {
	const char	*name;		/* as clients name it */
	const char	*upstream;	/* as the server does; never NULL, may be "" */
};

struct openai_options {		/* strings live in the arena given */
	const char	*preset;	/* whose defaults these are; "auto", which has openai's, until it was asked */
	const char	*base_url;	/* with /v1 or its like, without a slash at its end */
	const char	*auth_header;	/* NULL: Authorization: Bearer; "": none; else the name of the header */
	enum options_body create_body;
	enum options_seconds seconds_as;
	enum options_size size_as;
	enum options_reference reference_as;
	enum options_content content_from;
	enum options_delete delete_upstream;
	bool		 send_variant;		/* ?variant=video on /content */
	bool		 list_upstream;		/* GET /videos lists jobs: a lost create can be looked for */
	bool		 remix;			/* has /videos/{id}/remix */
	bool		 images;		/* has /images/generations and /images/edits */
	bool		 image_format;		/* takes response_format */
	bool		 resubmit_ambiguous;	/* a create of unknown fate is sent again */
	int		 resubmit_lost;		/* times that a job is sent again whose id the server forgot */
	bool		 allow_private;		/* base_url and results may be on private addresses */
	const char	*tls_ca;		/* file of certificates; NULL: the system's */
	int		 connect_timeout;	/* s, as the next four */
	int		 answer_timeout;	/* first byte of a create */
	int		 idle_timeout;		/* without a byte of a download */
	int		 poll_interval;
	int		 job_age;		/* a job older than this has failed */
	const char	*extra;			/* JSON object merged into a create; NULL: none */
	struct options_model *models;		/* n_models 0: any name, passed on as it is */
	size_t		 n_models;
};

struct options_text {		/* what is stored of a token; NULL where absent */
	const char	*base_url;
	const char	*options;	/* JSON object of the fields above by their names, "preset" among them */
	const char	*models;	/* JSON array of names, or object of name: upstream name ("": the same) */
	/*
	 * What the server told when it was asked: JSON object with "preset", which
	 * stands in for "auto", and "models", an array of names, which stands in
	 * for `models` when that names none.
	 */
	const char	*found;
};

/*
 * Reads what a token says of its server. Everything is checked: ERR_INVALID_VALUE
 * with the field (base_url, options, models) as param, and what is accepted.
 *
 * base_url is brought into its stored form: scheme and host in lower case, no
 * slash at its end, and "/v1" behind it when it has no path. It is https, of a
 * host that is no private address, unless allow_private is set.
 */
MUST_CHECK enum err openai_options_load(const struct options_text *text, struct arena *a,
    struct openai_options *out, struct error *e);
/* The same of a server that was not asked. */
MUST_CHECK enum err openai_options_read(const char *base_url, const char *options, const char *models,
    struct arena *a, struct openai_options *out, struct error *e);

/* The i-th preset's name, the first is "auto"; NULL past the last. */
const char	*openai_options_preset(size_t i);
/* The i-th option's name, the first is "preset"; NULL past the last. */
const char	*openai_options_name(size_t i);
/* Whether there is a preset of that name. */
bool		 openai_options_has_preset(const char *name);
/* What the server calls that model: the mapped name, or `name` itself; NULL when it has no such model. */
const char	*openai_options_model(const struct openai_options *b, const char *name);

/* ---- of a token: see provider_facts.h ---- */

enum err	 openai_read_token(struct token *t, struct arena *a, struct error *e);
const char	*openai_offer(const struct token *t, struct arena *a);
/* What was read of a token of this provider; NULL when it was not read. */
const struct openai_options *openai_options(const struct token *t);

/* ---- for options.c ---- */

/* The options of that preset, all of them set; NULL: there is none of that name. */
const struct openai_options *openai_options_defaults(const char *preset);
/* Checks a base_url and brings it into its stored form. */
MUST_CHECK enum err openai_options_url(const char *url, bool allow_private, struct arena *a,
    const char **out, struct error *e);

#endif
