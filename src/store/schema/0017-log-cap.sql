-- SPDX-License-Identifier: MIT
-- The newest 10,000 rows of the log stay: aged_forget, which the poller calls. A
-- trigger made every request delete another one's row.
DROP TRIGGER request_logs_cap;
