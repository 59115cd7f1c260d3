#!/bin/sh
# SPDX-License-Identifier: MIT
# sweep.t: however much is old, it goes in slices: the poller works meanwhile, and
# nobody takes its place.
# shellcheck disable=SC2016,SC2034,SC2154
: "${abs_top_srcdir:=$(pwd)}"
. "$abs_top_srcdir/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

: "${old_tasks:=100000}"
: "${old_files:=3000}"

plan 7

stack_speed=1000
stack_workers=1
stack_set poller.lease_time 3
stack_set poller.sweep_interval 1
stack_set limits.keep_tasks 3600
stack_start
stack_stop poller

db_write "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
    WHERE i < $old_tasks) INSERT INTO tasks (task_id, api_key_id, kind, operation, status,
    step, progress, model, public_model, prompt, size, seconds, is_async, created_at,
    completed_at, step_ms, due_ms, change, needs)
    SELECT printf('sora-2-%012x', i), 1, 'video', 'video_generation', 'failed', 'done', 0,
    'sora-video-landscape-10s', 'sora-2', 'A boat', '1280x720', 10, 1, 1, 1, -86400000, 0, 0, ''
    FROM n"
n=0
while [ "$((n += 1))" -le "$old_files" ]; do
	echo "$stack/cache/$n.mp4"
done | xargs touch -d '2001-01-01'

left()
{
	db 'SELECT count(*) FROM tasks WHERE completed_at = 1'
}

files()
{
	find "$stack/cache" -name '*.mp4' | wc -l
}

leases()
{
	db "SELECT expires_ms FROM leases WHERE name = 'poller'"
}

# renewed SINCE: the lease was, and is a poller's
renewed()
{
	renewed_now=$(leases)
	[ -n "$renewed_now" ] && [ "$renewed_now" != "$1" ]
}

is "$(left)" "$old_tasks" 'there are many old tasks'
poller_start
create '{"prompt":"a harbour in the morning","seconds":10}'
ok 'a video is made while they go' wait_until 60 'has_ended "$id"'
is "$state" completed 'as any other'
ok 'which is not all at once' test "$(left)" -gt 0
lease=$(leases)
wait_until 60 'renewed "$lease"'
ok 'the lease is renewed meanwhile' test "$(left)" -gt 0
ok 'in the end they are gone' wait_until 300 '[ "$(left)" -eq 0 ]'
ok 'and so are old files' wait_until 60 '[ "$(files)" -le 1 ]'
