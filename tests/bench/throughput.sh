#!/bin/sh
# SPDX-License-Identifier: MIT
# throughput.sh: requests a second of the worker, each measured in turn with a
# bare FastCGI program behind the same nginx; and what a start costs.
# shellcheck disable=SC2016,SC2034,SC2046,SC2086,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/bench/bench.sh"

command -v wrk >/dev/null || bail 'needs wrk'
stack_connections=4000
stack_set limits.max_queue 100000
stack_server="location = /hello {
	include snippets/sora2api-fastcgi.conf;
	fastcgi_pass unix:$stack/run/hello.sock;
}"
stack_start
spawn hello "$stack_workers" "$programs/tests/bench/hello" ||
	bail 'the bare program does not start'
ask POST /v1/videos -F prompt=bench -F seconds=10 -F size=1280x720
id=$(json .id)
wait_until 60 'ask GET "/v1/videos/$id"; [ "$(json .status)" = completed ]' ||
	bail "no video: $(cat "$body")"

figure worker_memory "$(rss worker)" MiB max 12
figure poller_memory "$(rss poller)" MiB max 12
stack_stop poller

cat >"$stack/create.lua" <<'END'
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"prompt":"bench","seconds":"10","size":"1280x720"}'
END

key="Authorization: Bearer $api_key"
hello='' hello99='' reads='' reads99='' creates='' lost='' refused=''
round=0
while [ "$round" -lt "$bench_rounds" ]; do
	set -- $(load ok /hello)
	hello="$hello $1" hello99="$hello99 $2"
	bare=$1 bare99=$2
	set -- $(load ok "/v1/videos/$id" -H "$key")
	reads="$reads $(ratio "$1" "$bare")" reads99="$reads99 $(ratio "$2" "$bare99")"
	set -- $(load ok /v1/videos -H "$key" -s "$stack/create.lua")
	creates="$creates $(ratio "$1" "$bare")"
	set -- $(load error /v1/nothing -H "$key")
	lost="$lost $(ratio "$1" "$bare")"
	set -- $(load error "/v1/videos/$id" -H 'Authorization: Bearer wrong')
	refused="$refused $(ratio "$1" "$bare")"
	round=$((round + 1))
done
figure status_read "$(median $reads)" 'of bare req/s' min 0.8
figure status_read_p99 "$(median $reads99)" 'of bare p99' max 2
figure create "$(median $creates)" 'of bare req/s' min 0.2
figure not_found "$(median $lost)" 'of bare req/s' min 0.8
figure unauthorized "$(median $refused)" 'of bare req/s' min 0.8

# From the start of the processes to their first answer.
stack_stop worker
start=$(date +%s%N)
worker_start
wait_until 10 'curl -sf -o /dev/null "$base/health"'
figure start "$((($(date +%s%N) - start) / 1000000))" ms max 500
