/* SPDX-License-Identifier: MIT */
/* sora_data.h: recorded answers, and the parts that every call to the provider needs. */
#ifndef SORA_DATA_H
#define SORA_DATA_H

#include "conf.h"
#include "json.h"
#include "provider.h"

struct sora_data {
	struct arena	*a;
	struct conf	 conf;
	struct token	 token;
	struct task	 task;
	struct call_input in;		/* points to the three above */
};

#define SORA_NOW	1774688900	/* what tests take for now */

/* For cmocka: *state is a struct sora_data. */
int	 sora_data_open(void **state);
int	 sora_data_close(void **state);

/* A file of tests/unit/data/sora; fails the test when it is not there. */
const char	*sora_data_file(struct sora_data *d, const char *name);
/* What the provider makes of that answer to a call. */
void	 sora_data_parse(struct sora_data *d, enum call call, long status, const char *body,
	    int attempt, struct outcome *out);

#endif
