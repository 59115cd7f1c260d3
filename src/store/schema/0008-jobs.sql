-- SPDX-License-Identifier: MIT
-- 0008: upstreams that are asked for each job by itself.

ALTER TABLE tasks ADD COLUMN fetch_url TEXT;	-- a source_url that is not fit for clients
ALTER TABLE tasks ADD COLUMN resubmitted INTEGER NOT NULL DEFAULT 0;

-- Jobs that nobody here needs any more, to be deleted at their upstream.
CREATE TABLE leftovers (
	id		INTEGER PRIMARY KEY,
	token_id	INTEGER NOT NULL REFERENCES tokens (id) ON DELETE CASCADE,
	upstream_id	TEXT NOT NULL,
	finished	INTEGER NOT NULL CHECK (finished IN (0, 1)),
	attempts	INTEGER NOT NULL DEFAULT 0,
	due_ms		INTEGER NOT NULL
) STRICT;
CREATE INDEX leftovers_due ON leftovers (due_ms, id);
CREATE INDEX leftovers_token ON leftovers (token_id);

-- A task that was cancelled here goes on there; sora has no call that ends it.
CREATE TRIGGER tasks_leftover AFTER UPDATE OF status ON tasks
	WHEN NEW.status = 'cancelled' AND OLD.status = 'processing'
	    AND OLD.upstream_id IS NOT NULL
	    AND EXISTS (SELECT 1 FROM tokens WHERE id = OLD.token_id AND provider <> 'sora')
BEGIN
	INSERT INTO leftovers (token_id, upstream_id, finished, due_ms)
	    VALUES (OLD.token_id, OLD.upstream_id, OLD.step = 'download', 0);
END;
