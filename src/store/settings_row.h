/* SPDX-License-Identifier: MIT */
/* settings_row.h: what the files that write settings share. Only src/store includes this. */
#ifndef SETTINGS_ROW_H
#define SETTINGS_ROW_H

#include "settings_store.h"

/* settings_set_password without a transaction of its own: to be called inside one. */
MUST_CHECK enum err settings_write_password(struct store *st, const char *password,
    const char *username, struct error *e);

#endif
