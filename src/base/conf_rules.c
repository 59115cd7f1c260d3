/* SPDX-License-Identifier: MIT */
/* conf_rules.c: what a string of the configuration may be. */
#include "conf_rules.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "attr.h"
#include "json.h"
#include "number.h"

#define MAX_PATH	400	/* of a folder: leaves room for names of files in it */
#define MAX_URL		2048

/* The sample values of configuration files in circulation. */
static const char sample_api_key[] = "your-api-key";
static const char sample_password[] = "your-password";

static bool
all_between(const char *s, unsigned char low, unsigned char high)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < low || (unsigned char)*s > high)
			return false;
	return true;
}

static bool
has_blank_or_control(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7f)
			return true;
	return false;
}

const char *
rule_not_empty(const char *value)
{
	return *value == '\0' ? "accepted: a string that is not empty" : NULL;
}

const char *
rule_api_key(const char *value)
{
	if (strcmp(value, sample_api_key) == 0)
		return "this is the sample key that everybody knows: set your "
		    "own, or remove the line and sora2apictl init generates "
		    "one";
	if (strlen(value) > 256 || !all_between(value, 0x21, 0x7e))
		return "accepted: at most 256 printable ASCII characters "
		    "without blanks; empty: sora2apictl init generates one";
	return NULL;
}

const char *
rule_username(const char *value)
{
	long count = utf8_count(value, strlen(value));

	if (count < 1 || count > 64 || has_blank_or_control(value))
		return "accepted: 1 to 64 characters without blanks";
	return NULL;
}

const char *
rule_password(const char *value)
{
	long count = utf8_count(value, strlen(value));

	if (*value == '\0')
		return NULL;
	if (strcmp(value, sample_password) == 0)
		return "this is the sample password that everybody knows: set "
		    "your own, or remove the line and sora2apictl init "
		    "generates one";
	if (count < 6 || count > 128)
		return "accepted: 6 to 128 characters; empty: sora2apictl init "
		    "generates one";
	return NULL;
}

const char *
rule_url(const char *value)
{
	size_t scheme = 0;

	if (strncasecmp(value, "http://", 7) == 0)
		scheme = 7;
	else if (strncasecmp(value, "https://", 8) == 0)
		scheme = 8;
	if (scheme == 0 || strchr("/:?#", value[scheme]) != NULL ||
	    strlen(value) > MAX_URL || has_blank_or_control(value))
		return "accepted: an address that starts with http:// or "
		    "https://, without blanks";
	return NULL;
}

const char *
rule_base_url(const char *value)
{
	return strpbrk(value, "?#") != NULL ?
	    "accepted: an address without ? and #, to which a path is added" :
	    rule_url(value);
}

const char *
rule_url_or_empty(const char *value)
{
	return *value == '\0' ? NULL : rule_url(value);
}

const char *
rule_base_url_or_empty(const char *value)
{
	return *value == '\0' ? NULL : rule_base_url(value);
}

const char *
rule_path(const char *value)
{
	if (*value == '\0')
		return "accepted: a path";
	return rule_path_or_empty(value);
}

const char *
rule_path_or_empty(const char *value)
{
	return strlen(value) > MAX_PATH ?
	    "accepted: a path of at most 400 bytes" : NULL;
}

const char *
rule_header_value(const char *value)
{
	for (; *value != '\0'; value++)
		if (((unsigned char)*value < ' ' && *value != '\t') ||
		    *value == 0x7f)
			return "accepted: a string without line breaks and "
			    "control characters";
	return NULL;
}

const char *
rule_database_type(const char *value)
{
	return strcmp(value, "sqlite") != 0 ? "only sqlite is supported" : NULL;
}

/* What follows the scheme of a proxy, which is http's when there is none. */
static const char *
after_scheme(const char *s)
{
	static const char *const schemes[] = {
		"http://", "https://", "socks5://", "socks5h://", "st5 ",
	};

	for (size_t i = 0; i < NELEM(schemes); i++)
		if (strncasecmp(s, schemes[i], strlen(schemes[i])) == 0)
			return s + strlen(schemes[i]);
	return s;
}

/* Checks host and port only; proxy.c parses the whole when the proxy is used. */
const char *
rule_proxy(const char *value)
{
	static const char accepted[] = "accepted: [scheme://][user:password@]"
	    "host:port or [scheme://]host:port:user:password, the scheme http, "
	    "https, socks5 or socks5h";
	const char *at, *host, *colon;
	int64_t port;
	size_t digits;

	if (*value == '\0')
		return NULL;
	host = after_scheme(value);
	if ((at = strrchr(host, '@')) != NULL)
		host = at + 1;
	if (strstr(host, "//") != NULL || has_blank_or_control(host))
		return accepted;
	colon = *host == '[' ? strchr(host, ']') : host;
	if (colon == NULL || (colon = strchr(colon, ':')) == NULL ||
	    colon == host || colon[1] < '0' || colon[1] > '9')
		return accepted;
	digits = strspn(colon + 1, "0123456789");
	if (!number_read_n(colon + 1, digits, 1, 65535, &port) ||
	    strchr(":/", colon[1 + digits]) == NULL)
		return accepted;
	return NULL;
}
