/* SPDX-License-Identifier: MIT */
/* faults.h: faults that the control path asked for, and which request gets one. */
#ifndef SANDBOX_FAULTS_H
#define SANDBOX_FAULTS_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "error.h"

struct arena;
struct refusal;
struct sandbox;

struct aftermath {		/* what replaces or delays an answer; zeroed: nothing does */
	const struct refusal	*refusal;
	int			 status;	/* 0: the refusal's own */
	const char		*body;		/* not NULL: with `status`, instead of a refusal */
	const char		*type;		/* of `body` */
	int			 retry_after;	/* seconds; 0: no such header */
	bool			 retry_date;	/* written as a date */
	int64_t			 read;		/* bytes of the body, before it fails */
	int64_t			 delay_ms;
	bool			 after_work;	/* the request is done before it fails */
};

/* Adds the fault that `json` describes; ERR_INVALID_VALUE says what is wrong. */
MUST_CHECK enum err fault_add(struct sandbox *sb, const cJSON *json, struct error *e);
void	faults_clear(struct sandbox *sb);
/*
 * The fault due for a call of `endpoint` with that path by the account of that key
 * (NULL: by nobody), and counts it down; zeroed when there is none. Strings go to the arena.
 */
struct aftermath fault_take(struct sandbox *sb, const char *endpoint,
	    const char *account, const char *path, struct arena *a);
/* The faults that wait, as a new array. */
cJSON	*faults_json(const struct sandbox *sb);
/* Whether the aftermath answers, and does not only delay. */
bool	aftermath_answers(const struct aftermath *after);

#endif
