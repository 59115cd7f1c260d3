#!/bin/sh
# SPDX-License-Identifier: MIT
# videos.t: what POST /v1/videos takes, field by field, and what it refuses.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

stack_videos=200
stack_sandbox_options='--shared-clips --set concurrency=400 --set quota=2000'
stack_speed=10000
stack_workers=1
stack_set limits.max_body_mb 1

plan 127
stack_start
json_type='Content-Type: application/json'
authorization="Authorization: Bearer $api_key"

# ---- fields ----

# The same request as JSON, multipart and urlencoded: sets $got to the three
# statuses, and what was taken or the code of the error. One curl, one jq: each
# takes longer to start than the requests do.
in_all_forms()
{
	as_json=
	n_fields=$#
	for field in "$@"; do
		value=${field#*=}
		case $field in
		async_mode=true | async_mode=false) ;;
		*) value=\"$(printf %s "$value" | sed 's/"/\\"/g')\" ;;
		esac
		as_json="$as_json${as_json:+,}\"${field%%=*}\":$value"
		set -- "$@" --form-string "$field"
	done
	set -- "$@" --next -sS -w '%{http_code} ' -H "$authorization" \
	    -o "$stack/answer.3" "$base/v1/videos"
	for field in "$@"; do
		[ "$n_fields" -gt 0 ] || break
		n_fields=$((n_fields - 1))
		shift
		set -- "$@" --data-urlencode "$field"
	done
	printf '{%s}' "$as_json" >"$stack/as.json"
	got=$(curl -sS -w '%{http_code} ' -H "$authorization" -H "$json_type" \
	    --data-binary "@$stack/as.json" -o "$stack/answer.1" "$base/v1/videos" \
	    --next -sS -w '%{http_code} ' -H "$authorization" \
	    -o "$stack/answer.2" "$base/v1/videos" "$@")$(jq -r '.error.code //
	    "\(.model) \(.seconds) \(.size)"' "$stack"/answer.? | paste -sd'|')
}

# takes "MODEL SECONDS SIZE" FIELD=VALUE...
takes()
{
	takes_what=$1
	shift
	in_all_forms "$@"
	is "$got" "201 201 201 $takes_what|$takes_what|$takes_what" "takes $*"
	accepted=$((accepted + 3))
}

# refuses FIELD=VALUE...
refuses()
{
	in_all_forms "$@"
	is "$got" '400 400 400 invalid_request|invalid_request|invalid_request' \
	    "refuses $(echo "$*" | cut -c 1-60)"
}

accepted=0
fields()
{
	takes 'sora-2 15 1280x720' prompt=x
	takes 'sora-2 15 1280x720' 'prompt=  between blanks  '
	for model in sora-2 sora sora2 sora-2-2025-10-06 sora-2-2025-12-08; do
		takes 'sora-2 15 1280x720' prompt=x model=$model
	done
	for model in sora-2-pro sora2-pro sora2pro sora-2-pro-2025-10-06; do
		takes 'sora-2-pro 10 1792x1024' prompt=x model=$model \
		    seconds=10 size=1792x1024
	done
	takes 'sora-2 10 720x1280' prompt=x seconds=10 size=720x1280
	takes 'sora-2 15 1280x720' prompt=x seconds=15 size=1280x720
	takes 'sora-2-pro 15 1024x1792' prompt=x model=sora-2-pro size=1024x1792
	takes 'sora-2 15 720x1280' prompt=x orientation=portrait
	takes 'sora-2 15 1280x720' prompt=x orientation=landscape
	takes 'sora-2 15 1280x720' prompt=x orientation=portrait size=1280x720
	for style in festive RETRO News selfie handheld anime comic golden vintage; do
		takes 'sora-2 15 1280x720' prompt=x style_id=$style
	done
	takes 'sora-2 15 1280x720' prompt=x 'metadata={"a":1}'
	takes 'sora-2 15 1280x720' prompt=x async_mode=true
	takes 'sora-2 15 1280x720' prompt=x duration=7 n=2 images=none user=u
	takes 'sora-2 15 1280x720' 'prompt=[5.0s]cat jumps [5.0s]cat lands'
	is "$(db 'SELECT count(*) FROM tasks')" "$accepted" \
	    'each accepted request is a task'

	refuses model=sora-2
	refuses prompt=
	refuses 'prompt=   '
	for model in sora-3 Sora-2 sora-video-landscape-10s gpt-image-2 sora-2-10s; do
		refuses prompt=x model=$model
	done
	for seconds in 4 8 12 25 0 -10 10.5 ten 010; do
		refuses prompt=x seconds=$seconds
	done
	for size in 1024x1792 1792x1024 640x480 1280X720 1280x720x1 auto; do
		refuses prompt=x size=$size
	done
	refuses prompt=x model=sora-2-pro size=640x480
	refuses prompt=x orientation=square
	refuses prompt=x orientation=Portrait
	refuses prompt=x style_id=noir
	refuses prompt=x 'metadata=[1]'
	refuses prompt=x 'metadata=no object'
	refuses prompt=x "metadata={\"a\":\"$(head -c 16384 /dev/zero | tr '\0' a)\"}"
	refuses prompt=x async_mode=maybe
	refuses prompt=x "remix_target_id=$(head -c 4097 /dev/zero | tr '\0' a)"
	refuses "prompt=$(head -c 32001 /dev/zero | tr '\0' a)"
	refuses 'prompt=[5.0s]cat [5.0s]'
	is "$(db 'SELECT count(*) FROM tasks')" "$accepted" \
	    'what was refused changed nothing'
}

# ---- JSON and its types ----

# answers "STATUS CODE" JSON DESCRIPTION
answers()
{
	create "$2"
	if [ "$status" = 201 ]; then
		is "$status $(word model) $(word seconds) $(word size)" "$1" "$3"
	else
		is "$status $(word code)" "$1" "$3"
	fi
}

json_bodies()
{
	bad='400 invalid_request'
	answers '201 sora-2 10 1280x720' '{"prompt":"x","seconds":10}' \
	    'seconds as a number'
	answers '201 sora-2 15 1280x720' '{"prompt":"x","model":null,"seconds":null,
	    "size":null,"orientation":null,"style_id":null,"input_reference":null,
	    "input_image":null,"remix_target_id":null,"metadata":null,
	    "async_mode":null}' 'null is absent'
	answers '201 sora-2 15 1280x720' '{"prompt":"x","metadata":{"k":{"l":[1,"2"]}}}' \
	    'metadata as an object'
	is "$(json '.metadata | tojson')" '{"k":{"l":[1,"2"]}}' 'and it comes back'
	answers '201 sora-2 15 1280x720' '{"prompt":"\u4e2d\ud83d\ude00 \u00e9"}' \
	    'a prompt of any script'
	jq -cn '{prompt: ([range(32000) | "\u4e2d"] | add)}' >"$stack/long"
	create "@$stack/long"
	is "$status" 201 'a prompt of 32000 characters, not bytes'
	answers "$bad" '{"prompt":7}' 'a prompt that is no string'
	answers "$bad" '{"prompt":"x","seconds":10.5}' 'seconds with a fraction'
	answers "$bad" '{"prompt":"x","seconds":true}' 'seconds true'
	answers "$bad" '{"prompt":"x","size":720}' 'a size that is no string'
	answers "$bad" '{"prompt":"x","size":""}' 'an empty size'
	answers "$bad" '{"prompt":"x","async_mode":"true"}' 'a boolean as text'
	answers "$bad" '{"prompt":"x","async_mode":1}' 'a boolean as a number'
	answers "$bad" '{"prompt":"x","metadata":[]}' 'metadata as an array'
	answers "$bad" '{"prompt":"x","input_reference":[]}' 'a reference as an array'
	answers "$bad" '{"prompt":"x","input_reference":{"file_id":"f"}}' 'a file_id'
	answers "$bad" '{"prompt":"x","input_image":7}' 'an image as a number'
	answers "$bad" '[]' 'an array'
	answers "$bad" '"x"' 'a string'
	answers "$bad" '{"prompt":"x"' 'broken off'
	answers "$bad" '{"prompt":"x"} {}' 'something behind it'
	printf '{"prompt":"\377\376"}' >"$stack/bytes"
	create "@$stack/bytes"
	is "$status $(word code)" "$bad" 'bytes that are no UTF-8'
	create '' -H 'Content-Length: 0'
	is "$status $(word code)" "$bad" 'no body'
	ask POST /v1/videos -H 'Content-Type: application/vnd.x+json; charset=utf-8' \
	    -d '{"prompt":"x"}'
	is "$status" 201 'another type of JSON'
	create '{"prompt":"chunked"}' -H 'Transfer-Encoding: chunked'
	is "$status" 201 'a body without a length'
	ask POST /v1/videos --form-string prompt=x --form-string seconds=10 \
	    --form-string seconds=15 --form-string 'size=' --form-string async_mode=YES
	is "$status $(json .seconds)" '201 15' 'a form: the last of a field, empty ones absent'
	ask POST /v1/videos -H 'Content-Type: multipart/form-data; boundary=b' \
	    -d "$(printf -- '--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nx')"
	is "$status $(word code)" "$bad" 'a form that breaks off'
	ask POST /v1/videos -H 'Content-Type: multipart/form-data' -d x
	is "$status $(word code)" "$bad" 'a form without a boundary'
	set --
	n=0
	while [ $n -lt 200 ]; do
		set -- "$@" --form-string "f$n=1"
		n=$((n + 1))
	done
	ask POST /v1/videos "$@" --form-string prompt=x
	is "$status $(word code)" "$bad" 'a form of 201 parts'
}

# ---- the order of checks ----

complains_of()
{
	answers '400 invalid_request' "$2" "first of several: $1"
	like "$(json .error.message)" "\\b$1\\b" "it names $1"
}

order_of_checks()
{
	ask_key=wrong
	ask POST /v1/nothing -d x
	is "$status" 404 'the path before the key'
	ask PUT /v1/videos -d x
	is "$status $(header allow)" '405 GET, HEAD, POST, OPTIONS' \
	    'the method before the key'
	ask POST /v1/videos -H 'Content-Type: text/plain' -d x
	is "$status" 401 'the key before the type'
	ask_key=$api_key
	head -c 1048577 /dev/zero >"$stack/big"
	ask POST /v1/videos -H 'Content-Type: text/plain' --data-binary "@$stack/big"
	is "$status $(cat "$body")" \
	    '413 {"error":{"message":"Request body too large","code":"request_too_large"}}' \
	    'the size before the type'
	ask POST /v1/videos -H 'Transfer-Encoding: chunked' \
	    -H "$json_type" --data-binary "@$stack/big"
	is "$status" 413 'a size that was not told'
	for type in text/plain application/xml application/octet-stream; do
		ask POST /v1/videos -H "Content-Type: $type" -d '{'
		is "$status $(cat "$body")" \
		    '415 {"error":{"message":"Unsupported content type","code":"unsupported_media_type"}}' \
		    "$type before parsing"
	done
	complains_of prompt '{"prompt":"","model":"m"}'
	complains_of model '{"prompt":"x","model":"m","seconds":"4"}'
	complains_of seconds '{"prompt":"x","seconds":"4","size":"s"}'
	complains_of size '{"prompt":"x","size":"1024x1792","orientation":"o"}'
	complains_of orientation '{"prompt":"x","orientation":"o","style_id":"s"}'
	complains_of style_id '{"prompt":"x","style_id":"s","input_reference":1}'
	complains_of input_reference '{"prompt":"x","input_reference":1,"input_image":1}'
	complains_of input_image '{"prompt":"x","input_image":1,"remix_target_id":1}'
	complains_of remix_target_id '{"prompt":"x","remix_target_id":1,"metadata":1}'
	complains_of metadata '{"prompt":"x","metadata":1,"async_mode":1}'
	answers '400 invalid_request' '{"prompt":"x","remix_target_id":"none","async_mode":1}' \
	    'fields before the object'
	answers '404 task_not_found' '{"prompt":"x","remix_target_id":"none"}' \
	    'an object that is not there'
	is "$(cat "$body")" \
	    '{"error":{"message":"Task not found","code":"task_not_found"}}' \
	    'in these words'
	is "$(header x-should-retry)" '' 'nothing was started'
}

fields
json_bodies
order_of_checks
