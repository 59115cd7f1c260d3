#!/bin/sh
# SPDX-License-Identifier: MIT
# servers.sh: tokens that stand for servers: how soon a finished video is shown
# with 500 tasks over eight of them, and what a large result costs.
# shellcheck disable=SC2016,SC2034,SC2046,SC2086,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/bench/bench.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"
pace=1
. "$abs_top_srcdir/tests/e2e/server.sh"

stack_speed=4
videos=-1
interval=5
stack_set cache.downloads 16
stack_set limits.max_queue 100000
stack_start_servers
for n in 1 2 3 4 5 6 7 8; do
	server_add "server$n" openai
	on "server$n"
	control POST limits '{"concurrency":1000}'
	control POST server '{"poll_after_ms":0}'
done

unfinished()
{
	db 'SELECT count(*) FROM tasks WHERE completed_at IS NULL'
}

# create N: all at once, as far as curl can.
create_many()
{
	n=0
	while [ "$n" -lt "$1" ]; do
		n=$((n + 1))
		printf 'url = "%s"\nheader = "Authorization: Bearer %s"\n' \
		    "$base/v1/videos" "$api_key"
		printf 'form-string = "prompt=task %s of %s"\nform-string = "seconds=8"\n' \
		    "$n" "$1"
		printf 'output = "/dev/null"\nnext\n'
	done | sed '$d' >"$stack/creates"
	curl --parallel --parallel-max 20 -K "$stack/creates" 2>"$stack/log/curl"
}

# Seconds from the upstream's finish to the row that clients read.
delays()
{
	for n in 1 2 3 4 5 6 7 8; do
		on "server$n"
		control GET state
		jq -r '.tasks[] | select(.finished_ms != null) | "\(.id) \(.finished_ms)"' \
		    "$stack/control"
	done | sort >"$stack/finished"
	db "SELECT upstream_id || ' ' || CAST(created_ms + duration * 1000 AS INTEGER)
	    FROM tasks JOIN request_logs USING (task_id) WHERE tasks.id > $1
	    AND status = 'completed'" | sort >"$stack/shown"
	join "$stack/finished" "$stack/shown" |
		awk '{ print ($3 - $2) / 1000 }' | sort -n
}

create_many 500
wait_until 180 '[ "$(unfinished)" = 0 ]' || bail "not all end"
figure servers_completed_500 "$(db "SELECT count(*) FROM tasks WHERE status = 'completed'")" \
    tasks min 500
delays 0 >"$stack/delays"
figure servers_shown_after_500 "$(tail -n 1 "$stack/delays")" s max \
    "$(awk -v i="$interval" 'BEGIN { print i + 0.5 }')"
figure servers_shown_after_500_median \
    "$(awk '{ d[NR] = $1 } END { print d[int((NR + 1) / 2)] }' "$stack/delays")" s max "$interval"

# ---- a result of 500 MiB, while others are looked at ----

poller_kib()
{
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$(pids_of poller)/status"
}

for n in 1 2 3 4 5 6 7 8; do
	on "server$n"
	control POST limits '{"speed":20}'
	control POST server '{"content_mib":500,"content_rate":25000000}'
done
stack_stop poller
poller_start
create '{"prompt":"the large one","seconds":"8"}'
large=$id
wait_until 60 '[ "$(db "SELECT step FROM tasks WHERE task_id = '"'$large'"'")" = download ]' ||
	bail 'the large one is not fetched'
for n in 1 2 3 4 5 6 7 8; do
	on "server$n"
	control POST server '{"content_mib":null,"content_rate":null}'
done
last=$(db 'SELECT max(id) FROM tasks')
create_many 50
wait_until 180 '[ "$(unfinished)" -le 1 ]' || bail 'not all end'
figure others_meanwhile "$(db "SELECT count(*) FROM tasks WHERE task_id = '$large'
    AND status = 'processing'")" tasks min 1
wait_until 180 '[ "$(unfinished)" = 0 ]' || bail 'the large one does not end'
delays "$last" >"$stack/delays"
size=$(for f in "$stack"/cache/*.mp4; do wc -c <"$f"; done | sort -n | tail -n 1)
figure large_result_size $((size / 1048576)) MiB min 500
figure large_result_poller_memory "$(awk -v k="$(poller_kib)" 'BEGIN { print k / 1024 }')" MiB max 32
figure others_shown_after "$(tail -n 1 "$stack/delays")" s max \
    "$(awk -v i="$interval" 'BEGIN { print i + 0.5 }')"
