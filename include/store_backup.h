/* SPDX-License-Identifier: MIT */
/* store_backup.h: copies of the database, and whether it is sound. */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include <stdbool.h>

#include "error.h"

struct store;
struct store_conf;

/*
 * Copies the database of `conf`, of whatever schema, to `path` as it is at one
 * moment, while others write. The copy is checked, synced and only then gets
 * its name. ERR_CONFLICT when `path` exists, unless `replace`; the database
 * itself is never replaced. ERR_INTERNAL for another program's file, and for one
 * that was made with another key file: its copy would be worth nothing.
 */
MUST_CHECK enum err store_backup(const struct store_conf *conf, const char *path, bool replace,
    struct error *e);
/* SQLite's check of the whole file and of all references; ERR_INTERNAL with the first finding. */
MUST_CHECK enum err store_check(struct store *st, struct error *e);

#endif
