-- SPDX-License-Identifier: MIT
-- 0002: the request that made a task, so that the log of its way can be found by it.
ALTER TABLE tasks ADD COLUMN request_id TEXT;
