/* ctl.h: what the commands of sora2apictl share. Private to src/ctl. */
#ifndef CTL_H
#define CTL_H

#include <stdbool.h>

#include "site.h"
#include "store.h"

struct ctl {
	const char	*conf_path;	/* NULL: the default */
	bool		 json;		/* print for programs */
};

/* Exit codes, as the manual says. */
enum { CTL_OK = 0, CTL_FAILED = 1, CTL_USAGE = 2 };

/* A command: arguments after its name; returns an exit code. */
typedef int ctl_fn(const struct ctl *ctl, int argc, char **argv);

ctl_fn ctl_init, ctl_migrate, ctl_check_config, ctl_sample_config, ctl_status, ctl_token, ctl_admin;

/* "sora2apictl: text" on stderr; returns CTL_FAILED. */
int	ctl_fail(const struct error *e);
int	ctl_usage(const char *text);
/* Opens configuration, key and database, or says why not. ctl_close in any case. */
bool	ctl_open(const struct ctl *ctl, struct site *site, struct store **st);
void	ctl_close(struct site *site, struct store *st);
/* Prints a JSON tree on a line of its own, and deletes it. */
struct cJSON;
void	ctl_print_json(struct cJSON *json);

#endif
