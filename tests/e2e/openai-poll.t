#!/bin/sh
# SPDX-License-Identifier: MIT
# openai-poll.t: looks at a job, whatever the server says, and how its task ends.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"
. "$abs_top_srcdir/tests/e2e/server.sh"

plan 56
# The upstream works on the task that was begun last.
is_polled()
{
	wait_until 10 "[ \"\$(db \"SELECT step FROM tasks WHERE task_id = '$id'\")\" = poll ]"
}

stack_start_servers
server_add gpu vllm-omni '"resubmit_lost":0'
on gpu

# says DESCRIPTION MANNERS: the video is made, though the server speaks so.
says()
{
	manners "$2"
	finish "$1"
	is "$state" completed "$1"
}

for form in openai hex uuid task base64 base64url; do
	says "ids like $form" "{\"id_form\":\"$form\"}"
done
for place in id task_id request_id data.id data.task_id 'data[0].id' output.task_id; do
	says "an id at $place" "{\"id_at\":\"$place\"}"
done
normal
manners '{"id_at":""}'
finish 'no id'
is "$state" completed 'no id: it is found in the list'
is "$(prompt_counts 'no id')" '1 1' 'no id: it was not sent again'
normal
for code in 200 201 202; do
	says "create $code" "{\"create_status\":$code}"
done
for form in int float ratio text percent null missing falling too_much at_end; do
	says "progress $form" "{\"progress\":\"$form\"}"
done
normal
says 'other words' '{"word_queued":"PENDING","word_running":"Generating","word_completed":"SUCCEEDED"}'
says 'no word' '{"word_queued":false,"word_running":null}'
says 'a word that nobody knows' '{"word_running":"thinking"}'
like "$(cat "$stack/log/poller")" 'unknown status "thinking"' 'it is told in the log'
is "$(grep -c thinking "$stack/log/poller")" 1 'once'
normal
for form in object number message text detail details flat reason base_resp; do
	manners "{\"error\":\"$form\"}"
	finish "[[sandbox:error]] $form"
	is "$state $(error_code)" 'failed generation_failed' "an error as $form"
done
finish '[[sandbox:violation]]'
is "$(error_code)" content_policy_violation 'moderation'
normal

# ---- a server that stumbles ----

fault '{"endpoint":"video_get","fault":"video_not_found","count":2}'
says 'not found twice' '{}'
fault '{"endpoint":"video_get","fault":"internal_error","count":4}'
says 'an error for a while' '{}'
fault '{"endpoint":"video_get","fault":"wrong_api_key","count":2}'
says 'the key refused for a while' '{}'
control DELETE faults
is "$(db "SELECT is_active FROM tokens WHERE id = $token")" 0 'who refused the key is switched off'
admin POST "/api/tokens/$token/enable"
fault '{"endpoint":"video_get","status":400,"fault":"unknown_format","count":2}'
says 'refused twice' '{}'
begin '[[sandbox:running=100]] far too much'
is_polled
manners '{"poll_bytes":5000000}'
ends
is "$state $(error_code)" 'failed video_expired' 'an object that is too large is taken for a finished one'
normal
begin '[[sandbox:running=1]] large in the end'
is_polled
manners '{"poll_bytes":5000000}'
ends
is "$state" completed 'and its file is looked for'
normal

# ---- a server that forgets ----

manners '{"poll_after_ms":1000}'
begin '[[sandbox:running=600]] forgotten'
is_polled
control POST restart
ends
is "$(error_code)" upstream_lost 'a job that the server forgot'
normal
options '"preset":"vllm-omni","resubmit_lost":1'
begin '[[sandbox:running=600]] sent again'
is_polled
control POST restart
wait_until 20 '[ "$(prompt_counts "[[sandbox:running=600]] sent again")" = "2 2" ]'
pass 600
ends
is "$state" completed 'one that is sent again'
is "$(log_of | jq .resubmitted)" 1 'which the request log shows'
is "$(prompt_counts '[[sandbox:running=600]] sent again')" '2 2' 'it was sent twice, and no more'

# ---- a job that does not end ----

options '"preset":"vllm-omni","job_age":60,"delete_upstream":"always"'
begin '[[sandbox:running=100000]] for ever'
is_polled
db_write "UPDATE tasks SET work_from_ms = work_from_ms - 73000 WHERE task_id = '$id'"
stack_stop poller
poller_start
ends
is "$state $(error_code)" 'failed upstream_timeout' 'its age ends it'
upstream_id=$(db "SELECT upstream_id FROM tasks WHERE task_id = '$id'")
wait_until 10 '[ "$(db "SELECT count(*) FROM leftovers")" = 0 ]'
ask GET "$server/v1/videos/$upstream_id" -H "Authorization: Bearer $server_key"
is "$status" 404 'and it is deleted there'
