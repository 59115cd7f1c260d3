#!/bin/sh
# SPDX-License-Identifier: MIT
# sync.t: callers that wait for their video (async_mode false).
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

stack_videos=300
stack_speed=1000
stack_workers=1
stack_sandbox_options='--shared-clips --set concurrency=400 --set quota=1000'
stack_set server.threads 2
stack_set limits.slot_wait 1
stack_set admin.error_ban_threshold 100

plan 46
stack_start

# Waits for the result; the marker is the end of the prompt.
sync()
{
	create "{\"prompt\":\"$1\",\"seconds\":\"10\",\"async_mode\":false}"
}

# In the background; sets $waiting, its pid, when the task is there.
sync_begin()
{
	sync_prompt=$1
	curl -s -o "$stack/sync.body" -D "$stack/sync.headers" \
	    -H "Authorization: Bearer $api_key" -H 'Content-Type: application/json' \
	    -d "{\"prompt\":\"$1\",\"async_mode\":false}" "$base/v1/videos" &
	waiting=$!
	wait_until 5 '[ -n "$(task_of "$sync_prompt")" ]'
	id=$(task_of "$sync_prompt")
}

# The id of the task with a prompt.
task_of()
{
	db "SELECT task_id FROM tasks WHERE prompt = '$1'"
}

# column NAME: of the task
column()
{
	db "SELECT $1 FROM tasks WHERE task_id = '$id'"
}

log_of()
{
	db "SELECT status_code FROM request_logs WHERE task_id = '$id'"
}

# ---- the result ----

sync 'a result'
is "$status $(word status) $(word progress)" '200 completed 100' 'the video itself'
is "$(json 'keys_unsorted | sort | join(" ")')" \
    'completed_at created_at expires_at id metadata model object progress seconds size status' \
    'with its members'
is "$(header content-type) $(header cache-control)" 'application/json no-store' \
    'and the usual headers'
like "$(header x-request-id)" '^req_[0-9a-f]{24}$' 'its request id'
is "$(header access-control-allow-origin)" '*' 'for every origin'
answer=$(cat "$body")
source=$id
ask GET "/v1/videos/$source"
is "$status $(cat "$body")" "200 $answer" 'as a status read tells it'
ask GET "/v1/videos/$source/content"
is "$status" 302 'it has content'
ask POST "/v1/videos/$source/remix" --form-string prompt=again \
    --form-string async_mode=false
is "$status $(word status) $(word remixed_from_video_id)" "200 completed $source" \
    'a remix, as a form'
sync 'x' && create '{"prompt":"","async_mode":false}'
is "$status" 400 'bad fields are told at once'

# ---- failures: sent again they would be charged again ----

sync 'a [[sandbox:violation]]'
is "$status $(word code)" '400 content_policy_violation' 'a refusal'
like "$(json .error.message)" '^Content policy violation: .' 'with its reason'
is "$(header x-should-retry) $(json '.error | keys | join(" ")')" \
    'false code message' 'not to be repeated'
sync 'a [[sandbox:error]]'
is "$status $(word code) $(header x-should-retry)" '502 generation_failed false' \
    'a failure'

sync_begin 'a [[sandbox:never]]'
ok 'one that never ends' wait_until 5 '[ -n "$(column upstream_id)" ]'
db_write "UPDATE tasks SET work_from_ms = work_from_ms - 4000000, progress = 97
    WHERE task_id = '$id'"
wait $waiting
is "$(sed -n '1s/^[^ ]* \([0-9]*\).*/\1/p' "$stack/sync.headers") $(jq -r .error.code \
    "$stack/sync.body")" '504 generation_timeout' 'times out'
like "$(jq -r .error.message "$stack/sync.body")" \
    '^Generation timeout after 1800 seconds$' 'after so long'
like "$(cat "$stack/sync.headers")" '^x-should-retry: false' 'not to be repeated'
ask GET "/v1/videos/$id"
is "$status $(word status) $(word code) $(word progress)" \
    '200 failed generation_timeout 97' 'as a status read tells it'
is "$(log_of)" 408 'in the log'

# ---- no slot ----

errors=$(db 'SELECT error_count FROM token_stats')
db_write "UPDATE tokens SET video_concurrency = 1"
create '{"prompt":"holds the slot [[sandbox:never]]"}'
holder=$id
ok 'the slot is taken' wait_until 5 '[ -n "$(column upstream_id)" ]'
begin=$(now_ms)
sync 'no slot'
took=$(($(now_ms) - begin))
is "$status $(word code)" '429 rate_limit_exceeded' 'who gets no slot'
like "$(header retry-after)" '^[1-9][0-9]*$' 'is told when to come back'
ok 'after the time of limits.slot_wait' test $took -ge 900
id=$(task_of 'no slot')
is "$(column status)" cancelled 'and the task is over'
is "$(prompt_counts 'no slot')" '0 0' 'the upstream has not seen it'

stack_set limits.slot_wait 30
workers_restart
sync_begin 'leaves early'
is "$(column status)" queued 'one waits for a slot'
kill $waiting
ok 'its caller leaves: cancelled' wait_until 10 '[ "$(column status)" = cancelled ]'
ask GET "/v1/videos/$id"
is "$status $(json '"\(.status) \(.error.code) \(.error.message)"')" \
    '200 cancelled cancelled Client disconnected' 'a status read tells why'
is "$(log_of)" 499 'in the log'
ask GET "/v1/videos/$id/content"
is "$status $(json .error.message)" \
    '400 Task not completed. Current status: cancelled' 'it has no content'
ask DELETE "/v1/videos/$holder"
ok 'the slot is free' wait_until 10 \
    '[ "$(db "SELECT sum(video_running) FROM tokens")" = 0 ]'
is "$(db 'SELECT error_count FROM token_stats')" "$errors" \
    'nothing of this counts against the account'
is "$(prompt_counts 'leaves early')" '0 0' 'and the upstream has not seen it'

# ---- a caller that leaves too late ----

sync_begin 'leaves late [[sandbox:running=600]]'
ok 'the upstream has it' wait_until 5 '[ -n "$(column upstream_id)" ]'
kill $waiting
pass 600
ok 'it runs on' wait_until 10 'has_state $id completed'

# ---- many ----

db_write "UPDATE tokens SET video_concurrency = 300"
set --
n=0
while [ $n -lt 200 ]; do
	n=$((n + 1))
	set -- "$@" ${1:+--next} -sS -o "$stack/many.$n" -w '%{http_code}\n' \
	    -H "Authorization: Bearer $api_key" -H 'Content-Type: application/json' \
	    -d "{\"prompt\":\"many $n [[sandbox:running=600]]\",\"async_mode\":false}" \
	    "$base/v1/videos"
done
curl --parallel --parallel-immediate --parallel-max 200 "$@" >"$stack/codes" 2>"$stack/log/curl" &
many=$!
ok '200 callers wait, on two threads' wait_until 60 \
    '[ "$(db "SELECT count(*) FROM tasks WHERE prompt LIKE '"'many%'"'")" = 200 ]'
read=
for n in 1 2 3 4 5 6 7 8 9 10; do
	ask GET "/v1/videos/$id"
	read="$read $status"
done
is "$read" ' 200 200 200 200 200 200 200 200 200 200' 'meanwhile a status is read'
is "$(wc -l <"$stack/codes")" 0 'while all of them wait'
wait_until 60 'pass 600; ! alive $many'
wait $many
is "$(sort "$stack/codes" | uniq -c | tr -s ' ')" ' 200 200' 'then all are answered'
is "$(sed -n 's/.*"status":"\([^"]*\)".*/\1/p' "$stack"/many.* | sort | uniq -c |
    tr -s ' ')" ' 200 completed' 'completed'
is "$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' "$stack"/many.* | sort -u | wc -l)" 200 \
    'each its own'

# ---- the setting that cancels always, and the limit of waiting callers ----

stack_set compat.cancel_on_disconnect true
stack_set server.max_waiting 1
workers_restart
sync_begin 'cancels [[sandbox:never]]'
ok 'the upstream has another' wait_until 5 '[ -n "$(column upstream_id)" ]'
sync 'one too many'
is "$status $(header x-should-retry)" '503 ' 'no room to wait for a second one'
is "$(task_of 'one too many')" '' 'which is not accepted'
id=$(task_of 'cancels [[sandbox:never]]')
kill $waiting
ok 'cancelled though the upstream has it' wait_until 10 \
    '[ "$(column status)" = cancelled ]'
is "$(db 'SELECT sum(video_running) FROM tokens')" 0 'its slot is free'
