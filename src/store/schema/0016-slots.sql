-- SPDX-License-Identifier: MIT
-- A slot is taken by whoever gives the task its token: task_take_slot. It is given
-- back, as before, whenever a task stops being processed by its token.
DROP TRIGGER tasks_slot_taken;
