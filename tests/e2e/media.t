#!/bin/sh
# SPDX-License-Identifier: MIT
# media.t: reference images in every form: what is taken reaches the upstream
# byte by byte, what is refused leaves nothing behind.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

stack_videos=100
stack_speed=1000
stack_workers=1
stack_sandbox_options='--shared-clips --set concurrency=100 --set quota=500'
stack_set limits.fetch_timeout 2
stack_new
mkdir "$stack/files"

# What a client's own server has; it refuses who brings a credential along.
stack_server='
	location /files/ {
		if ($http_authorization) { return 401; }
		rewrite ^/files/hop1/(.*)$ /files/$1 redirect;
		rewrite ^/files/hop([2-9])/(.*)$ /files/hops/$1/$2 last;
		rewrite ^/files/to-file$ file:///etc/passwd redirect;
		alias '$stack'/files/;
	}
	location ~ ^/files/hops/6/(?<hop_rest>.*)$ { return 302 /files/hop5/$hop_rest; }
	location ~ ^/files/hops/5/(?<hop_rest>.*)$ { return 302 /files/hop4/$hop_rest; }
	location ~ ^/files/hops/4/(?<hop_rest>.*)$ { return 302 /files/hop3/$hop_rest; }
	location ~ ^/files/hops/3/(?<hop_rest>.*)$ { return 302 /files/hop2/$hop_rest; }
	location ~ ^/files/hops/2/(?<hop_rest>.*)$ { return 302 /files/hop1/$hop_rest; }
	location = /files/slow.png {
		limit_rate 1;
		alias '$stack'/files/a.png;
	}'

plan 80
stack_start
json_type='Content-Type: application/json'
files=$stack/files

noise()
{
	ffmpeg -v error -y -f lavfi -i "nullsrc=s=96x96,geq=random(1)*255:128:128" \
	    -frames:v 1 "$@"
}

noise "$files/a.png"
noise "$files/a.jpg"
noise -c:v libwebp "$files/a.webp"
: >"$files/empty"
echo 'no image, but a text of some length' >"$files/text"
cp "$files/a.png" "$files/huge.png"
truncate -s 52428801 "$files/huge.png"
cp "$files/a.png" "$files/largest.png"
truncate -s 52428800 "$files/largest.png"

spool_files()
{
	find "$stack/data/spool" -type f | wc -l
}

# ---- taken ----

: >"$stack/sent"
# taken FILE DESCRIPTION: the last answer accepted that picture
taken()
{
	is "$status" 201 "$2" || diag "$(cat "$body")"
	printf '%s %s %s\n' "$(word id)" "$1" "$2" >>"$stack/sent"
}

# by_json FILE DESCRIPTION FIELD-JSON
by_json()
{
	printf '{"prompt":"json",%s}' "$3" >"$stack/request"
	ask POST /v1/videos -H "$json_type" --data-binary "@$stack/request"
	taken "$1" "$2"
}

# by_form FILE DESCRIPTION CURL-OPTION...
by_form()
{
	form_file=$1
	form_text=$2
	shift 2
	ask POST /v1/videos --form-string prompt=form "$@"
	taken "$form_file" "$form_text"
}

base64_of()
{
	openssl base64 -A <"$files/$1"
}

images_taken()
{
	png=$(base64_of a.png)
	like "$png" '[+].*/|/.*[+]' 'base64 has both special characters'
	urlsafe=$(printf %s "$png" | tr '+/' '-_' | tr -d '=')
	url=$base/files/a.png

	by_form a.png 'a file, PNG' -F "input_reference=@$files/a.png"
	by_form a.jpg 'JPEG' -F "input_reference=@$files/a.jpg"
	by_form a.webp 'WEBP' -F "input_reference=@$files/a.webp"
	by_form a.webp 'another type and name than it has' \
	    -F "input_reference=@$files/a.webp;type=text/plain;filename=../../x.exe"
	by_form a.png 'no file name worth the name' \
	    -F "input_reference=@$files/a.png;filename=unknown_file"
	by_form a.jpg 'input_image as a file' -F "input_image=@$files/a.jpg"
	by_form a.png 'input_reference wins' -F "input_image=@$files/a.jpg" \
	    -F "input_reference=@$files/a.png"
	by_form a.png 'base64 in a form' -F "input_reference=<$stack/b64"
	by_form a.png 'a data URL in a form' -F "input_image=<$stack/dataurl"
	by_form a.png 'a URL in a form' --form-string "input_reference=$url"
	by_form a.png 'input_reference[image_url]' \
	    --form-string "input_reference[image_url]=$url"
	ask POST /v1/videos --data-urlencode prompt=x \
	    --data-urlencode "input_reference@$stack/b64"
	taken a.png 'urlencoded base64'

	by_json a.png 'base64' "\"input_reference\":\"$png\""
	by_json a.png 'URL-safe base64 without padding' "\"input_image\":\"$urlsafe\""
	by_json a.png 'base64 in lines' "\"input_image\":\"$(openssl base64 \
	    <"$files/a.png" | awk '{ printf "%s \\r\\n", $0 }')\""
	by_json a.png 'a data URL' "\"input_reference\":\"data:image/png;base64,$png\""
	by_json a.webp 'of another type than it says' \
	    "\"input_reference\":\"data:image/png;base64,$(base64_of a.webp)\""
	by_json a.png 'a URL' "\"input_reference\":\"$url\""
	by_json a.png 'an object with url' "\"input_reference\":{\"url\":\"$url\"}"
	by_json a.png 'an object with image_url' \
	    "\"input_reference\":{\"image_url\":\"data:image/png;base64,$png\"}"
	by_json a.png 'an object in it' \
	    "\"input_reference\":{\"image_url\":{\"url\":\"$url\"}}"
	by_json a.jpg 'a redirect' "\"input_image\":\"$base/files/hop1/a.jpg\""
	by_json a.jpg 'five of them' "\"input_image\":\"$base/files/hop5/a.jpg\""
	is "$(awk '{ print $1 }' "$stack/sent" | sort -u | wc -l)" 23 'each a task'
}

# The upstream's file of each task is the client's.
images_arrived()
{
	while read -r id file what; do
		wait_until 15 'has_ended "$id"'
		media=$(db "SELECT m.upstream_id FROM task_media AS m JOIN tasks AS t
		    ON m.task = t.id WHERE task_id = '$id'")
		[ "$state" = completed ] && [ -n "$media" ] &&
			cmp -s "$(find "$stack_clips" -name "$media*")" "$files/$file" ||
			echo "$what: $state"
	done <"$stack/sent" >"$stack/wrong"
	is "$(cat "$stack/wrong")" '' 'the upstream got each of them, byte by byte'
	is "$(spool_files)" 0 'nothing stays in the spool'
}

# ---- refused ----

refused()
{
	is "$status $(word code)" '400 invalid_request' "$1"
}

refused_json()
{
	printf '{"prompt":"json",%s}' "$2" >"$stack/request"
	ask POST /v1/videos -H "$json_type" --data-binary "@$stack/request"
	refused "$1"
}

refused_form()
{
	refused_text=$1
	shift
	ask POST /v1/videos --form-string prompt=form "$@"
	refused "$refused_text"
}

images_refused()
{
	tasks=$(db 'SELECT count(*) FROM tasks')
	refused_form 'a text' -F "input_reference=@$files/text;type=image/png"
	refused_form 'an empty file' -F "input_reference=@$files/empty"
	refused_form 'a file of 50 MiB and a byte' -F "input_reference=@$files/huge.png"
	refused_form 'an object in a form with file_id' \
	    --form-string 'input_reference[file_id]=f'
	refused_json 'base64 of a text' "\"input_reference\":\"$(base64_of text)\""
	refused_json 'base64 of nothing' '"input_reference":"===="'
	refused_json 'an empty text' '"input_reference":""'
	refused_json 'no base64' '"input_reference":"iVBORw0KGgo*"'
	refused_json 'padding in the middle' '"input_reference":"iVBO=Rw0KGgo"'
	refused_json 'six bits left' '"input_reference":"iVBORw0KGgoAA"'
	refused_json 'a data URL without base64' '"input_reference":"data:image/png,x"'
	refused_json 'a data URL without data' '"input_reference":"data:image/png;base64,"'
	refused_json 'a data URL without an end' '"input_reference":"data:image/png"'
	refused_json 'another scheme' '"input_reference":"ftp://127.0.0.1/a.png"'
	refused_json 'a file' '"input_reference":"file:///etc/passwd"'
	refused_json 'an empty object' '"input_reference":{}'
	refused_json 'a number in an object' '"input_reference":{"image_url":7}'
	refused_json 'an object with file_id' '"input_reference":{"file_id":"f"}'
	for url in none.png text empty huge.png hop6/a.jpg to-file slow.png; do
		refused_json "the URL of $url" "\"input_reference\":\"$base/files/$url\""
	done
	refused_json 'a URL where nobody is' '"input_reference":"http://127.0.0.1:1/a.png"'
	refused_json 'a host that is not there' \
	    '"input_reference":"http://no-such-host.invalid/a.png"'
	refused_json 'no host' '"input_reference":"http:///a.png"'
	is "$(db 'SELECT count(*) FROM tasks')" "$tasks" 'none of them is a task'
	is "$(spool_files)" 0 'nothing stays in the spool'
}

# ---- memory ----

peak()
{
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$(pids_of worker)/status"
}

memory()
{
	ask POST /v1/videos --form-string prompt=x -F "input_reference=@$files/a.png"
	before=$(peak)
	truncate -s 104000000 "$files/other"
	ask POST /v1/videos --form-string prompt=x -F "other=@$files/other"
	is "$status" 201 'a form of nearly 100 MiB'
	ask POST /v1/videos --form-string prompt=x -F "input_reference=@$files/largest.png"
	is "$status" 201 'an image of 50 MiB'
	large=$(word id)
	after=$(peak)
	ok "memory of the worker: $before kB, then $after kB" \
	    test $((after - before)) -lt 10240
	ok 'too large for the upstream' wait_until 10 'has_state $large failed'
	is "$(spool_files)" 0 'nothing stays in the spool'
}

# ---- addresses that are not for clients ----

private_addresses()
{
	stack_set limits.allow_private_fetch false
	workers_restart
	: >"$stack/log/access"
	for url in "$base" "http://localhost:$port" "http://[::1]:$port" \
	    "http://[::ffff:127.0.0.1]:$port" "http://2130706433:$port" \
	    "http://0x7f.1:$port" "http://0177.0.0.1:$port" "http://0.0.0.0:$port" \
	    "http://127.1:$port" http://10.0.0.1 http://192.168.1.1 http://172.16.0.1 \
	    http://169.254.169.254 'http://[fe80::1]' 'http://[fd00::1]' http://224.0.0.1; do
		refused_json "not from $url" "\"input_reference\":\"$url/files/a.png\""
	done
	ok 'none of them was asked' eval '! grep -q /files/ "$stack/log/access"'
	by_json a.png 'a data URL asks nobody' "\"input_image\":\"data:;base64,$png\""
}

base64_of a.png >"$stack/b64"
printf 'data:image/png;base64,%s' "$(base64_of a.png)" >"$stack/dataurl"
images_taken
images_arrived
images_refused
memory
private_addresses
control POST reset
