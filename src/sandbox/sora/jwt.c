/* SPDX-License-Identifier: MIT */
/* jwt.c: reads and writes the payload of an access token. */
#include "jwt.h"

#include <string.h>

#include "arena.h"
#include "base64.h"
#include "clock.h"
#include "id.h"
#include "json.h"

#define PROFILE	"https://api.openai.com/profile"
#define AUTH	"https://api.openai.com/auth"
#define ALPHABET \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

static bool
read_claims(const cJSON *json, struct arena *a, struct claims *out)
{
	const cJSON *auth = json_get(json, AUTH);
	const char *id = json_string(auth, "user_id");

	if (id == NULL)
		id = json_string(auth, "chatgpt_user_id");
	if (id == NULL)
		id = json_string(json, "sub");
	out->exp = (int64_t)json_number(json, "exp", 0);
	out->user_id = arena_strdup(a, id);
	out->client_id = arena_strdup(a, json_string(json, "client_id"));
	out->email = arena_strdup(a,
	    json_string(json_get(json, PROFILE), "email"));
	if (out->email == NULL)
		out->email = arena_strdup(a, json_string(json, "email"));
	return out->exp > 0;
}

bool
jwt_read(const char *jwt, struct arena *a, struct claims *out)
{
	const char *dot = strchr(jwt, '.');
	const char *end = dot == NULL ? NULL : strchr(dot + 1, '.');
	cJSON *json = NULL;
	struct error e;
	size_t len;
	char *text;
	bool ok;

	if (end == NULL || dot == jwt || strchr(end + 1, '.') != NULL ||
	    strlen(jwt) > 16384 || strspn(jwt, ALPHABET ".") != strlen(jwt))
		return false;
	text = base64url_decode(dot + 1, (size_t)(end - dot - 1), a, &len);
	if (text == NULL || json_parse_object(text, len, &json, &e) != ERR_OK)
		return false;
	ok = read_claims(json, a, out);
	cJSON_Delete(json);
	return ok;
}

static char *
print_claims(const struct claims *claims, struct arena *a)
{
	cJSON *json = cJSON_CreateObject(), *inner;
	char id[33];
	char *text;

	id_hex(id, 32);
	json_add_string(json, "iss", "https://auth.openai.com");
	json_add_string(json, "jti", id);
	json_add_int(json, "iat", clock_now());
	json_add_int(json, "exp", claims->exp);
	if (claims->client_id != NULL)
		json_add_string(json, "client_id", claims->client_id);
	inner = cJSON_AddObjectToObject(json, PROFILE);
	if (claims->email != NULL)
		json_add_string(inner, "email", claims->email);
	json_add_bool(inner, "email_verified", true);
	inner = cJSON_AddObjectToObject(json, AUTH);
	json_add_string(inner, "user_id", claims->user_id);
	text = json_print(json, a);
	cJSON_Delete(json);
	return text;
}

static char *
encode(const char *text, struct arena *a)
{
	return base64url_encode(text, strlen(text), a);
}

char *
jwt_write(const struct claims *claims, struct arena *a)
{
	return arena_printf(a, "%s.%s.%s",
	    encode("{\"alg\":\"RS256\",\"typ\":\"JWT\"}", a),
	    encode(print_claims(claims, a), a), encode("not signed", a));
}
