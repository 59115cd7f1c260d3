/* SPDX-License-Identifier: MIT */
/* ctl.h: what the commands of sora2apictl share. Private to src/ctl. */
#ifndef CTL_H
#define CTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "site.h"
#include "store.h"

struct arena;

#define CTL_OPTIONS	16	/* the most options that a command has */

struct ctl {			/* a command line, read */
	const char	*conf_path;	/* NULL: the default */
	bool		 json;		/* print for programs */
	int		 argc;		/* operands: what is no option */
	char		**argv;
	/* by place in the command's table of options: NULL: absent; "": a switch that is there */
	const char	*option[CTL_OPTIONS];
	/* opened as the command needs it; closed when the command returns */
	struct arena	*arena;
	struct site	 site;
	struct store	*st;
};

/* Exit codes, as the manual says. */
enum {
	CTL_OK = 0,
	CTL_FAILED = 1,		/* whatever has no code of its own */
	CTL_USAGE = 2,		/* the command line is wrong */
	CTL_INPUT = 3,		/* a file or a value that was given is wrong */
	CTL_STATE = 4,		/* no such thing, or not in its state, or there already */
	CTL_BUSY = 5,		/* temporary: the database is in use, the disk is full */
};

/*
 * A command. Its failure is told, and becomes the exit code; with an empty text
 * it has been told already.
 */
typedef enum err ctl_fn(struct ctl *ctl, struct error *e);

enum ctl_needs {
	NEEDS_NOTHING,
	NEEDS_CONF,		/* site.conf and the paths that follow from it */
	NEEDS_SITE,		/* the key file too, and usable folders */
	NEEDS_STORE,		/* and the database */
};

struct ctl_option {
	const char	*name;
	const char	*arg;	/* what is its argument; NULL: a switch; "a|b": one of these */
};

struct ctl_command {
	const char	*name;		/* one word, or two: "token add" */
	const char	*operands;	/* as in the usage: "file", "[id]"; "" for none */
	int		 min, max;	/* operands */
	enum ctl_needs	 needs;
	ctl_fn		*run;
	const struct ctl_option *options;	/* ends with a NULL name; NULL: none */
	const char	*help;
};

/* The i-th command, or NULL past the last. */
const struct ctl_command *ctl_command_get(size_t i);

ctl_fn ctl_admin_reset_password, ctl_api_key_set, ctl_api_key_show, ctl_backup,
    ctl_check, ctl_check_config, ctl_completion, ctl_import_config, ctl_import_db,
    ctl_init, ctl_migrate, ctl_sample_config, ctl_stats, ctl_status, ctl_tail,
    ctl_task_cancel, ctl_task_list, ctl_task_retry, ctl_task_show,
    ctl_token_add, ctl_token_delete, ctl_token_disable, ctl_token_enable,
    ctl_token_list, ctl_token_test;
extern const struct ctl_option ctl_token_add_options[];

/* The operand that is a token's id. ERR_INVALID_VALUE. */
MUST_CHECK enum err ctl_read_token_id(const struct ctl *ctl, int64_t *id, struct error *e);

/* Prints a JSON tree on a line of its own, and deletes it. */
struct cJSON;
void	ctl_print_json(struct cJSON *json);
/*
 * Notes about a command that succeeds: ctl_note collects them in the buffer `arg`,
 * ctl_tell_notes prints them to stderr afterwards. A failure prints its error only.
 */
struct buf;
void	ctl_note(void *arg, const char *text);
void	ctl_tell_notes(struct buf *notes);
/*
 * The text of a file, or of standard input when `path` is NULL, without the
 * blanks around it. ERR_INVALID_VALUE when there is none.
 */
MUST_CHECK enum err ctl_read_secret(const char *path, struct arena *a, const char **out,
    struct error *e);
/* The same, and "" when there is none. */
MUST_CHECK enum err ctl_read_secret_or_none(const char *path, struct arena *a, const char **out,
    struct error *e);

#endif
