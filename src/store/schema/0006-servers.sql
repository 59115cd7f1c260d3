-- SPDX-License-Identifier: MIT
-- 0006: tokens that stand for an OpenAI-compatible server, and which token can
-- do what.

-- What a token can do, as its provider says: see capability.h. Tokens that can do
-- the same share a row; a row goes with the last of them.
CREATE TABLE offers (
	id		INTEGER PRIMARY KEY AUTOINCREMENT,
	provider	TEXT NOT NULL,
	what		TEXT NOT NULL,		-- JSON object
	UNIQUE (provider, what)
) STRICT;
-- That of the sora tokens is always the same.
INSERT INTO offers (id, provider, what)
	SELECT 1, 'sora', '{}' WHERE EXISTS (SELECT 1 FROM tokens);
DELETE FROM sqlite_sequence WHERE name = 'offers';
INSERT INTO sqlite_sequence (name, seq) VALUES ('offers', 1);

ALTER TABLE tokens ADD COLUMN base_url TEXT;	-- provider openai, as the next five
ALTER TABLE tokens ADD COLUMN models TEXT;	-- JSON, see backend.h
ALTER TABLE tokens ADD COLUMN options TEXT;	-- JSON, see backend.h
ALTER TABLE tokens ADD COLUMN found TEXT;	-- JSON, see backend.h
ALTER TABLE tokens ADD COLUMN found_at INTEGER;
ALTER TABLE tokens ADD COLUMN ask_after INTEGER;	-- not to be asked about itself before
ALTER TABLE tokens ADD COLUMN offer INTEGER NOT NULL DEFAULT 1;
-- Accounts need the right to make videos, servers do not.
ALTER TABLE tokens ADD COLUMN video_able INTEGER
	AS (provider <> 'sora' OR sora2_supported IS 1) VIRTUAL;

-- Number of the last change of the offers.
ALTER TABLE change_counter ADD COLUMN offers INTEGER NOT NULL DEFAULT 0;

CREATE TRIGGER offers_added AFTER INSERT ON offers BEGIN
	UPDATE change_counter SET offers = offers + 1;
END;
CREATE TRIGGER offers_deleted AFTER DELETE ON offers BEGIN
	UPDATE change_counter SET offers = offers + 1;
END;

CREATE TRIGGER tokens_offer_sora AFTER INSERT ON tokens WHEN NEW.offer = 1 BEGIN
	INSERT OR IGNORE INTO offers (id, provider, what) VALUES (1, 'sora', '{}');
END;
CREATE TRIGGER tokens_offer_left AFTER UPDATE OF offer ON tokens
	WHEN NEW.offer <> OLD.offer
BEGIN
	DELETE FROM offers WHERE id = OLD.offer
	    AND NOT EXISTS (SELECT 1 FROM tokens WHERE offer = OLD.offer);
END;
CREATE TRIGGER tokens_offer_deleted AFTER DELETE ON tokens BEGIN
	DELETE FROM offers WHERE id = OLD.offer
	    AND NOT EXISTS (SELECT 1 FROM tokens WHERE offer = OLD.offer);
END;
CREATE INDEX tokens_offer ON tokens (offer, id);
CREATE INDEX tokens_servers ON tokens (ask_after) WHERE base_url IS NOT NULL;

-- The choice walks one of these for each offer that will do.
DROP INDEX tokens_for_video;
DROP INDEX tokens_for_image;
DROP INDEX tokens_wake_for_video;
DROP INDEX tokens_wake_for_image;
CREATE INDEX tokens_for_video ON tokens (offer, video_share DESC, chosen_ms, id, expiry_time)
	WHERE is_active = 1 AND video_enabled = 1 AND video_able = 1
	AND cooled_until IS NULL AND sora2_cooldown_until IS NULL;
CREATE INDEX tokens_for_image ON tokens (offer, image_share DESC, chosen_ms, id, expiry_time)
	WHERE is_active = 1 AND image_enabled = 1 AND cooled_until IS NULL;
CREATE INDEX tokens_wake_for_video ON tokens (offer, video_wakes, id, expiry_time)
	WHERE is_active = 1 AND video_enabled = 1 AND video_able = 1;
CREATE INDEX tokens_wake_for_image ON tokens (offer, image_wakes, id, expiry_time)
	WHERE is_active = 1 AND image_enabled = 1;

-- What a task asks for, see capability.h; '': only a sora token has it.
ALTER TABLE tasks ADD COLUMN needs TEXT NOT NULL DEFAULT '';
CREATE INDEX tasks_queued_needs ON tasks (needs, id) WHERE status = 'queued';
