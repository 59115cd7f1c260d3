#!/bin/sh
# SPDX-License-Identifier: MIT
# crowd.t: what becomes of those who wait, and of everybody else, when programs
# are killed, the upstream refuses, and clients are slow or leave.
# shellcheck disable=SC2016,SC2034,SC2046,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/bench/streams.sh"

command -v node >/dev/null || skip_all 'needs node'

: "${crowd_clients:=100}"	# that come and leave at random
: "${crowd_seconds:=8}"
stack_videos=-1
stack_speed=300
stack_sandbox_options='--shared-clips --set concurrency=10000 --set quota=100000'
stack_set server.threads 2
stack_set sora.settle_time 2
stack_set poller.lease_time 2
stack_set limits.max_queue 100000

plan 33
stack_start
json_type='Content-Type: application/json'

# In the background: an answer to wait for; sets $later.
later()
{
	rm -f "$stack/later"
	curl -sN -o "$stack/later" -w '%{http_code}' -H "Authorization: Bearer $api_key" \
	    -H "$json_type" -d "$2" "$base$1" >"$stack/later.status" &
	later=$!
}

chat_later()
{
	later /v1/chat/completions "{\"model\":\"sora-2\",\"stream\":true,
	    \"messages\":[{\"role\":\"user\",\"content\":\"$1\"}]}"
}

# said END: sets $said to what the stream of chat_later said, every chunk checked.
said()
{
	wait "$later"
	said=$(node "$abs_top_srcdir/tests/e2e/chat.mjs" structured "$1" \
	    <"$stack/later" 2>"$stack/log/node") ||
		diag "$(cat "$stack/log/node" "$stack/later")"
}

# The step of the newest task.
step()
{
	db 'SELECT step FROM tasks ORDER BY id DESC LIMIT 1'
}

made()
{
	curl -s "$sandbox/_control/state" |
		jq --arg p "$1" '[.tasks[] | select(.prompt | startswith($p))] | length'
}

# ---- workers are killed while streams wait ----

streams_start '[[sandbox:running=600]]'
streams 'open 20' 'open 20' 10
stack_kill worker
ok 'all streams break off' wait_until 5 '[ "$(grep -c ^broken "$stack/streams")" = 20 ]'
worker_start
wait_until 20 'pass 600; [ "$(unfinished)" = 0 ]'
is "$(db 'SELECT status, count(*) FROM tasks GROUP BY status')" 'completed|20' \
    'their tasks are finished'
ask GET "/v1/videos/$(db 'SELECT task_id FROM tasks LIMIT 1')"
is "$status $(json '"\(.status) \(.progress)"')" '200 completed 100' \
    'and the result is there under its id'
is "$(made '')" 20 'each was made once'
is "$(slots)" 0 'no slot is taken'
exec 3>&-

# ---- the poller is killed at each step of an image ----

picture=$(ffmpeg -v error -f lavfi -i color=red:s=64x64 -frames:v 1 -f image2 \
    -c:v png - </dev/null | base64 -w0)
while read -r step endpoint; do
	fault "{\"endpoint\":\"$endpoint\",\"delay_ms\":1500,\"count\":1}"
	later /v1/images/generations "{\"prompt\":\"killed at $step\",\"image\":\"$picture\"}"
	ok "an image is at $step" wait_until 10 '[ "$(step)" = "$step" ]'
	stack_kill poller
	poller_start
	wait $later
	is "$(cat "$stack/later.status") $(made "killed at $step")" '200 1' \
	    'the poller is killed: it is finished, and was made once'
	like "$(jq -r '.data[0].url' "$stack/later")" '^http.*/tmp/[0-9a-f]{32}\.png$' \
	    'its address is told'
	control DELETE faults
done <<'END'
upload upload
creating image
poll recent
download media
END
is "$(db 'SELECT sum(image_running) FROM tokens') $(find "$stack/data/spool" -type f | wc -l)" '0 0' \
    'neither slot nor reference is left'

# ---- the upstream refuses in the middle of a stream ----

has_progress()
{
	grep -q '"progress":[1-9]' "$stack/later" 2>/dev/null
}

chat_later 'goes on [[sandbox:running=600]]'
ok 'a stream tells of progress' wait_until 10 has_progress
fault '{"endpoint":"pending","fault":"internal_error","count":4}'
pass 600
said result
like "$said" '\{"type":"video"' 'an upstream that fails for a while does not end it'
chat_later 'refused [[sandbox:running=600]]'
ok 'another' wait_until 10 has_progress
fault '{"endpoint":"pending","fault":"token_invalidated"}'
said failure
like "$said" 'error [0-9]+ generation_failed$' 'an account that is refused does'
is "$(db 'SELECT is_active FROM tokens') $(slots)" '0 0' 'it is disabled, its slot free'
control DELETE faults
db_write 'UPDATE tokens SET is_active = 1'

# ---- clients that are slow ----

# quick DESCRIPTION: status reads do not wait for those
quick()
{
	quick=
	for quick_n in 1 2 3 4 5; do
		ask_time=20 ask GET /v1/videos/sora-2-000000000000
		quick="$quick $status"
	done
	is "$quick" ' 404 404 404 404 404' "$1: status reads are answered"
}

rm "$stack/run/streams.in"
: >"$stack/streams"
streams_start '[[sandbox:running=600]]'
descriptors=$(descriptors)
streams 'half 300' 'halves 300' 10
quick '300 clients send half of a request'
streams 'open 350' 'open 350' 10
streams 'stall 20' stalled 5
quick 'streams that nobody reads'
wait_until 20 'pass 600; [ "$(unfinished)" = 0 ]'
told()
{
	grep -c '^done' "$stack/streams"
}
ok 'who reads is told the end' wait_until 5 '[ "$(told)" = 30 ]'
streams 'read' reading 5
ok 'the others, when they read on' wait_until 10 '[ "$(told)" = 50 ]'
streams 'close 1000' closed 5

# ---- clients that come and leave at random ----

last=$(db 'SELECT max(id) FROM tasks')
left()
{
	db "SELECT count(*) FROM tasks WHERE id > $last AND
	    status NOT IN ('completed', 'cancelled')"
}

ok 'those who left are forgotten' wait_until 10 '[ "$(descriptors)" -le "$descriptors" ]'
streams "churn $crowd_clients $crowd_seconds" churned $((crowd_seconds + 30))
ok 'many came and left' test "$(sed -n 's/^churned //p' "$stack/streams")" -ge \
    "$crowd_clients"
ok 'what they began ends' wait_until 30 'pass 600; [ "$(unfinished)" = 0 ]'
is "$(left)" 0 'completed, or cancelled before the upstream had it'
is "$(slots)" 0 'no slot is taken'
ok 'no descriptor is left' wait_until 10 '[ "$(descriptors)" -le "$descriptors" ]'
