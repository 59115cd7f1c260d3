#!/bin/sh
# SPDX-License-Identifier: MIT
# poller.sh: the poller with a large pool whose accounts all work: whether it
# reads their lists on time, and what it takes to. The upstream is nginx with one
# answer, so that what is measured is the poller.
# shellcheck disable=SC2016,SC2034,SC2046,SC2086,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/bench/bench.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"

: "${bench_tokens:=10000}"
: "${bench_tasks:=2}"		# running on each
: "${bench_interval:=2.0}"	# a task that runs long is looked at after five of these
: "${bench_watch:=30}"		# seconds
stack_workers=1
seen='{"id":"task_1","task_type":"video_gen","status":"running","progress_pct":0.5}'
seen="$seen,$(echo "$seen" | sed 's/task_1/task_2/')"
stack_sandbox_server="location = /backend/nf/pending/v2 {
	access_log off;
	default_type application/json;
	return 200 '[$seen]';
}"
stack_set sora.poll_interval "$bench_interval"
stack_start
stack_stop poller
interval=$(awk -v i="$bench_interval" 'BEGIN { print 5 * i }')

# of FIELD: of the poller's status, in kB
of()
{
	awk -v field="$1:" '$1 == field { print $2 }' "/proc/$(pids_of poller)/status"
}

# Seconds of the processor that the poller has used.
used()
{
	awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hz }' \
	    "/proc/$(pids_of poller)/stat"
}

# metrics NAME: as they are now, to $stack/NAME
metrics()
{
	curl -s "$base/metrics" >"$stack/$1"
}

# grown PART: of the histogram of how late rounds begin, from before to after
grown()
{
	awk -v name="sora2api_poll_lag_seconds$1" '$1 == name { n = $2 - n } END { print n }' \
	    "$stack/before" "$stack/after"
}

now()
{
	date +%s.%N
}

# since TIME: seconds
since()
{
	awk -v from="$1" -v to="$(now)" 'BEGIN { printf "%.2f\n", to - from }'
}

working()
{
	grep -q "working on $1 tasks" "$stack/log/poller"
}

# ---- without tasks ----

columns=$(db "SELECT group_concat(name) FROM pragma_table_info('tokens')
    WHERE name NOT IN ('id', 'token_hash', 'email', 'chosen_ms')")
db_write "WITH RECURSIVE n (i) AS (VALUES (2) UNION ALL SELECT i + 1 FROM n WHERE i < $bench_tokens)
    INSERT INTO tokens (id, token_hash, email, chosen_ms, $columns)
    SELECT i, randomblob(32), 'user' || i || '@example.org', i, $columns
    FROM n, (SELECT $columns FROM tokens WHERE id = 1)"
poller_start
wait_until 15 'working 0'
sleep 2
idle=$(of VmRSS)
stack_stop poller

# ---- with them ----

all=$((bench_tokens * bench_tasks))
db_write "WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n WHERE i < $all - 1)
    INSERT INTO tasks (task_id, api_key_id, kind, operation, status, step, progress, model,
    public_model, prompt, size, seconds, is_async, created_at, step_ms, due_ms, change, needs)
    SELECT printf('sora-2-%012x', i), 1, 'video', 'video_generation', 'queued', 'assign', 50,
    'sora-video-landscape-10s', 'sora-2', 'A boat in the harbour, seen from a hill', '1280x720',
    10, 1, unixepoch(), unixepoch() * 1000, 0, 1, '' FROM n;
    UPDATE tasks SET status = 'processing', step = 'poll', token_id = 1 + id % $bench_tokens,
    started_at = unixepoch(), submitted_at = unixepoch(),
    upstream_id = 'task_' || (1 + (id / $bench_tokens) % 2);
    UPDATE tokens SET video_running = (SELECT count(*) FROM tasks WHERE token_id = tokens.id)"
started=$(now)
poller_start
wait_until 60 'working $all' || bail 'the tasks are not loaded'
figure "poller_loads_$all" "$(since "$started")" s max 3

# Tasks that do not move are looked at less and less often.
: "${bench_settle:=45}"
sleep "$bench_settle"

metrics before
used=$(used) started=$(now)
sleep "$bench_watch"
metrics after
seconds=$(since "$started") count=$(grown _count)
late=$((count - $(grown '_bucket{le="1"}')))
figure poller_rounds "$(awk -v n="$count" -v s="$seconds" 'BEGIN { printf "%.0f", n / s }')" \
    /s min "$(awk -v n="$bench_tokens" -v i="$interval" 'BEGIN { print 0.9 * n / i }')"
figure poller_lag "$(awk -v s="$(grown _sum)" -v n="$count" \
    'BEGIN { printf "%.3f", s / n }')" s max "$(awk -v i="$interval" 'BEGIN { print i / 10 }')"
figure poller_late "$(ratio "$late" "$count")" of_rounds max 0.01
figure poller_cpu "$(awk -v a="$used" -v b="$(used)" -v s="$seconds" \
    'BEGIN { printf "%.0f", 100 * (b - a) / s }')" % max 50
figure poller_memory_per_task "$(awk -v a="$idle" -v b="$(of VmRSS)" -v n="$all" \
    'BEGIN { printf "%.2f", (b - a) / n }')" KiB max 4
