/* SPDX-License-Identifier: MIT */
/* text_judge.c: whether an upstream's text, clean already, is anything for a client. */
#include <ctype.h>
#include <string.h>

#include "attr.h"
#include "text.h"

/* ---- what is inside of a machine ---- */

static bool
has_any(const char *s, const char *const *some, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcasestr(s, some[i]) != NULL)
			return true;
	return false;
}

static bool
is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.' ||
	    (unsigned char)c >= 0x80;
}

/* The length of "https://host.example/page" with a name that has dots, and no port; else 0. */
static size_t
public_address(const char *s)
{
	size_t host, n;

	if (strncasecmp(s, "https://", 8) != 0)
		return 0;
	host = strspn(s + 8, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
	    "XYZ0123456789.-");
	n = 8 + host;
	if (memchr(s + 8, '.', host) == NULL || s[n] == ':' || s[n] == '@' ||
	    !isalpha((unsigned char)s[n - 1]))
		return 0;
	while (is_name_char(s[n]) || s[n] == '/')
		n++;
	return n;
}

/* "/opt/x", "C:\x", "../x" and "a/b/c.d", but not "and/or", "16:9/9:16". */
static bool
is_path(const char *s, const char *at)
{
	const char *end = at;
	bool more = false;		/* something in it that prose has not */

	if (*at == '\\')
		return true;
	if (*at != '/' || !is_name_char(at[1]))
		return false;
	if (at == s || !is_name_char(at[-1]) || at[-1] == '.')
		return true;
	for (end++; is_name_char(*end) || *end == '/'; end++)
		more |= *end == '/' || (*end == '.' && is_name_char(end[1]));
	return more;
}

/* "10.0.0.7", "gpu7:8000", "root@gpu7" */
static bool
is_host(const char *s, const char *at)
{
	int dots = 0;

	if (*at == '@')
		return at > s && is_name_char(at[-1]) && is_name_char(at[1]);
	if (*at == ':')
		return at > s && isalnum((unsigned char)at[-1]) &&
		    isdigit((unsigned char)at[1]) &&
		    isdigit((unsigned char)at[2]) &&
		    isdigit((unsigned char)at[3]);
	if (!isdigit((unsigned char)*at) || (at > s && is_name_char(at[-1])))
		return false;
	for (; isdigit((unsigned char)*at) || *at == '.'; at++)
		dots += *at == '.' && isdigit((unsigned char)at[1]);
	return dots == 3;
}

/* Program text and its traces, and what a database is told and says. */
static bool
is_machine_text(const char *s)
{
	static const char *const marks[] = { "***", "{", "}", "()", "::",
	    "->", "=>", "==", "\", line ", ", line ", "traceback", " 0x", ".py",
	    ".cpp", ".java:", ".js:", ".go:", ".rs:", ".c:", ".so:", ".dll",
	    ".exe", ".safetensors", ".ckpt", ".json", ".yaml", "select *",
	    "insert into", "delete from", "drop table", "sqlstate", "sqlite",
	    "mysql", "postgres", "localhost", "env:", "</", "/>", "://" };
	static const char *const pairs[][2] = {
		{ "select ", " from " }, { "update ", " set " },
		{ "where ", "=" } };

	for (size_t i = 0; i < NELEM(pairs); i++) {
		const char *first = strcasestr(s, pairs[i][0]);

		if (first != NULL && strcasestr(first, pairs[i][1]) != NULL)
			return true;
	}
	return has_any(s, marks, NELEM(marks));
}

bool
text_leaks(const char *s)
{
	char rest[512];
	size_t n, used = 0;

	/* an address that anybody may see is none of this */
	for (const char *p = s; *p != '\0' && used < sizeof(rest) - 1;) {
		if ((n = public_address(p)) > 0)
			p += n;
		else
			rest[used++] = *p++;
	}
	rest[used] = '\0';
	for (const char *p = rest; *p != '\0'; p++)
		if (is_path(rest, p) || is_host(rest, p))
			return true;
	return is_machine_text(rest);
}

/* ---- what was asked for ---- */

/* These words alone say that it is about the content. */
static bool
is_about_policy(const char *s)
{
	static const char *const words[] = { "policy", "policies", "violat",
	    "guardrail", "moderat", "safety", "unsafe", "nsfw", "nudity",
	    "inappropriate", "copyright", "trademark", "third-party content",
	    "sensitive", "prohibited", "disallowed", "sexual", "violen",
	    "likeness", "public figure", "real people", "a person",
	    "no person", "people", "face",
	    /* sensitive, against the rules, reviewed, copyright */
	    "\xe6\x95\x8f\xe6\x84\x9f", "\xe8\xbf\x9d\xe8\xa7\x84",
	    "\xe5\xae\xa1\xe6\xa0\xb8", "\xe7\x89\x88\xe6\x9d\x83" };

	return has_any(s, words, NELEM(words));
}

/* A field of the request, and something that it has to be. */
static bool
is_about_field(const char *s)
{
	static const char *const fields[] = { "prompt", "seconds", "duration",
	    "size", "resolution", "aspect", "ratio", "width", "height",
	    "image", "picture", "photo", "video", "clip", "reference",
	    "character", "model", "quality", "frames" };
	static const char *const rules[] = { "must", "should", "invalid",
	    "not valid", "support", "too long", "too large", "too big",
	    "too short", "too small", "too many", "too dark", "too blurry",
	    "required", "missing", "exceed", "at least", "at most",
	    "allowed", "expected", "only", "between", "out of range",
	    "not a number", "empty", "blank", "cannot be", "can't be",
	    "unknown" };

	return has_any(s, fields, NELEM(fields)) &&
	    has_any(s, rules, NELEM(rules));
}

/* It is about who does the work. */
static bool
is_about_machines(const char *s)
{
	static const char *const words[] = { "cuda", "gpu", "vram", "memory",
	    "exception", "errno", "socket", "connect", "timed out",
	    "timeout", "thread", "worker", "node ", "host", "server",
	    "database", "stack", "segfault", "segmentation fault",
	    "core dump", "signal", "exit ", "exited", "crash", "kernel",
	    "docker", "container", "python", "tensor", "torch", "ffmpeg",
	    "null", "undefined", "assert", "bucket", "redis", "queue",
	    "api key", "access token", "credential", "password", "account",
	    "quota", "balance", "billing", "credit", "subscription",
	    "licen", "internal", "upstream", "proxy", "rate limit",
	    "overload", "capacity", "disk", "directory", "folder",
	    "render", "job ", "task ", "retry", "try again" };

	return has_any(s, words, NELEM(words));
}

bool
text_is_about_content(const char *s)
{
	if (is_about_policy(s))
		return true;
	return is_about_field(s) && !is_about_machines(s);
}
