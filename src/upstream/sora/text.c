/* SPDX-License-Identifier: MIT */
/* text.c: what the upstream wrote, made fit for a log line or a client. */
#include <math.h>
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "sora.h"
#include "upstream/client/answer_json.h"
#include "upstream/client/link.h"
#include "upstream/client/text.h"

#define ID_MAX		200
#define LAST_TIME	253402300799.0	/* the year 9999 ends */

const char *
sora_member_text(const struct sora_answer *ans, const cJSON *object,
    const char *key)
{
	return text_for_log(ans->in, ans->a, json_string(object, key));
}

const char *
sora_member_id(struct arena *a, const cJSON *object, const char *key)
{
	const cJSON *item = json_get(object, key);
	const char *s = cJSON_GetStringValue(item);
	size_t n = 0;

	if (answer_json_is_whole(item))
		return arena_printf(a, "%.0f", item->valuedouble);
	if (s == NULL)
		return NULL;
	while (s[n] > ' ' && s[n] < 0x7f)
		n++;
	return n > 0 && n <= ID_MAX && s[n] == '\0' ? arena_strndup(a, s, n)
	    : NULL;
}

const char *
sora_member_url(struct arena *a, const cJSON *object, const char *key)
{
	const char *s = json_string(object, key);

	return s == NULL ? NULL : link_resolve(NULL, s, a);
}

double
sora_member_number(const cJSON *object, const char *key, double low,
    double high, double absent)
{
	double n = json_number(object, key, (double)NAN);

	if (isnan(n))
		return absent;
	return n < low ? low : n > high ? high : n;
}

int64_t
sora_member_time(const cJSON *object, const char *key)
{
	const char *s = json_string(object, key);
	int64_t t;

	if (s != NULL)
		return clock_parse(s, &t) && t > 0 ? t : 0;
	return (int64_t)sora_member_number(object, key, 0, LAST_TIME, 0);
}

const char *
sora_policy_text(const struct sora_answer *ans, const char *reason,
    const char *otherwise)
{
	const char *text = text_for_client(ans->in, ans->a, reason, true);

	return arena_printf(ans->a, "Content policy violation: %s",
	    text != NULL ? text : otherwise);
}
