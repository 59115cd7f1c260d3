/* SPDX-License-Identifier: MIT */
/* admin.h: what the handlers below /api share. Private to src/api. */
#ifndef API_ADMIN_H
#define API_ADMIN_H

#include "api/api.h"
#include "field.h"

/* The same with an array, whose length the macro takes. */
#define ADMIN_READ(rq, fields, out, e) \
	api_read(rq, fields, NELEM(fields), out, e)
/* A body that is {"enabled":BOOLEAN}. */
MUST_CHECK enum err admin_read_switch(struct req *rq, bool *enabled, struct error *e);
/* {"success":true,"message":...}; the caller may add to it. */
cJSON	*admin_success(const char *message);
/* Puts a group of settings into an object. */
typedef void admin_put_fn(cJSON *json, const struct settings *s, struct req *rq);
/* Answers with the settings as they are in the database now, as `put` puts them: at the top ... */
MUST_CHECK enum err admin_get(struct req *rq, struct resp *rs, admin_put_fn *put, struct error *e);
/* ... or as {"success":true,"config":{...}}. */
MUST_CHECK enum err admin_get_config(struct req *rq, struct resp *rs, admin_put_fn *put,
    struct error *e);
/* {"success":true,"message":"<what> enabled|disabled<more>","enabled":...} */
void	admin_answer_switch(struct resp *rs, const char *what, bool enabled, const char *more);

/*
 * Compares `password`, and of a login `username` (else NULL), with the administrator's.
 * ERR_RATE_LIMIT: refused without comparing, see throttle.h. A right password makes the
 * client's address known to the throttle.
 */
MUST_CHECK enum err admin_check_password(struct req *rq, const struct settings *settings,
    const char *username, const char *password, bool *right, struct error *e);

#endif
