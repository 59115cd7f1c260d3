/* media.h: URLs of media files: signed, and good for a time. */
#ifndef SANDBOX_MEDIA_H
#define SANDBOX_MEDIA_H

#include "http.h"
#include "state.h"

/*
 * A URL of that file, "UUID/raw" or "HASH_UUID/drvs/KIND/raw", that is good
 * for media_ttl from now; in the request's arena. With the lock held.
 */
const char	*media_url(struct sandbox *sb, const struct req *rq, const char *file);

#endif
