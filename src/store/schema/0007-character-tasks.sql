-- SPDX-License-Identifier: MIT
-- 0007: tasks that make a character of a clip.

-- What was asked for the character, JSON text; NULL: the task makes none.
ALTER TABLE tasks ADD COLUMN character_options TEXT;

-- How far the upstream is with it: part of the task, so that it is never begun twice.
ALTER TABLE characters ADD COLUMN task INTEGER;		-- that makes it
ALTER TABLE characters ADD COLUMN temporary INTEGER NOT NULL DEFAULT 0
	CHECK (temporary IN (0, 1));			-- goes, upstream, when the task has ended
ALTER TABLE characters ADD COLUMN username_hint TEXT;
ALTER TABLE characters ADD COLUMN name_tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE characters ADD COLUMN asset_pointer TEXT;	-- of its picture, there
ALTER TABLE characters ADD COLUMN delete_tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE characters ADD COLUMN delete_due_ms INTEGER NOT NULL DEFAULT 0;

CREATE UNIQUE INDEX characters_task ON characters (task) WHERE task IS NOT NULL;
CREATE INDEX characters_temporary ON characters (id)
	WHERE temporary = 1 AND status = 'finalized';

-- The upstream does not mind case in names.
DROP INDEX characters_name;
CREATE INDEX characters_name ON characters (username COLLATE NOCASE)
	WHERE status = 'finalized' AND visibility = 'private';
