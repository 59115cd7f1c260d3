/* SPDX-License-Identifier: MIT */
/* quota.c: how many videos an account has left, and when it gets more. */
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "sora.h"

#define DAY		(24 * 60 * 60)
#define LONGEST_RESET	(366.0 * DAY)
#define MOST_VIDEOS	1e6
#define RETRY_AFTER	60
#define RETRY_AFTER_MAX	3600

void
sora_balance(const struct sora_answer *ans, struct outcome *out)
{
	const cJSON *o = json_get(ans->json, "rate_limit_and_credit_balance");
	struct quota *q = &out->quota;
	int bought;

	if (!cJSON_IsObject(o))
		return;
	q->known = true;
	q->reached = json_bool(o, "rate_limit_reached");
	q->resets_in = (int64_t)sora_member_number(o, "access_resets_in_seconds",
	    0, LONGEST_RESET, 0);
	q->remaining = (int)sora_member_number(o,
	    "estimated_num_videos_remaining", -1, MOST_VIDEOS, -1);
	bought = (int)sora_member_number(o,
	    "estimated_num_purchased_videos_remaining", 0, MOST_VIDEOS, 0);
	if (bought > 0)
		q->reached = false;	/* the bought ones are beyond the limit */
	if (q->remaining >= 0) {
		q->remaining += bought;
		out->token.remaining_plus_1 = q->remaining + 1;
	}
	if ((q->reached || q->remaining == 0) && q->resets_in > 0)
		out->token.sora2_cooldown_until = ans->now + q->resets_in;
}

bool
sora_read_quota(const struct sora_answer *ans, struct outcome *out)
{
	if (!cJSON_IsObject(ans->json))
		return false;
	sora_balance(ans, out);
	if (!out->quota.known) {	/* unknown is not "none left" */
		out->quota.remaining = -1;
		return json_get(ans->json, "error") == NULL;
	}
	if (!out->quota.reached && out->quota.remaining != 0)
		out->token.sora2_cooldown_until = -1;
	return true;
}

void
sora_exhausted(const struct sora_answer *ans, struct outcome *out)
{
	struct quota *q = &out->quota;

	sora_balance(ans, out);
	q->known = true;
	q->reached = true;
	q->remaining = 0;
	out->token.remaining_plus_1 = 1;
	out->token.sora2_cooldown_until = ans->now +
	    (q->resets_in > 0 ? q->resets_in : DAY);
}

int64_t
sora_retry_after(const struct sora_answer *ans)
{
	const char *s = response_header(ans->r, "Retry-After");
	int64_t wait;

	if (s == NULL || *s == '\0')
		return RETRY_AFTER;
	if (strspn(s, "0123456789") == strlen(s)) {
		wait = number_or(s, 0, RETRY_AFTER_MAX, RETRY_AFTER_MAX);
	} else {
		time_t t = curl_getdate(s, NULL);	/* RFC 9110, 5.6.7 */

		if (t == (time_t)-1)
			return RETRY_AFTER;
		wait = (int64_t)t - ans->now;
	}
	return wait < 1 ? 1 : wait > RETRY_AFTER_MAX ? RETRY_AFTER_MAX : wait;
}
