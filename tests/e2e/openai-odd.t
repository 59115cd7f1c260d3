#!/bin/sh
# SPDX-License-Identifier: MIT
# openai-odd.t: servers whose answers are odd, and mean what they say all the same.
# They are files that nginx serves.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"
. "$abs_top_srcdir/tests/e2e/server.sh"

stack_new
odd=$stack/odd
mkdir "$odd"
stack_server='default_type application/json;'

# serves SERVER PATH FILE [DIRECTIVES]: below /odd/SERVER/v1; a POST gets it, too.
serves()
{
	stack_server="$stack_server
	location = \"/odd/$1/v1$2\" { alias $odd/$3; ${4-}
		error_page 405 =200 \"/odd/$1/v1$2\"; }"
}

# moves SERVER LOCATION: the content is elsewhere, unless a query says it is not
moves()
{
	serves "$1" /videos/up-1/content clip "if (\$args = '') { return 302 \"$2\"; }"
}

plain_create() { serves "$1" /videos queued; }
plain_job() { serves "$1" "/videos/${2-up-1}" 'done'; }
plain_content() { serves "$1" "/videos/${2-up-1}/content" clip; }

printf '{"id":"up-1","status":"queued"}' >"$odd/queued"
printf '{"id":"up-1","status":"completed"}' >"$odd/done"
{ printf '\0\0\0\030ftypmp42\0\0\0\0mp42isom'; head -c 5000 /dev/zero; } >"$odd/clip"

for name in queued 'done'; do
	{ printf '\357\273\277'; cat "$odd/$name"; } >"$odd/$name-marked"
	gzip -c "$odd/$name" >"$odd/$name.gz"
done
gzip -c "$odd/clip" >"$odd/clip.gz"
serves marked /videos queued-marked
serves marked /videos/up-1 done-marked
plain_content marked

coded='add_header Content-Encoding gzip;'
serves coded /videos queued.gz "$coded"
serves coded /videos/up-1 done.gz "$coded"
serves coded /videos/up-1/content clip.gz "$coded"

misnamed='add_header Content-Encoding utf-8;'
plain_create misnamed
serves misnamed /videos/up-1 'done' "$misnamed"
serves misnamed /videos/up-1/content clip "$misnamed"

printf '{"id":4326796003218200779,"status":"queued"}' >"$odd/number"
serves number /videos number
plain_job number 4326796003218200779
plain_content number 4326796003218200779

printf '{"prompt":"a parade \\ud83d","cost":1e999,"loss":NaN,"status":"completed"}\n{}' >"$odd/half"
plain_create half
serves half /videos/up-1 half
plain_content half

for name in query blank nowhere; do
	plain_create $name
	plain_job $name
done
moves query '?sig=1'
moves blank '/odd/blank/v1/my clip.mp4'
serves blank '/my clip.mp4' clip
moves nowhere 'ftp://cdn.example/clip'

plain_create broken
printf '{"status":"failed","error":"CUDA out of memory in /opt/wan/vae.py, line 214, for %s"}' \
    "$server_key" >"$odd/broken"
serves broken /videos/up-1 broken

printf '{"data":[{"id":"up-1","prompt":"is lost"}]}' >"$odd/list"
serves lost /videos list 'if ($request_method = POST) { return 200 "<html>ok</html>"; }'
plain_job lost
plain_content lost

plan 17
stack_start_servers

# made SERVER PROMPT: a video by that server, to its end
made()
{
	token_for "$base/odd/$1/v1" openai '"list_upstream":true' "\"models\":[\"odd-$1\"]"
	finish "$2" "\"model\":\"odd-$1\",\"seconds\":\"8\",\"size\":\"1280x720\""
}

while IFS='|' read -r server what; do
	made "$server" "$what"
	is "$state $(content_head)" 'completed ftyp' "$what"
done <<'END'
marked|a byte order mark
coded|a coding that nobody asked for
misnamed|a coding that is none
number|an id of 19 digits
half|half an emoji, no number, and a second line
query|a redirect to the same with a query
blank|a redirect with a blank
lost|is lost
END
is "$(db 'SELECT upstream_id FROM tasks WHERE model = '"'odd-number'")" 4326796003218200779 \
    'the id has all its digits'
is "$(grep -c 'POST /odd/lost/' "$stack/log/access")" 1 'what is lost is not sent again'

made nowhere 'a redirect that leads nowhere'
is "$state $(error_code)" 'failed upstream_error' 'a redirect that leads nowhere ends'
ok 'after a few tries' test "$(grep -c '/odd/nowhere/.*/content' "$stack/log/access")" -le 5

made broken 'a failure of the machine'
is "$state $(error_code)" 'failed generation_failed' 'a failure of the machine'
ask GET "/v1/videos/$id"
is "$(json .error.message)" 'Generation failed' 'is told in neutral words'
ask GET "/v1/videos/$id/content"
ok 'by its content, too' test "$(grep -c -e vae -e CUDA "$body")" = 0
like "$(log_of)" 'CUDA out of memory in /opt/wan/vae.py, line 214' 'the request log has them all'
ok 'but the key' test "$(grep -rlF -e "$server_key" "$stack"/log/ | wc -l)" = 0
