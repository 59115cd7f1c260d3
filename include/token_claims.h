/* SPDX-License-Identifier: MIT */
/* token_claims.h: what an access token says of itself (RFC 7519). */
#ifndef TOKEN_CLAIMS_H
#define TOKEN_CLAIMS_H

#include <stdint.h>

#include "error.h"

struct arena;

/*
 * Reads the claims of an access token without verifying it: a JWT (RFC 7519) of
 * three base64url parts whose payload is a JSON object. Fills `*expiry` (0 when
 * it has none) and `*email` ("" when it has none). ERR_INVALID_VALUE "Invalid
 * JWT token" otherwise. Pure.
 */
MUST_CHECK enum err token_claims_read(const char *jwt, struct arena *a, int64_t *expiry,
    const char **email, struct error *e);

#endif
