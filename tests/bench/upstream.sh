#!/bin/sh
# SPDX-License-Identifier: MIT
# upstream.sh: status reads while the upstream is slow to answer those who ask
# it at once.
# shellcheck disable=SC2016,SC2034,SC2046,SC2086,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/bench/bench.sh"

command -v wrk >/dev/null || bail 'needs wrk'
: "${bench_slow:=20}"		# seconds until the upstream answers
: "${bench_calls:=200}"		# outstanding
stack_sandbox_options='--shared-clips --threads 64'
stack_start
ask POST /v1/videos -F prompt=bench -F seconds=10 -F size=1280x720
id=$(json .id)
wait_until 60 'ask GET "/v1/videos/$id"; [ "$(json .status)" = completed ]' ||
	bail "no video: $(cat "$body")"

# All at once; those that are not refused wait.
callers()
{
	n=0
	while [ "$n" -lt "$bench_calls" ]; do
		n=$((n + 1))
		curl -s -o /dev/null -D "$stack/call.$n" --max-time 60 \
		    -H "Authorization: Bearer $api_key" "$base/v1/feed" &
	done
	wait
}

answered()
{
	cat "$stack"/call.* 2>/dev/null | grep -c "^HTTP/1.1 $1"
}

# as many as may wait: half of the threads
most=$((stack_workers * 8 / 2))
key="Authorization: Bearer $api_key"
slow=''
round=0
while [ "$round" -lt "$bench_rounds" ]; do
	control DELETE faults
	set -- $(load ok "/v1/videos/$id" -H "$key")
	alone=$1
	fault "{\"endpoint\":\"feed\",\"delay_ms\":$((bench_slow * 1000))}"
	rm -f "$stack"/call.*
	callers &
	calling=$!
	wait_until 15 '[ "$(answered 503)" -ge $((bench_calls - most)) ]' ||
		bail 'too many calls wait for the upstream'
	set -- $(load ok "/v1/videos/$id" -H "$key")
	slow="$slow $(ratio "$1" "$alone")"
	[ "$(answered 200)" = 0 ] || bail 'the upstream answers too early'
	wait $calling
	round=$((round + 1))
done
figure slow_upstream_waiting "$(answered 200)" calls min $((most / 2))
figure slow_upstream_status_read "$(median $slow)" 'of req/s without' min 0.8
