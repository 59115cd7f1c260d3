/* clock.c: time. */
#include "clock.h"

#include <stdio.h>
#include <time.h>

#include "arena.h"

static int64_t
read_ms(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t
clock_now_ms(void)
{
	return read_ms(CLOCK_REALTIME);
}

int64_t
clock_now(void)
{
	return clock_now_ms() / 1000;
}

int64_t
clock_mono_ms(void)
{
	return read_ms(CLOCK_MONOTONIC);
}

char *
clock_format(struct arena *a, int64_t t)
{
	time_t time = (time_t)t;
	char text[32];
	struct tm tm;

	if (t == 0 || gmtime_r(&time, &tm) == NULL)
		return NULL;
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	return arena_strdup(a, text);
}

/* "+HH:MM" or "+HHMM" into seconds; false when it is neither. */
static bool
parse_zone(const char *s, long *seconds)
{
	int sign, hours, minutes;
	char direction, rest;

	if (sscanf(s, "%c%2d:%2d%c", &direction, &hours, &minutes, &rest) != 3 &&
	    sscanf(s, "%c%2d%2d%c", &direction, &hours, &minutes, &rest) != 3)
		return false;
	if (direction != '+' && direction != '-')
		return false;
	sign = direction == '-' ? -1 : 1;
	*seconds = sign * (hours * 3600L + minutes * 60L);
	return true;
}

bool
clock_parse(const char *s, int64_t *out)
{
	struct tm tm = { 0 };
	const char *rest;
	long zone = 0;

	if ((rest = strptime(s, "%Y-%m-%dT%H:%M:%S", &tm)) == NULL &&
	    (rest = strptime(s, "%Y-%m-%d %H:%M:%S", &tm)) == NULL)
		return false;
	if (*rest == '.')
		for (rest++; *rest >= '0' && *rest <= '9'; rest++)
			;
	if (*rest != '\0' && !(rest[0] == 'Z' && rest[1] == '\0') &&
	    !parse_zone(rest, &zone))
		return false;
	*out = (int64_t)timegm(&tm) - zone;
	return true;
}

void
clock_today(char out[11])
{
	time_t now = (time_t)clock_now();
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(out, 11, "%Y-%m-%d", &tm);
}
