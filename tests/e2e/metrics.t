#!/bin/sh
# SPDX-License-Identifier: MIT
# metrics.t: /health, /ready, /metrics, and one request's id in every log.
: "${abs_top_srcdir:=$(pwd)}"
. "$abs_top_srcdir/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

plan 57

# An address in this header stands for where a request comes from.
stack_server='set_real_ip_from 127.0.0.1; real_ip_header X-From;'
stack_set log.format '"json"'
stack_start

# metric LINE-REGEX: its value.
metric()
{
	sed -n -E "s/^$1 ([0-9.e+-]+)\$/\\1/p" "$body"
}

ready()
{
	ask GET "$base/ready"
	echo "$status $(json '[.status, .database, .poller, .tokens] | join(", ")')"
}

# ---- health and readiness ----

ask GET "$base/health"
is "$status $(json .status)" '200 ok' 'a worker that answers is healthy'
ok 'it is ready once the poller works' \
    wait_until 10 '[ "$(ready)" = "200 ready, ok, ok, ok" ]'

stack_stop poller
is "$(ready)" '503 not ready, ok, not running, ok' 'without a poller it is not ready'
poller_start
ok 'with another one it is' \
    wait_until 10 '[ "$(ready)" = "200 ready, ok, ok, ok" ]'
ctl token disable 1 >/dev/null
is "$(ready)" '503 not ready, ok, ok, none eligible' 'without a token it is not ready'
ctl token enable 1 >/dev/null
is "$(ready)" '200 ready, ok, ok, ok' 'with one it is'

sqlite3 "$stack/data/sora2api.db" 'PRAGMA busy_timeout = 10000;
    BEGIN IMMEDIATE; SELECT 1;' '.shell while [ -e '"$stack"'/run/held ]; do sleep 0.05; done' \
    'ROLLBACK;' >/dev/null &
holder=$!
: >"$stack/run/held"
ok 'with a database that takes no writes it is not' \
    wait_until 20 '[ "$(ready)" = "503 not ready, not writable, not running, ok" ]'
ask GET "$base/health"
is "$status" 200 'and yet the worker is healthy'
rm "$stack/run/held"
wait "$holder"
ok 'when the writer is gone it is ready again' \
    wait_until 10 '[ "$(ready)" = "200 ready, ok, ok, ok" ]'

# ---- a task's way in the numbers ----

ask GET /metrics -H 'X-From: 192.0.2.7'
is "$status $(json .detail)" '403 Forbidden' 'metrics are for this host alone'
like "$(header Content-Type)" '^application/json' 'in the shape of errors'
ask GET "$base/metrics"
is "$status" 200 'which gets them without a key'
is "$(header Content-Type)" 'text/plain; version=0.0.4; charset=utf-8' 'in the text format'
is "$(metric sora2api_poller_up)" 1 'the poller is up'
for name in database_busy_waits_total 'content_total\{source="cache"\}' \
    'content_total\{source="upstream"\}' 'content_total\{source="gone"\}' \
    'tasks_total\{kind="video",outcome="completed"\}' \
    'tasks_total\{kind="image",outcome="generation_failed"\}' \
    poll_lag_seconds_sum cache_files; do
	like "$(metric "sora2api_$name")" '^[0-9.]+$' "$name is there from the start"
done
for family in requests_total request_seconds upstream_calls_total upstream_seconds \
    tasks_total poll_lag_seconds content_total database_busy_waits_total; do
	ok "$family has its type before it has a series" \
	    grep -q "^# TYPE sora2api_$family [a-z]*\$" "$body"
done
is "$(metric 'sora2api_tokens\{token_state="ready"\}')" 1 'one token is ready'
is "$(metric 'sora2api_tokens\{token_state="disabled"\}')" 0 'none is disabled'
is "$(metric 'sora2api_build_info\{version="[0-9.]+"\}')" 1 'the version is told'

ask POST /v1/videos -F model=sora-2 -F prompt='A paper boat' -F seconds=10
id=$(json .id)
request=$(header X-Request-Id)
is "$status" 201 'a video is accepted'
ok 'and completed' wait_until 30 'has_state "$id" completed'
ask GET "/v1/videos/$id/content"
ask GET /v1/videos/sora-2-000000000000
ask GET /v1/nothing
ask POST /v1/chat/completions -H 'Content-Type: application/json' \
    -d '{"model":"sora-video-landscape-10s","messages":[{"role":"user","content":"A boat"}]}'
ask GET "$base/metrics"
is "$(metric 'sora2api_requests_total\{operation="video_create",status="201"\}')" 1 'the create is counted'
is "$(metric 'sora2api_requests_total\{operation="video_get",status="404"\}')" 1 'so is one that was not found'
is "$(metric 'sora2api_requests_total\{operation="none",status="404"\}')" 1 'and a path that is none'
is "$(metric 'sora2api_requests_total\{operation="chat",status="200"\}')" 1 'and one that waited'
is "$(metric 'sora2api_request_seconds_count\{operation="video_create"\}')" 1 'with its time'
ok 'the time that a chat waits is the time of its answer' \
    test "$(metric 'sora2api_request_seconds_bucket\{operation="chat",le="0\.001"\}')" = 0
is "$(metric 'sora2api_content_total\{source="cache"\}')" 1 'the file was in the cache'
is "$(metric 'sora2api_tasks_total\{kind="video",outcome="completed"\}')" 2 'two tasks are completed'
is "$(metric 'sora2api_upstream_calls_total\{endpoint="create",outcome="2xx"\}')" 2 'the upstream was asked for two'
is "$(metric 'sora2api_upstream_calls_total\{endpoint="file",outcome="2xx"\}')" 2 'and for their files'
ok 'lists were read' test "$(metric 'sora2api_upstream_calls_total\{endpoint="pending",outcome="2xx"\}')" -ge 1
ok 'their delay is known' test "$(metric sora2api_poll_lag_seconds_count)" -ge 1
ok 'the size of the database is known' test "$(metric sora2api_database_bytes)" -gt 4096

# ---- queue and waiting requests ----

ctl token disable 1 >/dev/null
ctl token enable 1 >/dev/null
stack_stop sandbox
curl -sN -o "$stack/stream" --max-time 60 "$base/v1/chat/completions" \
    -H "Authorization: Bearer $api_key" -H 'Content-Type: application/json' \
    -d '{"model":"sora-video-landscape-10s","stream":true,"messages":[{"role":"user","content":"A boat"}]}' &
stream=$!
waiting()
{
	ask GET "$base/metrics"
	metric sora2api_waiting_requests
}
ok 'a stream waits' wait_until 10 '[ "$(waiting)" = 1 ]'
is "$(metric 'sora2api_running_tasks\{token_state="ready"\}')" 1 'its task is with a token'
# shellcheck disable=SC2046
kill -KILL $(pids_of worker)
wait "$stream"
worker_start
ok 'those that waited in a worker that was killed are forgotten' \
    wait_until 10 '[ "$(waiting)" = 0 ]'
is "$(metric 'sora2api_requests_total\{operation="video_create",status="201"\}')" 1 \
    'what it counted is not'

# ---- format ----

promtool=$(command -v promtool || echo "$abs_top_srcdir/build/tools/usr/bin/promtool")
if [ -x "$promtool" ]; then
	"$promtool" check metrics <"$body" >"$stack/promtool" 2>&1
	is "$? $(cat "$stack/promtool")" '0 ' 'promtool finds no fault'
else
	skip 53 'no promtool'
fi

# ---- logs ----

for log in worker poller; do
	is "$(jq -s 'map(select((.level and .program and .pid and .message and .time) | not)) | length' \
	    "$stack/log/$log" 2>&1)" 0 "every line of the $log is an object"
done
like "$(cat "$stack/log/access")" " $request\$" 'nginx has the id of the request'
is "$(jq -r "select(.request_id == \"$request\") | .message" "$stack/log/poller" |
    sed -n "s/^task $id: //p" | tail -n 1)" completed 'by which the poller speaks of its task'
