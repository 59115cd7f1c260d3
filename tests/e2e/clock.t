#!/bin/sh
# SPDX-License-Identifier: MIT
# clock.t: the clock jumps, and the poller is away for longer than any limit:
# nothing is lost, made twice, or held up, and no account is blamed.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/clock.sh"

stack_videos=3
stack_speed=1000
stack_workers=1
stack_sandbox_options='--shared-clips --set concurrency=100 --set quota=5000'
stack_set generation.video_timeout 60
stack_set generation.image_timeout 60
stack_set poller.lease_time 2
stack_set poller.sweep_interval 1
stack_set sora.settle_time 1
stack_set limits.keep_tasks 60
clock_begin

plan 38
stack_start
day=86400

batch()
{
	for each in 1 2 3 4 5 6; do
		create "{\"prompt\":\"$1 $each\",\"seconds\":\"10\"}"
	done
}

# all_done PATTERN N: so many tasks with such a prompt are completed.
all_done()
{
	[ "$(db "SELECT count(*) FROM tasks WHERE prompt LIKE '$1' AND status = 'completed'")" = "$2" ]
}

has_them()
{
	[ "$(db "SELECT count(*) FROM tasks WHERE prompt LIKE '$1' AND submitted_at > 0")" = "$2" ]
}

# ---- nobody works for a day ----

for each in 1 2 3; do
	create "{\"prompt\":\"sent $each [[sandbox:running=1]]\"}"
done
batch waits
ok 'some are sent' wait_until 10 'has_them "sent%" 3'
is "$(db "SELECT count(*) FROM tasks WHERE status = 'queued'")" 6 'the others wait'
stack_kill poller
ok 'the upstream finishes what it has' wait_until 15 'control GET state
    [ "$(jq "[.tasks[] | select(.state == \"draft\")] | length" "$stack/control")" = 3 ]'
clock_set +$day
poller_start
ok 'a day later what was sent is completed' wait_until 20 'all_done "sent%" 3'
ok 'and what waited' wait_until 20 'all_done "waits%" 6'
is "$(db "SELECT count(*) FROM tasks WHERE status NOT IN ('completed')")" 0 'none failed'
nothing_lost 'a day without a poller'

# ---- the clock jumps while all work ----

# jump NAME CLOCK: with tasks at work, and with some that come afterwards.
jump()
{
	batch "before $1 [[sandbox:running=1]]"
	wait_until 10 "has_them 'before $1 %' 3"
	clock_set "$2"
	batch "after $1"
	ok "$1: those at work are completed" wait_until 20 "all_done 'before $1 %' 6"
	ok "$1: and those that came later" wait_until 20 "all_done 'after $1%' 6"
	ask GET /ready
	is "$status" 200 "$1: it is ready"
}

jump 'two days ahead' +172800
jump 'three days back' -$day
jump 'put right' +0
nothing_lost 'all jumps'
is "$(grep -c 'lease was lost' "$stack/log/poller")" 0 'the poller kept its lease'

# ---- results and tasks stay, whatever the clock says ----

ask GET "/v1/videos/$id"
like "$status" '^200$' 'the last is known'
file=$(db "SELECT result_file FROM tasks WHERE task_id = '$id'")
clock_set +31536000
sweeps=$(db "SELECT worked_ms FROM leases WHERE name = 'poller'")
ok 'it is swept a year ahead' wait_until 20 \
    '[ "$(db "SELECT worked_ms FROM leases")" -gt "$((sweeps + 6000))" ]'
ok 'its file is still there' test -f "$stack/cache/$file"
state_of "$id"
is "$state" completed 'and the task'
clock_set +0

# ---- a lease from a clock that was ahead ----

clock_set +7200
wait_until 10 '[ "$(db "SELECT expires_ms / 1000 > strftime(\"%s\", \"now\") + 7000 FROM leases")" = 1 ]'
stack_kill poller
clock_set +0
ask GET /ready
is "$(json .poller)" 'not running' 'a lease that ends too late is none'
batch 'behind a dead poller'
poller_start
ok 'another poller takes over' wait_until 20 'all_done "behind a dead poller%" 6'

# ---- two pollers whose clocks differ ----

setsid "$clock_programs/sora2api-poller" -c "$stack/sora2api.conf" \
    </dev/null >>"$stack/log/standby" 2>&1 &
echo $! >"$stack/run/standby.pid"
ok 'a second one stands by' wait_until 5 'grep -q "standing by" "$stack/log/standby"'
for skew in +3600 -3600 +0; do
	clock_set "$skew"
	batch "skew $skew"
	ok "$skew: all are completed" wait_until 20 "all_done 'skew $skew%' 6"
done
is "$(grep -c 'lease was lost' "$stack/log/poller")" 0 'neither takes it from the other'
is "$(grep -c 'working on' "$stack/log/standby")" 0 'the second stands by'

# ---- a create whose answer is lost, while the clock is ahead ----

clock_set +$day
create '{"prompt":"lost while ahead [[sandbox:drop=1]]"}'
lost=$id
ok 'an answer is lost' wait_until 10 \
    '[ "$(db "SELECT step FROM tasks WHERE task_id = '"'$lost'"'")" != create ]'
clock_set +0
ok 'the task is found again' wait_until 20 'has_state $lost completed'
create '{"prompt":"lost and ahead for good [[sandbox:drop=1]]"}'
clock_set +$day
ok 'also by a clock that is wrong all the time' wait_until 20 'has_state $id completed'
nothing_lost 'in the end'
is "$(db "SELECT count(*) FROM tasks WHERE status <> 'completed'")" 0 'and nothing failed'
