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
/* The settings as they are in the database now. */
MUST_CHECK enum err admin_settings(struct req *rq, const struct settings **out, struct error *e);
/* {"success":true,"message":...}; the caller may add to it. */
cJSON	*admin_success(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* {"success":true,"config":{}}; the caller fills `*config`. */
cJSON	*admin_config(cJSON **config);
/* {"success":true,"message":"<what> enabled|disabled<more>","enabled":...} */
void	admin_answer_switch(struct resp *rs, const char *what, bool enabled, const char *more);
/* The session's token as the request brought it; NULL: none. */
const char *admin_token(const struct req *rq);

/*
 * Whether `password` is the administrator's, for a request that says so: of a login
 * its name, too (else NULL). ERR_RATE_LIMIT: not looked at, see throttle.h. A right
 * one makes the address known.
 */
MUST_CHECK enum err admin_check_password(struct req *rq, const struct settings *settings,
    const char *username, const char *password, bool *right, struct error *e);

#endif
