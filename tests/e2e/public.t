#!/bin/sh
# SPDX-License-Identifier: MIT
# public.t: public data of the upstream: profiles, posts, search, the feed, longer
# prompts, and what it has of one account.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

stack_workers=1
stack_tokens=2
stack_speed=1000
stack_sandbox_options='--shared-clips --threads 32'
stack_set server.threads 6
stack_set sora.timeout 9
stack_set token_refresh.at_auto_refresh_enabled true

plan 138
stack_start

# answer FILTER: status of the last answer, and what the filter makes of it.
answer()
{
	printf '%s %s\n' "$status" "$(jq -c "$1" "$body" 2>&1)"
}

# error: status and text, when the body is {"detail": text} and nothing else.
error()
{
	echo "$status $(jq -r 'if keys == ["detail"] then .detail else "shape" end' \
	    "$body" 2>/dev/null)"
}

# types: a filter: each member with the kind of its value.
types='def types: to_entries | map("\(.key):\(.value | type)") | join(" ");'

enhance()
{
	ask POST "/v1/enhance_prompt${2-}" -H 'Content-Type: application/json' -d "$1"
}

# ---- the key ----

while read -r method path; do
	ask_key='' ask "$method" "$path"
	is "$(error)" "401 Missing API key" "$path needs the key"
	ask_key=wrong ask "$method" "$path"
	is "$(error)" "401 Invalid API key" "$path needs the right key"
done <<'END'
GET /v1/invite-codes
GET /v1/profiles/lina.rivers
GET /v1/users/user-x/feed
GET /v1/characters/search
GET /v1/feed
POST /v1/enhance_prompt
GET /v1/tokens/1/pending-tasks
GET /v1/tokens/1/pending-tasks-v2
GET /v1/tokens/1/tasks/task_x
GET /v1/tokens/1/profile-feed
END
ask POST /v1/feed
is "$(error) $(header Allow)" "405 Method Not Allowed GET, HEAD, OPTIONS" "the feed is only read"

# ---- parameters ----

# Of each row: path, and the answer.
while IFS='|' read -r path wanted; do
	ask GET "$path"
	is "$(error)" "$wanted" "$path"
done <<'END'
/v1/feed?limit=0|400 'limit' must be 1 to 100
/v1/feed?limit=101|400 'limit' must be 1 to 100
/v1/feed?limit=ten|400 'limit' must be 1 to 100
/v1/feed?limit=8.0|400 'limit' must be 1 to 100
/v1/feed?cut=best|400 Invalid cut. Must be 'nf2_latest' or 'nf2_top'
/v1/feed?cut=nf2|400 Invalid cut. Must be 'nf2_latest' or 'nf2_top'
/v1/feed?token_id=0|400 'token_id' must be an integer from 1
/v1/feed?token_id=-1|400 'token_id' must be an integer from 1
/v1/feed?token_id=x|400 'token_id' must be an integer from 1
/v1/feed?token_id=99|404 Token not found
/v1/feed?limit=0&cut=best&token_id=99|400 'limit' must be 1 to 100
/v1/users/user-x/feed?limit=0|400 'limit' must be 1 to 100
/v1/users/user-x/feed?token_id=99|404 Token not found
/v1/users/a%2Fb/feed|400 'user_id' must not have a slash
/v1/profiles/a%2Fb|400 'username' must not have a slash
/v1/profiles/lina.rivers?token_id=0|400 'token_id' must be an integer from 1
/v1/profiles/lina.rivers?token_id=99|404 Token not found
/v1/characters/search|400 Missing required field: username
/v1/characters/search?username=|400 Missing required field: username
/v1/characters/search?username=%20|400 Missing required field: username
/v1/characters/search?username=a&intent=all|400 Invalid intent. Must be 'users' or 'cameo'
/v1/characters/search?username=a&limit=101|400 'limit' must be 1 to 100
/v1/characters/search?username=a&token_id=99|404 Token not found
/v1/tokens/99/pending-tasks|404 Token not found
/v1/tokens/99/pending-tasks-v2|404 Token not found
/v1/tokens/99/tasks/task_x|404 Token not found
/v1/tokens/99/profile-feed|404 Token not found
/v1/tokens/0/profile-feed|404 Token not found
/v1/tokens/x/profile-feed|404 Not Found
/v1/tokens/99/profile-feed?limit=0|400 'limit' must be 1 to 100
/v1/tokens/1/tasks/task_x|404 Task not found or already completed
/v1/profiles/nobody.at.all|404 Not found
/v1/users/user-nobody/feed|404 Not found
END
long=$(printf '%0101d' 0)
ask GET "/v1/profiles/$long"
is "$(error)" "400 'username' must have 1 to 100 characters" "a name may be too long"
ask GET "/v1/characters/search?username=$long"
is "$(error)" "400 'username' must have 1 to 100 characters" "so may a part of one"

while IFS='|' read -r json wanted; do
	enhance "$json"
	is "$(error)" "$wanted" "enhance $json"
done <<'END'
{}|400 Missing required field: prompt
{"prompt":""}|400 Missing required field: prompt
{"prompt":null}|400 Missing required field: prompt
{"prompt":1}|400 Invalid type for 'prompt': expected string
{"prompt":"a","duration_s":"10"}|400 Invalid type for 'duration_s': expected integer
{"prompt":"a","duration_s":12}|400 'duration_s' must be 10 or 15
[]|400 Malformed request body
{"prompt"|400 Malformed request body
END
for json in '"expansion_level":"huge"' '"duration_s":25' '"duration_s":5'; do
	enhance "{\"prompt\":\"a\",$json}"
	is "$status $(json 'keys | join(" ")')" "400 detail" "enhance $json is refused"
done
enhance '{"prompt":"a"}' '?token_id=0'
is "$(error)" "400 'token_id' must be an integer from 1" "enhance has a token_id"
ask POST /v1/enhance_prompt -H 'Content-Type: image/png' -d x
is "$(error)" "415 Unsupported content type" "a picture is no prompt"

control GET 'state?tasks=0'
is "$(jq -c '[.endpoints | .search.calls, .feed.calls, .enhance.calls] | map(. // 0)' "$stack/control")" \
    "[0,0,0]" "nothing of this was asked upstream"

# ---- answers ----

ask GET /v1/profiles/lina.rivers
is "$(answer '[keys, (.profile | .user_id, .username, .display_name, .follower_count, .verified)]')" \
    '200 [["profile","success"],"user-SandboxLinaRivers0000001","lina.rivers","Lina Rivers",12,false]' \
    "a profile"
like "$(json .profile.profile_picture_url)" '^http' "with a picture"
ask GET /v1/profiles/lina%2Erivers
is "$(answer .profile.username)" '200 "lina.rivers"' "names are percent-decoded"
ask HEAD /v1/profiles/lina.rivers
is "$status $(wc -c <"$body")" "200 $(wc -c <"$headers")" "HEAD has no body"

lina=user-SandboxLinaRivers0000001
ask GET "/v1/users/$lina/feed"
is "$(answer '[keys, .success, .user_id, (.feed | (.items | length), .cursor)]')" \
    "200 [[\"feed\",\"success\",\"user_id\"],true,\"$lina\",6,null]" "the posts of a user"
ask GET "/v1/users/$lina/feed?limit=4&token_id=2"
cursor=$(json .feed.cursor)
is "$(answer '.feed.items | length')" '200 4' "a page of them"
ask GET "/v1/users/$lina/feed?limit=4&cursor=$cursor"
is "$(answer '[(.feed.items | length), .feed.cursor]')" '200 [2,null]' "and the next one"

ask GET '/v1/characters/search?username=harbour'
is "$(answer '[.success, .query, .count, (.results | length), (.results[0] | keys)]')" \
    '200 [true,"harbour",1,1,["can_cameo","display_name","follower_count","owner","permalink","profile_picture_url","token","user_id","username","verified"]]' \
    "a character is found"
is "$(json "$types .results[0].owner | types") $(json '.results[0].token')" \
    "user_id:string username:string display_name:string <@ch_5a4d0b0c000000000000000000000003>" \
    "with its owner and token"
ask GET '/v1/characters/search?username=otto&intent=cameo'
is "$(answer .)" '200 {"success":true,"query":"otto","count":0,"results":[]}' "nothing found is no error"
ask GET '/v1/characters/search?username=otto&intent=users'
is "$(answer '[.count, .results[0].owner]')" '200 [1,null]' "the intent is passed on"
ask GET '/v1/characters/search?username=.&limit=2'
is "$(answer .count)" '200 2' "and the limit"

ask GET /v1/feed
is "$(answer '[keys, .success, .cut, .count, (.items | length)]')" \
    '200 [["count","cursor","cut","items","success"],true,"nf2_latest",8,8]' "the feed"
is "$(json "$types .items[0] | types")" \
    "id:string text:string permalink:string preview_image_url:string posted_at:number like_count:number view_count:number remix_count:number attachment:object author:object" \
    "the members of a post"
is "$(json "$types .items[1].attachment | types") $(json '.items[1].attachment.duration_seconds')" \
    "kind:string url:string downloadable_url:string width:number height:number n_frames:number duration_seconds:number thumbnail_url:string 15" \
    "of its attachment"
is "$(json "$types .items[0].author | types")" \
    "user_id:string username:string display_name:string profile_picture_url:string verified:boolean follower_count:number" \
    "and of its author"
cursor=$(json .cursor)
ask GET "/v1/feed?cursor=$cursor&cut=nf2_top&limit=100"
is "$(answer '[.cut, .count, .cursor]')" '200 ["nf2_top",4,null]' "the rest of the feed"

enhance '{"prompt":"a cat in a boat"}'
is "$(answer .)" '200 {"enhanced_prompt":"PRIMARY: a cat in a boat\nSETTING: early morning\nCAMERA: slow pan"}' \
    "a longer prompt"
enhance '{"prompt":"a cat","expansion_level":"Short","duration_s":15}'
is "$(answer .)" '200 {"enhanced_prompt":"PRIMARY: a cat\nSETTING: early morning\nLENGTH: 15 s"}' \
    "level and duration are passed on"

# ---- tasks and posts of one account ----

create '{"prompt":"a long one [[sandbox:never]]"}'
wait_until 20 '[ -n "$(db "SELECT upstream_id FROM tasks WHERE upstream_id IS NOT NULL")" ]'
token=$(db "SELECT token_id FROM tasks")
task=$(db "SELECT upstream_id FROM tasks")
wait_until 20 'ask GET "/v1/tokens/$token/pending-tasks-v2"; [ "$(json .tasks[0].status)" = running ]'
for path in pending-tasks pending-tasks-v2; do
	ask GET "/v1/tokens/$token/$path"
	is "$(answer '[keys, .success, .token_id, .count, (.tasks[0] | .id, .status, .prompt)]')" \
	    "200 [[\"count\",\"success\",\"tasks\",\"token_id\"],true,$token,1,\"$task\",\"running\",\"a long one [[sandbox:never]]\"]" \
	    "$path of an account"
	like "$(json .tasks[0].progress_pct)" '^(0(\.[0-9]+)?|1)$' "with a fraction"
done
ask GET "/v1/tokens/$((3 - token))/pending-tasks-v2"
is "$(answer .)" "200 {\"success\":true,\"token_id\":$((3 - token)),\"count\":0,\"tasks\":[]}" \
    "the other account has none"
ask GET "/v1/tokens/$token/tasks/$task"
is "$(answer '[keys, .success, (.task | .id, .status, .prompt, .title, .generations)]')" \
    "200 [[\"success\",\"task\"],true,\"$task\",\"running\",\"a long one [[sandbox:never]]\",\"New Video\",[]]" \
    "one task"
for gone in not_found gone; do
	fault "{\"endpoint\":\"pending\",\"account\":\"account$((3 - token))@example.org\",\"fault\":\"$gone\",\"count\":1}"
	ask GET "/v1/tokens/$((3 - token))/pending-tasks-v2"
	is "$(answer .count)" '200 0' "the older list answers for a newer one that is $gone"
done
ask GET "/v1/tokens/1/profile-feed?limit=3"
is "$(answer .)" '200 {"success":true,"token_id":1,"feed":{"items":[],"cursor":null}}' \
    "the posts of an account"
ask DELETE "/v1/videos/$id"

# ---- invite codes ----

ask GET /v1/invite-codes
is "$(answer .)" '200 {"success":false,"message":"No available invite codes with remaining quota"}' \
    "no invite code"
db_write "UPDATE tokens SET sora2_invite_code = 'ABC123', sora2_total_count = 10,
    sora2_redeemed_count = 5 WHERE id = 1"
ask GET /v1/invite-codes
is "$(answer .)" '200 {"success":true,"invite_code":"ABC123","remaining_count":5,"total_count":10,"email":"account1@example.org"}' \
    "an invite code"
for used_up in 'sora2_redeemed_count = 10' 'is_active = 0' 'sora2_supported = NULL'; do
	db_write "UPDATE tokens SET sora2_redeemed_count = 5, is_active = 1, sora2_supported = 1"
	db_write "UPDATE tokens SET $used_up WHERE id = 1"
	ask GET /v1/invite-codes
	is "$(answer .success)" '200 false' "none with $used_up"
done
db_write "UPDATE tokens SET is_active = 1, sora2_supported = 1"

# ---- failures of the upstream ----

heal()
{
	control DELETE faults
	db_write "UPDATE tokens SET is_active = 1, cooled_until = NULL,
	    sora2_cooldown_until = NULL, expiry_time = unixepoch() + 864000"
	db_write "UPDATE token_stats SET error_count = 0, consecutive_error_count = 0"
}

# renewable JSON: sets the refresh token of the first account.
renewable()
{
	ask POST /api/login -H 'Content-Type: application/json' \
	    -d "{\"username\":\"admin\",\"password\":\"$admin_password\"}"
	ask_key=$(json .token)
	ask PUT /api/tokens/1 -H 'Content-Type: application/json' -d "{\"rt\":$1}"
	is "$status" 200 "the refresh token is set"
	unset ask_key
}

# What the database has of the first account.
account()
{
	db "SELECT format('%d %d %d %d', is_active, cooled_until > unixepoch(),
	    error_count, consecutive_error_count) FROM tokens JOIN token_stats
	    ON token_id = id WHERE id = 1"
}

# Of each row: the fault, the answer, and what it means for the account: enabled,
# resting, errors, errors in a row.
while IFS='|' read -r row wanted means; do
	heal
	fault "{\"endpoint\":\"feed\",$row}"
	ask GET '/v1/feed?token_id=1'
	is "$(error)" "$wanted" "the upstream answers with $row"
	is "$(account)" "$means" "the account after $row"
done <<'END'
"fault":"not_found"|404 Not found|1 0 0 0
"fault":"too_many_requests","retry_after":77|429 The upstream takes no more requests for now|1 1 1 0
"fault":"forbidden"|502 The upstream failed|1 0 1 1
"fault":"token_invalidated"|502 The upstream failed|0 0 1 1
"fault":"challenge"|502 The upstream failed|1 0 0 0
"fault":"bad_request"|502 The upstream failed|1 0 0 0
"fault":"cut"|502 The upstream failed|1 0 0 0
"fault":"drop"|502 The upstream failed|1 0 0 0
"delay_ms":20000|504 Upstream timeout|1 0 0 0
END
like "$(cat "$stack"/log/worker*)" 'warning: .*token 1: .*: HTTP 403' \
    "the log has the status of an answer that was none"
heal
fault '{"endpoint":"feed","fault":"too_many_requests","retry_after":77}'
ask GET '/v1/feed?token_id=1'
like "$(header Retry-After)" '^7[5-7]$' "429 says how long to wait"
ask GET /v1/tokens/1/pending-tasks
is "$status" 200 "a named token is asked even while it rests"

heal
fault '{"endpoint":"feed","fault":"token_expired"}'
renewable '"rt_of_a_test"'
ask GET '/v1/feed?token_id=1'
is "$(error) $(account) $(db 'SELECT expiry_time <= unixepoch() FROM tokens WHERE id = 1')" \
    "502 The upstream failed 1 0 1 1 1" "a token that can be renewed is left to be renewed"
renewable '""'

heal
fault '{"endpoint":"feed","fault":"forbidden"}'
for try in 1 2 3; do
	ask GET '/v1/feed?token_id=1'
done
is "$(account)" "0 0 3 3" "errors in a row disable an account"
control DELETE faults
ask GET '/v1/feed?token_id=1'
is "$status" 200 "a disabled one is still asked by its number"

# ---- which account asks ----

for out in 'is_active = 0' 'cooled_until = unixepoch() + 60' 'expiry_time = unixepoch() - 1'; do
	heal
	db_write "UPDATE tokens SET $out"
	ask GET /v1/feed
	is "$(error)" "503 No active tokens available" "nobody asks when all have $out"
done
heal
control DELETE asked
for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	ask GET '/v1/feed?limit=1'
done
control GET 'asked?endpoint=feed'
is "$(jq -r '[.. | .account? // empty] | unique | join(" ")' "$stack/control")" \
    "account1@example.org account2@example.org" "all accounts take part"
is "$(db 'SELECT sum(use_count) <= 1 FROM tokens')$(db 'SELECT count(*) <= 1 FROM request_logs')" 11 \
    "none of it counts as use, or is in the log"

# ---- a slow upstream ----

create '{"prompt":"the one that is read"}'
wait_until 20 'has_ended "$id"'
ask_time=5
ask GET "/v1/videos/$id"
fault '{"endpoint":"feed","delay_ms":8000}'
i=0
set --
while [ $i -lt 200 ]; do
	set -- "$@" ${1:+--next} -s -o /dev/null --max-time 60 -D "$stack/slow.$i" \
	    -H "Authorization: Bearer $api_key" "$base/v1/feed"
	i=$((i + 1))
done
curl --parallel --parallel-immediate --parallel-max 200 "$@" 2>>"$stack/log/curl" &
slow=$!
refused()
{
	cat "$stack"/slow.* 2>/dev/null | grep -c '^HTTP/1.1 503'
}
wait_until 20 '[ "$(refused)" -ge 190 ]'
ask GET "/v1/videos/$id"
is "$status $(cat "$stack"/slow.* | grep -c '^HTTP/1.1 200')" "200 0" \
    "a status read is answered while the upstream is slow"
wait $slow
is "$(cat "$stack"/slow.* | grep -c '^HTTP/1.1 200') $(refused)" "3 197" \
    "half of the threads wait for the upstream, the rest are refused"
is "$(cat "$stack"/slow.* | tr -d '\r' | grep -ci '^retry-after: [1-9]')" 197 \
    "and are told when to try again"
control DELETE faults
ask GET /v1/feed
is "$status" 200 "when they are done, others may ask"
