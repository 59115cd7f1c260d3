-- SPDX-License-Identifier: MIT
-- 0003: finished tasks are forgotten after some time.
CREATE INDEX tasks_finished ON tasks (completed_at) WHERE completed_at IS NOT NULL;
