-- SPDX-License-Identifier: MIT
-- 0001: the first schema. Times are Unix seconds, *_ms milliseconds, both UTC.

-- Proves that the key file belongs to this database.
CREATE TABLE meta (
	id		INTEGER PRIMARY KEY CHECK (id = 1),
	key_check	BLOB NOT NULL,
	created_at	INTEGER NOT NULL
) STRICT;

-- One row today; every task records the key that made it.
CREATE TABLE api_keys (
	id		INTEGER PRIMARY KEY,
	name		TEXT NOT NULL UNIQUE,
	key		BLOB,			-- sealed; NULL: the configuration file's
	created_at	INTEGER NOT NULL,
	updated_at	INTEGER NOT NULL
) STRICT;

CREATE TABLE tokens (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	provider	TEXT NOT NULL DEFAULT 'sora',
	token		BLOB NOT NULL,		-- sealed, as st, rt and proxy_url
	token_hash	BLOB NOT NULL UNIQUE,	-- SHA-256 of the access token
	st		BLOB,
	rt		BLOB,
	client_id	TEXT,
	proxy_url	BLOB,
	email		TEXT NOT NULL DEFAULT '',
	username	TEXT NOT NULL DEFAULT '',
	name		TEXT NOT NULL DEFAULT '',
	remark		TEXT,
	expiry_time	INTEGER,
	is_active	INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
	cooled_until	INTEGER,
	created_at	INTEGER NOT NULL,
	last_used_at	INTEGER,
	use_count	INTEGER NOT NULL DEFAULT 0,
	plan_type	TEXT,
	plan_title	TEXT,
	subscription_end INTEGER,
	sora2_supported	INTEGER CHECK (sora2_supported IN (0, 1)),
	sora2_invite_code TEXT,
	sora2_redeemed_count INTEGER NOT NULL DEFAULT 0,
	sora2_total_count INTEGER NOT NULL DEFAULT 0,
	sora2_remaining_count INTEGER NOT NULL DEFAULT 0,
	sora2_cooldown_until INTEGER,
	image_enabled	INTEGER NOT NULL DEFAULT 1 CHECK (image_enabled IN (0, 1)),
	video_enabled	INTEGER NOT NULL DEFAULT 1 CHECK (video_enabled IN (0, 1)),
	image_concurrency INTEGER NOT NULL DEFAULT -1
			CHECK (image_concurrency = -1 OR image_concurrency >= 1),
	video_concurrency INTEGER NOT NULL DEFAULT -1
			CHECK (video_concurrency = -1 OR video_concurrency >= 1),
	-- Slots in use: kept by the triggers on tasks, so they cannot drift.
	image_running	INTEGER NOT NULL DEFAULT 0,
	video_running	INTEGER NOT NULL DEFAULT 0,
	chosen_ms	INTEGER NOT NULL DEFAULT 0,	-- when it last got a task
	refresh_after	INTEGER,		-- not to be renewed before
	-- What the account takes at once, learned when it said that it is full.
	video_learned	INTEGER CHECK (video_learned >= 1),
	-- The share of free slots; 1 without a limit, 0 or less when full.
	image_share	REAL GENERATED ALWAYS AS (CASE WHEN image_concurrency < 0 THEN 1.0
			ELSE (image_concurrency - image_running) * 1.0 / image_concurrency END) VIRTUAL,
	video_share	REAL GENERATED ALWAYS AS (CASE
			WHEN video_concurrency < 0 AND video_learned IS NULL THEN 1.0
			WHEN video_learned IS NULL
			    OR (video_concurrency > 0 AND video_concurrency < video_learned)
			THEN (video_concurrency - video_running) * 1.0 / video_concurrency
			ELSE (video_learned - video_running) * 1.0 / video_learned END) VIRTUAL
) STRICT;

CREATE UNIQUE INDEX tokens_email ON tokens (email COLLATE NOCASE) WHERE email <> '';

-- The choice walks one of these and stops at the first token that is not resting.
CREATE INDEX tokens_for_video ON tokens (video_share DESC, chosen_ms, id,
	cooled_until, expiry_time, sora2_cooldown_until)
	WHERE is_active = 1 AND video_enabled = 1 AND sora2_supported = 1;
CREATE INDEX tokens_for_image ON tokens (image_share DESC, chosen_ms, id,
	cooled_until, expiry_time)
	WHERE is_active = 1 AND image_enabled = 1;
CREATE INDEX tokens_sora2_cooldown ON tokens (sora2_cooldown_until)
	WHERE is_active = 1 AND sora2_cooldown_until IS NOT NULL;

CREATE TABLE token_stats (
	token_id	INTEGER PRIMARY KEY REFERENCES tokens (id) ON DELETE CASCADE,
	image_count	INTEGER NOT NULL DEFAULT 0,
	video_count	INTEGER NOT NULL DEFAULT 0,
	error_count	INTEGER NOT NULL DEFAULT 0,
	last_error_at	INTEGER,
	today_image_count INTEGER NOT NULL DEFAULT 0,
	today_video_count INTEGER NOT NULL DEFAULT 0,
	today_error_count INTEGER NOT NULL DEFAULT 0,
	today_date	TEXT NOT NULL DEFAULT '',	-- YYYY-MM-DD, the server's time zone
	consecutive_error_count INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TRIGGER tokens_stats AFTER INSERT ON tokens BEGIN
	INSERT INTO token_stats (token_id) VALUES (NEW.id);
END;

-- Tasks carry the number of their last visible change, so that whoever waits
-- reads only what is new.
CREATE TABLE change_counter (
	id		INTEGER PRIMARY KEY CHECK (id = 1),
	value		INTEGER NOT NULL,
	queued		INTEGER NOT NULL,	-- tasks that wait for a slot
	queued_images	INTEGER NOT NULL	-- those of them that are images
) STRICT;
INSERT INTO change_counter (id, value, queued, queued_images)
	VALUES (1, 0, 0, 0);

CREATE TABLE tasks (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	task_id		TEXT NOT NULL UNIQUE,
	api_key_id	INTEGER NOT NULL REFERENCES api_keys (id),
	token_id	INTEGER,		-- of a token that may be deleted since
	kind		TEXT NOT NULL CHECK (kind IN ('video', 'image', 'character')),
	operation	TEXT NOT NULL,
	status		TEXT NOT NULL CHECK (status IN
			('queued', 'processing', 'completed', 'failed', 'cancelled')),
	step		TEXT NOT NULL,
	progress	REAL NOT NULL DEFAULT 0,
	model		TEXT NOT NULL,
	public_model	TEXT NOT NULL,
	prompt		TEXT NOT NULL,
	size		TEXT,
	seconds		INTEGER NOT NULL DEFAULT 0,
	style_id	TEXT,
	remixed_from	TEXT,
	remix_target	TEXT,
	metadata	TEXT,
	is_async	INTEGER NOT NULL CHECK (is_async IN (0, 1)),
	base_url	TEXT NOT NULL DEFAULT '',
	bound_token	INTEGER NOT NULL DEFAULT 0,
	upstream_id	TEXT,
	generation_id	TEXT,
	permalink	TEXT,
	post_id		TEXT,			-- of the post that we made of it
	source_url	TEXT,
	result_file	TEXT,
	result_urls	TEXT,			-- JSON array
	error_code	TEXT,
	error_message	TEXT,
	created_at	INTEGER NOT NULL,
	started_at	INTEGER,
	submitted_at	INTEGER,
	completed_at	INTEGER,
	step_ms		INTEGER NOT NULL,
	due_ms		INTEGER NOT NULL,
	tokens_tried	INTEGER NOT NULL DEFAULT 0,
	attempts	INTEGER NOT NULL DEFAULT 0,
	change		INTEGER NOT NULL,
	CHECK (status = 'queued' OR status = 'processing' OR completed_at IS NOT NULL)
) STRICT;

CREATE INDEX tasks_change ON tasks (change);
CREATE INDEX tasks_by_kind ON tasks (kind, id);
CREATE INDEX tasks_unfinished ON tasks (status, kind, id)
	WHERE status IN ('queued', 'processing');
CREATE INDEX tasks_queued ON tasks (id, kind) WHERE status = 'queued';
CREATE INDEX tasks_upstream ON tasks (token_id, upstream_id)
	WHERE upstream_id IS NOT NULL;

-- An insert brings its number along: value + 1.
CREATE TRIGGER tasks_inserted AFTER INSERT ON tasks BEGIN
	UPDATE change_counter SET value = value + 1,
	    queued = queued + (NEW.status = 'queued'),
	    queued_images = queued_images + (NEW.status = 'queued' AND NEW.kind = 'image');
END;

CREATE TRIGGER tasks_queued_deleted AFTER DELETE ON tasks WHEN OLD.status = 'queued' BEGIN
	UPDATE change_counter SET queued = queued - 1,
	    queued_images = queued_images - (OLD.kind = 'image');
END;

CREATE TRIGGER tasks_changed AFTER UPDATE OF status, progress, step ON tasks
	WHEN OLD.status <> NEW.status OR OLD.step <> NEW.step
	    OR CAST(OLD.progress AS INTEGER) <> CAST(NEW.progress AS INTEGER)
BEGIN
	UPDATE change_counter SET value = value + 1,
	    queued = queued + (NEW.status = 'queued') - (OLD.status = 'queued'),
	    queued_images = queued_images + (NEW.status = 'queued' AND NEW.kind = 'image')
	        - (OLD.status = 'queued' AND OLD.kind = 'image');
	UPDATE tasks SET change = (SELECT value FROM change_counter) WHERE id = NEW.id;
END;

-- A slot is held exactly while a task is processing with a token.
CREATE TRIGGER tasks_slot_given_back AFTER UPDATE OF status, token_id ON tasks
	WHEN OLD.status = 'processing' AND OLD.token_id IS NOT NULL
	    AND (NEW.status <> 'processing' OR NEW.token_id IS NOT OLD.token_id)
BEGIN
	UPDATE tokens SET image_running = image_running - (OLD.kind = 'image'),
	    video_running = video_running - (OLD.kind <> 'image')
	    WHERE id = OLD.token_id;
END;

CREATE TRIGGER tasks_slot_taken AFTER UPDATE OF status, token_id ON tasks
	WHEN NEW.status = 'processing' AND NEW.token_id IS NOT NULL
	    AND (OLD.status <> 'processing' OR OLD.token_id IS NOT NEW.token_id)
BEGIN
	UPDATE tokens SET image_running = image_running + (NEW.kind = 'image'),
	    video_running = video_running + (NEW.kind <> 'image')
	    WHERE id = NEW.token_id;
END;

CREATE TRIGGER tasks_slot_deleted AFTER DELETE ON tasks
	WHEN OLD.status = 'processing' AND OLD.token_id IS NOT NULL
BEGIN
	UPDATE tokens SET image_running = image_running - (OLD.kind = 'image'),
	    video_running = video_running - (OLD.kind <> 'image')
	    WHERE id = OLD.token_id;
END;

-- References that clients gave: files in the spool.
CREATE TABLE task_media (
	task		INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
	position	INTEGER NOT NULL,
	file		TEXT NOT NULL,
	mime		TEXT NOT NULL,
	upstream_id	TEXT,			-- with the task's token
	PRIMARY KEY (task, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX task_media_file ON task_media (file);

-- Tokens that a task was given: it is not given to one twice.
CREATE TABLE task_tokens (
	task		INTEGER NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
	token_id	INTEGER NOT NULL,
	PRIMARY KEY (task, token_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE characters (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	cameo_id	TEXT NOT NULL UNIQUE,
	character_id	TEXT,
	token_id	INTEGER NOT NULL,
	username	TEXT NOT NULL,
	display_name	TEXT NOT NULL,
	profile_url	TEXT,
	instruction_set	TEXT,			-- JSON text
	safety_instruction_set TEXT,
	visibility	TEXT NOT NULL DEFAULT 'private' CHECK (visibility IN ('private', 'public')),
	status		TEXT NOT NULL CHECK (status IN ('processing', 'finalized', 'deleted')),
	created_at	INTEGER NOT NULL,
	updated_at	INTEGER NOT NULL
) STRICT;
CREATE INDEX characters_name ON characters (username)
	WHERE status = 'finalized' AND visibility = 'private';
CREATE INDEX characters_token ON characters (token_id);

CREATE TABLE request_logs (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	token_id	INTEGER,
	task_id		TEXT,
	operation	TEXT NOT NULL,
	request_body	TEXT,
	response_body	TEXT,
	status_code	INTEGER NOT NULL DEFAULT -1,	-- -1: it runs
	duration	REAL NOT NULL DEFAULT -1.0,	-- seconds
	created_at	INTEGER NOT NULL,
	created_ms	INTEGER NOT NULL,
	updated_at	INTEGER
) STRICT;
CREATE INDEX request_logs_task ON request_logs (task_id);

-- The newest 10,000 stay.
CREATE TRIGGER request_logs_cap AFTER INSERT ON request_logs BEGIN
	DELETE FROM request_logs WHERE id <= NEW.id - 10000;
END;

CREATE TABLE admin_config (
	id		INTEGER PRIMARY KEY CHECK (id = 1),
	admin_username	TEXT NOT NULL,
	admin_password	TEXT NOT NULL,		-- scrypt
	error_ban_threshold INTEGER NOT NULL,
	debug_enabled	INTEGER CHECK (debug_enabled IN (0, 1)),
	debug_set_ms	INTEGER NOT NULL DEFAULT 0,	-- processes started later go by their file
	updated_at	INTEGER NOT NULL
) STRICT;

CREATE TABLE proxy_config (
	id		INTEGER PRIMARY KEY CHECK (id = 1),
	proxy_enabled	INTEGER NOT NULL CHECK (proxy_enabled IN (0, 1)),
	proxy_url	BLOB,			-- sealed
	proxy_pool_enabled INTEGER NOT NULL CHECK (proxy_pool_enabled IN (0, 1))
) STRICT;

CREATE TABLE watermark_free_config (
	id		INTEGER PRIMARY KEY CHECK (id = 1),
	watermark_free_enabled INTEGER NOT NULL CHECK (watermark_free_enabled IN (0, 1)),
	parse_method	TEXT NOT NULL CHECK (parse_method IN ('third_party', 'custom')),
	custom_parse_url TEXT,
	custom_parse_token BLOB			-- sealed
) STRICT;

CREATE TABLE cache_config (
	id		INTEGER PRIMARY KEY CHECK (id = 1),
	cache_enabled	INTEGER NOT NULL CHECK (cache_enabled IN (0, 1)),
	cache_timeout	INTEGER NOT NULL,
	cache_base_url	TEXT
) STRICT;

CREATE TABLE generation_config (
	id		INTEGER PRIMARY KEY CHECK (id = 1),
	image_timeout	INTEGER NOT NULL,
	video_timeout	INTEGER NOT NULL
) STRICT;

CREATE TABLE token_refresh_config (
	id		INTEGER PRIMARY KEY CHECK (id = 1),
	at_auto_refresh_enabled INTEGER NOT NULL CHECK (at_auto_refresh_enabled IN (0, 1))
) STRICT;

CREATE TABLE cloudflare_solver_config (
	id		INTEGER PRIMARY KEY CHECK (id = 1),
	solver_enabled	INTEGER NOT NULL CHECK (solver_enabled IN (0, 1)),
	solver_api_url	TEXT
) STRICT;

CREATE TABLE admin_sessions (
	token_hash	BLOB PRIMARY KEY,	-- SHA-256
	created_at	INTEGER NOT NULL,
	expires_at	INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency_keys (
	api_key_id	INTEGER NOT NULL,
	key_hash	BLOB NOT NULL,		-- SHA-256
	body_hash	BLOB NOT NULL,		-- SHA-256 of route and body
	claimed_at	INTEGER NOT NULL,
	expires_at	INTEGER NOT NULL,
	task		INTEGER,		-- NULL while it is being stored
	answer		TEXT,
	PRIMARY KEY (api_key_id, key_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_expiry ON idempotency_keys (expires_at);

CREATE TABLE leases (
	name		TEXT PRIMARY KEY,
	owner		TEXT NOT NULL,
	expires_ms	INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
