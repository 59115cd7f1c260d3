#!/bin/sh
# SPDX-License-Identifier: MIT
# soak.t: an hour's work again and again: what is held at the end is what was
# held after the start. For two minutes, or $soak_seconds: `make soak`.
: "${abs_top_srcdir:=$(pwd)}"
. "$abs_top_srcdir/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"

: "${soak_seconds:=120}"

plan 13

stack_tokens=4
stack_videos=100
stack_sandbox_options='--shared-clips --set concurrency=1000 --set quota=100000'
stack_set cache.timeout 60
stack_set poller.sweep_interval 2
stack_set limits.keep_tasks 60
stack_set generation.video_timeout 120
stack_start

# The log of requests has reached its bound, as after a while in any site.
db_write "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
    WHERE i < 10000) INSERT INTO request_logs (operation, request_body,
    response_body, status_code, created_at, created_ms)
    SELECT 'video_generation', hex(zeroblob(90)), hex(zeroblob(60)), 200,
    1, 1 FROM n"

stop=$stack/run/stop
failures=$stack/run/failures

# ---- work, each kind in a process of its own, until $stack/run/stop ----

until_stop()
{
	until [ -e "$stop" ]; do
		"$@" || echo "$*" >>"$failures"
	done
}

# own NAME COMMAND...: with files of its own for what ask gets.
own()
(
	mkdir -p "$stack/own.$1/log"
	ln -s "$stack/sora2api.conf" "$stack/own.$1/sora2api.conf"
	stack=$stack/own.$1
	shift
	"$@"
)

make_video()
{
	create '{"model":"sora-2","prompt":"A paper boat","seconds":"10"}'
	[ "$status" = 201 ] && wait_until 60 'has_ended "$id"' &&
		[ "$state" = completed ] || return 1
	ask GET "/v1/videos/$id/content"
	[ "$status" = 302 ] || return 1
	ask GET "$(header Location)"
	[ "$status" = 200 ]
}

read_videos()
{
	curl -s -o /dev/null -H "Authorization: Bearer $api_key" \
	    "$base/v1/videos?limit=[1-40]"
}

stream_chat()
{
	ask POST /v1/chat/completions -H 'Content-Type: application/json' \
	    -d '{"model":"sora-image","stream":true,"messages":[{"role":"user","content":"A boat"}]}'
	grep -q '^data: \[DONE\]' "$body"
}

# A client that leaves in the middle.
leave_chat()
{
	curl -sN -o /dev/null --max-time 0.3 "$base/v1/chat/completions" \
	    -H "Authorization: Bearer $api_key" -H 'Content-Type: application/json' \
	    -d '{"model":"sora-video-landscape-10s","stream":true,"messages":[{"role":"user","content":"A boat"}]}'
	[ $? -eq 28 ]
}

# A token that gets no tasks: they would end with it.
churn_tokens()
{
	admin POST /api/tokens "{\"token\":\"$(make_jwt "churn$(now_ms)@example.org")\",
	    \"image_enabled\":false,\"video_enabled\":false}"
	churn_id=$(word token_id)
	admin POST "/api/tokens/$churn_id/disable"
	admin POST "/api/tokens/$churn_id/enable"
	admin DELETE "/api/tokens/$churn_id"
	[ "$status" = 200 ]
}

# ---- what is held ----

# held: KiB of memory, descriptors, pages in use of the database.
memory()
{
	# shellcheck disable=SC2046
	for held_pid in $(pids_of "$1"); do
		awk '/^VmRSS/ { print $2 }' "/proc/$held_pid/status"
	done | sort -n | tail -n 1
}

descriptors()
{
	for held_pid in $(pids_of worker) $(pids_of poller); do
		ls "/proc/$held_pid/fd"
	done | wc -l
}

pages_used()
{
	db 'SELECT (SELECT page_count FROM pragma_page_count)
	    - (SELECT freelist_count FROM pragma_freelist_count)'
}

# at_most VALUE LIMIT DESCRIPTION
at_most()
{
	ok "$3" test "$1" -le "$2" || diag "got $1, wanted at most $2"
}

login
work_pids=
work_n=0
for work in make_video make_video read_videos stream_chat leave_chat churn_tokens; do
	work_n=$((work_n + 1))
	own "$work_n" until_stop "$work" &
	work_pids="$work_pids $!"
done

# Everything has been full once: the cache, the forgotten tasks, all arenas.
warm=$((soak_seconds * 5 / 8))
ok 'the first videos expire' wait_until "$((warm + 60))" \
    "[ \$(now_ms) -ge $(($(now_ms) + warm * 1000)) ]"
worker_warm=$(memory worker)
poller_warm=$(memory poller)
pages_warm=$(pages_used)
descriptors_warm=$(descriptors)
files_warm=$(ls "$stack/cache" | wc -l)
rest=$((soak_seconds - warm))
ok 'and work goes on' wait_until "$((rest + 60))" \
    "[ \$(now_ms) -ge $(($(now_ms) + rest * 1000)) ]"
diag "workers $worker_warm KiB, then $(memory worker)"
diag "poller $poller_warm KiB, then $(memory poller)"
diag "pages $pages_warm, then $(pages_used)"
diag "files $files_warm, then $(ls "$stack/cache" | wc -l)"
at_most "$(memory worker)" "$((worker_warm + worker_warm / 8))" 'a worker does not grow'
at_most "$(memory poller)" "$((poller_warm + poller_warm / 8))" 'nor does the poller'
at_most "$(pages_used)" "$((pages_warm + pages_warm / 8))" 'nor does the database'
at_most "$(ls "$stack/cache" | wc -l)" "$((files_warm * 3 / 2 + 10))" 'nor does the cache'
at_most "$(stat -c %s "$stack/data/sora2api.db-wal")" $((24 << 20)) 'nor does its log'

: >"$stop"
# shellcheck disable=SC2086
wait $work_pids
ok 'nothing failed' test ! -s "$failures" ||
	diag "$(sort "$failures" | uniq -c)"
diag "$(db "SELECT count(*) FROM tasks") tasks known of $(db 'SELECT max(id) FROM tasks')"
ok 'all tasks end' wait_until 150 \
    '[ "$(db "SELECT count(*) FROM tasks WHERE status IN (\"queued\", \"processing\")")" = 0 ]'
is "$(db 'SELECT sum(video_running + image_running) FROM tokens')" 0 'all slots are free'
ok 'all connections are closed' wait_until 90 \
    '[ "$(descriptors)" -le "$descriptors_warm" ]' ||
	diag "$(descriptors), and $descriptors_warm before"
ok 'the spool is empty' wait_until 10 '[ -z "$(find "$stack/data/spool" -type f -name "[0-9a-f]*")" ]'
ok 'nothing is left in the cache in the end' wait_until 90 '[ -z "$(ls "$stack/cache")" ]'
