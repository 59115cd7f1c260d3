/* ids.c: ULIDs and the other identifiers. */
#include "ids.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "id.h"
#include "log.h"

char *
copy_text(const char *s)
{
	char *copy = s == NULL ? NULL : strdup(s);

	if (s != NULL && copy == NULL)
		fatal("out of memory");
	return copy;
}

char *
print_text(const char *fmt, ...)
{
	va_list ap;
	char *text;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		fatal("out of memory");
	return text;
}

/* 48 bits of milliseconds, 80 random bits; 5 bits a character, the first takes 3. */
char *
new_ulid(const char *prefix)
{
	static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
	uint64_t ms = (uint64_t)clock_now_ms();
	unsigned char random[16];
	char text[27];

	id_random(random, sizeof(random));
	for (int i = 9; i >= 0; i--, ms >>= 5)
		text[i] = digits[ms & 31];
	for (int i = 0; i < 16; i++)
		text[10 + i] = digits[random[i] & 31];
	text[26] = '\0';
	return print_text("%s%s", prefix, text);
}

char *
new_file_uuid(void)
{
	char hex[21];

	id_hex(hex, 20);
	return print_text("00000000-%.4s-7230-%.4s-%.12s", hex, hex + 4,
	    hex + 8);
}

char *
new_user_id(void)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789";
	char text[25];

	for (int i = 0; i < 24; i++)
		text[i] = digits[id_below(62)];
	text[24] = '\0';
	return print_text("user-%s", text);
}
