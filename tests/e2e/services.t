#!/bin/sh
# SPDX-License-Identifier: MIT
# services.t: the operator's own services: the solver of challenges, and the one
# that finds the file behind a post; and what is left when they fail.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

stack_videos=20
stack_speed=1000
stack_sandbox_options='--shared-clips --set concurrency=100'
stack_set sora.user_agent '"plain/1"'
# An upstream that takes every change of a character, for the last part.
stack_server='location /backend/project_y/cameos/ {
	default_type application/json; return 200 "{\"id\":\"cameo_1\"}"; }'

plan 78
stack_start

# admin METHOD PATH [JSON]
admin()
{
	ask_key=$session
	admin_method=$1
	admin_path=$2
	shift 2
	ask "$admin_method" "$admin_path" ${1:+-H 'Content-Type: application/json' -d "$1"}
	unset ask_key
}

# makes PROMPT: a video, to its end; sets $id
makes()
{
	create "{\"prompt\":\"$1\",\"seconds\":10}"
	wait_until 60 'has_ended "$id"'
}

# calls ENDPOINT: how often it was asked
calls()
{
	control GET 'state?tasks=0'
	jq -r --arg e "$1" '.endpoints[$e].calls // 0' "$stack/control"
}

# posts: how many there are, and how many of them are not deleted
posts()
{
	control GET state
	jq -r '"\(.posts | length) \([.posts[] | select(.deleted | not)] | length)"' \
	    "$stack/control"
}

column()
{
	db "SELECT coalesce($1, 'none') FROM tasks WHERE task_id = '$id'"
}

ask POST /api/login -H 'Content-Type: application/json' \
    -d "{\"username\":\"admin\",\"password\":\"$admin_password\"}"
session=$(json .token)
like "$session" . 'the administrator is in'

# ---- the solver, asked by the administrator ----

admin GET /api/cloudflare/state
is "$status $(json '.success, .state | tostring' | paste -sd ' ')" \
    '200 true {"is_valid":false,"has_credentials":false,"last_updated":null,"expires_at":null,"remaining_seconds":0,"cookies_count":0,"user_agent":null}' \
    'no credentials'
admin POST /api/cloudflare/refresh
is "$status $(json .detail)" '400 Cloudflare Solver 未启用，请先在配置中启用' \
    'a solver that is off is not asked'
is "$(calls solver)" 0 'indeed'
ask GET /api/cloudflare/state
is "$status" 401 'the state is for the administrator'

admin POST /api/cloudflare/config \
    "{\"solver_enabled\":true,\"solver_api_url\":\"$sandbox\"}"
is "$status" 200 'it is switched on'
control POST challenge '{"user_agent":"0123456789012345678901234567890123456789012345678901234567890"}'
admin POST /api/cloudflare/refresh
is "$status $(json '.success, .message' | paste -sd ' ')" \
    '200 true Cloudflare credentials refreshed successfully' 'credentials come'
is "$(json '.state | "\(.is_valid) \(.has_credentials) \(.cookies_count) \(.user_agent)"')" \
    'true true 1 01234567890123456789012345678901234567890123456789...' 'the state shows them'
ok 'they last ten minutes' test "$(json .state.remaining_seconds)" -gt 590 -a \
    "$(json .state.remaining_seconds)" -le 600
like "$(json '.state | "\(.last_updated) \(.expires_at)"')" \
    '^(....-..-..T..:..:.. ?){2}$' 'and the times'
is "$(stat -c %a "$stack/data/spool/.solver")" 600 'the file is ours alone'
is "$(grep -rlc cf_clearance "$stack/data" "$stack/log" | wc -l)" 0 'no cookie lies open'
admin GET /api/cloudflare/state
is "$status $(json .state.is_valid)" '200 true' 'every worker has them'
admin POST /api/cloudflare/clear
is "$status $(json '.message, .state.has_credentials' | paste -sd ' ')" \
    '200 Cloudflare credentials cleared false' 'they are forgotten'
ok 'for good' test ! -e "$stack/data/spool/.solver"

for kind in unsolved wrong_key bad_gateway cut; do
	fault "{\"endpoint\":\"solver\",\"fault\":\"$kind\",\"count\":1}"
	admin POST /api/cloudflare/refresh
	is "$status" 502 "a solver that fails ($kind) is a 502"
done
admin GET /api/cloudflare/state
is "$(json .state.has_credentials)" false 'and leaves nothing'

# Two at once: one call.
before=$(calls solver)
fault '{"endpoint":"solver","delay_ms":1500,"count":1}'
for n in 1 2 3; do
	curl -s -o /dev/null -w '%{http_code}\n' -X POST --max-time 20 \
	    -H "Authorization: Bearer $session" \
	    "$base/api/cloudflare/refresh" >"$stack/refresh$n" &
	eval "pid$n=$!"
done
wait "$pid1" "$pid2" "$pid3"
is "$(sort "$stack"/refresh[123] | uniq -c | tr -s ' ')" ' 3 200' 'three at once get them'
is "$(($(calls solver) - before))" 1 'with one call'

# ---- challenges ----

admin POST /api/cloudflare/clear
control POST challenge '{"required":true,"user_agent":"solved/1"}'
before=$(calls solver)
makes 'a lighthouse'
is "$state" completed 'a challenge is passed'
is "$(calls solver)" $((before + 1)) 'the solver was asked once'
control GET asked?endpoint=create
is "$(jq -r '[.asked[] | select(.cookies == "cf_clearance")][0].user_agent' "$stack/control")" \
    solved/1 'the calls carry cookie and user agent'
is "$(db "SELECT count(*) FROM task_tokens")" 1 'with the same account'
is "$(db "SELECT consecutive_error_count FROM token_stats")" 0 'which is not to blame'
makes 'another lighthouse'
is "$state $(calls solver)" "completed $((before + 1))" 'the credentials are used again'
control POST challenge '{"expire":true}'
makes 'a third lighthouse'
is "$state $(calls solver)" "completed $((before + 2))" 'new ones replace those that do not work'
admin POST "/api/tokens/1/test"
is "$status $(json .success)" '200 true' 'an account is tested with them, too'
control POST challenge '{"required":false}'
admin POST /api/cloudflare/config '{"solver_enabled":false}'
control DELETE asked
sleep_end=$(($(date +%s) + 2))
wait_until 5 '[ "$(date +%s)" -ge "$sleep_end" ]'
makes 'the last lighthouse'
control GET 'asked?endpoint=create'
is "$state $(jq -r '.asked | map("\(.user_agent) \(.cookies | length)") | join(",")' "$stack/control")" \
    'completed plain/1 0' 'a solver that is off is not used'

# ---- the file without watermark ----

# watermark JSON: and every process has read it, which takes a second and shows nowhere
watermark()
{
	admin POST /api/watermark-free/config "$1"
	[ "$status" = 200 ] || bail "watermark: $(cat "$body")"
	watermark_end=$(($(date +%s) + 2))
	wait_until 5 '[ "$(date +%s)" -ge "$watermark_end" ]'
}

control POST links '{"token":"parse-1"}'
watermark "{\"watermark_free_enabled\":true,\"parse_method\":\"custom\",
    \"custom_parse_url\":\"$sandbox\",\"custom_parse_token\":\"parse-1\"}"
makes 'a harbour'
is "$state" completed 'a video is made'
like "$(column source_url)" nowm 'its file is the one behind the post'
is "$(column result_file | grep -c mp4)" 1 'and in the cache'
ask GET "/v1/videos/$id/content" -L
is "$status $(head -c 8 "$body" | tail -c 4)" '200 ftyp' 'from where it is served'
is "$(posts)" '1 0' 'the post is gone'
is "$(column permalink) $(column post_id)" 'none none' 'and its address with it'
is "$(grep -c 'parse-1' "$stack/log/poller")" 0 'the token is in no log'

# What fails leads to the normal file.
normal_file()
{
	is "$state" completed "$1: the task is completed"
	is "$(column "source_url LIKE '%nowm%'")$(column result_file | grep -c mp4)" 01 \
	    "$1: with the normal file"
	control DELETE faults
}

fault '{"endpoint":"post_create","fault":"bad_request"}'
makes 'a harbour that is not published'
normal_file 'no post'
is "$(posts)" '1 0' 'no post: indeed'
fault '{"endpoint":"link","fault":"parse_denied","count":2}'
makes 'a harbour that takes time'
like "$state $(column source_url)" 'completed .*nowm' 'the service is asked again'
is "$(posts)" '2 0' 'for the same post'
fault '{"endpoint":"link","fault":"nothing"}'
before=$(calls link)
makes 'a harbour that is not parsed'
is "$(($(calls link) - before))" 4 'it is asked four times'
normal_file 'no link'
is "$(posts)" '3 0' 'no link: the post goes'
before=$(calls link)
makes 'a harbour that waits for nobody'
is "$(($(calls link) - before)) $(posts)" '0 3 0' 'a service out of order is left alone, and nothing is published for it'
normal_file 'left alone'
like "$(cat "$stack/log/poller")" 'warning: .*it is not asked for 60 s' 'which is logged'
watermark "{\"watermark_free_enabled\":true,\"parse_method\":\"custom\",
    \"custom_parse_url\":\"$sandbox/\",\"custom_parse_token\":\"parse-1\"}"
fault '{"endpoint":"post_delete","fault":"internal_error"}'
makes 'a harbour that stays'
like "$state $(column source_url)" 'completed .*nowm' 'a post that stays is no harm'
is "$(posts)" '4 1' 'it is there'
like "$(column permalink)" "^$sandbox/p/s_" 'and known'
like "$(cat "$stack/log/poller")" 'its post stays' 'and logged'
control DELETE faults

# An answer that is lost: there is one post all the same.
fault '{"endpoint":"post_create","fault":"drop","after_work":true,"count":1}'
makes 'a harbour whose post is lost'
like "$state $(column source_url)" 'completed .*nowm' 'a lost answer is looked for'
is "$(posts)" '5 1' 'there is one post'

# The poller is killed at each step.
for step in publish parse unpublish; do
	case $step in
	publish) fault '{"endpoint":"post_create","delay_ms":3000,"after_work":true,"count":1}' ;;
	parse) fault '{"endpoint":"link","delay_ms":3000,"count":1}' ;;
	unpublish) fault '{"endpoint":"post_delete","delay_ms":3000,"after_work":true,"count":1}' ;;
	esac
	before=$(posts)
	create "{\"prompt\":\"killed while $step\",\"seconds\":10}"
	case $step in
	publish) endpoint=post_create ;;
	parse) endpoint='link' ;;
	unpublish) endpoint=post_delete ;;
	esac
	asked=$(calls "$endpoint")
	ok "$step: it comes to that" wait_until 30 '[ "$(calls $endpoint)" -gt "$asked" ]'
	stack_kill poller
	poller_start
	wait_until 60 'has_ended "$id"'
	like "$state $(column source_url)" 'completed .*nowm' "$step: it goes on"
	is "$(posts)" "$((${before% *} + 1)) 1" "$step: with one post, which goes"
	control DELETE faults
done

watermark '{"watermark_free_enabled":true,"parse_method":"third_party","custom_parse_url":""}'
makes 'a harbour without a service'
normal_file 'no service'
like "$(cat "$stack/log/poller")" 'no parse service is configured' 'which is logged'

# ---- characters ----

db_write "INSERT INTO characters (cameo_id, token_id, username, display_name,
    status, created_at, updated_at) VALUES ('cameo_1', 1, 'harbour', 'Harbour',
    'finalized', 5, 5), ('cameo_2', 99, 'nobody', 'N', 'finalized', 5, 5)"
admin POST /api/characters/cameo_9/update '{"visibility":"public"}'
is "$status $(json .detail)" '404 Character not found' 'an unknown character'
admin POST /api/characters/cameo_2/update '{"visibility":"public"}'
is "$status $(json .detail)" '404 Associated token not found' 'one without an account'
admin POST /api/characters/cameo_1/update '{}'
is "$status" 400 'nothing to change'
admin POST /api/characters/cameo_1/update '{"visibility":"secret"}'
is "$status" 400 'a visibility that there is not'
fault '{"fault":"internal_error"}'
admin POST /api/characters/cameo_1/update '{"visibility":"public"}'
is "$status $(db "SELECT visibility, updated_at FROM characters WHERE cameo_id = 'cameo_1'")" \
    '502 private|5' 'what the upstream did not take is not stored'
control DELETE faults

stack_set sora.base_url "\"$base/backend\""
workers_restart
admin POST /api/characters/cameo_1/update \
    '{"visibility":"public","instruction_set":"Be \"kind\"."}'
is "$status $(json '.success, .message, .result.id' | paste -sd ' ')" \
    '200 true Character updated successfully cameo_1' 'a change that it took'
admin GET /api/characters/cameo_1
is "$(json '.character | .visibility, .instruction_set, .safety_instruction_set' | paste -sd ' ')" \
    'public "Be \"kind\"." null' 'is stored, instructions as JSON text'
isnt "$(json .character.updated_at)" 1970-01-01T00:00:05 'with its time'
admin POST /api/characters/cameo_1/update '{"instruction_set":""}'
is "$status $(db "SELECT instruction_set IS NULL, visibility FROM characters WHERE cameo_id = 'cameo_1'")" \
    '200 1|public' 'an empty text clears'
