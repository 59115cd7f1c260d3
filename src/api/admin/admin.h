/* admin.h: what the handlers below /api share. Private to src/api. */
#ifndef API_ADMIN_H
#define API_ADMIN_H

#include "api/api.h"
#include "field.h"

/* The body, a JSON object; it lives as long as the request. */
MUST_CHECK enum err admin_json(struct req *rq, const cJSON **out, struct error *e);
/* Reads the body and its fields into `out`, whose members hold the defaults. */
MUST_CHECK enum err admin_read(struct req *rq, const struct field *fields, size_t n, void *out,
    struct error *e);
/* The same with a table that is in sight. */
#define ADMIN_READ(rq, fields, out, e) \
	admin_read(rq, fields, NELEM(fields), out, e)
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
 * Whether `password` is the administrator's, for a request that says so: of a login
 * its name, too (else NULL). ERR_RATE_LIMIT: not looked at, see throttle.h. A right
 * one makes the address known.
 */
MUST_CHECK enum err admin_check_password(struct req *rq, const struct settings *settings,
    const char *username, const char *password, bool *right, struct error *e);

#endif
