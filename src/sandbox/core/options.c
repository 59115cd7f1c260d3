/* SPDX-License-Identifier: MIT */
/* options.c: reads the command line. */
#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef HAVE_CONFIG_H
#include "config.h"
#include "number.h"
#else
#define PACKAGE_VERSION "unknown"
#endif

#ifndef LOCALSTATEDIR
#define LOCALSTATEDIR "/var"
#endif

#define MEDIA_DIR	LOCALSTATEDIR "/cache/sora2api-sandbox"
#define USUAL_THREADS	16
#define MAX_THREADS	1024

static const char usage[] =
    "usage: sora2api-sandbox [-hV] [--control] [--shared-clips]\n"
    "           [--dialect NAME [--key KEY | --no-key]] [--listen ADDRESS]\n"
    "           [--media DIR] [--public-url URL] [--set LIMIT=NUMBER]\n"
    "           [--speed N] [--threads N]\n";

static enum err
read_number(const char *text, long min, long max, int *out, struct error *e)
{
	int64_t value;

	if (!number_read(text, min, max, &value))
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "%.64s: not a number between %ld and %ld", text, min, max);
	*out = (int)value;
	return ERR_OK;
}

static enum err
read_speed(const char *text, struct limits *limits, struct error *e)
{
	char setting[80];

	snprintf(setting, sizeof(setting), "speed=%s", text);
	return limits_set_text(limits, setting, e);
}

static enum err
read_url(char *text, const char **out, struct error *e)
{
	size_t len = strlen(text);

	if (strncmp(text, "http://", 7) != 0 &&
	    strncmp(text, "https://", 8) != 0)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "%.64s: not an http or https URL", text);
	while (len > 0 && text[len - 1] == '/')
		text[--len] = '\0';
	*out = text;
	return ERR_OK;
}

/* "sora" is the video service itself, which has no row. */
static enum err
read_dialect(const char *name, struct options *out, struct error *e)
{
	if (strcmp(name, "sora") == 0)
		return ERR_OK;
	if ((out->dialect = dialect_find(name)) == NULL)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "--dialect %.64s: there is no such dialect", name);
	return ERR_OK;
}

/* In any order on the command line, so when all of it was read. */
static enum err
finish_dialect(struct options *out, struct error *e)
{
	if (out->dialect == NULL)
		return out->key == NULL ? ERR_OK : error_set(e,
		    ERR_INVALID_VALUE, NULL, "--key and --no-key need --dialect");
	out->manners = out->dialect->manners;
	if (out->key == NULL)
		return ERR_OK;
	if (strlen(out->key) >= sizeof(out->manners.key))
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "--key: too long");
	memcpy(out->manners.key, out->key, strlen(out->key) + 1);
	return ERR_OK;
}

static enum err
read_option(int option, struct options *out, struct error *e)
{
	switch (option) {
	case 'l':
		out->listen = optarg;
		return ERR_OK;
	case 'm':
		out->media_dir = optarg;
		return ERR_OK;
	case 'u':
		return read_url(optarg, &out->public_url, e);
	case 's':
		return read_speed(optarg, &out->limits, e);
	case 'L':
		return limits_set_text(&out->limits, optarg, e);
	case 't':
		return read_number(optarg, 1, MAX_THREADS, &out->threads, e);
	case 'd':
		return read_dialect(optarg, out, e);
	case 'k':
		out->key = optarg;
		return ERR_OK;
	case 'K':
		out->key = "";
		return ERR_OK;
	case 'c':
		out->control = true;
		return ERR_OK;
	case 'S':
		out->shared_clips = true;
		return ERR_OK;
	case 'h':
		fputs(usage, stdout);
		out->done = true;
		return ERR_OK;
	case 'V':
		puts("sora2api-sandbox " PACKAGE_VERSION);
		out->done = true;
		return ERR_OK;
	default:
		return error_set(e, ERR_INVALID_VALUE, NULL, "%s", usage);
	}
}

static enum err
check_folder(const char *dir, struct error *e)
{
	struct stat st;

	if (stat(dir, &st) < 0 || !S_ISDIR(st.st_mode) ||
	    access(dir, R_OK | W_OK | X_OK) < 0)
		return error_set(e, ERR_INVALID_VALUE, NULL,
		    "--media %s: not a folder to write in", dir);
	return ERR_OK;
}

enum err
options_read(int argc, char **argv, struct options *out, struct error *e)
{
	static const struct option table[] = {
		{ "listen", required_argument, NULL, 'l' },
		{ "media", required_argument, NULL, 'm' },
		{ "public-url", required_argument, NULL, 'u' },
		{ "speed", required_argument, NULL, 's' },
		{ "set", required_argument, NULL, 'L' },
		{ "threads", required_argument, NULL, 't' },
		{ "control", no_argument, NULL, 'c' },
		{ "dialect", required_argument, NULL, 'd' },
		{ "key", required_argument, NULL, 'k' },
		{ "no-key", no_argument, NULL, 'K' },
		{ "shared-clips", no_argument, NULL, 'S' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	enum err rc;
	int option;

	*out = (struct options){ .media_dir = MEDIA_DIR,
		.threads = USUAL_THREADS };
	limits_init(&out->limits);
	while ((option = getopt_long(argc, argv, "hV", table, NULL)) != -1) {
		if ((rc = read_option(option, out, e)) != ERR_OK || out->done)
			return rc;
	}
	if (optind < argc)
		return error_set(e, ERR_INVALID_VALUE, NULL, "%s", usage);
	if ((rc = finish_dialect(out, e)) != ERR_OK)
		return rc;
	return check_folder(out->media_dir, e);
}
