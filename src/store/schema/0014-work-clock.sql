-- SPDX-License-Identifier: MIT
-- The service's own clock: how long a poller has worked, in milliseconds.
-- No step of the wall clock moves it, and while none works it stands still. The
-- times of a task that decide something are of this clock: step_ms and due_ms,
-- and those that are added here. What was stored of the wall clock begins anew.

ALTER TABLE leases ADD COLUMN worked_ms INTEGER NOT NULL DEFAULT 0;

-- A task's own clock is the service's, less the time in which its upstream could
-- not be reached.
ALTER TABLE tasks ADD COLUMN outage_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tasks ADD COLUMN wait_from_ms INTEGER NOT NULL DEFAULT 0;	-- it was accepted
ALTER TABLE tasks ADD COLUMN work_from_ms INTEGER NOT NULL DEFAULT 0;	-- it got its slot, or the upstream took it
-- The limits that it began with, in seconds; 0: the setting of now.
ALTER TABLE tasks ADD COLUMN timeout_s INTEGER NOT NULL DEFAULT 0;	-- to wait, and then to be made
ALTER TABLE tasks ADD COLUMN limit_s INTEGER NOT NULL DEFAULT 0;	-- to be made, where a server has its own

-- Those that have ended did so before all time: the wall clock tells when they go.
UPDATE tasks SET due_ms = 0, step_ms = CASE WHEN completed_at IS NULL THEN 0
	ELSE -315360000000 END;
UPDATE leftovers SET due_ms = 0;
UPDATE characters SET delete_due_ms = 0;
