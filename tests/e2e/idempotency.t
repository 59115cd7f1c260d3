#!/bin/sh
# SPDX-License-Identifier: MIT
# idempotency.t: the same request sent twice with one Idempotency-Key is done once.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

stack_videos=100
stack_speed=1000
stack_sandbox_options='--shared-clips --set concurrency=200'

plan 41
stack_start

# keyed KEY JSON [CURL-OPTION...]
keyed()
{
	keyed_key=$1
	keyed_json=$2
	shift 2
	create "$keyed_json" -H "Idempotency-Key: $keyed_key" "$@"
}

tasks()
{
	db 'SELECT count(*) FROM tasks'
}

reused()
{
	is "$status $(word code)" '400 idempotency_key_reuse' "$1"
	is "$(header x-should-retry)" false 'which is no use to repeat'
}

# ---- JSON ----

keyed k1 '{"prompt":"one","seconds":"10"}'
first="$status $(cat "$body")"
is "$status" 201 'the first'
like "$(header openai-poll-after-ms)" '^[0-9]+$' 'says when to ask'
keyed k1 '{"prompt":"one","seconds":"10"}'
is "$status $(cat "$body")" "$first" 'the same again gets the same answer'
like "$(header openai-poll-after-ms)" '^[0-9]+$' 'with the same headers'
one=$id
ok 'it is done' wait_until 15 'has_state $one completed'
keyed k1 '{"prompt":"one","seconds":"10"}'
is "$status $(cat "$body")" "$first" 'also when the task has ended'
is "$(tasks) $(prompt_counts one)" '1 1 1' 'it was made once'
keyed k1 '{"prompt":"two","seconds":"10"}'
reused 'another prompt'
keyed k1 '{"prompt":"one"}'
reused 'another set of fields'
ask POST "/v1/videos/$one/remix" -H 'Idempotency-Key: k1' \
    -H 'Content-Type: application/json' -d '{"prompt":"one","seconds":"10"}'
reused 'another route'
is "$(tasks)" 1 'none of them made a task'
keyed k2 '{"prompt":"one","seconds":"10"}'
isnt "$id" "$one" 'another key is another task'
create '{"prompt":"one","seconds":"10"}'
is "$(tasks)" 3 'as is no key'
ask POST "/v1/videos/$one/remix" -H 'Idempotency-Key: r1' --form-string prompt=again
remix=$(word id)
ask POST "/v1/videos/$one/remix" -H 'Idempotency-Key: r1' --form-string prompt=again
is "$status $(word id) $(tasks)" "201 $remix 4" 'a remix has it too'

# ---- forms: the boundary is another one each time ----

ffmpeg -v error -f lavfi -i color=red:s=64x64 -frames:v 1 "$stack/red.png"
ffmpeg -v error -f lavfi -i color=blue:s=64x64 -frames:v 1 "$stack/blue.png"
form()
{
	ask POST /v1/videos -H "Idempotency-Key: $1" --form-string prompt=form \
	    -F "input_reference=@$stack/$2.png"
}
form f1 red
first="$status $(cat "$body")"
is "$status" 201 'a form with a file'
form f1 red
is "$status $(cat "$body")" "$first" 'again'
form f1 blue
reused 'another file'
is "$(find "$stack/data/spool" -type f -name '[!.]*' -newer "$stack/blue.png" |
    wc -l)" "$(db "SELECT count(*) FROM tasks AS t JOIN task_media ON task = t.id
    WHERE completed_at IS NULL")" 'no file of a refused one stays'

# ---- what was refused leaves its key free ----

keyed free '{"prompt":"x","size":"no"}'
is "$status" 400 'a bad field'
keyed free '{"prompt":"x","remix_target_id":"none"}'
is "$status" 404 'a bad target'
keyed free '{"prompt":"x","input_reference":"bm90aGluZw=="}'
is "$status" 400 'a bad image'
db_write 'UPDATE tokens SET is_active = 0'
keyed free '{"prompt":"x"}'
is "$status" 503 'no account'
db_write 'UPDATE tokens SET is_active = 1'
keyed free '{"prompt":"x"}'
is "$status" 201 'then it is done'

# ---- at the same time ----

before=$(tasks)
set --
n=0
while [ $n -lt 20 ]; do
	n=$((n + 1))
	set -- "$@" ${1:+--next} -sS -o "$stack/same.$n" -w '%{http_code}\n' \
	    -H "Authorization: Bearer $api_key" -H 'Idempotency-Key: same' \
	    -H 'Content-Type: application/json' -d '{"prompt":"same"}' \
	    "$base/v1/videos"
done
curl --parallel --parallel-immediate --parallel-max 20 "$@" 2>"$stack/log/curl" |
    sort | uniq -c >"$stack/codes"
is "$(awk '$2 != 201 && $2 != 409' "$stack/codes")" '' \
    "twenty at once: $(tr -s ' \n' ' ' <"$stack/codes")"
is "$(tasks)" "$((before + 1))" 'make one task'
is "$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' "$stack"/same.* | sort -u | wc -l)" 1 \
    'all accepted ones have its id'
is "$(sed -n 's/.*"code":"\([^"]*\)".*/\1/p' "$stack"/same.* | sort -u |
    grep -v idempotency_in_progress)" '' 'the others wait for it'
keyed same '{"prompt":"same"}'
is "$status $(tasks)" "201 $((before + 1))" 'and get it later'

# ---- callers that wait ----

sync='{"prompt":"sync [[sandbox:running=1]]","async_mode":false}'
curl -s -o "$stack/waits" -H "Authorization: Bearer $api_key" \
    -H 'Idempotency-Key: s1' -H 'Content-Type: application/json' -d "$sync" \
    "$base/v1/videos" &
pid=$!
ok 'a caller waits' wait_until 5 \
    '[ "$(db "SELECT count(*) FROM tasks WHERE prompt LIKE '"'sync%'"'")" = 1 ]'
keyed s1 "$sync"
is "$status $(word status)" '200 completed' 'a second one waits with it'
second=$id
wait $pid
is "$(cat "$stack/waits")" "$(cat "$body")" 'the same answer'
is "$(db "SELECT count(*) || ' ' || max(task_id) FROM tasks
    WHERE prompt LIKE 'sync%'")" "1 $second" 'for one task'
keyed s1 "$sync"
is "$status $id $(word status)" "200 $second completed" 'a third gets it at once'

# ---- keys ----

long=$(head -c 255 /dev/zero | tr '\0' k)
keyed "$long" '{"prompt":"x"}'
is "$status" 201 'a key of 255 bytes'
keyed "${long}k" '{"prompt":"x"}'
is "$status $(word code)" '400 invalid_request' 'not of 256'
workers_restart
keyed k2 '{"prompt":"one","seconds":"10"}'
is "$status" 201 'keys outlive the workers'
keyed k2 '{"prompt":"three"}'
is "$(word code)" idempotency_key_reuse 'with what they were for'
