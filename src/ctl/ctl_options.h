/* SPDX-License-Identifier: MIT */
/* ctl_options.h: places of the options in the tables of table.c. */
#ifndef CTL_OPTIONS_H
#define CTL_OPTIONS_H

enum { BACKUP_FORCE };
enum { CHECK_OFFLINE };
enum { IMPORT_OUTPUT, IMPORT_SKIP_UNKNOWN };	/* import-config */
enum { IMPORT_DRY_RUN };			/* import-db */
enum { LIST_STATUS, LIST_LIMIT };		/* task list */
enum { RETRY_FORCE };				/* task retry */
enum { DELETE_NOW };				/* token delete */
enum { SECRET_FILE, SECRET_GENERATE };		/* api-key set */

#endif
