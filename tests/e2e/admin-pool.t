#!/bin/sh
# SPDX-License-Identifier: MIT
# admin-pool.t: accounts as they tire, fail, are renewed and come back, and how
# the administrator sees and mends it.
# shellcheck disable=SC2016,SC2034,SC2119,SC2129,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"

stack_tokens=0
stack_speed=1000
stack_sandbox_options='--shared-clips --set concurrency=100'

plan 45
stack_start
login

# token MEMBERS [ID]: of a token in the list, in one line
token()
{
	admin GET /api/tokens
	json ".[] | select(.id == ${2-$token}) | \"$1\""
}

stat_of()
{
	db "SELECT $1 FROM token_stats WHERE token_id = ${2-$token}"
}

# only ID: the one that is in use
only()
{
	admin POST /api/tokens/batch-disable
	admin POST "/api/tokens/$1/enable"
}

# makes PROMPT: a video, to its end; sets $id
makes()
{
	create "{\"prompt\":\"$1\",\"seconds\":10}"
	wait_until 20 'has_ended "$id"'
}

calls()
{
	control GET 'state?tasks=0'
	jq -r --arg e "$1" '.endpoints[$e].calls // 0' "$stack/control"
}

poller_again()
{
	stack_stop poller
	poller_start
}

admin POST /api/token-refresh/enabled '{"enabled":true}'
admin POST /api/admin/config '{"error_ban_threshold":4}'
poller_again

# ---- cooldown and quota ----

add a@example.org
a=$token
add b@example.org
b=$token
fault '{"endpoint":"create","account":"a@example.org","fault":"too_many_requests","retry_after":5000}'
only "$a"
admin POST "/api/tokens/$b/enable"
db_write "UPDATE tokens SET chosen_ms = 9 WHERE id = $b"
makes 'a harbour'
is "$state $(db "SELECT token_id FROM tasks WHERE task_id = '$id'")" "completed $b" \
    'a task goes on with another account'
ok 'the first rests for an hour at most' test \
    "$(db "SELECT cooled_until - unixepoch() BETWEEN 3580 AND 3600 FROM tokens WHERE id = $a")" = 1
like "$(token '\(.cooled_until) \(.is_active) \(.error_count)' "$a")" \
    '^....-..-..T..:..:.. true 1$' 'the administrator sees it'
is "$(stat_of consecutive_error_count "$a")" 0 'it is not on its way out'
admin GET /api/stats
is "$(json .active_tokens)" 1 'nor is it active'
admin POST "/api/tokens/$a/enable"
is "$(token '\(.cooled_until) \(.error_count)' "$a")" 'null 1' 'enabling it ends the rest'
control DELETE faults

control POST accounts '{"email":"b@example.org","remaining":1,"resets_in":2000}'
only "$b"
makes 'the last one'
ok 'the quota is read' wait_until 10 '[ "$(token "\(.sora2_remaining_count)" "$b")" = 0 ]'
ok 'the account rests until it is reset' test \
    "$(db "SELECT sora2_cooldown_until - unixepoch() BETWEEN 1900 AND 2000 FROM tokens WHERE id = $b")" = 1
create '{"prompt":"one too many"}'
is "$status" 429 'no task is taken meanwhile'
like "$(header Retry-After)" '^(19|20)[0-9][0-9]$' 'which says when it may be'
control POST accounts '{"email":"b@example.org","remaining":9}'
db_write "UPDATE tokens SET sora2_cooldown_until = unixepoch() - 1 WHERE id = $b"
ok 'then it is read again' wait_until 10 \
    '[ "$(token "\(.sora2_remaining_count) \(.sora2_cooldown_until)" "$b")" = "9 null" ]'

# ---- errors ----

only "$b"
makes 'broken [[sandbox:error]]'
is "$state $(stat_of 'error_count, consecutive_error_count' "$b")" 'failed 2|2' 'a failure counts, and its repetition'
makes 'sound'
is "$state $(stat_of 'error_count, consecutive_error_count' "$b")" 'completed 2|0' 'a success ends the row'
makes 'indecent [[sandbox:violation]]'
is "$state $(stat_of 'error_count, consecutive_error_count' "$b")" 'failed 2|0' 'a refusal is not its fault'
makes 'broken again [[sandbox:error]]'
makes 'broken once more [[sandbox:error]]'
is "$(token '\(.is_active) \(.error_count)' "$b") $(stat_of consecutive_error_count "$b")" \
    'false 6 4' 'at the threshold it is disabled'
create '{"prompt":"to nobody"}'
is "$status" 503 'nothing is left'
admin PUT "/api/tokens/$b/status" '{"is_active":true}'
is "$(token '\(.is_active) \(.error_count)' "$b") $(stat_of consecutive_error_count "$b")" \
    'true 6 0' 'it can be enabled, and has all its tries again'

# ---- renewing ----

control POST sessions '{"st":"st-s","email":"s@example.org"}'
add s@example.org '"st":"st-s"'
s=$token
only "$s"
old=$(token '\(.token)')
control POST accounts '{"email":"s@example.org","invalidate":true}'
control POST sessions '{"st":"st-s","renew":true}'
fault '{"endpoint":"session","delay_ms":500}'
for n in 1 2 3 4; do
	create "{\"prompt\":\"renewed $n\",\"seconds\":10}"
	ids="${ids-} $id"
done
for id in $ids; do
	wait_until 20 'has_ended "$id"'
	states="${states-} $state"
done
control DELETE faults
is "$states" ' completed completed completed completed' 'tasks go on with a renewed access token'
is "$(calls session)" 1 'it was renewed once for all of them'
isnt "$(token '\(.token)')" "$old" 'the new one is stored'
is "$(token '\(.is_active) \(.st)')" 'true st-s' 'by the session token, which stays'

# Two are refused with the same token; of the second that is heard when there is a new one.
control POST sessions '{"st":"st-l","email":"late@example.org"}'
add late@example.org '"st":"st-l"'
only "$token"
control POST sessions '{"st":"st-l","renew":true}'
fault '{"endpoint":"create","fault":"token_invalidated","delay_ms":1000,"count":1}'
fault '{"endpoint":"create","fault":"token_invalidated","delay_ms":3000,"count":1}'
stack_stop poller
create '{"prompt":"refused at once","seconds":10}'
first=$id
create '{"prompt":"refused late","seconds":10}'
poller_start
wait_until 20 'has_ended "$first"'
wait_until 20 'has_ended "$id"'
is "$state $(db "SELECT status FROM tasks WHERE task_id = '$first'")" 'completed completed' \
    'a late refusal of the old token ends no task'
is "$(token '\(.is_active)')" true 'and does not disable the account'

control POST refresh-tokens '{"rt":"rt-r","email":"r@example.org","client_id":"app_r"}'
add r@example.org '"rt":"rt-r","client_id":"app_r"'
r=$token
only "$r"
old=$(token '\(.token)')
control POST accounts '{"email":"r@example.org","invalidate":true}'
makes 'by refresh token'
is "$state" completed 'a refresh token does it, too'
isnt "$(token '\(.token)')" "$old" 'the new access token is stored'
rt=$(token '\(.rt)')
like "$rt" '^rt_' 'and the refresh token that came with it'
admin POST /api/tokens/rt2at '{"rt":"rt-r","client_id":"app_r"}'
is "$status" 400 'for the old one is void'
control POST accounts '{"email":"r@example.org","invalidate":true}'
db_write "UPDATE tokens SET refresh_after = NULL"
poller_again
makes 'by the next refresh token'
is "$state" completed 'which works in its turn'
isnt "$(token '\(.rt)')" "$rt" 'and is replaced'

add p@example.org
p=$token
only "$p"
control POST accounts '{"email":"p@example.org","invalidate":true}'
create '{"prompt":"without anything"}'
ok 'what cannot be renewed is disabled' wait_until 10 \
    '[ "$(token "\(.is_active) \(.error_count)")" = "false 1" ]'
ask DELETE "/v1/videos/$id"

control POST sessions '{"st":"st-e","email":"e@example.org"}'
printf st-e >"$stack/st"
make_jwt e@example.org -60 | ctl token add --sora2 yes --st-file "$stack/st" >>"$stack/log/ctl" 2>&1
make_jwt f@example.org -60 | ctl token add --sora2 yes >>"$stack/log/ctl" 2>&1
make_jwt g@example.org 3600 | ctl token add --sora2 yes >>"$stack/log/ctl" 2>&1
e=$(db "SELECT id FROM tokens WHERE email = 'e@example.org'")
only "$e"
admin POST "/api/tokens/$((e + 1))/enable"
admin POST "/api/tokens/$((e + 2))/enable"
poller_again
ok 'one that has expired is renewed' wait_until 10 \
    '[ "$(db "SELECT expiry_time > unixepoch() FROM tokens WHERE id = $e")" = 1 ]'
is "$(token '\(.is_active)' "$e")" true 'and stays enabled'
ok 'one that cannot be is told of' wait_until 10 \
    'grep -q "token $((e + 1)): The access token expires" "$stack/log/poller"'
is "$(token '\(.is_active)' $((e + 1))) $(token '\(.is_active)' $((e + 2)))" 'true true' \
    'and waits for the upstream to refuse it: a clock may be wrong'

# ---- tests ----

only "$a"
admin POST "/api/tokens/$b/enable"
control POST accounts '{"email":"a@example.org","invalidate":true}'
fault '{"account":"b@example.org","fault":"internal_error"}'
admin POST /api/tokens/batch-test
is "$(json '.total, .valid, .invalid, .auto_disabled, .auto_enabled' | paste -sd ' ')" \
    '2 0 2 1 0' 'a test of all that are enabled'
is "$(json '.results[] | "\(.token_id) \(.status_code) \(.action)"' | paste -sd ,)" \
    "$a 401 auto_disabled,$b 500 null" 'disables what the upstream refuses, nothing else'
control DELETE faults
admin PUT "/api/tokens/$a" "{\"token\":\"$(make_jwt a@example.org 5000)\"}"
admin POST '/api/tokens/batch-test?only_active=false'
is "$(json ".results[] | select(.token_id == $a or .token_id == $b) | \"\\(.valid) \\(.action)\"" | paste -sd ,)" \
    'true auto_enabled,true null' 'and enables what works again'

# ---- accounts ----

for n in 1 2; do
	control POST accounts "{\"email\":\"new$n@example.org\",\"sora2\":false,\"bootstrap\":false}"
	add "new$n@example.org"
done
control POST invites '{"code":"ONLY01","uses":1}'
admin POST /api/tokens/batch-activate '{"invite_code":"ONLY01"}'
is "$(json '.total, .activated, .already_active, .failed, .success' | paste -sd ' ')" \
    '2 1 0 1 true' 'an invite code for one of two'
is "$(token '\(.sora2_supported)' $((token - 1)))$(token '\(.sora2_supported)')" \
    "$(json ".[] | select(.id == $((token - 1))) | .sora2_supported")$(json ".[] | select(.id == $token) | .sora2_supported")" \
    'what was activated is stored'
is "$(db "SELECT count(*) FROM tokens WHERE email LIKE 'new%' AND sora2_supported = 1")" 1 'indeed'

control POST accounts '{"email":"new1@example.org","username":null}'
admin POST "/api/tokens/$((token - 1))/activate-username"
like "$(json .username)" '^[a-z]+(\.?[a-z]+)*[0-9]{1,4}$' 'a name is made up'
is "$(json '"\(.already_set) \(.message)"')" "false 用户名设置成功: $(json .username)" 'and set'
is "$(db "SELECT username FROM tokens WHERE id = $((token - 1))")" "$(json .username)" 'and stored'
control POST accounts '{"email":"new1@example.org","username":null}'
fault '{"endpoint":"username_set","fault":"username_taken"}'
admin POST "/api/tokens/$((token - 1))/activate-username"
is "$status" 502 'no name is free'
control DELETE faults

control POST sessions '{"st":"st-c","email":"c@example.org"}'
before=$(dumped)
admin POST /api/tokens/st2at '{"st":"st-c"}'
is "$status $(dumped)" "200 $before" 'a conversion stores nothing'
