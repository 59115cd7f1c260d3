#!/bin/sh
# SPDX-License-Identifier: MIT
# characters.t: characters made of clips: by their own route, by chat, for one
# video alone, and mentioned in prompts.
# shellcheck disable=SC2016,SC2034,SC2154
stack_speed=100
stack_workers=1
stack_tokens=2
stack_videos=20
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"
. "$abs_top_srcdir/tests/e2e/character.sh"

command -v node >/dev/null || skip_all 'needs node'

plan 128
stack_set admin.error_ban_threshold 100
stack_set limits.slot_wait 1
stack_set limits.max_body_mb 1
stack_set limits.fetch_timeout 2
stack_sandbox_options='--shared-clips --set concurrency=400 --set quota=2000'
stack_start
login
json_type='Content-Type: application/json'
character_id='ch_[0-9a-f]{32}'

# ---- the route ----

clip plain
make plain --form-string username=@my_cat -F 'display_name=My Cat' \
    -F 'instruction_set=Always purr.' -F timestamps=1,4
is "$status" 200 'a character'
is "$(json 'keys_unsorted | join(" ")') $(json '.data | keys_unsorted | join(" ")')" \
    'id object created model data cameo_id username display_name message' 'its members'
is "$(json '"\(.object) \(.model) \(.data.username) \(.data.display_name)"')" \
    'character sora-video-10s my_cat My Cat' 'named as it was asked'
is "$(json .data.message)" 'Character created successfully' 'the message'
cameo=$(json .data.cameo_id)
like "$(json .id)" "^$character_id\$" 'the id of the upstream'
is "$(json .id) $cameo" "$(character '"\(.character_id) \(.id)"')" 'as the upstream has it'
is "$(character '"\(.username) \(.display_name) \(.timestamps) \(.visibility)"')" \
    'my_cat My Cat 1,4 public' 'and all may use it'
is "$(character .instruction_set)" '{"value":[{"type":"text","value":"Always purr."}]}' \
    'it has its instructions'
id=$(json .id)
admin GET /api/characters
answers 200 "{\"success\":true,\"characters\":[{\"id\":1,\"cameo_id\":\"$cameo\",
    \"character_id\":\"$id\",\"token_id\":1,\"username\":\"my_cat\",
    \"display_name\":\"My Cat\",\"profile_url\":\"<text>\",
    \"instruction_set\":\"\\\"Always purr.\\\"\",\"safety_instruction_set\":null,
    \"visibility\":\"public\",\"status\":\"finalized\",
    \"created_at\":\"<time>\",\"updated_at\":\"<time>\"}]}" 'its row'
is "$(db 'SELECT video_count || use_count FROM token_stats JOIN tokens ON id = token_id
    WHERE id = 1')" 00 'it is not counted as a video'
is "$(db 'SELECT operation || status_code FROM request_logs')" character_creation200 'the log has it'
is "$(db 'SELECT sum(video_running) FROM tokens')" 0 'its slot is free again'
admin POST "/api/characters/$cameo/update" '{"instruction_set":"Be quiet."}'
is "$status $(character .instruction_set)" \
    '200 {"value":[{"type":"text","value":"Be quiet."}]}' 'its instructions can be changed'
ask GET "/v1/videos/$(newest task_id)"
is "$status" 404 'its task is no video'

video=$(base64 -w0 "$stack/plain.mp4")
printf '{"video":{"url":"data:application/octet-stream;base64,%s"},"timestamps":[0.5,2],
    "model":"sora-video-portrait-15s"}' "$video" >"$stack/json"
ask POST /v1/characters -H "$json_type" -d @"$stack/json"
is "$status $(json .model) $(character .timestamps)" '200 sora-video-portrait-15s 0.5,2' 'by JSON'
like "$(json .data.username)" '^sandboxcat[0-9]{3}$' "with the upstream's name and three digits"
is "$(json .data.display_name)" 'Sandbox Cat' "and the upstream's display name"
printf '%s' "$video" >"$stack/base64"
ask POST /v1/characters --data-urlencode "video_base64@$stack/base64" -d display_name=Form
is "$status $(json .data.display_name)" '200 Form' 'by a form'

# ---- names ----

make plain -F username=my_cat
like "$status $(json .data.username)" '^200 my_cat[0-9]{3}$' 'a taken name gets three digits'
is "$(json .data.username)" "$(character .username)" 'the answer tells the name that was set'
before=$(calls username_check)
fault '{"endpoint":"username_check","status":200,"body":"{\"available\":false}"}'
make plain -F username=cat
like "$status $(json .data.username)" '^200 cat[0-9]{6}$' 'in the end six of the time'
is "$(($(calls username_check) - before))" 6 'after five more tries'
control DELETE faults
fault '{"endpoint":"finalize","fault":"username_taken","count":1}'
make plain -F username=late_cat
like "$status $(json .data.username)" '^200 late_cat[0-9]{3}$' 'a name that is taken meanwhile'

# ---- what is refused ----

refused()
{
	is "$status $(json '"\(.error.type) \(.error.code) \(.error.param)"')" "$1" "$2"
}

tasks=$(db 'SELECT count(*) FROM tasks')
ask_key=wrong ask POST /v1/characters
refused '401 invalid_request_error invalid_api_key null' 'a wrong key'
ask GET /v1/characters
refused '405 invalid_request_error method_not_allowed null' 'another method'
head -c 1100000 /dev/zero >"$stack/large"
ask POST /v1/characters -F "video=@$stack/large"
refused '413 invalid_request_error request_too_large null' 'a large body'
ask POST /v1/characters -H 'Content-Type: text/plain' -d x
refused '415 invalid_request_error unsupported_media_type null' 'another type'
ask POST /v1/characters -H "$json_type" -d '{'
refused '400 invalid_request_error invalid_json null' 'broken JSON'
ask POST /v1/characters -H "$json_type" -d '{"video":7}'
refused '400 invalid_request_error invalid_type video' 'a wrong type'
ask POST /v1/characters -F model=sora-video-10s
refused '400 invalid_request_error missing_required_parameter video' 'no video'
make plain -F model=sora-image
refused '400 invalid_request_error model_not_found model' 'a model of images'
make plain -F timestamps=3,1
refused '400 invalid_request_error invalid_value timestamps' 'times in disorder'
make plain -F 'username=my cat'
refused '400 invalid_request_error invalid_value username' 'a name with a blank'
printf GIF89a >"$stack/no.mp4"
make no
refused '400 invalid_request_error invalid_video video' 'no video file'
ask POST /v1/characters -H "$json_type" -d '{"video_base64":"????"}'
refused '400 invalid_request_error invalid_video video_base64' 'broken base64'
ask POST /v1/characters -H "$json_type" -d "{\"video\":\"$base/no-such\"}"
refused '400 invalid_request_error invalid_image_url video' 'an address without a file'
is "$(db 'SELECT count(*) FROM tasks')" "$tasks" 'nothing was started'
is "$(find "$stack/data" -name '*.mp4' -o -name '*.webp' | wc -l)" 0 'no file stays, of these nor those before'

# ---- what fails later ----

failed()
{
	refused "$1" "$2"
	is "$(header x-should-retry) $(newest status)" 'false failed' '... for good'
}

clip nobody no-person
make nobody
failed '400 invalid_request_error invalid_video video' 'nobody in the clip'
clip violation violation
make violation
failed '400 invalid_request_error content_policy_violation null' 'a refusal'
like "$(json .error.message)" '^Content policy violation: ' 'it tells why'
clip broken error
make broken
failed '502 server_error generation_failed null' 'a failure'
is "$(db "SELECT status FROM characters ORDER BY id DESC LIMIT 1")" processing \
    'what cannot be deleted stays to be seen'
fault '{"endpoint":"file_upload","fault":"bad_request","count":1}'
make plain
failed '502 server_error generation_failed null' 'its picture refused'
fault '{"endpoint":"finalize","fault":"forbidden","count":1}'
make plain
failed '502 server_error generation_failed null' 'its name refused'
fault '{"endpoint":"cameo_upload","fault":"drop","count":1}'
make plain
failed '502 server_error generation_failed null' 'the answer to the clip lost'
fault '{"endpoint":"cameo_status","fault":"internal_error","count":3}'
make plain
is "$status" 200 'looks that fail do no harm'
fault '{"endpoint":"cameo_upload","fault":"token_invalidated","count":1}'
make plain
is "$status $(newest tokens_tried)" '200 2' 'another account when one is refused'
db_write 'UPDATE tokens SET is_active = 1'
fault '{"endpoint":"cameo_update","fault":"forbidden"}'
make plain
control DELETE faults
is "$status $(row visibility) $(row status)" '200 private finalized' 'one that cannot be shown is private'

# ---- capacity ----

clip slow cameo=3
db_write 'UPDATE tokens SET video_concurrency = 1'
db_write 'UPDATE tokens SET is_active = 0 WHERE id = 2'
later_make slow
in_step cameo
make plain
refused '429 rate_limit_error rate_limit_exceeded null' 'no slot'
is "$(header retry-after)" 1 'it tells when to come again'
later_answer
is "$status" 200 'the other is made'
db_write "UPDATE tokens SET cooled_until = unixepoch() + 100, video_concurrency = 20"
make plain
refused '429 rate_limit_error rate_limit_exceeded null' 'the account rests'
db_write 'UPDATE tokens SET cooled_until = NULL, video_enabled = 0'
make plain
refused '503 server_error no_available_token null' 'no account'
db_write 'UPDATE tokens SET video_enabled = 1, is_active = 0'
echo key | ctl token add --base-url "$sandbox/v1" \
    --options '{"allow_private":true}' >>"$stack/log/ctl" 2>&1
make plain
refused '503 server_error no_available_token null' 'one provider alone makes characters'
db_write "DELETE FROM tokens WHERE provider = 'openai'"
db_write 'UPDATE tokens SET is_active = 1'

# ---- once for a key ----

make plain -H 'Idempotency-Key: k1' -F username=once
first=$(json .data.cameo_id)
make plain -H 'Idempotency-Key: k1' -F username=once
is "$status $(json .data.cameo_id)" "200 $first" 'the same answer for a key'

# ---- somebody removes it ----

fault '{"endpoint":"cameo_update","delay_ms":1500,"count":1}'
later_make plain
in_step show
db_write 'DELETE FROM characters WHERE task IS NOT NULL AND id = (SELECT max(id) FROM characters)'
later_answer
refused '500 server_error internal_error null' 'there is nothing to tell of it'
fault '{"endpoint":"username_check","delay_ms":1000,"count":1}'
later_make plain
in_step name
db_write 'DELETE FROM characters WHERE id = (SELECT max(id) FROM characters)'
later_answer
refused '502 server_error generation_failed null' 'nor to go on with'

# ---- time ----

clip never never
later_make never
in_step cameo
stack_stop poller
db_write "UPDATE tasks SET work_from_ms = work_from_ms - 603000 WHERE status = 'processing'"
poller_start
later_answer
refused '504 server_error generation_timeout null' 'it takes too long'
is "$(json .error.message)" 'Generation timeout after 600 seconds' 'how long it had'

# ---- by chat: the character alone ----

# chat_body CLIP PROMPT [MORE-JSON]: $stack/json
chat_body()
{
	printf '{"model":"sora-video-10s","messages":[{"role":"user","content":[
	    {"type":"text","text":"%s"},{"type":"video_url","video_url":
	    {"url":"data:video/mp4;base64,%s"}}]}]%s}' "$2" \
	    "$(base64 -w0 "$stack/$1.mp4")" "${3:+,$3}" >"$stack/json"
}

chat()
{
	chat_body "$@"
	ask POST /v1/chat/completions -H "$json_type" -d @"$stack/json"
}

# stream STYLE END CLIP PROMPT [MORE-JSON]: sets $told
stream()
{
	stream_style=$1
	stream_end=$2
	shift 2
	chat "$1" "$2" "\"stream\":true${3:+,$3}"
	told=$(node "$abs_top_srcdir/tests/e2e/chat.mjs" "$stream_style" "$stream_end" \
	    <"$body" 2>"$stack/log/node") || diag "$(cat "$stack/log/node" "$body")"
}

content()
{
	json '.choices[0].message.content'
}

named='"character_options":{"timestamps":"","username":"chat_cat","display_name":"Chat Cat"}'
chat plain '' "$named"
is "$status $(json '"\(.object) \(.model)"')" '200 chat.completion sora-video-10s' 'by chat'
like "$(content)" "^\\{\"type\":\"character\",\"cameo_id\":\"cameo_[0-9a-f]{16}\",\"character_id\":\"$character_id\",\"username\":\"chat_cat\",\"display_name\":\"Chat Cat\"\\}\$" \
    'the character is the answer'
is "$(row "status || ' ' || visibility || ' ' || username")" 'finalized public chat_cat' 'its row'
clip short cameo=1
stream structured result short ''
is "$status $(header content-type)" '200 text/event-stream' 'as a stream'
like "$told" "^generation upload character_creation [0-9]+ \\{\"type\":\"character\",\"cameo_id\":\"cameo_[0-9a-f]{16}\",\"character_id\":\"$character_id\",\"username\":\"sandboxcat[0-9]{3}\"" \
    'its stages'
stream structured failure nobody ''
like "$told" ' error [0-9]+ invalid_video$' 'nobody in the clip'
stream structured failure violation ''
like "$told" ' error [0-9]+ content_policy_violation$' 'a refusal'
chat nobody ''
is "$status $(json .error.code) $(header x-should-retry)" '400 invalid_video false' 'without a stream'
chat no ''
is "$status $(json .error.code) $(json .error.param)" '400 invalid_video messages' 'no video file'
chat plain '' '"video":"AAAA"'
is "$status $(json .error.code)" '400 invalid_value' 'two videos'
chat plain '' '"character_options":{"username":"a b"}'
is "$status $(json .error.code) $(json .error.param)" '400 invalid_value character_options' 'a bad name'

db_write 'UPDATE tokens SET video_enabled = 0'
chat plain '' '"stream":true'
is "$status $(json .error.code) $(header content-type)" '503 no_available_token application/json' \
    'no account: before the stream errors are ordinary'
chat plain 'jumps'
is "$status $(json .error.code)" '503 no_available_token' 'nor for a video with one'
db_write 'UPDATE tokens SET video_enabled = 1, cooled_until = unixepoch() + 100'
chat plain 'jumps' '"stream":true'
is "$status $(json .error.code)" '429 rate_limit_exceeded' 'all accounts rest'
db_write 'UPDATE tokens SET cooled_until = NULL'
chat_body never 'jumps' '"stream":true'
later -H "$json_type" -d @"$stack/json" "$base/v1/chat/completions"
in_step cameo
stack_stop poller
db_write "UPDATE tasks SET work_from_ms = work_from_ms - 603000 WHERE status = 'processing'"
poller_start
later_answer
told=$(node "$abs_top_srcdir/tests/e2e/chat.mjs" structured failure <"$body" 2>"$stack/log/node")
is "$status $told" '200 generation upload character_creation error 0 generation_timeout' 'it takes too long'

# ---- by chat: for one video alone ----

gone()
{
	wait_until 10 '[ "$(row status)" = deleted ]'
	is "$(row status) $(character .deleted)" 'deleted true' "${1:-the character is gone}"
}

# The prompt of the newest task of the sandbox.
sent()
{
	control GET state
	jq -r '.tasks[-1].prompt' "$stack/control"
}

chat plain 'jumps over a fence' "$named"
is "$status" 200 'a video with a character'
like "$(content)" '^\{"type":"video","url":"http://127[^"]*/tmp/[0-9a-f]{32}\.mp4"\}$' 'the video is the answer'
like "$(row username)" '^chat_cat[0-9]{3}$' 'the name was taken'
is "$(sent)" "@$(row username) jumps over a fence" 'the prompt begins with its name'
is "$(character .visibility) $(row visibility)" 'private private' 'it was never shown'
gone
ask GET "/v1/videos/$(newest task_id)"
is "$status $(json .status) $(json .metadata.username)" '200 completed null' 'the video is one like others'
stream structured result short 'sleeps [[sandbox:running=1]]'
like "$told" '^generation upload character_creation generation( cache)? [0-9]+ \{"type":"video","url":"http' \
    'its stages'
gone
stream structured failure plain 'x [[sandbox:violation]]'
like "$told" ' error [0-9]+ content_policy_violation$' 'a refusal'
gone '... takes the character along'
chat plain 'x [[sandbox:error]]'
is "$status $(json .error.code)" '502 generation_failed' 'a failure'
is "$(newest tokens_tried)" 1 'the task stays with its account'
gone '... takes the character along'
fault '{"endpoint":"create","fault":"forbidden","count":1}'
chat plain 'refused'
is "$status $(json .error.code)" '502 generation_failed' 'a create that is refused'
gone '... takes the character along'
stream structured failure nobody 'x'
like "$told" ' error [0-9]+ invalid_video$' 'nobody in the clip'
ask GET "/v1/videos/$(newest task_id)"
is "$(json .error.code)" generation_failed 'as videos say it'
picture=$(ffmpeg -v error -f lavfi -i color=red:s=64x64 -frames:v 1 -f image2 -c:v png - </dev/null | base64 -w0)
fault '{"endpoint":"upload","delay_ms":1000,"count":1}'
stream structured result plain 'it moves' "\"image\":\"$picture\""
like "$told" '^generation upload character_creation upload generation' 'with a picture, too'
gone
fault '{"endpoint":"character_delete","fault":"internal_error","count":1}'
chat plain 'comes back'
gone 'deleted later when it could not be at once'
fault '{"endpoint":"storyboard","delay_ms":1000,"count":1}'
stream structured result plain '[5.0s]a cat [5.0s]it jumps'
like "$told" 'character_creation storyboard generation' 'a storyboard'
gone

# ---- clients that leave ----

stack_stop poller
later_make plain
wait_until 10 '[ "$(newest status)" = processing ]'
kill $later
wait $later 2>/dev/null
wait_until 15 '[ "$(newest status)" = cancelled ]'
is "$(newest "status || ' ' || error_message")" 'cancelled Client disconnected' 'nothing was sent: cancelled'
is "$(db 'SELECT status_code FROM request_logs ORDER BY id DESC LIMIT 1')" 499 'in the log'
poller_start
clip slow cameo=2
later_make slow -F username=left
in_step cameo
kill $later
wait $later 2>/dev/null
wait_until 20 '[ "$(newest status)" = completed ]'
is "$(newest status) $(row "username || ' ' || status || ' ' || visibility")" \
    'completed left finalized public' 'what is begun is finished'
chat_body slow 'left alone' '"stream":true'
later -H "$json_type" -d @"$stack/json" "$base/v1/chat/completions"
in_step cameo
kill $later
wait $later 2>/dev/null
wait_until 20 '[ "$(newest status)" = completed ]'
is "$(newest status)" completed 'the same of a video with a character'
gone

# ---- cancelled while it gets its name ----

fault '{"endpoint":"finalize","delay_ms":2000,"count":1}'
later_make plain -F username=unwanted
in_step finalizing
ctl task cancel "$(newest task_id)" >>"$stack/log/ctl" 2>&1
gone 'one whose task was cancelled while it was made is gone, too'
wait $later 2>/dev/null

# ---- Markdown ----

stack_set compat.chat_style '"markdown"'
stack_set compat.cancel_on_disconnect true
workers_restart
stream markdown result plain '' '"character_options":{"username":"mark"}'
like "$told" ' Character created: \*\*@mark\*\* \(Sandbox Cat\)$' 'in Markdown'
stream markdown result plain 'jumps'
like "$told" '\[video\]\(http[^)]*mp4\)' 'a video with a character'
gone
chat plain '' '"character_options":{"username":"mark2"}'
is "$(content)" 'Character created: **@mark2** (Sandbox Cat)' 'without a stream'
chat_body plain 'is left [[sandbox:running=30]]' '"stream":true'
later -H "$json_type" -d @"$stack/json" "$base/v1/chat/completions"
in_step poll
kill $later
wait $later 2>/dev/null
wait_until 15 '[ "$(newest status)" = cancelled ]'
is "$(newest status)" cancelled 'cancelled, as it is set'
gone

# ---- mentions ----

# own NAME TOKEN: a private character of that account
own()
{
	db_write "UPDATE tokens SET is_active = id = $2"
	make plain -F "username=$1"
	admin POST "/api/characters/$(json .data.cameo_id)/update" '{"visibility":"private"}'
	db_write 'UPDATE tokens SET is_active = 1'
}

# video PROMPT: created
video()
{
	ask POST /v1/videos -H "$json_type" -d "{\"prompt\":\"$1\"}"
}

bound()
{
	newest "bound_token || ' ' || coalesce(token_id, 0)"
}

own one 1
own two 2
video 'hello @one.'
is "$status $(newest bound_token)" '201 0' 'a longer name is another'
video 'hello @two, come'
is "$status $(bound)" '201 2 2' 'a private character is known to its account'
wait_until 20 '[ "$(newest status)" = completed ]'
is "$(newest status) $(sent)" 'completed hello @two, come' 'which makes the video'
video 'hello @ONE!'
is "$status $(bound)" '201 1 1' 'in any case'
chat_one()
{
	ask POST /v1/chat/completions -H "$json_type" \
	    -d "{\"model\":\"sora-2\",\"messages\":[{\"role\":\"user\",\"content\":\"$1\"}]}"
}
chat_one 'look, @two'
is "$status $(bound)" '200 2 2' 'by chat'
tasks=$(db 'SELECT count(*) FROM tasks')
video '@one and @two'
is "$status $(json .error.code)" '400 invalid_request' 'two of different accounts'
chat_one '@one and @two'
is "$status $(json .error.code) $(json .error.param)" '400 invalid_value messages' 'by chat'
source=$(db "SELECT task_id FROM tasks WHERE kind = 'video' AND status = 'completed'
    AND token_id = 1 AND permalink IS NULL ORDER BY id DESC LIMIT 1")
ask POST "/v1/videos/$source/remix" -H "$json_type" -d '{"prompt":"now with @two"}'
is "$status $(json .error.code)" '400 invalid_request' "or of another than the source's"
is "$(db 'SELECT count(*) FROM tasks')" "$tasks" 'nothing was started'
db_write 'UPDATE tokens SET is_active = 0 WHERE id = 1'
video 'hello @one'
is "$status $(json .error.code)" '503 no_available_token' 'its account cannot'
video "hello @my_cat and <@$id>"
is "$status $(bound)" '201 0 2' 'one that all may use binds nothing'
wait_until 20 '[ "$(newest status)" = completed ]'
is "$(sent)" "hello @my_cat and <@$id>" 'mentions go along as they are'
