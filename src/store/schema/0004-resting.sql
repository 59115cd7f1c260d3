-- SPDX-License-Identifier: MIT
-- 0004: large pools: the choice of a token does not look at those that rest, and
-- the list of all is not sorted.

-- A rate limit that is over is cleared before the choice, so that whoever rests
-- is in none of the indices that it walks.
DROP INDEX tokens_for_video;
DROP INDEX tokens_for_image;
CREATE INDEX tokens_for_video ON tokens (video_share DESC, chosen_ms, id, expiry_time)
	WHERE is_active = 1 AND video_enabled = 1 AND sora2_supported = 1
	AND cooled_until IS NULL AND sora2_cooldown_until IS NULL;
CREATE INDEX tokens_for_image ON tokens (image_share DESC, chosen_ms, id, expiry_time)
	WHERE is_active = 1 AND image_enabled = 1 AND cooled_until IS NULL;
CREATE INDEX tokens_cooled ON tokens (cooled_until) WHERE cooled_until IS NOT NULL;

-- When the first of them wakes, for those who find none.
ALTER TABLE tokens ADD COLUMN video_wakes INTEGER
	AS (max(coalesce(cooled_until, 0), coalesce(sora2_cooldown_until, 0))) VIRTUAL;
ALTER TABLE tokens ADD COLUMN image_wakes INTEGER AS (coalesce(cooled_until, 0)) VIRTUAL;
CREATE INDEX tokens_wake_for_video ON tokens (video_wakes, id, expiry_time)
	WHERE is_active = 1 AND video_enabled = 1 AND sora2_supported = 1;
CREATE INDEX tokens_wake_for_image ON tokens (image_wakes, id, expiry_time)
	WHERE is_active = 1 AND image_enabled = 1;

CREATE INDEX tokens_newest ON tokens (created_at, id);
