#!/bin/sh
# SPDX-License-Identifier: MIT
# characters-killed.t: kill -9 of the poller at each step of a character, and of
# a worker whose client waits: the character is there all the same, and what
# cannot be repeated was asked of the upstream once.
# shellcheck disable=SC2016,SC2034,SC2154
stack_speed=100
stack_workers=1
stack_videos=20
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/character.sh"

plan 37
stack_set admin.error_ban_threshold 100
stack_set sora.settle_time 2
stack_set poller.lease_time 2
stack_sandbox_options='--shared-clips --set concurrency=400 --set quota=2000'
stack_start
clip plain

# hold ENDPOINT [MORE-JSON]: its next call is answered late
hold()
{
	fault "{\"endpoint\":\"$1\",\"delay_ms\":3000,\"count\":1${2:+,$2}}"
}
done_first='"after_work":true'

# count ENDPOINT...: so many calls of each since the last count_start
count_start()
{
	control GET 'state?tasks=0'
	cp "$stack/control" "$stack/counted"
}

count()
{
	control GET 'state?tasks=0'
	for count_name in "$@"; do
		jq -rn --slurpfile a "$stack/counted" --slurpfile b "$stack/control" \
		    "(\$b[0].endpoints.$count_name.calls // 0) - (\$a[0].endpoints.$count_name.calls // 0)"
	done | tr '\n' ' '
}

poller_killed()
{
	stack_kill poller
	poller_start
}

# kill_in STEP... CLIP: of a character, there, while its client waits
kill_in()
{
	count_start
	later_make "$1"
	shift
	in_step "$@"
	poller_killed
	later_answer
}

# made NAME: the client has the character, and the upstream one of it
made()
{
	is "$status $(json .id)" "200 $(character .character_id)" "$1: it is there"
	is "$(row "status || ' ' || visibility || ' ' || character_id") $(count cameo_upload finalize)" \
	    "finalized public $(json .id) ${2:-1 1} " "$1: made once"
}

# ---- a character ----

stack_kill poller
count_start
later_make plain
wait_until 10 '[ "$(newest step)" = clip ]'
is "$(newest step)" clip 'it waits'
poller_start
later_answer
made 'before the clip is sent'

hold cameo_upload "$done_first"
kill_in plain clip_sending
is "$status $(json .error.code) $(header x-should-retry)" '502 generation_failed false' \
    'while the clip is sent: it has failed'
is "$(count cameo_upload)" '1 ' '... for it may not be sent again'
is "$(db 'SELECT sum(video_running) FROM tokens')" 0 '... and its slot is free'

clip slow cameo=2
kill_in slow cameo
made 'while it is processed'

clip bare no-asset=2
kill_in bare asset
made 'while its picture is made'

hold file_upload
kill_in plain picture
made 'while its picture is brought'

hold username_check
kill_in plain name
made 'while a name is looked for'

hold username_check
count_start
later_make plain
in_step name
stack_kill poller
db_write "UPDATE tasks SET step = 'finalize' WHERE status = 'processing'"
poller_start
later_answer
made 'before the name is given'

hold finalize "$done_first"
fault '{"endpoint":"profile","fault":"internal_error","count":2}'
kill_in plain finalizing
made 'when the name was given'

hold finalize
kill_in plain finalizing
made 'before the name is given, though that is sent'

fault '{"endpoint":"finalize","fault":"drop","count":1}'
kill_in plain finalize_lost
made 'while a lost name is looked for' '1 2'

fault '{"endpoint":"finalize","fault":"drop","after_work":true,"count":1}'
count_start
later_make plain
later_answer
made 'when the answer to the name was lost'

hold cameo_update "$done_first"
kill_in plain show
made 'while it is shown'

# ---- for one video alone ----

printf '{"model":"sora-video-10s","video":"%s","messages":[{"role":"user","content":"jumps"}]}' \
    "$(base64 -w0 "$stack/plain.mp4")" >"$stack/json"

# killed_in STEP...: of the video with a character
killed_in()
{
	count_start
	later -H 'Content-Type: application/json' -d @"$stack/json" "$base/v1/chat/completions"
	in_step "$@"
	poller_killed
	later_answer
}

# filmed NAME: the client has the video, and the character is gone
filmed()
{
	like "$status $(json '.choices[0].message.content')" '^200 \{"type":"video"' "$1: the video is there"
	wait_until 20 '[ "$(row status)" = deleted ]'
	is "$(row status) $(character .deleted) $(count cameo_upload finalize create)" \
	    'deleted true 1 1 1 ' "$1: each is made once, and the character is gone"
}

hold finalize "$done_first"
killed_in finalizing
filmed 'when the name was given'

hold create "$done_first"
killed_in creating
filmed 'while the video is sent'

hold character_delete "$done_first"
count_start
later -H 'Content-Type: application/json' -d @"$stack/json" "$base/v1/chat/completions"
wait_until 20 '[ "$(count character_delete)" = "1 " ]'
poller_killed
later_answer
filmed 'while the character is deleted'

hold create
killed_in creating
filmed 'before the video is sent'

# ---- a worker, while its client waits ----

later_make slow
in_step cameo
stack_kill worker
worker_start
wait_until 15 'curl -sf -o "$stack/body" "$base/health"'
wait $later
wait_until 20 '[ "$(newest status)" = completed ]'
is "$(newest status) $(row status)" 'completed finalized' 'a worker killed: the character is made'
printf '{"model":"sora-video-10s","video":"%s","messages":[{"role":"user","content":"jumps"}]}' \
    "$(base64 -w0 "$stack/slow.mp4")" >"$stack/json"
later -H 'Content-Type: application/json' -d @"$stack/json" "$base/v1/chat/completions"
in_step cameo
stack_kill worker
worker_start
wait_until 15 'curl -sf -o "$stack/body" "$base/health"'
wait $later
wait_until 20 '[ "$(row status)" = deleted ]'
ask GET "/v1/videos/$(newest task_id)"
is "$(json .status)" completed 'and the video'
is "$(row status)" deleted 'and the character is gone'
