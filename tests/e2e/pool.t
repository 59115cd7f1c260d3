#!/bin/sh
# SPDX-License-Identifier: MIT
# pool.t: which account gets a task, how many at once, and who waits.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

stack_tokens=3
stack_videos=2
stack_speed=1000
stack_workers=1
stack_sandbox_options='--shared-clips --set quota=1000 --set concurrency=100'

plan 30
stack_start

unfinished()
{
	db 'SELECT count(*) FROM tasks WHERE completed_at IS NULL'
}

running()
{
	db "SELECT group_concat(video_running, ' ') FROM tokens ORDER BY id"
}

column()
{
	db "SELECT $1 FROM tasks WHERE task_id = '$id'"
}

accounts_of()
{
	db "SELECT group_concat(token_id, ' ') FROM (SELECT token_id FROM tasks
	    WHERE prompt LIKE '$1 %' ORDER BY id)"
}

# ---- turns ----

stack_stop poller
for n in 1 2 3 4 5 6 7; do
	create "{\"prompt\":\"turn $n\"}"
	states="${states-} $(word status)"
done
is "$(accounts_of turn)" '1 2 3 1 2 3' 'the emptiest first, then who rested longest'
is "$states" ' in_progress in_progress in_progress in_progress in_progress in_progress queued' \
    'two each, the seventh waits'
is "$(running)" '2 2 2' 'all slots are taken'
for n in 8 9 10; do
	create "{\"prompt\":\"turn $n\"}"
done
last=$id
db_write 'UPDATE tokens SET video_concurrency = -1 WHERE id = 3'
poller_start
ok 'all are done' wait_until 15 '[ "$(unfinished)" = 0 ]'
is "$(running)" '0 0 0' 'all slots are free'
is "$(db "SELECT count(*) FROM (SELECT id, lag(started_at) OVER (ORDER BY id) AS earlier,
    started_at FROM tasks) WHERE started_at < earlier")" 0 'first come, first served'
is "$(db 'SELECT sum(use_count) FROM tokens') $(db 'SELECT sum(video_count) FROM token_stats')" \
    '10 10' 'each use is counted once'

# ---- an account that takes fewer than we think ----

db_write 'UPDATE tokens SET video_concurrency = -1'
control POST limits '{"concurrency":2}'
for n in 1 2 3 4 5 6 7 8 9; do
	create "{\"prompt\":\"many $n [[sandbox:running=600]]\"}"
done
ok 'it says that it is full' wait_until 10 \
    '[ "$(db "SELECT count(*) FROM tokens WHERE video_learned IS NOT NULL")" -gt 0 ]'
state_of "$id"
like "$state" '^(queued|in_progress)$' 'nobody fails'
ok 'all are done in turn' wait_until 25 'pass 600; [ "$(unfinished)" = 0 ]'
is "$(db "SELECT DISTINCT status FROM tasks WHERE prompt LIKE 'many%'")" completed 'well'
is "$(db 'SELECT sum(error_count) FROM token_stats')" 0 'and no account is blamed'
control POST limits '{"concurrency":100}'

# ---- quotas ----

control POST accounts '{"email":"account1@example.org","remaining":1,"resets_in":30}'
db_write 'UPDATE tokens SET is_active = 0 WHERE id <> 1'
db_write 'UPDATE tokens SET video_learned = NULL'
create '{"prompt":"the last one"}'
ok 'the last video of a quota' wait_until 10 'has_state $id completed'
ok 'the account rests' wait_until 5 \
    '[ -n "$(db "SELECT sora2_cooldown_until FROM tokens WHERE id = 1")" ]'
create '{"prompt":"too much"}'
like "$status $(header retry-after)" '^429 ([12]?[0-9]|3[01])$' 'until the window is over'
control POST accounts '{"email":"account1@example.org","resets_in":0}'
db_write 'UPDATE tokens SET sora2_cooldown_until = unixepoch() WHERE id = 1'
db_write 'UPDATE tokens SET is_active = 1'
create '{"prompt":"another account"}'
isnt "$(column token_id)" 1 'the others go on'
ok 'it is asked for its quota, and back' wait_until 10 \
    '[ -z "$(db "SELECT sora2_cooldown_until FROM tokens WHERE id = 1")" ]'
ok 'with what is left' test "$(db 'SELECT sora2_remaining_count FROM tokens WHERE id = 1')" -gt 1

# ---- what only one account can do ----

create '{"prompt":"source"}'
ok 'a source' wait_until 10 'has_state $id completed'
source=$id
owner=$(column token_id)
db_write "UPDATE tasks SET permalink = NULL WHERE task_id = '$source'"
remix()
{
	ask POST "/v1/videos/$source/remix" --form-string prompt="again $1"
	id=$(word id)
}
remix 1
is "$status $(column token_id)" "201 $owner" 'its account remixes it'
ok 'well' wait_until 10 'has_state $id completed'
db_write "UPDATE tokens SET is_active = 0 WHERE id = $owner"
remix 2
is "$status $(word code)" '503 no_available_token' 'no other can'
db_write "UPDATE tokens SET is_active = 1, cooled_until = unixepoch() + 60 WHERE id = $owner"
remix 3
like "$status $(header retry-after)" '^429 (60|5.|4.)$' 'while it rests'
db_write "UPDATE tokens SET cooled_until = NULL, video_concurrency = 1 WHERE id = $owner"

# ---- who is not eligible ----

for change in 'is_active = 0' 'video_enabled = 0' 'sora2_supported = 0' \
    'sora2_supported = NULL' 'expiry_time = unixepoch() - 1'; do
	db_write "UPDATE tokens SET $change"
	create "{\"prompt\":\"nobody\"}"
	is "$status $(word code)" '503 no_available_token' "not with $change"
	db_write 'UPDATE tokens SET is_active = 1, video_enabled = 1, sora2_supported = 1,
	    expiry_time = unixepoch() + 9999'
done
create '{"prompt":"somebody"}'
is "$status" 201 'then somebody'
ok 'who does it' wait_until 10 'has_state $id completed'
