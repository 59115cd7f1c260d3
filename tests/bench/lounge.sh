#!/bin/sh
# SPDX-License-Identifier: MIT
# lounge.sh: many streams that wait: what they cost, how soon they are told of
# a change, and what everybody else notices of them.
# shellcheck disable=SC2016,SC2034,SC2046,SC2086,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/bench/bench.sh"
. "$abs_top_srcdir/tests/bench/streams.sh"

command -v wrk >/dev/null || bail 'needs wrk'
: "${bench_streams:=8000}"
: "${bench_warm:=400}"		# before anything is measured
: "${bench_stalled:=200}"	# of them, which stop reading
: "${bench_idle:=20}"		# seconds without a change
stack_connections=$((4 * bench_streams + 4000))
stack_tokens=20
stack_videos=-1
stack_speed=100
stack_sandbox_options='--shared-clips --threads 32 --set concurrency=100000
    --set quota=1000000'
stack_set sora.poll_interval 60
stack_set server.max_waiting $((2 * bench_streams))
stack_set limits.max_queue 100000
stack_start

# ---- what is measured ----

# Seconds of processor time that the workers have used.
used()
{
	for used_pid in $(pids_of worker); do
		sed 's/.*) //' "/proc/$used_pid/stat"
	done | awk -v hz="$(getconf CLK_TCK)" '{ t += $12 + $13 } END { print t / hz }'
}

# p99: of status reads, in ms; the median of some runs.
p99()
{
	p99_all=
	p99_round=0
	while [ "$p99_round" -lt "$bench_rounds" ]; do
		set -- $(load ok "/v1/videos/$id" -H "Authorization: Bearer $api_key")
		p99_all="$p99_all $2"
		p99_round=$((p99_round + 1))
	done
	median $p99_all
}

# delays: seconds from the moment the poller writes a change to that when its
# client is told, the longest last.
delays()
{
	db 'SELECT client || "-" || percent, ms FROM stored' | tr '|' ' ' |
		sort >"$stack/stored"
	awk '$1 == "progress" { print $2 "-" $3, $4 }' "$stack/streams" |
		sort >"$stack/told"
	join "$stack/stored" "$stack/told" | awk '{ print ($3 - $2) / 1000 }' | sort -n
}

# ---- without streams ----

ask POST /v1/videos -F prompt=bench -F seconds=10 -F size=1280x720
id=$(json .id)
wait_until 60 '[ "$(unsubmitted)" = 0 ]' || bail 'the first video is not sent'
# What each thread keeps once it has worked is no matter of the streams.
streams_start '[[sandbox:running=600]]'
streams "open $bench_warm" "open $bench_warm" 60
streams "close $bench_warm" closed 10
wait_until 60 '[ "$(unsubmitted)" = 0 ]' || bail 'not all are sent'
alone=$(p99)
memory=$(memory)
descriptors=$(descriptors)

# ---- with them ----

streams "open $((bench_warm + bench_streams))" "open $((bench_warm + bench_streams))" 300
wait_until 300 '[ "$(unsubmitted)" = 0 ]' || bail 'not all are sent'
stack_stop poller
with=$(memory)
figure stream_memory "$(awk -v kib="$((with - memory))" -v n="$bench_streams" \
    'BEGIN { printf "%.1f", kib / n }')" 'KiB of a worker' max 16
used=$(used)
sleep "$bench_idle"
figure streams_idle "$(awk -v a="$used" -v b="$(used)" -v s="$bench_idle" \
    'BEGIN { printf "%.1f", 100 * (b - a) / s }')" '% of a core' max 10
figure streams_status_read_p99 "$(ratio "$(p99)" "$alone")" 'of that without' max 3

# The poller comes back, and finds a change of every task. Who does not read
# delays nobody.
streams "stall $bench_stalled" stalled 10
db_write "CREATE TABLE stored (client INTEGER, percent INTEGER, ms INTEGER);
    CREATE TRIGGER stored AFTER UPDATE OF progress ON tasks BEGIN
    INSERT INTO stored VALUES (CAST(NEW.prompt AS INTEGER),
    CAST(NEW.progress AS INTEGER), (julianday('now') - 2440587.5) * 86400000); END"
poller_start
wait_until 120 '[ "$(db "SELECT count(DISTINCT client) FROM stored")" -ge "$bench_streams" ]' ||
	bail 'not every task changes'
stack_stop poller
sleep 2
delays >"$stack/delays"
figure streams_told "$(wc -l <"$stack/delays")" clients min \
    $((bench_streams - bench_stalled))
figure streams_told_after "$(tail -n 1 "$stack/delays")" s max 1

# ---- without them again ----

streams "close $bench_streams" closed 30
left=$(now_ms)
wait_until 60 '[ "$(descriptors)" -le "$descriptors" ]' ||
	bail "descriptors: $descriptors, then $(descriptors)"
figure streams_gone_after "$(awk -v ms="$(($(now_ms) - left))" \
    'BEGIN { print ms / 1000 }')" s max 10
sleep 2
figure streams_memory_left "$(awk -v a="$memory" -v b="$with" -v c="$(memory)" \
    'BEGIN { printf "%.0f", 100 * (c - a) / (b - a) }')" '% of what they took' max 30
