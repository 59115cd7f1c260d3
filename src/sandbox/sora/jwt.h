/* SPDX-License-Identifier: MIT */
/* jwt.h: the claims of an access token, RFC 7519, without its signature. */
#ifndef SANDBOX_JWT_H
#define SANDBOX_JWT_H

#include <stdbool.h>
#include <stdint.h>

struct arena;

struct claims {			/* strings live in the arena; NULL where absent */
	int64_t		 exp;		/* 0: none */
	const char	*email;
	const char	*user_id;
	const char	*client_id;	/* for whom it was made */
};

/* false when it is not three parts of base64url whose second is a JSON object with an exp. */
bool	jwt_read(const char *jwt, struct arena *a, struct claims *out);
/* A token with these claims and a signature that is none; no two are alike. */
char	*jwt_write(const struct claims *claims, struct arena *a);

#endif
