#!/bin/sh
# SPDX-License-Identifier: MIT
# bodies.t: what a request's body may be: its size, its memory, its JSON, its forms.
# shellcheck disable=SC2012,SC2016,SC2034,SC2059,SC2086,SC2119,SC2154,SC2254
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"

stack_workers=1
stack_videos=-1
stack_set limits.max_body_mb 16
stack_set limits.max_batch_mb 2
stack_set limits.body_memory_mb 48

plan 55
stack_start
login
stack_stop poller
in_flight=8

# ---- what is sent ----

# repeat TEXT BYTES: as often as it fits
repeat()
{
	yes "$1" | tr -d '\n' | head -c "$2"
}

# of_size BYTES OPENING FILLING CLOSING: JSON of exactly that length in $stack/sent
of_size()
{
	{
		printf '%s' "$2"
		repeat "$3" $(($1 - ${#2} - ${#4}))
		printf '%s' "$4"
	} >"$stack/sent"
}

# Values that are two bytes each; one text; and nothing but levels.
many_values() { of_size "$1" '{"username":[' '0,' '0]}'; }
one_text() { of_size "$1" '{"username":"' x '"}'; }
deep() { of_size "$1" '{"username":' '[' ''; }

# send METHOD PATH [CURL-OPTION...]: sets $status; KEY or ADMIN in $who
send()
{
	send_method=$1
	send_path=$2
	shift 2
	case $who in
	KEY) ask_key=$api_key ;;
	ADMIN) ask_key=$session ;;
	*) ask_key=none ;;
	esac
	ask "$send_method" "$send_path" -H 'Content-Type: application/json' \
	    -H 'Expect:' --data-binary "@$stack/sent" "$@"
	unset ask_key
}

# Each route that takes JSON: method, path, who, bytes.
sed -n 's/.*{ M_\([A-Z]*\), *"\([^"]*\)", *WHO_\([A-Z]*\), *\(ANY\|WORDS\|CHAT\|JSON\|LOGIN\|TOKEN\|TEXT\|BATCH\),.*/\1 \2 \3 \4/p' \
    "$abs_top_srcdir/src/api/routes.c" | sed 's/{[^}]*:int}/1/; s/{[^}]*}/x/
	s/ JSON$/ 65536/; s/ LOGIN$/ 16384/; s/ TOKEN$/ 262144/
	s/ \(TEXT\|WORDS\)$/ 524288/; s/ BATCH$/ 2097152/; s/ \(ANY\|CHAT\)$/ 16777216/' \
    >"$stack/routes"

# ---- sizes and memory ----

# KiB of the worker, the most it ever had and what it has.
most() { sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$(pids_of worker)/status"; }
now() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$(pids_of worker)/status"; }

# A sanitizer keeps what was freed.
at_most()
{
	grep -q __asan_init "$programs/sora2api" &&
		set -- 0 0 "$3 # not measured: built with a sanitizer"
	ok "$3" test "$1" -le "$2" || diag "got $1 KiB, wanted at most $2"
}

# each_route WANTED MAKER MORE: bodies of each route's limit and MORE bytes
each_route()
{
	while read -r method path who bytes; do
		"$2" $((bytes + $3))
		send "$method" "$path"
		case $status in
		$1) ;;
		*) echo "$method $path: $status $(head -c 200 "$body")" ;;
		esac
	done <"$stack/routes"
}

# The same, unknown to us.
unknown()
{
	while read -r method path who bytes; do
		[ "$who" != ANYBODY ] || continue
		"$1" "$bytes"
		who=nobody
		send "$method" "$path"
		[ "$status" = 401 ] || echo "$method $path: $status"
	done <"$stack/routes"
}

at_once()
{
	: >"$stack/statuses"
	at_once_pids=
	for i in $(seq "$in_flight"); do
		curl -s --max-time 120 -o "$stack/at-once.$i" -D "$stack/at-once.$i.head" \
		    -w '%{http_code}\n' -X POST -H "Authorization: Bearer $1" \
		    -H 'Content-Type: application/json' -H 'Expect:' \
		    --data-binary "@$stack/sent" "$base$2" >>"$stack/statuses" &
		at_once_pids="$at_once_pids $!"
	done
	wait $at_once_pids
}

sizes()
{
	isnt "$(wc -l <"$stack/routes")" 0 'the routes are known'
	is "$(each_route 413 many_values 1)" '' 'a byte too many is 413'
	is "$(unknown many_values)" '' 'who has no key has no body read'
	ask GET /v1/models
	before=$(most)
	is "$(each_route 400 many_values 0)" '' 'values without end are 400'
	is "$(each_route 400 deep 0)" '' 'so are levels'
	is "$(each_route '[24]??' one_text 0)" '' 'a long text is read'
	at_most $(($(most) - before)) $((40 * 1024)) 'one at a time takes twice its size'
	many_values 16384
	ask_key=none
	at_once none /api/login
	unset ask_key
	like "$(sort -u "$stack/statuses" | tr '\n' ' ')" '^(400 )?(429 )?$' \
	    'logins are refused'
	one_text 2097152
	at_once "$session" /api/tokens/import
	like "$(sort -u "$stack/statuses" | tr '\n' ' ')" '^400 (503 )?$' \
	    'batches at once: some have to wait'
}

memory()
{
	before=$(now)
	one_text 16777216
	at_once "$api_key" /v1/videos
	like "$(sort -u "$stack/statuses" | tr '\n' ' ')" '^400 (503 )?$' \
	    'large ones at once: some have to wait'
	for i in $(seq "$in_flight"); do
		grep -q ' 503 ' "$stack/at-once.$i.head" || continue
		tr -d '\r' <"$stack/at-once.$i.head" | grep -qi '^Retry-After: [1-9]' ||
			echo "$i"
	done >"$stack/wrong"
	is "$(cat "$stack/wrong")" '' 'and are told for how long'
	at_most $(($(most) - before)) $((64 * 1024)) \
	    'all of them take what the budget has'
	many_values 16777216
	at_once "$api_key" /v1/chat/completions
	is "$(sort -u "$stack/statuses" | tr '\n' ' ' | sed 's/503 //')" '400 ' \
	    'many values at once'
	at_most $(($(most) - before)) $((64 * 1024)) 'they take no more'
	at_most $(($(now) - before)) $((10 * 1024)) 'the memory is given back'
	of_size 15000000 'prompt=x&input_reference={"url":[' '0,' '0]}'
	ask POST /v1/videos --data-binary "@$stack/sent"
	is "$status" 400 'values without end inside a field'
	of_size 15000000 'prompt=x&metadata={"a":[' '0,' '0]}'
	ask POST /v1/videos --data-binary "@$stack/sent"
	is "$status" 400 'in metadata, too'
	at_most $(($(most) - before)) $((64 * 1024)) 'they take no more either'
	one_text 16777216
	who=KEY
	send POST /v1/videos
	is "$status" 400 'and there is room again'
	stack_set limits.body_memory_mb 16
	workers_restart
	send POST /v1/videos
	is "$status" 413 'what never has room is too large'
	like "$(json .error.message)" 'multipart' 'and the client is told the way'
	{ printf '%s\r\n' --b 'Content-Disposition: form-data; name=prompt' '' 'a wall' \
	    --b 'Content-Disposition: form-data; name=x; filename=x' ''
	    head -c 16000000 /dev/zero; printf '\r\n--b--'; } >"$stack/form"
	ask POST /v1/videos -H 'Content-Type: multipart/form-data; boundary=b' \
	    --data-binary "@$stack/form"
	is "$status" 201 'a file of that size has'
	is "$(find "$stack/data/spool" -type f | wc -l)" 0 'and is gone when nobody wants it'
}

# ---- JSON ----

json_letters()
{
	who=KEY
	for bad in '{"prompt":"a\nb"}' '{"prompt":"a\tb"}' '{"prompt":"x","n":01}' \
	    '{"prompt":"x","n":-01.5}' '{"prompt":"x","n":1.}' '{"prompt":"x",}' \
	    '{"prompt":"\\ud83d"}' '{"prompt":"x\\u0000"}' '{"prompt":"x"}/**/' ; do
		printf "$bad" >"$stack/sent"
		each_json 400 invalid_json
	done >"$stack/wrong"
	is "$(cat "$stack/wrong")" '' 'what is no JSON is 400 on every route'
	printf '{"prompt":"x","seconds":"15","seconds":"10","username":"x"}' >"$stack/sent"
	is "$(each_json 400 invalid_value seconds)" '' \
	    'a name that is there twice is 400 on every route, which tells it'
	printf '{"prompt":"x","metadata":{"a":[{"b":1,"\\u0062":2}]}}' >"$stack/sent"
	is "$(each_json 400 invalid_value "'b'")" '' 'however deep, however written'
}

# each_json STATUS CODE [TEXT]: what every route answers to what is in $stack/sent
each_json()
{
	while read -r method path who bytes; do
		[ "$path" != /api/login ] || continue
		send "$method" "$path"
		[ "$status" = "$1" ] && grep -q "${3-.}" "$body" &&
		    case $(json '.error.code // "detail"') in
		    "$2" | invalid_request | detail) ;; *) false ;; esac ||
			echo "$method $path: $status $(cat "$body")"
	done <"$stack/routes"
}

encodings()
{
	who=KEY
	printf '{"prompt":"a quarry"}' | gzip >"$stack/sent"
	for coding in gzip br zstd deflate 'gzip, identity'; do
		while read -r method path who bytes; do
			[ "$path" != /api/login ] || continue
			send "$method" "$path" -H "Content-Encoding: $coding"
			[ "$status" = 415 ] && [ "$(header Accept-Encoding)" = identity ] ||
				echo "$coding $method $path: $status $(cat "$body")"
		done <"$stack/routes"
	done >"$stack/wrong"
	is "$(cat "$stack/wrong")" '' 'a compressed body is 415 on every route'
	who=KEY
	printf '{"prompt":"a quarry"}' >"$stack/sent"
	send POST /v1/videos -H 'Content-Encoding: identity'
	is "$status" 201 'one that is not is taken'
}

metadata()
{
	text='{"z":1546130668394913729,"a":[9007199254740993,1.50,1E5],"s":"\u00e9 \/"}'
	create "{\"prompt\":\"a heron\",\"metadata\":$text}"
	shown "$text" 'create shows metadata as it was written'
	ask GET "/v1/videos/$id"
	shown "$text" 'so does a read'
	ask GET '/v1/videos?limit=1'
	shown "$text" 'so does the list'
	create "{\"prompt\":\"a heron\",\"metadata\":$(printf %s "$text" | jq -Rs .)}"
	shown "$text" 'so it is as a text'
	ask POST /v1/videos --form-string prompt=x --form-string "metadata=$text"
	shown "$text" 'and in a form'
	printf %s "$text" >"$stack/metadata.json"
	ask POST /v1/videos --form-string prompt=x \
	    -F "metadata=@$stack/metadata.json;filename=blob;type=application/json"
	shown "$text" 'and as a JSON part with a file name'
	create '{"prompt":"a heron","metadata":{ "a" : [ 1 ,
	    2 ] }}'
	shown '{"a":[1,2]}' 'without its blanks'
	create "{\"prompt\":\"x\",\"metadata\":{\"a\":\"$(repeat x 16377)\"}}"
	is "$status" 400 'up to 16 KiB'
	create "{\"prompt\":\"x\",\"metadata\":{\"a\":\"$(repeat x 16376)\"}}"
	is "$status" 201 'and not less'
	create "{\"prompt\":\"x\",\"metadata\":\"{\\\"a\\\":01}\"}"
	is "$status" 400 'a text that is no JSON is none'
}

shown()
{
	ok "$2" grep -Fq "\"metadata\":$1" "$body" || diag "$(cat "$body")"
}

# ---- prompts ----

blank_prompts()
{
	for blank in '\u3000\u3000' '\u00a0' '\u2003' '\u2028\u2029' '\u200b' '\ufeff' \
	    '\u202f\u205f\u1680' ' \t\n\u0085'; do
		for path in /v1/videos /v1/images/generations /v1/images/edits \
		    /v1/enhance_prompt; do
			ask POST $path -H 'Content-Type: application/json' \
			    -d "{\"prompt\":\"$blank\"}"
			[ "$status" = 400 ] || echo "$path $blank: $status"
		done
		for content in "\"$blank\"" "[{\"type\":\"text\",\"text\":\"$blank\"}]"; do
			ask POST /v1/chat/completions -H 'Content-Type: application/json' \
			    -d "{\"model\":\"sora-image\",\"messages\":[{\"role\":\"user\",
				\"content\":$content}]}"
			[ "$status" = 400 ] || echo "chat $content: $status"
		done
	done >"$stack/wrong"
	is "$(cat "$stack/wrong")" '' 'a prompt of nothing but white space is 400'
	is "$(db "SELECT count(*) FROM tasks WHERE id > $tasks")" 0 'and starts nothing'
}

# ---- forms ----

png()
{
	printf '\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\2\0\0\0\220wS\336'
	printf '\0\0\0\14IDATx\234c\370\317\300\0\0\3\1\1\0\311\376\222\357\0\0\0\0IEND\256B`\202'
}

# form NAME-AND-MORE FILE [HEADER]: a prompt, and a part as it is written here
form()
{
	{
		printf '%s\r\n' --b 'Content-Disposition: form-data; name=prompt' '' 'a kite'
		printf -- '--b\r\nContent-Disposition: form-data; name='
		printf "$1\r\n"
		[ $# -lt 3 ] || printf '%s\r\n' "$3"
		printf '\r\n'
		cat "$2"
		printf '\r\n--b--\r\n'
	} >"$stack/form"
	ask POST /v1/videos -H 'Content-Type: multipart/form-data; boundary=b' \
	    --data-binary "@$stack/form"
}

has_picture()
{
	is "$status $(db "SELECT count(*) FROM task_media WHERE task =
	    (SELECT max(id) FROM tasks)")" '201 1' "$1" || diag "$(cat "$body")"
}

forms()
{
	png >"$stack/a.png"
	form input_reference "$stack/a.png" 'Content-Type: image/png'
	has_picture 'a picture without a file name'
	form input_reference "$stack/a.png"
	has_picture 'a picture without a file name and type'
	form 'input_reference; filename="caf\351.png"' "$stack/a.png" 'Content-Type: image/png'
	has_picture 'a file name in ISO 8859-1'
	form 'input_reference; filename="\304\343\272\303.png"' "$stack/a.png"
	has_picture 'a file name in GBK'
	form 'input_reference; filename="x.txt"' "$stack/a.png" 'Content-Type: text/plain'
	has_picture 'a picture that calls itself text'
	picture=$(base64 -w 0 <"$stack/a.png")
	printf '{"image_url":"data:image/png;base64,%s"}' "$picture" >"$stack/object"
	form input_reference "$stack/object"
	has_picture 'an object as JSON text'
	form 'input_reference; filename=blob' "$stack/object" 'Content-Type: application/json'
	has_picture 'an object as a JSON file'
	printf '{"file_id":"file-1"}' >"$stack/object"
	form input_reference "$stack/object"
	is "$status" 400 'a file_id stays refused'
	printf 'a kite over dunes' >"$stack/prompt"
	ask POST /v1/videos -F "prompt=@$stack/prompt;filename=blob;type=text/plain"
	is "$status" 201 'a prompt as a text file'
}

# ---- how it arrives ----

arrivals()
{
	printf '{"prompt":"a dam"}' >"$stack/sent"
	who=KEY
	ask POST /v1/videos -H 'Content-Type: application/json' \
	    -H 'Expect: 100-continue' --data-binary "@$stack/sent"
	is "$status" 201 'after a 100 Continue'
	ask POST /v1/videos -H 'Content-Type: application/json' \
	    -H 'Transfer-Encoding: chunked' --data-binary "@$stack/sent"
	is "$status" 201 'in chunks'
	one_text $((16777216 + 1))
	ask POST /v1/videos -H 'Content-Type: application/json' \
	    -H 'Transfer-Encoding: chunked' --data-binary "@$stack/sent"
	is "$status" 413 'in chunks that are too many'
	tasks=$(db 'SELECT max(id) FROM tasks')
	form input_reference "$stack/a.png" 'Content-Type: image/png'
	whole=$(wc -c <"$stack/form")
	for cut in 4 8 20 $((whole - 60)) $((whole - 8)); do
		head -c $((whole - cut)) "$stack/form" >"$stack/cut"
		ask POST /v1/videos -H 'Content-Type: multipart/form-data; boundary=b' \
		    --data-binary "@$stack/cut"
		[ "$status" = 400 ] || echo "without the last $cut: $status"
	done >"$stack/wrong"
	is "$(cat "$stack/wrong")" '' 'a form that ends early is 400'
	broken_off
	ok 'and leaves nothing in the spool' wait_until 10 \
	    '[ -z "$(find "$stack/data/spool" -type f ! -name "*.png")" ]'
}

# The client is gone in the middle of a file.
broken_off()
{
	head -c 8000000 /dev/zero >"$stack/zeros"
	curl -s -o "$stack/body" --max-time 1 --limit-rate 1M -X POST \
	    -H "Authorization: Bearer $api_key" \
	    -F prompt=x -F "input_reference=@$stack/zeros" "$base/v1/videos"
	ask GET /v1/models
	is "$status" 200 'a client that leaves is nobody'"'"'s concern'
}

sizes
memory
json_letters
encodings
metadata
tasks=$(db 'SELECT max(id) FROM tasks')
blank_prompts
forms
arrivals
