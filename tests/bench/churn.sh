#!/bin/sh
# SPDX-License-Identifier: MIT
# churn.sh: clients that come and leave at random, many in the middle of what
# they send or read: nothing of them is left.
# shellcheck disable=SC2016,SC2034,SC2046,SC2086,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/bench/bench.sh"
. "$abs_top_srcdir/tests/bench/streams.sh"

: "${bench_clients:=1000}"
: "${bench_churn:=60}"		# seconds
stack_connections=$((4 * bench_clients + 1000))
stack_tokens=4
stack_videos=-1
stack_speed=100
stack_sandbox_options='--shared-clips --threads 32 --set concurrency=100000
    --set quota=1000000'
stack_set limits.max_queue 100000
stack_start

# churn CLIENTS SECONDS
churn()
{
	: >"$stack/streams"
	streams "churn $1 $2" churned $(($2 + 30))
	wait_until 120 '[ "$(unfinished)" = 0 ]' || bail 'not all tasks end'
}

# What each thread keeps once it has worked is no matter of the clients.
streams_start '[[sandbox:running=1]]'
churn $((bench_clients / 2)) 5
descriptors=$(descriptors) memory=$(memory)
churn "$bench_clients" "$bench_churn"
figure churned "$(sed -n 's/^churned //p' "$stack/streams")" connections min \
    $((bench_clients * bench_churn / 10))
wait_until 20 '[ "$(descriptors)" -le "$descriptors" ]'
figure churned_descriptors "$(($(descriptors) - descriptors))" 'in the workers' max 0
figure churned_slots "$(slots)" 'of accounts' max 0
figure churned_memory "$(awk -v a="$memory" -v b="$(memory)" \
    'BEGIN { printf "%.1f", (b - a) / 1024 }')" 'MiB in the workers' max 4
