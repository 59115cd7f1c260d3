#!/bin/sh
# SPDX-License-Identifier: MIT
# openai-content.t: how a result comes from a server, in every form that servers
# have for it.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"
. "$abs_top_srcdir/tests/e2e/server.sh"

plan 46
stack_start_servers
server_add gpu vllm-omni
on gpu

# comes DESCRIPTION MANNERS [HEAD]: the file is there, and begins with that.
comes()
{
	manners "$2"
	finish "$1"
	is "$state $(content_head)" "completed ${3-ftyp}" "$1"
}

# fails DESCRIPTION MANNERS CODE
fails()
{
	manners "$2"
	finish "$1"
	is "$state $(error_code)" "failed $3" "$1"
}

# How many calls of media showed a key.
keys_shown()
{
	control GET 'state?tasks=0'
	jq .media_keys "$stack/control"
}

# once DESCRIPTION: the task of that prompt was made once, whatever came.
once()
{
	is "$(prompt_counts "$1")" '1 1' "$1: it was asked for once"
}

comes 'bytes' '{"content":"bytes"}'
comes 'bytes without a length' '{"content":"chunked"}'
while read -r type mime; do
	manners "{\"content\":\"$type\"}"
	finish "a result of type $type"
	is "$state" completed "a result of type $type"
	ask GET "/v1/videos/$id/content" -L
	is "$status $(header content-type) $(header x-content-type-options)" \
	    "200 $mime nosniff" "is there for the client as $mime"
done <<END
avi video/x-msvideo
webm video/webm
mov video/quicktime
gif image/gif
END
comes 'a redirect to the same host' '{"content":"redirect"}'
comes 'JSON with a URL' '{"content":"json"}'
shown=$(keys_shown)
comes 'another host' '{"content":"other_host"}'
is "$(keys_shown)" "$shown" 'no key is shown to another host'
fails 'a loop of redirects' '{"content":"loop","location":""}' upstream_error
fails 'a page of HTML' '{"content":"html"}' upstream_error
fails 'nothing' '{"content":"empty"}' upstream_error
comes 'half of it twice, then all' '{"content":"truncated","content_count":2}'
once 'half of it twice, then all'
normal
manners '{"content":"use_url","url_at":"url"}'
finish 'the address is in the object'
is "$state $(content_head)" 'completed ftyp' 'a server that says to use the address'
normal
fault '{"endpoint":"video_content","status":404,"fault":"not_ready","count":3}'
finish 'it is not there at first'
is "$state $(content_head)" 'completed ftyp' 'a file that is not there at first'
fault '{"endpoint":"video_content","fault":"video_not_found"}'
finish 'it is never there'
is "$state $(error_code)" 'failed video_expired' 'a file that is never there'
normal
fault '{"endpoint":"video_content","fault":"internal_error","count":6}'
finish 'the server stumbles'
is "$state $(content_head)" 'completed ftyp' 'a server that stumbles for a while'
fault '{"endpoint":"video_content","fault":"reset","count":2}'
finish 'the line breaks'
is "$state $(content_head)" 'completed ftyp' 'a line that breaks'
normal
manners '{"content_rate":200000}'
finish 'slowly'
is "$state $(content_head)" 'completed ftyp' 'a slow server'
normal
manners '{"content_mib":64}'
finish 'a large one'
is "$state $(content_head)" 'completed ftyp' 'a large one'
file=$(db "SELECT result_file FROM tasks WHERE task_id = '$id'")
ok 'all of it came' test "$(wc -c <"$stack/cache/$file")" -ge 67108864
normal

# ---- addresses ----

options '"preset":"vllm-omni","content_from":"auto"'
manners '{"url_at":"metadata.url"}'
finish 'the address of the object'
is "$state $(content_head)" 'completed ftyp' 'the address that the object has'
told=$(db "SELECT coalesce(source_url, 'none') FROM tasks WHERE task_id = '$id'")
is "$told" none 'a private address is not told to clients'

# A server on a public address only: its own is refused, and the reason is told.
admin PUT "/api/tokens/$token" '{"options":{"preset":"vllm-omni","allow_private":false}}'
is "$status" 400 'a private server is not taken without allow_private'
normal

# ---- without a cache ----

admin POST /api/cache/enabled '{"enabled":false}'
is "$status" 200 'the cache is off'
sleep_seen
options '"preset":"vllm-omni"'
finish 'no cache'
is "$state $(content_head)" 'completed ftyp' 'a result that needs the key comes from here all the same'
ask GET "/v1/videos/$id/content"
like "$(header Location)" "^$base/tmp/" 'clients are sent to our cache, not to the server'
admin POST /api/cache/enabled '{"enabled":true}'

# ---- in the answer itself ----

server_add sync dynamo
admin DELETE "/api/tokens/$((token - 1))"
on sync
for form in url b64; do
	manners "{\"sync\":\"$form\"}"
	finish "at once, $form"
	is "$state $(content_head)" 'completed ftyp' "a synchronous server: $form"
	is "$(prompt_counts "at once, $form")" '1 1' "a synchronous server is asked once: $form"
done

# ---- images ----

for form in b64 url relative; do
	manners "{\"images\":\"$form\"}"
	for wanted in url b64_json; do
		ask POST /v1/images/generations -H 'Content-Type: application/json' \
		    -d "{\"prompt\":\"picture $form $wanted\",\"response_format\":\"$wanted\"}"
		is "$status" 200 "an image: $form for $wanted"
	done
done
manners '{"images":"empty"}'
ask POST /v1/images/generations -H 'Content-Type: application/json' -d '{"prompt":"none"}'
is "$status" 502 'an image that did not come'
like "$(cat "$body")" upstream_outcome_unknown 'with the reason'
is "$(find "$stack/cache" -name '.tmp-*' | wc -l)" 0 'nothing unfinished is left'
