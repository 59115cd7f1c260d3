#!/bin/sh
# SPDX-License-Identifier: MIT
# pool.sh: a large pool: the list of its tokens, the choice of one in good times
# and in bad ones, and the request log.
# shellcheck disable=SC2016,SC2034,SC2046,SC2086,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/bench/bench.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"

: "${bench_tokens:=10000}"
: "${bench_token_length:=2000}"	# of an access token, as the upstream's are
: "${bench_logs:=1000000}"
: "${bench_choices:=200}"
stack_speed=1000
stack_workers=1
stack_start
login
create '{"prompt":"a harbour in the morning, seen from a hill","seconds":10}'
wait_until 30 'has_ended "$id"'
stack_stop poller

# took PATH: the median of the seconds that its answer takes, in ms
took()
{
	took_all=
	took_n=0
	while [ "$((took_n += 1))" -le 9 ]; do
		took_all="$took_all $(curl -s -o "$stack/answer" -w '%{time_total}' \
		    -H "Authorization: Bearer $session" "$base$1")"
	done
	awk -v s="$(median $took_all)" 'BEGIN { printf "%.1f\n", s * 1000 }'
}

# peak NAME: MiB that the largest process of that name has ever held
peak()
{
	for peak_pid in $(pids_of "$1"); do
		awk '/^VmHWM/ { printf "%.1f\n", $2 / 1024 }' "/proc/$peak_pid/status"
	done | sort -n | tail -n 1
}

# ---- the list ----

# All are copies of one that the API has sealed.
long=$(make_jwt long@example.org)
long=$long$(printf "%$((bench_token_length - ${#long}))s" '' | tr ' ' A)
admin POST /api/tokens "{\"token\":\"$long\",\"video_concurrency\":2,\"remark\":\"one of many\"}"
[ "$status" = 200 ] || bail "no token: $(cat "$body")"
columns=$(db "SELECT group_concat(name) FROM pragma_table_info('tokens')
    WHERE name NOT IN ('id', 'token_hash', 'email', 'chosen_ms')")
db_write "WITH RECURSIVE n (i) AS (VALUES (3) UNION ALL SELECT i + 1 FROM n WHERE i < $bench_tokens)
    INSERT INTO tokens (id, token_hash, email, chosen_ms, $columns)
    SELECT i, randomblob(32), 'user' || i || '@example.org', i, $columns
    FROM n, (SELECT $columns FROM tokens WHERE id = 2)"
took=$(took /api/tokens)
[ "$(jq length "$stack/answer")" = "$bench_tokens" ] || bail 'not all tokens are listed'
figure "list_${bench_tokens}_tokens" "$took" ms max 150
figure list_worker_memory "$(peak worker)" MiB max 64

# ---- the choice ----

# The last one is left for a task, behind all others.
db_write "UPDATE tasks SET status = 'queued', step = 'assign', token_id = NULL,
    completed_at = NULL WHERE task_id = '$id'; DELETE FROM task_tokens"
last=$bench_tokens

# chosen MIX SQL [TOKEN]: the figure when the pool is so
chosen()
{
	cp "$stack/data/sora2api.db" "$stack/data/keep"
	db_write "UPDATE tokens SET sora2_supported = 1; $2"
	for chosen_kind in video image; do
		set -- "$1" "$2" "${3-}" $("$programs/tests/bench/choose" \
		    "$stack/sora2api.conf" "$chosen_kind" "$bench_choices")
		[ "${3:-$4}" = "$4" ] || bail "$1: token $4, not $3"
		figure "reserve_${chosen_kind}_$1" \
		    "$(awk -v us="$5" 'BEGIN { print us / 1000 }')" ms max 1
		set -- "$1" "$2" "$3"
	done
	mv "$stack/data/keep" "$stack/data/sora2api.db"
	rm -f "$stack/data/sora2api.db-wal" "$stack/data/sora2api.db-shm"
}

# but_last SET: of all tokens but the last, which is half full
but_last()
{
	echo "UPDATE tokens SET $1 WHERE id <> $last;
	    UPDATE tokens SET image_concurrency = 2, image_running = 1, video_running = 1
	    WHERE id = $last"
}

stack_stop worker
db_write 'PRAGMA wal_checkpoint(TRUNCATE)'
chosen idle ''
chosen resting "$(but_last 'cooled_until = unixepoch() + 3600')" "$last"
chosen all_resting 'UPDATE tokens SET cooled_until = unixepoch() + 3600 + id' 0
chosen used_up "$(but_last 'sora2_cooldown_until = unixepoch() + 3600,
    image_enabled = 0')" "$last"
chosen disabled "$(but_last 'is_active = 0')" "$last"
chosen expired "$(but_last 'expiry_time = unixepoch() - 1')" "$last"
chosen full "$(but_last 'video_running = 2, image_concurrency = 1,
    image_running = 1')" "$last"
chosen all_full 'UPDATE tokens SET video_concurrency = 2, video_running = 2, image_concurrency = 1,
    image_running = 1' 0
chosen tried "INSERT INTO task_tokens (task, token_id) SELECT t.id, k.id
    FROM tasks t, tokens k ORDER BY chosen_ms LIMIT 100"
worker_start
wait_until 15 'curl -sf -o "$stack/body" "$base/health"'

# ---- the log ----

db_write "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < $bench_logs)
    INSERT INTO request_logs (token_id, task_id, operation, request_body, response_body,
    status_code, duration, created_at, created_ms)
    SELECT 1 + i % $bench_tokens, CASE WHEN i % 2 THEN l.task_id ELSE 'task_' || i END, l.operation,
    l.request_body, l.response_body, 200, 12.5, l.created_at, l.created_ms
    FROM n, (SELECT * FROM request_logs LIMIT 1) AS l"
took=$(took '/api/logs?limit=1000')
[ "$(jq length "$stack/answer")" = 1000 ] || bail 'not all rows are listed'
figure logs_kept "$(db 'SELECT count(*) FROM request_logs')" rows max 10000
figure logs_1000 "$took" ms max 50
