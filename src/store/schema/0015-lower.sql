-- SPDX-License-Identifier: MIT
-- Names whose case does not matter are compared by lower(): a collation of that
-- kind is SQLite's alone.
DROP INDEX tokens_email;
CREATE UNIQUE INDEX tokens_email ON tokens (lower(email)) WHERE email <> '';
DROP INDEX characters_name;
CREATE INDEX characters_name ON characters (lower(username))
	WHERE status = 'finalized' AND visibility = 'private';
