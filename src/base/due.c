/* SPDX-License-Identifier: MIT */
/* due.c: comparing stored wall-clock times with now, also after the clock was set back. */
#include "due.h"

#include <assert.h>

bool
due_is(int64_t until, int64_t now, int64_t longest)
{
	assert(longest >= 0);
	return until <= now || until - now > longest;
}

bool
due_is_young(int64_t at, int64_t now, int64_t age)
{
	assert(age >= 0);
	return at <= now && now - at < age;
}
