#!/bin/sh
# SPDX-License-Identifier: MIT
# openai-create.t: nothing is ever asked for twice, whatever becomes of the answer.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"
. "$abs_top_srcdir/tests/e2e/server.sh"

plan 53
stack_start_servers
server_add gpu openai '"list_upstream":false'
on gpu
s8='"seconds":"8"'

# ends_as DESCRIPTION STATE CODE COUNTS: of the task that was begun last.
ends_as()
{
	ends
	is "$state $(error_code)" "$2 $3" "$1"
	is "$(prompt_counts "$1")" "$4" "$1: arrived, and taken"
}

# with_fault DESCRIPTION FAULT-MEMBERS STATE CODE COUNTS
with_fault()
{
	fault "{\"endpoint\":\"video_create\",$2}"
	begin "$1" "$s8"
	ends_as "$1" "$3" "$4" "$5"
	control DELETE faults
}

# ---- its fate is unknown ----

with_fault 'cut before it was read' '"fault":"reset","count":1' \
    failed upstream_outcome_unknown '0 0'
with_fault 'cut after it was done' '"fault":"drop","after_work":true,"count":1' \
    failed upstream_outcome_unknown '1 1'
with_fault 'a page instead of an answer' '"fault":"bad_gateway","after_work":true,"count":1' \
    failed upstream_outcome_unknown '1 1'
with_fault 'an error of its own' '"fault":"internal_error","after_work":true,"count":1' \
    failed upstream_outcome_unknown '1 1'
with_fault 'nothing in the answer' '"fault":"empty","after_work":true,"count":1' \
    failed upstream_outcome_unknown '1 1'
with_fault 'half of the answer' '"fault":"cut","after_work":true,"count":1' \
    failed upstream_outcome_unknown '1 1'
options '"preset":"openai","list_upstream":false,"answer_timeout":1'
with_fault 'no answer in time' '"delay_ms":9000,"after_work":true,"count":1' \
    failed upstream_outcome_unknown '1 1'
like "$(cat "$body")" 'not sent again' 'clients are told so'

# ---- it was refused ----

options '"preset":"openai","list_upstream":false'
with_fault 'busy' '"fault":"rate_limit_exceeded","retry_after":1,"count":1' completed '' '1 1'
with_fault 'busy until then' '"fault":"rate_limit_exceeded","retry_after":1,"retry_date":true,"count":1' \
    completed '' '1 1'
with_fault 'overloaded' '"fault":"engine_overloaded","count":1' completed '' '1 1'
with_fault 'not now' '"fault":"unavailable","retry_after":1,"count":1' completed '' '1 1'
with_fault 'not that' '"fault":"moderation_blocked"' failed content_policy_violation '0 0'
with_fault 'not so' '"fault":"invalid_size"' failed invalid_request '0 0'
with_fault 'none such' '"fault":"model_not_found"' failed model_not_found '0 0'
fault '{"endpoint":"video_create","fault":"payment_required","count":1}'
begin 'not paid' "$s8"
wait_until 10 '[ "$(db "SELECT cooled_until > unixepoch() + 60 FROM tokens WHERE id = $token")" = 1 ]'
ok 'a server that wants money rests' test "$(db "SELECT cooled_until > unixepoch() + 60 FROM tokens WHERE id = $token")" = 1
is "$(db "SELECT status FROM tasks WHERE task_id = '$id'")" queued 'and its task waits'
ask DELETE "/v1/videos/$id"
control DELETE faults
db_write "UPDATE tokens SET cooled_until = NULL"

# ---- the key ----

admin DELETE "/api/tokens/$token"
server_add locked openai '"list_upstream":false'
on locked
manners '{"key":"another"}'
begin 'refused' "$s8"
wait_until 10 '[ "$(db "SELECT is_active FROM tokens WHERE id = $token")" = 0 ]'
is "$(db "SELECT is_active FROM tokens WHERE id = $token")" 0 'a server that refuses its key is switched off'
is "$(db "SELECT status FROM tasks WHERE task_id = '$id'")" queued 'and its task waits for another'
manners '{"key":"sk-sandbox"}'
admin POST "/api/tokens/$token/enable"
ends_as 'refused' completed '' '1 1'

# ---- a server that is away ----

mv "$stack/servers/locked.conf" "$stack/data/locked.conf"
kill -HUP "$(pids_of nginx)"
wait_until 10 'port_free "${server##*:}"'
begin 'away' "$s8"
wait_until 10 '[ "$(db "SELECT status FROM tasks ORDER BY id DESC LIMIT 1")" = queued ]'
is "$(db "SELECT status FROM tasks WHERE task_id = '$id'")" queued 'a task waits for a server that is away'
is "$(db "SELECT is_active FROM tokens WHERE id = $token")" 1 'which is not switched off'
mv "$stack/data/locked.conf" "$stack/servers/locked.conf"
kill -HUP "$(pids_of nginx)"
ends_as 'away' completed '' '1 1'
like "$(cat "$stack/log/poller")" 'server reachable again' 'that it is back is seen'

# ---- it can be looked for ----

options '"preset":"openai"'
with_fault 'found again' '"fault":"drop","after_work":true,"count":1' completed '' '1 1'
with_fault 'never there' '"fault":"reset","count":1' failed upstream_outcome_unknown '0 0'
ask POST "$server/v1/videos" -H 'Authorization: Bearer sk-sandbox' \
    -H 'Content-Type: application/json' -d '{"prompt":"two of them","model":"sora-2","seconds":"8"}'
with_fault 'two of them' '"fault":"drop","after_work":true,"count":1' \
    failed upstream_outcome_unknown '2 2'

# ---- sent again, as the operator wishes ----

options '"preset":"openai","list_upstream":false,"resubmit_ambiguous":true'
with_fault 'sent again' '"fault":"drop","after_work":true,"count":1' completed '' '2 2'

# ---- what arrives ----

options '"preset":"openai","extra":{"user":"me"}'
printf '\211PNG\r\n\032\n' >"$stack/data/bad.png"
ffmpeg -v error -f lavfi -i color=red:s=1280x720 -frames:v 1 -y "$stack/data/one.png"
ask POST /v1/videos -F prompt=reference -F seconds=8 -F "input_reference=@$stack/data/one.png;type=image/png"
id=$(word id)
ends_as 'reference' completed '' '1 1'
control GET state
fields=$(jq -c '[.tasks[] | select(.prompt == "reference")][0].fields' "$stack/control")
is "$(printf '%s' "$fields" | jq -r .user)" me 'what the operator adds arrives'
sum=$(sha256sum <"$stack/data/one.png" | cut -d' ' -f1)
like "$(cat "$stack/control")" "$sum" 'the reference arrives as it was'
options '"preset":"openai","create_body":"json","reference_as":"object"'
ask POST /v1/videos -F prompt=reference2 -F seconds=8 -F "input_reference=@$stack/data/one.png;type=image/png"
id=$(word id)
ends
control GET state
like "$(jq -c '[.tasks[] | select(.prompt == "reference2")][0]' "$stack/control")" \
    'data:image/png;base64,iVBOR|'"$sum" 'and as text'
