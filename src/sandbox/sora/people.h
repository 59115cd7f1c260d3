/* SPDX-License-Identifier: MIT */
/*
 * people.h: some who are always there, with posts, so that public data are never
 * empty. They have no account and no media. Called with the lock held.
 */
#ifndef SANDBOX_PEOPLE_H
#define SANDBOX_PEOPLE_H

#include <cjson/cJSON.h>
#include <stddef.h>

#include "sandbox/core/state.h"

#define PEOPLE_POSTS	12		/* of all of them */

struct person {
	const char	*user_id;
	const char	*username;
	const char	*name;
	int		 followers;
	bool		 verified;
	bool		 can_cameo;
	int		 owner;		/* of a character; -1: it is none */
};

/* The i-th; NULL past the last. */
const struct person *person_at(size_t i);
cJSON	*person_profile(const struct sandbox *sb, const struct req *rq, const struct person *p);
/* The same of an account. */
cJSON	*person_of_account(const struct sandbox *sb, const struct req *rq, const struct account *ac);
/* Appends the posts of one of them, or of all (NULL), the newest first. */
void	 people_add_posts(cJSON *list, const struct sandbox *sb, const struct req *rq,
	    const struct person *of);
/* The post of that id; NULL when it is none of theirs. */
cJSON	*person_post(const struct sandbox *sb, const struct req *rq, const char *id);

#endif
