/* SPDX-License-Identifier: MIT */
/* base64.c: OpenSSL's block coder, with the padding and the other alphabet that it lacks. */
#include "base64.h"

#include <assert.h>
#include <ctype.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>

#include "arena.h"

#define GROUP	4		/* characters of three bytes */

size_t
base64_encode_to(char *out, const void *data, size_t len)
{
	assert(len <= INT_MAX / GROUP);
	return (size_t)EVP_EncodeBlock((unsigned char *)out, data, (int)len);
}

char *
base64_encode(const void *data, size_t len, struct arena *a)
{
	char *out = arena_alloc(a, BASE64_LEN(len) + 1);

	base64_encode_to(out, data, len);
	return out;
}

char *
base64url_encode(const void *data, size_t len, struct arena *a)
{
	char *out = base64_encode(data, len, a);

	out[strcspn(out, "=")] = '\0';
	for (char *at = out; *at != '\0'; at++)
		*at = *at == '+' ? '-' : *at == '/' ? '_' : *at;
	return out;
}

/* The last group, filled up with padding. */
static ssize_t
decode_rest(unsigned char *out, const char *text, size_t len)
{
	unsigned char group[GROUP], bytes[3];

	if (len < 2)			/* six bits alone are no byte */
		return -1;
	memset(group, '=', sizeof(group));
	memcpy(group, text, len);
	if (EVP_DecodeBlock(bytes, group, GROUP) != sizeof(bytes))
		return -1;
	memcpy(out, bytes, len - 1);
	return (ssize_t)len - 1;
}

/* Padding fills up the last group: at most two, and of a whole number of groups. */
static size_t
length_without_padding(const char *text, size_t len)
{
	if (len % GROUP != 0)
		return len;
	for (int i = 0; i < 2 && len > 0 && text[len - 1] == '='; i++)
		len--;
	return len;
}

/* OpenSSL would skip white space and take padding anywhere. */
static bool
is_base64(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)text[i]) && text[i] != '+' &&
		    text[i] != '/')
			return false;
	return true;
}

ssize_t
base64_decode_to(unsigned char *out, const char *text, size_t len)
{
	size_t n = length_without_padding(text, len);
	size_t whole = n / GROUP * GROUP;
	ssize_t rest = 0;

	assert(len <= INT_MAX);
	if (!is_base64(text, n) || (whole > 0 && EVP_DecodeBlock(out,
	    (const unsigned char *)text, (int)whole) < 0))
		return -1;
	if (whole < n)
		rest = decode_rest(out + whole / GROUP * 3, text + whole,
		    n - whole);
	return rest < 0 ? -1 : (ssize_t)(whole / GROUP * 3) + rest;
}

char *
base64url_decode(const char *text, size_t len, struct arena *a,
    size_t *out_len)
{
	char *plain = arena_alloc(a, len + 1);
	unsigned char *out = arena_alloc(a, len / GROUP * 3 + 4);
	ssize_t n;

	for (size_t i = 0; i < len; i++) {
		if (strchr("+/=", text[i]) != NULL)
			return NULL;
		plain[i] = text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i];
	}
	if (len == 0 || (n = base64_decode_to(out, plain, len)) < 0)
		return NULL;
	*out_len = (size_t)n;
	return (char *)out;
}
