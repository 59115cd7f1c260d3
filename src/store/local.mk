# SPDX-License-Identifier: MIT
libsora2api_a_SOURCES += \
	src/store/accept.c \
	src/store/aged.c \
	src/store/assign.c \
	src/store/backup.c \
	src/store/character.c \
	src/store/character_row.h \
	src/store/character_task.c \
	src/store/clock_row.h \
	src/store/decide.c \
	src/store/end.c \
	src/store/engine.h \
	src/store/group.c \
	src/store/idem.c \
	src/store/import.c \
	src/store/import_read.c \
	src/store/import_impl.h \
	src/store/import_settings.c \
	src/store/idem_row.h \
	src/store/lease.c \
	src/store/leftover.c \
	src/store/lock.c \
	src/store/migrate.c \
	src/store/offer.c \
	src/store/offer_row.h \
	src/store/outage.c \
	src/store/query.c \
	src/store/query.h \
	src/store/reqlog.c \
	src/store/reqlog_row.h \
	src/store/reserve.c \
	src/store/retry.c \
	src/store/session.c \
	src/store/sqlite.c \
	src/store/sqlite.h \
	src/store/sqlite_copy.c \
	src/store/sqlite_query.c \
	src/store/stale_file.c \
	src/store/settings.c \
	src/store/settings_row.h \
	src/store/settings_write.c \
	src/store/site.c \
	src/store/statements.c \
	src/store/statements.h \
	src/store/status.c \
	src/store/store.c \
	src/store/store_impl.h \
	src/store/task.c \
	src/store/task_row.h \
	src/store/token.c \
	src/store/token_change.c \
	src/store/token_edit.c \
	src/store/token_public.c \
	src/store/token_row.h \
	src/store/token_server.c

# The statements, included by statements.h and statements.c.
libsora2api_a_SOURCES += \
	src/store/sql/accept.inc \
	src/store/sql/aged.inc \
	src/store/sql/all.inc \
	src/store/sql/assign.inc \
	src/store/sql/character.inc \
	src/store/sql/character_task.inc \
	src/store/sql/decide.inc \
	src/store/sql/end.inc \
	src/store/sql/idem.inc \
	src/store/sql/import.inc \
	src/store/sql/lease.inc \
	src/store/sql/leftover.inc \
	src/store/sql/offer.inc \
	src/store/sql/outage.inc \
	src/store/sql/reqlog.inc \
	src/store/sql/reserve.inc \
	src/store/sql/retry.inc \
	src/store/sql/session.inc \
	src/store/sql/settings.inc \
	src/store/sql/settings_write.inc \
	src/store/sql/stale_file.inc \
	src/store/sql/status.inc \
	src/store/sql/task.inc \
	src/store/sql/token.inc \
	src/store/sql/token_change.inc \
	src/store/sql/token_edit.inc \
	src/store/sql/token_public.inc \
	src/store/sql/token_server.inc

# The steps of the schema, in their order, each as one C string.
SCHEMA = \
	src/store/schema/0001-initial.sql \
	src/store/schema/0002-request-id.sql \
	src/store/schema/0003-finished-tasks.sql \
	src/store/schema/0004-resting.sql \
	src/store/schema/0005-retries.sql \
	src/store/schema/0006-servers.sql \
	src/store/schema/0007-character-tasks.sql \
	src/store/schema/0008-jobs.sql \
	src/store/schema/0009-claims.sql \
	src/store/schema/0010-deleted-videos.sql \
	src/store/schema/0011-stale-files.sql \
	src/store/schema/0012-deleted-tokens.sql \
	src/store/schema/0013-task-counts.sql \
	src/store/schema/0014-work-clock.sql \
	src/store/schema/0015-lower.sql \
	src/store/schema/0016-slots.sql \
	src/store/schema/0017-log-cap.sql
EXTRA_DIST += $(SCHEMA)
CLEANFILES += src/store/schema.inc
src/store/migrate.$(OBJEXT): src/store/schema.inc

src/store/schema.inc: $(SCHEMA)
	$(AM_V_GEN)$(MKDIR_P) src/store && for step in $^; do \
		$(SED) -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/"&\\n"/' "$$step" && \
		echo ','; \
	done >$@.tmp && mv $@.tmp $@
