#!/bin/sh
# SPDX-License-Identifier: MIT
# demo-path.t: a video from its creation to its file, through nginx.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"

plan 25
stack_start

ask GET /health
is "$status $(cat "$body")" '200 {"status":"ok"}' 'the service is well'

ask POST /v1/videos -H 'Content-Type: application/json' \
    -d '{"prompt":"A harbour at night","seconds":"10","size":"1280x720"}'
is "$status" 201 'accepted'
id=$(json .id)
like "$id" '^sora-2-[0-9a-f]{12}$' 'with an id'
is "$(json '[.object, .model, .seconds, .size, .progress] | @csv')" \
    '"video","sora-2","10","1280x720",0' 'as it was asked for'
like "$(json .status)" '^(queued|in_progress)$' 'not finished'
request=$(header x-request-id)
like "$request" '^req_[0-9a-f]{24}$' 'with a request id'
ok "which is nginx's" wait_until 5 'grep -q "$request" "$stack/log/access"'
like "$(header openai-poll-after-ms)" '^[0-9]{4,5}$' 'when to ask again'
is "$(header access-control-allow-origin)" '*' 'for other origins'

# The same, by another name of this host, behind a proxy that ends the TLS.
ask POST /v1/videos -H 'Host: Api.example:8443' -H 'X-Forwarded-Proto: https' \
    -F 'prompt=A harbour at night' -F seconds=10 -F size=1280x720
far=$(json .id)

ask GET "/v1/videos/$id/content"
like "$status $(json .error.code)" '^(400 task_not_completed|302 )' \
    'no content before the end'

# Every answer until the end: statuses, and a progress that does not fall.
last=-1
fell=no
other=no
ended()
{
	ask GET "/v1/videos/$id"
	[ "$status" = 200 ] || other="HTTP $status"
	state=$(json .status)
	progress=$(json .progress)
	[ "$progress" -ge "$last" ] || fell="$last to $progress"
	last=$progress
	case $state in
	queued | in_progress)
		[ "$progress" -lt 100 ] || other="100 while $state"
		return 1
		;;
	esac
}
ok 'it ends' wait_until 60 ended
is "$state $progress" 'completed 100' 'completed'
is "$fell" no 'progress does not fall'
is "$other" no 'every status read is answered'
ok 'with the time of its end' test "$(json '.completed_at >= .created_at')" = true

ask GET "/v1/videos/$id/content"
is "$status $(wc -c <"$body")" '302 0' 'content redirects'
file=$(header location)
like "$file" "^$base/tmp/[0-9a-f]{32}\\.mp4$" 'to the cached file'
ask GET "$file"
is "$status $(header content-type)" '200 video/mp4' 'which needs no key'
is "$(ffprobe -v error -select_streams v -of csv=p=0 \
    -show_entries stream=codec_name,width,height "$body")" h264,1280,720 \
    'H.264 of the size asked for'
like "$(ffprobe -v error -of csv=p=0 -show_entries format=duration "$body")" \
    '^(9\.9|10\.0)' 'of 10 seconds'

ok 'the other one ends' wait_until 60 \
    'ask GET "/v1/videos/$far"; [ "$(json .status)" = completed ]'
ask GET "/v1/videos/$far/content"
like "$(header location)" '^https://[Aa]pi\.example:8443/tmp/[0-9a-f]{32}\.mp4$' \
    'its file is where its client asked'

ask_key=wrong
ask GET "/v1/videos/$id"
is "$status $(json .error.code)" '401 invalid_api_key' 'not without the key'
ask_key=$api_key
ask GET /v1/videos/sora-2-000000000000
is "$status $(cat "$body")" \
    '404 {"error":{"message":"Task not found","code":"task_not_found"}}' \
    'another id'
no_secret_in_log()
{
	! grep -rqF -e "$api_key" -e 'A harbour' "$stack/log"
}
ok 'neither key nor prompt is in a log' no_secret_in_log
