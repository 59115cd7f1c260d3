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
};

/* false when it is not three parts of base64url whose second is a JSON object with an exp. */
bool	jwt_read(const char *jwt, struct arena *a, struct claims *out);

#endif
