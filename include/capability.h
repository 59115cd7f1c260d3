/* SPDX-License-Identifier: MIT */
/*
 * capability.h: what a task asks for, and which tokens can do it.
 *
 * A token offers what its provider can do with it; a task needs some of it. The
 * store keeps the offers of all tokens (those that offer the same share a row)
 * and the need of each task; a pool is the offers that there are. Pure.
 */
#ifndef CAPABILITY_H
#define CAPABILITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "task.h"

struct arena;

enum feature {			/* what a task may need beyond a model that makes it; the numbers are stored */
	FEATURE_REFERENCE = 1,	/* an image to begin with */
	FEATURE_EDIT = 2,	/* an image made of others */
	FEATURE_REMIX = 4,	/* a new version of a video that the same token made */
	FEATURE_POST = 8,	/* one of a video that was published */
	FEATURE_STYLE = 16,
	FEATURE_STORYBOARD = 32,
	FEATURE_CHARACTER = 64,	/* makes a character of a clip */
};

#define CAPABILITY_MAX_SECONDS	60	/* of a video by an OpenAI-compatible server */

struct need {
	enum task_kind	 kind;
	const char	*model;		/* as clients name it */
	const char	*catalogue;	/* the catalogue's model (model.h) that would do it; NULL: none */
	int		 seconds;	/* 0: as the server likes it, and for images */
	const char	*size;		/* "WxH"; NULL: as the server likes it */
	unsigned	 features;	/* enum feature bits */
};

struct offer {
	int64_t		 id;
	bool		 sora;		/* all of the catalogue, with all features */
	/* else a server, or what offers like one */
	bool		 images;	/* makes images, too */
	unsigned	 features;
	const char	**models;	/* n_models 0: any name */
	size_t		 n_models;
};

struct pool {			/* n 0 means nothing was configured: it stands for sora */
	struct offer	*offers;
	size_t		 n;
};

/* An offer that is not of the whole catalogue as JSON text: equal offers have equal texts. */
const char	*offer_print(const struct offer *o, struct arena *a);
/* Back; `what` is such a text of that provider, else it offers nothing. */
void		 offer_read(const char *provider, const char *what, struct arena *a,
		    struct offer *out);

/* ---- what is needed ---- */

/*
 * What a task needs: its own fields say so, and `features` what they do not, such
 * as a reference. Strings are the task's.
 */
struct need	 need_of_task(const struct task *t, unsigned features);
/* As JSON text, for tasks.needs, and back; "" is what only sora can do. */
const char	*need_print(const struct need *n, struct arena *a);
void		 need_read(const char *text, enum task_kind kind, struct arena *a, struct need *out);

bool		 offer_serves(const struct offer *o, const struct need *n);

/* ---- what can be asked of all ---- */

/* Whether accounts of sora are among them, or nothing is. */
bool		 pool_has_sora(const struct pool *p);
/* Whether a server has a model of that name: lists it, or takes any. */
bool		 pool_has_model(const struct pool *p, enum task_kind kind, const char *name);
/* Whether a server lists that name itself. */
bool		 pool_lists(const struct pool *p, const char *name);
/* The i-th model that servers list, each name once; NULL past the last. */
const char	*pool_listed(const struct pool *p, enum task_kind kind, size_t i);
/* The model of a request that names none; in the pool, or static. */
const char	*pool_default_model(const struct pool *p, enum task_kind kind);
/* Whether a model that only servers have is one for images: its name must tell. */
bool		 pool_draws(const char *name);
/*
 * ERR_MODEL_NOT_FOUND for a name that nobody has, with those that are accepted:
 * `sora` are the names of sora's, as in "a, b and c".
 */
enum err	 pool_unknown_model(const struct pool *p, enum task_kind kind, const char *name,
		    const char *sora, struct error *e);
/*
 * Whether accounts of sora can do it. Only to them a prompt's shots, links and
 * mentions are more than words.
 */
bool		 pool_sora_serves(const struct pool *p, const struct need *n);
/* ERR_INVALID_VALUE when no token could ever do it: a feature goes with no such model, length and size. */
MUST_CHECK enum err pool_check(const struct pool *p, const struct need *n, struct error *e);

#endif
