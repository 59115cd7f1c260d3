-- SPDX-License-Identifier: MIT
-- How many tasks there are of each status: to count them is to look at all.
CREATE TABLE task_counts (
	status		TEXT PRIMARY KEY,
	n		INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO task_counts (status, n)
	SELECT s.column1, (SELECT count(*) FROM tasks WHERE status = s.column1)
	FROM (VALUES ('queued'), ('processing'), ('completed'), ('failed'),
	    ('cancelled')) AS s;

CREATE TRIGGER tasks_counted AFTER INSERT ON tasks BEGIN
	UPDATE task_counts SET n = n + 1 WHERE status = NEW.status;
END;

CREATE TRIGGER tasks_counted_anew AFTER UPDATE OF status ON tasks
	WHEN OLD.status <> NEW.status
BEGIN
	UPDATE task_counts SET n = n - 1 WHERE status = OLD.status;
	UPDATE task_counts SET n = n + 1 WHERE status = NEW.status;
END;

CREATE TRIGGER tasks_uncounted AFTER DELETE ON tasks BEGIN
	UPDATE task_counts SET n = n - 1 WHERE status = OLD.status;
END;
