#!/bin/sh
# SPDX-License-Identifier: MIT
# chat.t: chat completions, streamed and not, in both styles.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

command -v node >/dev/null || skip_all 'needs node'

stack_speed=200
stack_workers=1
stack_sandbox_options='--shared-clips --set concurrency=400 --set quota=2000'
stack_videos=300
stack_set limits.slot_wait 1
stack_set admin.error_ban_threshold 100

plan 49
stack_start
json_type='Content-Type: application/json'

# chat MODEL PROMPT [MORE-JSON]: without a stream
chat()
{
	ask POST /v1/chat/completions -H "$json_type" ${key:+-H "Idempotency-Key: $key"} \
	    -d "{\"model\":\"$1\",\"messages\":[{\"role\":\"user\",\"content\":\"$2\"}]${3:+,$3}}"
}

# stream STYLE END MODEL PROMPT [MORE-JSON]: sets $told
stream()
{
	stream_style=$1
	stream_end=$2
	shift 2
	chat "$1" "$2" "\"stream\":true${3:+,$3}"
	told=$(node "$abs_top_srcdir/tests/e2e/chat.mjs" "$stream_style" "$stream_end" ${usage:+"$usage"} \
	    <"$body" 2>"$stack/log/node") || diag "$(cat "$stack/log/node" "$body")"
}

content()
{
	json '.choices[0].message.content'
}

# silent NAME MODEL SECONDS: one that has nothing to tell until they have passed,
# in the background
silent()
{
	curl -sN -o "$stack/$1" -H "Authorization: Bearer $api_key" -H "$json_type" \
	    -d "{\"model\":\"$2\",\"stream\":true,\"messages\":[{\"role\":\"user\",
	    \"content\":\"$1 [[sandbox:queued=$3]]\"}]}" "$base/v1/chat/completions" &
	silent="${silent-} $!"
}

# What a silent stream says of itself, each kind of it once, in their order.
signs()
{
	grep -o '"progress":0,"message":"Generating"\|^: keep-alive' "$stack/$1" |
	    sed 's/.*Generating"/state/; s/: //' | awk '!seen[$0]++' | tr '\n' ' '
}

# silence NAME END: sets $told
silence()
{
	told=$(node "$abs_top_srcdir/tests/e2e/chat.mjs" structured "$2" <"$stack/$1" \
	    2>"$stack/log/node") || diag "$(cat "$stack/log/node" "$stack/$1")"
}

chat_begin()
{
	curl -sN -o "$stack/later" -H "Authorization: Bearer $api_key" -H "$json_type" \
	    -d "{\"model\":\"sora-video-10s\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"$1\"}]}" \
	    "$base/v1/chat/completions" &
	later=$!
	chat_prompt=$1
	wait_until 20 '[ -n "$(status_of "$chat_prompt")" ]'
}

status_of()
{
	db "SELECT status FROM tasks WHERE prompt = '$1'"
}

silent silent-video sora-2 1000
silent silent-image sora-image 1000

# ---- without a stream ----

chat sora-video-landscape-10s 'a quiet lake'
is "$status" 200 'a video'
is "$(json 'keys_unsorted | join(" ")') $(json '.choices[0] | keys_unsorted | join(" ")') $(json '.choices[0].message | keys_unsorted | join(" ")')" \
    'id object created model choices index message finish_reason role content' 'its members'
is "$(json '"\(.object) \(.model) \(.choices[0].finish_reason)"')" \
    'chat.completion sora-video-landscape-10s stop' 'the model as it was named'
like "$(content)" '^\{"type":"video","url":"http://127[^"]*/tmp/[0-9a-f]{32}\.mp4"\}$' 'the result'
source=$(db "SELECT task_id FROM tasks WHERE prompt = 'a quiet lake'")
ask GET "/v1/videos/$source"
is "$status $(json .status)" '200 completed' 'it is a video like others'
chat sora-image 'a kite'
like "$(content)" '^\{"type":"image","url":"([^"]*/tmp/[0-9a-f]{32}\.png)","urls":\["[^"]*png"\]\}$' 'an image'
chat sora-2 'x [[sandbox:violation]]'
is "$status $(json .error.code) $(header x-should-retry)" '400 content_policy_violation false' 'a refusal'
chat sora-2 'x [[sandbox:error]]'
is "$status $(json .error.code)" '502 generation_failed' 'a failure'
chat no-such x
is "$status $(json .error.code) $(json .error.param)" '400 model_not_found model' 'an unknown model'
chat sora-2 ' '
is "$status $(json .error.code) $(json .error.param)" '400 missing_required_parameter messages' 'no prompt'
ask POST /v1/chat/completions -F model=sora-2
is "$status" 415 'JSON alone'
key=k1
chat sora-2 'once'
first=$(content)
chat sora-2 'once'
is "$(content) $(db "SELECT count(*) FROM tasks WHERE prompt = 'once'")" "$first 1" 'once for a key'
key=

# ---- streamed ----

stream structured result sora-video-10s 'a stream [[sandbox:running=3]]'
is "$status $(header content-type) $(header cache-control)" '200 text/event-stream no-cache' 'a stream'
like "$told" '^generation( cache)? [0-9]+ \{"type":"video","url":"http' 'its chunks'
is "$(grep -c '"progress"' "$body" | awk '{ print ($1 > 3) }')" 1 'some of them tell the progress'
stream structured result sora-image 'an image'
like "$told" '^generation( cache)? [0-9]+ \{"type":"image","url":"http' 'an image'
stream structured result sora-2 '[5.0s]a cat [5.0s]it jumps'
like "$told" '^generation storyboard generation( cache)? [0-9]+ \{"type":"video"' 'a storyboard'
stream structured result sora-2 'at night' "\"remix_target_id\":\"$source\""
like "$told" '^generation remix generation( cache)? [0-9]+ \{"type":"video"' 'a remix'
is "$(db "SELECT operation FROM request_logs ORDER BY id DESC LIMIT 1")" video_remix 'the log has it'
link=https://sora.chatgpt.com/p/s_68e3a06dcd888191b150971da152c1f5
stream structured result sora-2 "$link as an ink painting"
like "$told" '^generation remix generation( cache)? [0-9]+ \{"type":"video"' 'of a link in the prompt'
is "$(db 'SELECT prompt, remix_target FROM tasks ORDER BY id DESC LIMIT 1')" \
    "as an ink painting|${link##*/}" 'which the upstream gets without it'
picture=$(ffmpeg -v error -f lavfi -i color=red:s=64x64 -frames:v 1 -f image2 -c:v png - </dev/null | base64 -w0)
stream structured result sora-2 'it moves' "\"image\":\"$picture\""
like "$told" 'generation upload generation( cache)? [0-9]+ \{"type":"video"' 'from a picture'
usage=usage
stream structured result sora-2 'usage' '"stream_options":{"include_usage":true}'
like "$told" '\{"type":"video"' 'with usage'
usage=
stream structured failure sora-2 'x [[sandbox:violation]]'
like "$told" 'error [0-9]+ content_policy_violation$' 'a refusal'
stream structured failure sora-2 'x [[sandbox:error]]'
like "$told" 'error [0-9]+ generation_failed$' 'a failure'
chat no-such x '"stream":true'
is "$status $(header content-type)" '400 application/json' 'before the stream errors are ordinary'
chat sora-2 x "\"stream\":true,\"remix_target_id\":\"sora-2-000000000000\""
is "$status $(json .error.code)" '404 task_not_found' 'as that of an unknown source'

# ---- a client that leaves ----

stack_stop poller
chat_begin 'left early'
wait_until 20 'grep -qs assistant "$stack/later"'
kill $later
wait $later 2>/dev/null
ok 'a client that leaves: detected' wait_until 10 '[ "$(status_of "left early")" = cancelled ]'
is "$(db "SELECT error_message || ' ' || status_code FROM tasks JOIN request_logs USING (task_id)
    WHERE prompt = 'left early'")" 'Client disconnected 499' 'and logged'
poller_start
chat_begin 'left late [[sandbox:running=600]]'
wait_until 20 '[ -n "$(db "SELECT upstream_id FROM tasks WHERE prompt LIKE '"'left late%'"'")" ]'
like "$(cat "$stack/later")" '"role":"assistant"' 'the stream has begun'
kill $later
wait $later 2>/dev/null
pass 600
wait_until 20 '[ "$(status_of "left late [[sandbox:running=600]]")" = completed ]'
is "$(status_of 'left late [[sandbox:running=600]]')" completed 'what is paid for is finished'
db_write 'UPDATE tokens SET video_concurrency = video_running + 1'
chat_begin 'holds [[sandbox:never]]'
wait_until 20 '[ "$(db "SELECT video_concurrency - video_running FROM tokens")" = 0 ]'
holder=$later
chat sora-2 'no slot' '"stream":true'
is "$status $(json .error.code) $(header retry-after)" '429 rate_limit_exceeded 1' 'no slot'
is "$(status_of 'no slot')" cancelled 'its task is cancelled'
kill $holder
wait $holder 2>/dev/null
db_write 'UPDATE tokens SET video_concurrency = 300'

# ---- silence ----

ok 'a video of which there is nothing to tell says so after half a minute' \
    wait_until 90 'matches "$(signs silent-video)" state'
is "$(signs silent-video)" 'keep-alive state ' 'before that, that it is alive'
is "$(signs silent-image)" 'state ' 'an image tells its state alone'
pass 1000
# shellcheck disable=SC2086
wait $silent
for name in silent-video silent-image; do
	silence $name result
	like "$told" '"url":"http' "$name comes to its end"
done

# ---- Markdown ----

stack_stop worker
stack_set compat.chat_style '"markdown"'
stack_configure
worker_start
wait_until 10 'curl -sf -o /dev/null "$base/health"'
stream markdown result sora-video-10s 'in Markdown'
like "$told" '^ [0-9]+ \[video\]\(http[^)]*mp4\) +```html <video src=.http[^ ]*mp4. controls></video> ```$' 'a video'
like "$(cat "$body")" '"reasoning_content":"Task sora-video-10s-[0-9a-f]{12}' 'names its task first'
is "$(grep -o '"model":"[^"]*"' "$body" | sort -u)" '"model":"sora-video-10s"' 'the model'
usage=usage
stream markdown result sora-image 'an image in Markdown' '"stream_options":{"include_usage":true}'
like "$told" '!\[image\]\(http[^)]*png\)$' 'an image, with usage'
usage=
stream markdown result sora-2 '[5.0s]a cat [5.0s]it jumps'
like "$told" '\[video\]' 'a storyboard'
like "$(cat "$body")" '"reasoning_content":"Submitting the storyboard, 0%' 'which is told'
stream markdown result sora-2 'at noon' "\"remix_target_id\":\"$source\""
like "$told" '\[video\]' 'a remix'
like "$(cat "$body")" '"reasoning_content":"Submitting the remix, 0%' 'which is told'
stream markdown result sora-2 'it moves' "\"image\":\"$picture\""
like "$told" '\[video\]' 'from a picture'
stream markdown failure sora-2 'x [[sandbox:violation]]'
like "$told" 'content_policy_violation$' 'a refusal'
chat sora-image 'without a stream'
like "$(content)" '^!\[image\]\(http[^)]*png\)$' 'without a stream'
