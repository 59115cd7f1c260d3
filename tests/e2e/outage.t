#!/bin/sh
# SPDX-License-Identifier: MIT
# outage.t: the upstream is away for a while, or answers nonsense: tasks wait,
# and each is made once.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

stack_videos=100
stack_tokens=2
stack_speed=1000
stack_workers=1
stack_sandbox_options='--shared-clips --set concurrency=100'
stack_set sora.settle_time 1
stack_set sora.max_retries 2

plan 54
stack_start

# A task that the upstream works on, and one that it has not seen yet.
begin()
{
	create "{\"prompt\":\"$1 runs [[sandbox:running=600]]\"}"
	running=$id
	ok "$1: a task runs" wait_until 5 '[ -n "$(db "SELECT upstream_id FROM tasks
	    WHERE task_id = '"'$running'"'")" ]'
}

more()
{
	create "{\"prompt\":\"$1 comes\"}"
	is "$status" 201 "$1: another is accepted"
	coming=$id
}

# Both end well, made once each.
recovers()
{
	wait_until 5 'pass 600 2>/dev/null'
	ok "$1: the first is completed" wait_until 15 'has_state $running completed'
	ok "$1: the other too" wait_until 15 'has_state $coming completed'
	control GET state
	is "$(jq -r --arg a "$1 runs [[sandbox:running=600]]" --arg b "$1 comes" \
	    '[.prompts[] | select(.prompt == $a or .prompt == $b) | .accepted] |
	    join(" ")' "$stack/control")" '1 1' "$1: each was made once"
	is "$(db 'SELECT group_concat(is_active || video_enabled) FROM tokens')" 11,11 \
	    "$1: the accounts are not blamed"
}

# ---- nobody listens ----

begin away
cp "$stack/nginx.conf" "$stack/nginx.keep"
sed -i "s|listen 127.0.0.1:$sandbox_port|listen unix:$stack/run/nobody.sock|" \
    "$stack/nginx.conf"
kill -HUP "$(pids_of nginx)"
ok 'away: nobody listens' wait_until 5 '! curl -s -o "$stack/body" "$sandbox/"'
more away
ok 'away: it is noticed' wait_until 10 \
    'grep -q "could not be read" "$stack/log/poller"'
state_of "$running"
is "$state" in_progress 'away: the task is not given up'
cp "$stack/nginx.keep" "$stack/nginx.conf"
kill -HUP "$(pids_of nginx)"
recovers away

# ---- nonsense, on every path ----

refused_calls()
{
	control GET 'state?tasks=0'
	jq '[.endpoints[].refused] | add' "$stack/control"
}

# during NAME FAULT-JSON: both begin, and end when it is over
during()
{
	begin "$1"
	fault "$2"
	before=$(refused_calls)
	more "$1"
	ok "$1: it is noticed" wait_until 10 '[ "$(refused_calls)" -ge $((before + 3)) ]'
	control DELETE faults
	recovers "$1"
}

during html '{"fault":"bad_gateway"}'
during cut '{"fault":"cut"}'
during challenge '{"endpoint":"pending","fault":"challenge"}'
during limited '{"endpoint":"pending","fault":"too_many_requests"}'
is "$(db 'SELECT count(*) > 0 FROM tokens WHERE cooled_until > unixepoch()')" 1 \
    'limited: but they rest'
db_write 'UPDATE tokens SET cooled_until = NULL'

# Nobody solves it: more challenges than a task may have accounts.
create_calls()
{
	control GET 'state?tasks=0'
	jq '.endpoints.create.calls' "$stack/control"
}
before=$(create_calls)
fault '{"endpoint":"create","fault":"challenge","count":4}'
create '{"prompt":"behind a challenge"}'
ok 'challenged: the task waits in the queue' wait_until 5 'has_state $id queued &&
    grep -q "task $id: assign: HTTP 403: a challenge page" "$stack/log/poller"'
ok 'challenged: and is completed when it is over' wait_until 30 'has_state $id completed'
control GET state
is "$(jq '.prompts[] | select(.prompt == "behind a challenge") | .accepted' \
    "$stack/control") $(create_calls)" "1 $((before + 5))" 'challenged: after four of them'
is "$(db 'SELECT group_concat(is_active || video_enabled) FROM tokens
    WHERE cooled_until IS NULL')" 11,11 'challenged: the accounts are not blamed'
is "$(db "SELECT tokens_tried FROM tasks WHERE task_id = '$id'")" 1 \
    'challenged: and the task has its tries left'

# ---- paths that are gone: those of the first version are used ----

fault '{"endpoint":"pending","fault":"gone"}'
fault '{"endpoint":"drafts","fault":"not_found"}'
create '{"prompt":"old paths"}'
ok 'old paths do as well' wait_until 10 'has_state $id completed'
control GET 'state?tasks=0'
ok 'they were asked' test "$(jq '.endpoints | [.pending_v1.calls, .drafts_v1.calls] |
    min' "$stack/control")" -gt 0
control DELETE faults

# ---- files ----

create '{"prompt":"no file"}'
fault '{"endpoint":"media","fault":"internal_error"}'
ok 'no file: the task is completed' wait_until 20 'has_state $id completed'
ask GET "/v1/videos/$id/content"
like "$status $(header location)" "^302 $sandbox/" "with the upstream's address"
control DELETE faults
fault '{"endpoint":"media","fault":"media_expired","count":1}'
create '{"prompt":"expired"}'
ok 'an expired link' wait_until 10 'has_state $id completed'
ask GET "/v1/videos/$id/content"
like "$status $(header location)" "^302 $base/tmp/" 'is asked for again'

# ---- an account that is refused while it works ----

create '{"prompt":"lost [[sandbox:running=9]]"}'
ok 'a task runs' wait_until 5 '[ -n "$(db "SELECT upstream_id FROM tasks
    WHERE task_id = '"'$id'"'")" ]'
account=$(db "SELECT token_id FROM tasks WHERE task_id = '$id'")
fault "{\"account\":\"account$account@example.org\",\"fault\":\"token_invalidated\"}"
ok 'its account is refused: it fails' wait_until 10 'has_state $id failed'
is "$(word code)" generation_failed 'for that reason'
is "$(db "SELECT is_active FROM tokens WHERE id = $account")" 0 'the account is disabled'
create '{"prompt":"the other one"}'
ok 'the other one works' wait_until 10 'has_state $id completed'
