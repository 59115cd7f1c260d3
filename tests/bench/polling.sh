#!/bin/sh
# SPDX-License-Identifier: MIT
# polling.sh: calls of the upstream, and how soon a finished video is shown:
# with 1, 50 and 500 tasks on one account at the same time.
# shellcheck disable=SC2016,SC2034,SC2046,SC2086,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/bench/bench.sh"

stack_videos=-1
stack_speed=10
stack_sandbox_options='--shared-clips --set concurrency=1000 --set quota=50000
    --set page_size=15 --set page_max=15'
: "${bench_interval:=2.0}"
stack_set sora.poll_interval "$bench_interval"
stack_set cache.downloads 16
stack_set limits.max_queue 100000
stack_start

unfinished()
{
	db 'SELECT count(*) FROM tasks WHERE completed_at IS NULL'
}

calls()
{
	control GET 'state?tasks=0'
	jq -r ".endpoints | [.[] | .calls] | add // 0" "$stack/control"
}

rounds()
{
	control GET 'state?tasks=0'
	jq -r '.endpoints.pending.calls // 0' "$stack/control"
}

# create N: all at once, as far as curl can.
create()
{
	n=0
	while [ "$n" -lt "$1" ]; do
		n=$((n + 1))
		printf 'url = "%s"\nheader = "Authorization: Bearer %s"\n' \
		    "$base/v1/videos" "$api_key"
		printf 'form-string = "prompt=task %s of %s"\nform-string = "seconds=10"\n' \
		    "$n" "$1"
		printf 'output = "/dev/null"\nnext\n'
	done | sed '$d' >"$stack/creates"
	curl --parallel --parallel-max 20 -K "$stack/creates" 2>"$stack/log/curl"
}

# delays: seconds from the upstream's finish to the row that clients read.
delays()
{
	control GET state
	jq -r '.tasks[] | select(.finished_ms != null) | "\(.id) \(.finished_ms)"' \
	    "$stack/control" | sort >"$stack/finished"
	db "SELECT upstream_id || ' ' || CAST(created_ms + duration * 1000 AS INTEGER)
	    FROM tasks JOIN request_logs USING (task_id) WHERE tasks.id > $1" |
		sort >"$stack/shown"
	join "$stack/finished" "$stack/shown" |
		awk '{ print ($3 - $2) / 1000 }' | sort -n
}

for tasks in 1 50 500; do
	last=$(db 'SELECT coalesce(max(id), 0) FROM tasks')
	calls_before=$(calls) rounds_before=$(rounds)
	create "$tasks"
	wait_until 120 '[ "$(unfinished)" = 0 ]' || bail "not all end"
	calls=$(($(calls) - calls_before)) rounds=$(($(rounds) - rounds_before))
	figure "calls_per_task_$tasks" "$(ratio "$calls" "$tasks")" calls \
	    max "$([ "$tasks" -gt 1 ] && echo 5 || echo 40)"
	[ "$tasks" -eq 1 ] || figure "calls_per_task_and_round_$tasks" \
	    "$(ratio "$calls" $((tasks * rounds)))" calls max 1
	delays "$last" >"$stack/delays"
	figure "shown_after_$tasks" "$(tail -n 1 "$stack/delays")" s max \
	    "$(awk -v i="$bench_interval" 'BEGIN { print i + 0.5 }')"
done
