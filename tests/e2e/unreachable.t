#!/bin/sh
# SPDX-License-Identifier: MIT
# unreachable.t: ten minutes without a way to the upstream: what was sent goes on,
# what was not waits, and no account is blamed. Who waits for an answer is told so.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/clock.sh"

rate=60			# the poller's seconds in one of ours
stack_videos=4
stack_tokens=2
stack_speed=1000
stack_workers=1
stack_sandbox_options='--shared-clips --set concurrency=100 --set quota=5000'
stack_set generation.video_timeout 300
stack_set generation.image_timeout 60
stack_set sora.timeout 600
stack_set sora.create_timeout 3600
stack_set sora.poll_interval 10
stack_set sora.settle_time 60
stack_set poller.lease_time 300
clock_begin

plan 24

worked()
{
	db "SELECT worked_ms FROM leases WHERE name = 'poller'"
}

# works MINUTES: so long by its own clock.
works()
{
	works_until=$(($(worked) + $1 * 60000))
	wait_until 120 '[ "$(worked)" -ge "$works_until" ]'
}

batch()
{
	for each in 1 2 3 4 5 6 7 8 9 10; do
		create "{\"prompt\":\"$1 $each\",\"seconds\":\"10\"}"
	done
}

all_done()
{
	[ "$(db "SELECT count(*) FROM tasks WHERE prompt LIKE '$1' AND status = 'completed'")" = "$2" ]
}

# The name, or the port, of the upstream is gone, and comes back.
away()
{
	cp "$stack/nginx.conf" "$stack/nginx.keep"
	sed -i "s|listen 127.0.0.1:$sandbox_port|listen unix:$stack/run/nobody.sock|" \
	    "$stack/nginx.conf"
	kill -HUP "$(pids_of nginx)"
	ok 'nobody listens' wait_until 5 '! curl -s -o "$stack/body" "$sandbox/"'
}

back()
{
	cp "$stack/nginx.keep" "$stack/nginx.conf"
	kill -HUP "$(pids_of nginx)"
	ok 'it listens again' wait_until 5 'curl -s -o "$stack/body" "$sandbox/"'
}

stack_start
stack_stop poller

# ---- names that nobody knows ----

sed "s|$sandbox\"|http://upstream.invalid:$sandbox_port\"|" "$stack/sora2api.conf" \
    >"$stack/invalid.conf"
clock_rate $rate
setsid "$programs/sora2api-poller" -c "$stack/invalid.conf" \
    </dev/null >>"$stack/log/poller" 2>&1 &
echo $! >"$stack/run/poller.pid"
batch nameless
ok 'tasks find no way' wait_until 30 'grep -q "upstream unreachable" "$stack/log/poller"'
ok 'for ten minutes' works 10
is "$(db 'SELECT group_concat(DISTINCT status) FROM tasks
    WHERE status NOT IN ("queued", "processing")')" '' 'none has ended'
stack_stop poller
poller_start
ok 'with the name all are completed' wait_until 60 'all_done "nameless%" 10'
nothing_lost 'names'

# ---- a port that nobody listens at, with the poller at work ----

for each in 1 2; do
	create "{\"prompt\":\"at work $each [[sandbox:running=4]]\"}"
done
ok 'two are sent' wait_until 20 '[ "$(db "SELECT count(*) FROM tasks
    WHERE prompt LIKE '"'at work%'"' AND submitted_at > 0")" = 2 ]'
away
batch portless
curl -s -o "$stack/image.body" -w '%{http_code}' -H "Authorization: Bearer $api_key" \
    -H 'Content-Type: application/json' \
    -d '{"prompt":"a picture","model":"gpt-image"}' "$base/v1/images/generations" \
    >"$stack/image.status" &
image=$!
ok 'for ten minutes' works 10
wait $image
is "$(cat "$stack/image.status") $(jq -r .error.code "$stack/image.body")" \
    '502 upstream_error' 'who waits for an image is told'
is "$(db 'SELECT group_concat(prompt) FROM tasks WHERE kind = "video"
    AND status NOT IN ("queued", "processing", "completed")')" '' 'no video has failed'
back
ok 'what was sent is completed' wait_until 60 'all_done "at work%" 2'
ok 'and what was not' wait_until 60 'all_done "portless%" 10'
nothing_lost 'ports'

# ---- the poller is killed while nothing can be reached ----

away
batch killed
ok 'for some minutes' works 3
stack_kill poller
poller_start
ok 'and some more' works 3
back
ok 'all are completed' wait_until 90 'all_done "killed%" 10'
nothing_lost 'killed'
is "$(db "SELECT count(*) FROM tasks WHERE kind = 'video' AND status <> 'completed'")" 0 \
    'and nothing failed'
