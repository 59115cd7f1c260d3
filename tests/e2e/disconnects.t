#!/bin/sh
# SPDX-License-Identifier: MIT
# disconnects.t: many clients that leave at once while the database is locked: those
# who stay do not notice, and the tasks of the others are cancelled as soon as that can
# be written.
# shellcheck disable=SC2016,SC2034,SC2086,SC2154
: "${abs_top_srcdir:=$(pwd)}"
. "$abs_top_srcdir/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

plan 7

leavers=12
stack_videos=1
stack_workers=1
stack_set limits.slot_wait 60
stack_start

# In the background: an answer to $stack/NAME; sets $client, its pid.
# ask_later NAME PATH JSON
ask_later()
{
	curl -sN -o "$stack/$1" -H "Authorization: Bearer $api_key" \
	    -H 'Content-Type: application/json' -d "$3" "$base$2" &
	client=$!
}

# tasks STATUS: how many there are
tasks()
{
	db "SELECT count(*) FROM tasks WHERE status = '$1'"
}

# Signs of life in the stream so far.
signs()
{
	grep -c '^: keep-alive' "$stack/stream"
}

: >"$stack/stream"
ask_later stream /v1/chat/completions '{"model":"sora-video-10s","stream":true,
    "messages":[{"role":"user","content":"a film [[sandbox:never]]"}]}'
stream=$client
ok 'somebody reads a stream' wait_until 15 'grep -q "^data:" "$stack/stream"'

gone=
n=0
while [ "$((n += 1))" -le "$leavers" ]; do
	ask_later "answer$n" /v1/videos "{\"prompt\":\"film $n\",\"async_mode\":false}"
	gone="$gone $client"
done
ok 'others wait for a slot' wait_until 15 '[ "$(tasks queued)" = "$leavers" ]'

: >"$stack/run/held"
sqlite3 "$stack/data/sora2api.db" 'PRAGMA busy_timeout = 10000;
    BEGIN IMMEDIATE; SELECT 1;' '.shell touch '"$stack"'/run/locked; while [ -e '"$stack"'/run/held ]; do sleep 0.05; done' \
    'ROLLBACK;' >/dev/null &
holder=$!
ok 'the database is locked' wait_until 15 '[ -e "$stack/run/locked" ]'
kill $gone
before=$(signs)
# a write waits for 5 s: in the thread of the stream, these would be a minute
ok 'the stream goes on though the others leave' \
    wait_until 40 '[ "$(signs)" -ge "$((before + 2))" ]'
is "$(tasks cancelled)" 0 'before any of that could be written'
rm "$stack/run/held"
wait $holder
ok 'then all of it is' wait_until 30 '[ "$(tasks cancelled)" = "$leavers" ]'
ok 'and the stream is still there' alive $stream
kill $stream
