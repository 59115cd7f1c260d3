-- SPDX-License-Identifier: MIT
-- A request that claimed a key holds a lock for as long as it runs: see holder.h.
ALTER TABLE idempotency_keys ADD COLUMN holder INTEGER;	-- NULL: it could take none
