#!/bin/sh
# SPDX-License-Identifier: MIT
# openai-restart.t: the poller is killed at each point of a task's way; the task
# ends, and was asked for once.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"
. "$abs_top_srcdir/tests/e2e/server.sh"

plan 21
stack_set poller.lease_time 2
stack_start_servers
server_add gpu vllm-omni '"delete_upstream":"always"'
on gpu

step_is()
{
	[ "$(db "SELECT step FROM tasks WHERE task_id = '$id'")" = "$1" ]
}

# killed_at STEP DESCRIPTION: the poller ends there, and another begins.
killed_at()
{
	wait_until 20 "step_is $1" || diag "$2: it is never at $1"
	stack_kill poller
	poller_start
}

# ends_once DESCRIPTION [STATE CODE]
ends_once()
{
	ends 40
	is "$state $(error_code)" "${2-completed} ${3-}" "$1"
	is "$(prompt_counts "$1")" "${4-1 1}" "$1: it was asked for once"
}

stack_stop poller
begin 'before it was sent'
poller_start
ends_once 'before it was sent'

fault '{"endpoint":"video_create","delay_ms":3000,"after_work":true,"count":1}'
begin 'while it was sent'
killed_at creating 'while it was sent'
ends_once 'while it was sent'

options '"preset":"vllm-omni","list_upstream":false'
fault '{"endpoint":"video_create","delay_ms":3000,"after_work":true,"count":1}'
begin 'while it was sent, without a list'
killed_at creating 'while it was sent'
ends_once 'while it was sent, without a list' failed upstream_outcome_unknown

options '"preset":"vllm-omni","delete_upstream":"always"'
begin '[[sandbox:running=600]] while it was made'
killed_at poll 'while it was made'
pass 600
ends_once '[[sandbox:running=600]] while it was made'

manners '{"content_rate":300000,"content_mib":1}'
begin 'while it was fetched'
killed_at download 'while it was fetched'
ends_once 'while it was fetched'
is "$(content_head)" ftyp 'all of it'
manners '{"content_rate":null,"content_mib":null}'

fault '{"endpoint":"video_content","fault":"not_ready","count":4}'
begin 'before its file was there'
killed_at download 'before its file was there'
ends_once 'before its file was there'

fault '{"endpoint":"video_get","fault":"internal_error","count":8}'
begin '[[sandbox:running=600]] while the server fails'
killed_at poll 'while the server fails'
pass 600
ends_once '[[sandbox:running=600]] while the server fails'

# ---- what was cancelled here ends there ----

begin '[[sandbox:running=600]] cancelled'
wait_until 20 'step_is poll'
upstream=$(db "SELECT upstream_id FROM tasks WHERE task_id = '$id'")
stack_kill poller
ask DELETE "/v1/videos/$id"
is "$status" 200 'a task is deleted while no poller works'
is "$(db "SELECT count(*) FROM leftovers WHERE upstream_id = '$upstream'")" 1 'what runs upstream is noted'
poller_start
wait_until 20 '[ "$(db "SELECT count(*) FROM leftovers")" = 0 ]'
ask GET "$server/v1/videos/$upstream" -H "Authorization: Bearer $server_key"
is "$status" 404 'the next poller ends it there'

fault '{"endpoint":"video_create","delay_ms":2000,"after_work":true,"count":1}'
begin '[[sandbox:running=600]] cancelled while it was sent'
wait_until 20 'step_is creating'
ask DELETE "/v1/videos/$id"
wait_until 20 'control GET state; [ "$(jq "[.tasks[] | select(.prompt | test(\"while it was sent\") and (test(\"600\")))] | length" "$stack/control")" -gt 0 ]'
upstream=$(jq -r '[.tasks[] | select(.prompt | test("600.*while it was sent"))][0].id' "$stack/control")
wait_until 20 'ask GET "$server/v1/videos/$upstream" -H "Authorization: Bearer $server_key"; [ "$status" = 404 ]'
is "$status" 404 'what was being sent when it was cancelled ends there, too'

# ---- limits ----

manners '{}'
admin PUT "/api/tokens/$token" '{"video_concurrency":2}'
for n in 1 2 3 4 5 6; do
	begin "one of six, $n"
	ids="${ids-} $id"
done
for id in $ids; do
	ends
done
is "$(db "SELECT count(*) FROM tasks WHERE prompt LIKE 'one of six%' AND status = 'completed'")" 6 \
    'all end where two are made at once'
control GET state
db "SELECT prompt FROM tasks WHERE prompt LIKE 'one of six%' ORDER BY started_at, id" >"$stack/data/order"
is "$(sort "$stack/data/order" | cksum)" "$(cksum <"$stack/data/order")" 'in their order'
