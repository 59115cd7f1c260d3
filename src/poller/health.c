/*
 * health.c: servers that fail rest, longer each time. When a rest is over, one
 * call shows whether the server is well again: a look at one of its jobs, or,
 * where it has none, one new task.
 */
#include "clock.h"
#include "log.h"
#include "poller.h"

#define REST_S		5	/* the first rest */
#define MOST_REST_S	60
#define MOST_DOUBLINGS	4

/* How long; what the server itself asks for counts more. */
static int64_t
rest_ms(const struct account *acc, const struct outcome *o)
{
	int doublings = acc->downs < MOST_DOUBLINGS ? acc->downs
	    : MOST_DOUBLINGS;
	double s = REST_S << doublings;
	int64_t wished = o->token.cooled_until * 1000 - clock_now_ms();

	if (o->token.cooled_until > 0 && wished > 0)
		return wished;
	return poller_pause(acc->poller, s < MOST_REST_S ? s : MOST_REST_S);
}

/* Everything that fails at once is one failure. */
static void
failed(struct account *acc, const struct outcome *o)
{
	int64_t now = clock_mono_ms(), ms;
	struct token_change change = { .verdict = TOKEN_OVERLOADED };

	if (health_rests(acc))
		return;
	ms = rest_ms(acc, o);
	acc->downs++;
	acc->rest_ms = now + ms;
	change.cooled_until = (clock_now_ms() + ms + 999) / 1000;
	change.full = true;		/* then one task shows whether it is over */
	log_warn("token %lld: its server fails, and rests for %.1f s: %s",
	    (long long)acc->id, (double)ms / 1000,
	    o->log != NULL ? o->log : "no reason");
	account_change(acc, &change);
}

static void
recovered(struct account *acc)
{
	const struct token_change change = { .verdict = TOKEN_SUCCEEDED };

	log_info("token %lld: its server is well again", (long long)acc->id);
	acc->downs = 0;
	acc->rest_ms = 0;
	account_change(acc, &change);
}

void
health_note(struct account *acc, const struct outcome *o)
{
	if (o->down)
		failed(acc, o);
	else if (acc->downs > 0 && (o->verdict == VERDICT_OK ||
	    o->verdict == VERDICT_GONE || o->verdict == VERDICT_FAIL))
		recovered(acc);
}

bool
health_rests(const struct account *acc)
{
	return clock_mono_ms() < acc->rest_ms;
}

bool
health_allows(const struct account *acc)
{
	return !health_rests(acc) && (acc->downs == 0 || acc->asking == 0);
}
