/* SPDX-License-Identifier: MIT */
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
#include "xalloc.h"

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
	return xasprintf("%s%s", prefix, text);
}

char *
new_file_uuid(void)
{
	char hex[21];

	id_hex(hex, 20);
	return xasprintf("00000000-%.4s-7230-%.4s-%.12s", hex, hex + 4,
	    hex + 8);
}

/* The prefix and so many random ones of the first `among` letters and digits. */
static char *
new_name(const char *prefix, int len, uint32_t among)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	    "abcdefghijklmnopqrstuvwxyz";
	char text[65];

	for (int i = 0; i < len; i++)
		text[i] = digits[id_below(among)];
	text[len] = '\0';
	return xasprintf("%s%s", prefix, text);
}

char *
new_user_id(void)
{
	return new_name("user-", 24, 62);
}

char *
new_invite_code(void)
{
	return new_name("", 6, 36);
}

char *
new_refresh_token(void)
{
	return new_name("rt_", 64, 62);
}

static char *
new_hex_id(const char *prefix, size_t digits)
{
	char hex[33];

	id_hex(hex, digits);
	return xasprintf("%s%s", prefix, hex);
}

char *
new_post_id(void)
{
	return new_hex_id("s_", 32);
}

char *
new_file_id(void)
{
	return new_hex_id("file_", 32);
}

char *
new_cameo_id(void)
{
	return new_hex_id("cameo_", 16);
}

char *
new_character_id(void)
{
	return new_hex_id("ch_", 32);
}
