-- SPDX-License-Identifier: MIT
-- 0005: a failed task that was made once more knows its second life by name.

ALTER TABLE tasks ADD COLUMN retry_of TEXT;	-- task_id of the failed one
CREATE UNIQUE INDEX tasks_retry_of ON tasks (retry_of) WHERE retry_of IS NOT NULL;
