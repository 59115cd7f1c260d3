/* SPDX-License-Identifier: MIT */
/* clock.c: time. */
#include "clock.h"

#include <string.h>
#include <time.h>

#include "arena.h"

static int64_t
read_us(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
clock_now_ms(void)
{
	return read_us(CLOCK_REALTIME) / 1000;
}

int64_t
clock_now(void)
{
	return clock_now_ms() / 1000;
}

int64_t
clock_mono_ms(void)
{
	return clock_mono_us() / 1000;
}

int64_t
clock_mono_us(void)
{
	return read_us(CLOCK_MONOTONIC);
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

/* Whether `s` begins like `shape`, in which a 0 stands for any digit. */
static bool
has_shape(const char *s, const char *shape)
{
	for (; *shape != '\0'; s++, shape++) {
		bool digit = *s >= '0' && *s <= '9';

		if (*shape == '0' ? !digit : *s != *shape)
			return false;
	}
	return true;
}

static int
two_digits(const char *s)
{
	return (s[0] - '0') * 10 + (s[1] - '0');
}

/* "Z", "+HH:MM" or "+HHMM", or nothing, which is UTC, into seconds. */
static bool
parse_zone(const char *s, int *seconds)
{
	int hours, minutes;

	*seconds = 0;
	if (*s == '\0' || strcmp(s, "Z") == 0)
		return true;
	if (*s != '+' && *s != '-')
		return false;
	if (!(has_shape(s + 1, "00:00") && s[6] == '\0') &&
	    !(has_shape(s + 1, "0000") && s[5] == '\0'))
		return false;
	hours = two_digits(s + 1);
	minutes = two_digits(s + (s[3] == ':' ? 4 : 3));
	*seconds = (hours * 60 + minutes) * (*s == '-' ? -60 : 60);
	return hours < 24 && minutes < 60;
}

/* "YYYY-MM-DD[T| ]HH:MM:SS" of a day and a time that exist; 60 is a leap second. */
static bool
parse_local(const char *s, int64_t *out)
{
	struct tm tm;
	int day;

	if (!has_shape(s, "0000-00-00") || (s[10] != 'T' && s[10] != ' ') ||
	    !has_shape(s + 11, "00:00:00"))
		return false;
	day = two_digits(s + 8);
	tm = (struct tm){
		.tm_year = two_digits(s) * 100 + two_digits(s + 2) - 1900,
		.tm_mon = two_digits(s + 5) - 1, .tm_mday = day,
		.tm_hour = two_digits(s + 11), .tm_min = two_digits(s + 14),
	};
	if (tm.tm_mon < 0 || tm.tm_mon > 11 || tm.tm_hour > 23 ||
	    tm.tm_min > 59 || two_digits(s + 17) > 60)
		return false;
	*out = (int64_t)timegm(&tm) + two_digits(s + 17);
	return tm.tm_mday == day;	/* timegm makes March 2 of February 30 */
}

bool
clock_parse(const char *s, int64_t *out)
{
	int64_t local;
	int zone;

	if (!parse_local(s, &local))
		return false;
	s += strlen("YYYY-MM-DDTHH:MM:SS");
	if (*s == '.') {
		if (s[1] < '0' || s[1] > '9')
			return false;
		s += 1 + strspn(s + 1, "0123456789");
	}
	if (!parse_zone(s, &zone))
		return false;
	*out = local - zone;
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
