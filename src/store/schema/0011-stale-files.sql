-- SPDX-License-Identifier: MIT
-- Results whose task was deleted, until the poller has removed them from the cache.
CREATE TABLE stale_files (
	name		TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE INDEX tasks_result_file ON tasks (result_file) WHERE result_file IS NOT NULL;
