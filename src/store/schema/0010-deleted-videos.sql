-- SPDX-License-Identifier: MIT
-- A client that deletes while it pages may name what it has just deleted.
CREATE TABLE deleted_videos (
	task_id		TEXT PRIMARY KEY,
	place		INTEGER NOT NULL,	-- the id that the row of tasks had
	deleted_at	INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX deleted_videos_age ON deleted_videos (deleted_at);
