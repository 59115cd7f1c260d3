#!/bin/sh
# SPDX-License-Identifier: MIT
# images.t: images, made and edited, by callers that wait for them.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

stack_speed=400
stack_workers=1
stack_sandbox_options='--shared-clips --set concurrency=400'
stack_set limits.slot_wait 1
stack_set limits.max_body_mb 4
stack_set admin.error_ban_threshold 100
stack_set sora.settle_time 2

plan 65
stack_start

json_type='Content-Type: application/json'

# image JSON [CURL-OPTION...]
image()
{
	image_json=$1
	shift
	ask POST /v1/images/generations -H "$json_type" -d "$image_json" "$@"
}

edit()
{
	ask POST /v1/images/edits "$@"
}

# The address of the image, without the server.
path_of()
{
	json '.data[0].url' | sed "s|^$base||"
}

# upstream FILTER: of the newest task there.
upstream()
{
	curl -s "$sandbox/_control/state" | jq -r ".tasks[-1] | $1"
}

# The poller and the workers see what an operator changes.
change()
{
	sqlite3 -cmd '.timeout 5000' "$stack/data/sora2api.db" "$1"
	sleep_until=$(($(now_ms) + 1500))
	wait_until 5 '[ "$(now_ms)" -gt "$sleep_until" ]'
}

code()
{
	json '.error.code'
}

color()
{
	ffmpeg -v error -f lavfi -i "color=$1:s=64x64" -frames:v 1 "$stack/$1.png" </dev/null
}

color red
color blue

# ---- the result ----

image '{"prompt":"  a red kite  ","size":"16:9"}'
is "$status" 200 'an image'
is "$(json 'keys_unsorted | join(" ")') $(json '.data | length') $(json '.data[0] | keys_unsorted | join(" ")')" \
    'created data 1 url revised_prompt' 'with its members'
is "$(json '.data[0].revised_prompt')" '  a red kite  ' 'the prompt as it came'
like "$(path_of)" '^/tmp/[0-9a-f]{32}\.png$' 'its address is in the cache'
like "$(header x-request-id)" '^req_[0-9a-f]{24}$' 'its request id'
curl -s -o "$stack/image.png" "$base$(path_of)"
is "$(ffprobe -v error -show_entries stream=codec_name,width,height -of csv=p=0 "$stack/image.png")" \
    'png,1536,1024' 'a PNG of that shape'
is "$(upstream '"\(.type) \(.inputs) \(.prompt)"')" 'image_gen 0   a red kite  ' \
    'the upstream got the prompt as it came'
is "$(db "SELECT operation || ' ' || status_code FROM request_logs")" \
    'image_generation 200' 'the log has it'
is "$(db 'SELECT image_running, video_running, image_count FROM tokens JOIN token_stats ON token_id = tokens.id')" \
    '0|0|1' 'its slot is free, and it counts as an image'


# Clients of the gpt-image family say nothing and read the file; a format rules.
while read -r model format keys; do
	[ "$format" = - ] && format= || format=",\"response_format\":\"$format\""
	image "{\"prompt\":\"a family\",\"model\":\"$model\"$format}"
	is "$status $(json '.data[0] | keys_unsorted | join(" ")')" "200 $keys" \
	    "$model, format \"$format\""
done <<END
gpt-image-2 - url b64_json revised_prompt
gpt-image-1 - url b64_json revised_prompt
gpt-image-2 url url revised_prompt
gpt-image-2 b64_json b64_json revised_prompt
gpt-image - url revised_prompt
sora-image - url revised_prompt
END
image '{"prompt":"a family of \"b64_json\":\"","model":"gpt-image-2"}'
json '.data[0].b64_json' | base64 -d >"$stack/image.png"
ask GET "$(path_of)"
ok 'both are the same picture' cmp -s "$stack/image.png" "$body"
edit -F model=gpt-image-2 -F prompt='a family' -F "image=@$stack/image.png"
is "$status $(json '.data[0] | keys_unsorted | join(" ")')" \
    '200 url b64_json revised_prompt' 'an edit has both, too'

image '{"prompt":"bytes","response_format":"b64_json"}'
is "$status $(json '.data[0] | keys_unsorted | join(" ")')" '200 b64_json revised_prompt' 'as base64'
json '.data[0].b64_json' | base64 -d >"$stack/image.png"
is "$(ffprobe -v error -show_entries stream=codec_name,width,height -of csv=p=0 "$stack/image.png")" \
    'png,1024,1024' 'which is a PNG'
is "$(header content-length)" "$(wc -c <"$body" | tr -d ' ')" 'as long as was told'

# ---- references ----

image "{\"prompt\":\"refs\",\"image\":\"data:image/png;base64,$(base64 -w0 "$stack/red.png")\",\"images\":[{\"image_url\":\"$base/x\"}]}"
is "$status $(code)" '400 invalid_image_url' 'a reference that is not there'
is "$(db "SELECT count(*) FROM tasks WHERE prompt = 'refs'") $(ls "$stack/data/spool" | wc -l)" '0 0' \
    'nothing stays'
image "{\"prompt\":\"refs\",\"image\":[\"$(base64 -w0 "$stack/red.png")\",{\"url\":\"data:image/png;base64,$(base64 -w0 "$stack/blue.png")\"}],\"input_image\":\"$(base64 -w0 "$stack/red.png")\"}"
is "$status $(upstream .inputs)" '200 3' 'references in JSON'
edit -F prompt=both -F "image[]=@$stack/red.png" -F "image[]=@$stack/blue.png" -F size=4:5
is "$status $(upstream .inputs)" '200 2' 'an edit with two files'
is "$(db "SELECT operation FROM request_logs ORDER BY id DESC LIMIT 1")" image_edit 'the log has it'
is "$(ls "$stack/data/spool" | wc -l)" 0 'the references are gone'
edit -F prompt=both -F "image=@$stack/red.png" -F "image=@$stack/blue.png"
is "$status $(upstream .inputs)" '200 2' 'the same field twice'
edit -H "$json_type" -d "{\"prompt\":\"json\",\"images\":[{\"image_url\":\"data:image/png;base64,$(base64 -w0 "$stack/red.png")\"}]}"
is "$status $(upstream .inputs)" '200 1' 'an edit in JSON'
edit --data-urlencode prompt=x --data-urlencode "image=$(base64 -w0 "$stack/red.png")"
is "$status $(upstream .inputs)" '200 1' 'urlencoded'
n=0
set --
while [ $n -lt 16 ]; do
	set -- "$@" -F "image[]=@$stack/red.png"
	n=$((n + 1))
done
edit -F prompt=many "$@"
is "$status $(upstream .inputs)" '200 16' 'sixteen files'
edit -F prompt=many "$@" -F "image[]=@$stack/red.png"
is "$status $(code)" '400 invalid_value' 'not seventeen'

# ---- what is refused ----

# refused CODE PARAM JSON
refused()
{
	image "$3"
	is "$status $(code) $(json .error.param)" "400 $1 $2" "refused: $3"
}

refused missing_required_parameter prompt '{}'
refused model_not_found model '{"prompt":"x","model":"sora-2"}'
refused invalid_value n '{"prompt":"x","n":2}'
refused invalid_value size '{"prompt":"x","size":"63x64"}'
refused invalid_value response_format '{"prompt":"x","response_format":"png"}'
refused unsupported_parameter stream '{"prompt":"x","stream":true}'
refused invalid_image image '{"prompt":"x","image":"AAAA"}'
refused invalid_type prompt '{"prompt":1}'
edit -H "$json_type" -d '{"prompt":"x"}'
is "$status $(code) $(json .error.param)" '400 missing_required_parameter image' 'an edit of nothing'
edit -F prompt=x -F "image=@$stack/red.png" -F "mask=@$stack/red.png"
is "$status $(code) $(json .error.param)" '400 unsupported_parameter mask' 'a mask'
ask GET /v1/images/generations
is "$status $(json .error.type)" '405 invalid_request_error' 'another method'

# ---- failures ----

# fails STATUS CODE MARKER
fails()
{
	image "{\"prompt\":\"fails [[sandbox:$3]]\"}"
	is "$status $(code) $(header x-should-retry)" "$1 $2 false" "$3"
}

fails 400 content_policy_violation violation
like "$(json .error.message)" '^Content policy violation: ' 'and why'
fails 400 content_policy_violation unsafe
fails 502 generation_failed error
image '{"prompt":"late [[sandbox:late-url=0.5]]"}'
is "$status" 200 'a URL that comes late'
curl -s -o /dev/null -d '{"endpoint":"recent","fault":"server_error","count":3}' -H "$json_type" \
    "$sandbox/_control/faults"
image '{"prompt":"patience"}'
is "$status" 200 'a list that fails for a while'

# ---- once ----

image '{"prompt":"once"}' -H 'Idempotency-Key: k1'
first=$(cat "$body")
image '{"prompt":"once"}' -H 'Idempotency-Key: k1'
is "$status $(cat "$body")" "200 $first" 'the same key gets the same image'
is "$(db "SELECT count(*) FROM tasks WHERE prompt = 'once'")" 1 'of one task'
image '{"prompt":"other"}' -H 'Idempotency-Key: k1'
is "$status $(code)" '400 idempotency_key_reuse' 'another request with that key'

# ---- a crash between the mark and the id ----

pass()
{
	curl -s -o /dev/null -d "{\"passed\":$1}" -H "$json_type" "$sandbox/_control/time"
}

image_later()
{
	curl -s -o "$stack/later" -H "Authorization: Bearer $api_key" -H "$json_type" \
	    -d "{\"prompt\":\"$1\"}" "$base/v1/images/generations" &
	later=$!
}

image_later 'lost [[sandbox:slow=1500]]'
wait_until 10 '[ "$(upstream .prompt)" = "lost [[sandbox:slow=1500]]" ]'
stack_kill poller
poller_start
wait $later
like "$(jq -r '.data[0].url' "$stack/later")" '^http' 'an image whose answer was lost is found again'
is "$(curl -s "$sandbox/_control/state" | jq '[.tasks[] | select(.prompt | startswith("lost"))] | length')" 1 \
    'and was made once'

# ---- slots and time ----

change 'UPDATE tokens SET image_concurrency = 1'
image_later 'first [[sandbox:running=600]]'
wait_until 5 '[ "$(db "SELECT image_running FROM tokens")" = 1 ]'
image '{"prompt":"second"}'
is "$status $(code) $(header retry-after)" '429 rate_limit_exceeded 1' 'no slot'
is "$(db "SELECT status FROM tasks WHERE prompt = 'second'")" cancelled 'its task is cancelled'
wait_until 20 'pass 600; ! alive $later'
wait $later
like "$(jq -r '.data[0].url' "$stack/later")" '^http' 'the first is not disturbed'
change 'UPDATE tokens SET image_concurrency = -1'
change 'UPDATE generation_config SET image_timeout = 2'
image '{"prompt":"never [[sandbox:never]]"}'
is "$status $(code)" '504 generation_timeout' 'an image that takes too long'
is "$(db 'SELECT image_running FROM tokens')" 0 'its slot is free'
change 'UPDATE generation_config SET image_timeout = 300'
change 'UPDATE tokens SET image_enabled = 0'
image '{"prompt":"nobody"}'
is "$status $(code)" '503 no_available_token' 'no account makes images'
change 'UPDATE tokens SET image_enabled = 1'

# ---- older pages ----

n=0
image_later 'oldest [[sandbox:running=600]]'
oldest=$later
wait_until 5 '[ "$(upstream .prompt)" = "oldest [[sandbox:running=600]]" ]'
while [ $n -lt 25 ]; do
	curl -s -o /dev/null -H "Authorization: Bearer $(make_jwt account1@example.org)" -H "$json_type" \
	    -d '{"type":"image_gen","operation":"simple_compose","prompt":"another","width":360,"height":360,"n_variants":1,"n_frames":1,"inpaint_items":[]}' \
	    "$sandbox/backend/video_gen"
	n=$((n + 1))
done
pass 600
wait $oldest
like "$(jq -r '.data[0].url' "$stack/later")" '^http' 'one that is on an older page is found'

# ---- without a cache ----

change 'UPDATE cache_config SET cache_enabled = 0'
image '{"prompt":"direct"}'
like "$(json '.data[0].url')" "^$sandbox/az/files/" 'without a cache its address is the upstream'"'"'s'
image '{"prompt":"bytes again","response_format":"b64_json"}'
is "$status $(json '.data[0].b64_json' | base64 -d | head -c 4 | tail -c 3)" '200 PNG' \
    'base64 works all the same'
image '{"prompt":"bytes for a family","model":"gpt-image-2"}'
is "$status $(json '.data[0] | keys_unsorted | join(" ")')" \
    '200 url b64_json revised_prompt' 'and so does both'

# ---- as the operator says ----

for answer in url b64_json; do
	stack_set compat.image_answer "\"$answer\""
	workers_restart
	image "{\"prompt\":\"only $answer\",\"model\":\"gpt-image-2\"}"
	is "$status $(json '.data[0] | keys_unsorted | join(" ")')" \
	    "200 $answer revised_prompt" "compat.image_answer = \"$answer\""
done
