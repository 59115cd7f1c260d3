/* SPDX-License-Identifier: MIT */
/* settings.c: what follows from the settings and the configuration file together. */
#include "settings.h"

#include "conf.h"

bool
settings_debug(const struct settings *s, const struct conf *conf,
    int64_t started_ms)
{
	return s->debug >= 0 && s->debug_set_ms >= started_ms ? s->debug == 1
	    : conf->debug_enabled;
}
