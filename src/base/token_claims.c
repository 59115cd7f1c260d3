/* SPDX-License-Identifier: MIT */
/* token_claims.c: what an access token says of itself (RFC 7519). */
#include "token_claims.h"

#include <string.h>

#include "arena.h"
#include "base64.h"
#include "json.h"

#define MAX_JWT	16384
#define BASE64URL_AND_DOT \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."

static enum err
invalid(struct error *e)
{
	return error_set(e, ERR_INVALID_VALUE, "token", "Invalid JWT token");
}

static bool
has_three_parts(const char *jwt, const char **payload, size_t *len)
{
	const char *first = strchr(jwt, '.'), *second;

	if (first == NULL || first == jwt || strlen(jwt) > MAX_JWT ||
	    jwt[strspn(jwt, BASE64URL_AND_DOT)] != '\0')
		return false;
	second = strchr(first + 1, '.');
	if (second == NULL || strchr(second + 1, '.') != NULL)
		return false;
	*payload = first + 1;
	*len = (size_t)(second - first - 1);
	return true;
}

enum err
token_claims_read(const char *jwt, struct arena *a, int64_t *expiry,
    const char **email, struct error *e)
{
	const char *payload, *text, *found;
	struct error reason;
	cJSON *claims;
	size_t len;
	double exp;

	if (!has_three_parts(jwt, &payload, &len) ||
	    (text = base64url_decode(payload, len, a, &len)) == NULL ||
	    json_parse_object(text, len, &claims, &reason) != ERR_OK)
		return invalid(e);
	exp = json_number(claims, "exp", 0);
	*expiry = exp > 0 && exp < 1e12 ? (int64_t)exp : 0;
	found = json_string(json_get(claims,
	    "https://api.openai.com/profile"), "email");
	*email = found == NULL ? "" : arena_strdup(a, found);
	cJSON_Delete(claims);
	return ERR_OK;
}
