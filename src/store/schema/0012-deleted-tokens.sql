-- SPDX-License-Identifier: MIT
-- A token that is deleted while tasks run on it stays for them, unseen.

-- NULL: it was not deleted. Else is_active is 0, email '' and offer 0, so that it
-- is chosen for nothing and keeps nobody from adding its account again.
ALTER TABLE tokens ADD COLUMN deleted_at INTEGER;
CREATE INDEX tokens_deleted ON tokens (deleted_at) WHERE deleted_at IS NOT NULL;

-- One that is added again is there again.
CREATE TRIGGER tokens_offer_sora_again AFTER UPDATE OF offer ON tokens
	WHEN NEW.offer = 1 AND OLD.offer <> 1
BEGIN
	INSERT OR IGNORE INTO offers (id, provider, what) VALUES (1, 'sora', '{}');
END;
