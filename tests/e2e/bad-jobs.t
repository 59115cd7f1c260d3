#!/bin/sh
# SPDX-License-Identifier: MIT
# bad-jobs.t: one job's trouble is its own: whatever its server answers about it,
# and whatever happened to its files, all others go on.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"
. "$abs_top_srcdir/tests/e2e/server.sh"

plan 33
s8='"seconds":"8"'

# The upstream's id of the task $id, once it has one: sets $job.
job_of()
{
	wait_until 10 '[ -n "$(db "SELECT upstream_id FROM tasks WHERE task_id = '"'$id'"'")" ]'
	job=$(db "SELECT upstream_id FROM tasks WHERE task_id = '$id'")
}

# Since `normal` the sandbox was asked so often for the one job that it has.
was_asked()
{
	control GET state
	[ "$(jq '.endpoints.video_get.calls // 0' "$stack/control")" -ge "$1" ]
}

rests()
{
	grep -c 'server failed, next try' "$stack/log/poller"
}

# bad DESCRIPTION FAULT-MEMBERS: a job is answered so for ever, and others are made.
bad()
{
	normal
	begin "[[sandbox:running=100000]] $1" "$s8"
	job_of
	sick=$id
	before=$(rests)
	fault "{\"endpoint\":\"video_get\",\"path\":\"/v1/videos/$job\",$2}"
	wait_until 15 'was_asked 4' || diag 'it is not asked for'
	finish "beside $1" "$s8"
	is "$state $(($(rests) - before))" 'completed 0' "$1: another one is made, and no server rests"
	state_of "$sick"
	is "$state" in_progress "$1: it is waited for"
	control DELETE faults
	ask DELETE "/v1/videos/$sick"
}

pace=0.1
stack_start_servers
server_add one openai '"list_upstream":false'
on one
bad 'another key' '"status":403,"body":"{\"error\":{\"message\":\"not yours\"}}"'
bad 'no money' '"fault":"payment_required"'
bad 'an error' '"fault":"internal_error"'
bad 'a bad gateway' '"fault":"bad_gateway"'
bad 'too often' '"fault":"rate_limit_exceeded","retry_after":1'
bad 'a page' '"status":200,"body":"<html>down for maintenance</html>","type":"text/html"'
bad 'nothing at all' '"fault":"empty"'
bad 'half of it' '"fault":"cut"'
bad 'no answer' '"fault":"drop"'
bad 'a reset' '"fault":"reset"'

# ---- a server that was away, with such a job ----

normal
begin '[[sandbox:running=100000]] sick' "$s8"
job_of
sick=$id
fault "{\"endpoint\":\"video_get\",\"path\":\"/v1/videos/$job\",\"status\":200,\"body\":\"<html>\"}"
wait_until 15 'was_asked 2'
mv "$stack/servers/one.conf" "$stack/data/one.conf"
kill -HUP "$(pids_of nginx)"
wait_until 10 'port_free "${server##*:}"'
wait_until 10 '[ "$(rests)" -gt 0 ]'
ok 'a server that cannot be reached rests' test "$(rests)" -gt 0
mv "$stack/data/one.conf" "$stack/servers/one.conf"
kill -HUP "$(pids_of nginx)"
wait_until 10 '! port_free "${server##*:}"'
finish 'after it' "$s8"
is "$state" completed 'after that new tasks are made, though one job stays bad'
like "$(cat "$stack/log/poller")" 'server reachable again' 'which shows that it is well'
state_of "$sick"
is "$state" in_progress 'and that job is still waited for'
ask DELETE "/v1/videos/$sick"
normal

# ---- files that are gone ----

# lost WHERE [FIELD]: the reference of a task is gone before it is sent.
lost()
{
	stack_stop poller
	echo iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg== |
	    base64 -d >"$stack/dot.png"
	ask POST /v1/videos -F "prompt=lost $1" -F "seconds=$2" \
	    -F "input_reference=@$stack/dot.png"
	id=$(word id)
	rm -f "$stack/data/spool"/*
	before=$(rests)
	poller_start
	ends
	is "$state $(error_code) $(($(rests) - before))" 'failed internal_error 0' \
	    "$1: a lost reference ends its task, and speaks against nobody"
	finish "beside what was lost $1" "\"seconds\":\"$2\""
	is "$state" completed "$1: and others are made"
}

lost 'for a server' 8

# ---- a token that is deleted ----

begin '[[sandbox:running=3]] outlives its token' "$s8"
job_of
admin DELETE "/api/tokens/$token"
is "$status" 200 'a token with a running task is deleted'
admin GET /api/tokens
is "$(json "map(select(.id == $token)) | length")" 0 'it is gone from the list'
ends
is "$state" completed 'its task is finished'
ok 'and it goes with it' wait_until 10 '[ "$(db "SELECT count(*) FROM tokens WHERE id = $token")" = 0 ]'
token_add lost@example.org
lost 'for an account' 10
is "$(db 'SELECT sum(is_active), sum(error_count) FROM tokens JOIN token_stats ON token_id = id')" '1|0' \
    'no account is blamed'
tap_end
