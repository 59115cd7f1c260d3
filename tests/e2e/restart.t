#!/bin/sh
# SPDX-License-Identifier: MIT
# restart.t: programs that are told to stop finish what they have begun.
# shellcheck disable=SC2016,SC2034,SC2046,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

stack_videos=-1
stack_speed=1000
stack_sandbox_options='--shared-clips --set concurrency=1000 --set quota=5000'
stack_set poller.lease_time 60
stack_set server.stop_grace 10
stack_set server.threads 2

plan 25
stack_start

column()
{
	db "SELECT $1 FROM tasks WHERE task_id = '$id'"
}

# A caller that waits, in the background: $waiting.
sync_begin()
{
	sync_prompt=$1
	curl -s -o "$stack/sync.body" -D "$stack/sync.headers" -w '%{http_code}' \
	    -H "Authorization: Bearer $api_key" -H 'Content-Type: application/json' \
	    -d "{\"prompt\":\"$1\",\"async_mode\":false}" "$base/v1/videos" \
	    >"$stack/sync.status" &
	waiting=$!
	wait_until 5 'id=$(db "SELECT task_id FROM tasks WHERE prompt = '"'"'$sync_prompt'"'"'")
	    [ -n "$id" ]'
}

# ---- workers told to stop, under load ----

n=0
while [ $n -lt 600 ]; do
	n=$((n + 1))
	[ $n = 1 ] || echo next
	cat <<END
url = "$base/v1/videos"
header = "Authorization: Bearer $api_key"
header = "Content-Type: application/json"
data = "{\"prompt\":\"load $n\"}"
output = "$stack/answer.$n"
dump-header = "$stack/headers.$n"
write-out = "%{http_code}\n"
END
done >"$stack/load"
curl --parallel --parallel-max 16 -K "$stack/load" >"$stack/codes" 2>"$stack/log/curl" &
load=$!
ok 'load' wait_until 10 '[ "$(find "$stack" -name "answer.*" | wc -l)" -gt 50 ]'
old=$(pids_of worker)
ok 'workers stop under load' stack_stop worker
worker_start
wait $load
diag "answers: $(sort "$stack/codes" | uniq -c | tr -s ' \n' ' ')"
is "$(grep -cv '^\(201\|502\)$' "$stack/codes")" 0 'a worker or nginx answers each'
is "$(db "SELECT count(*) FROM tasks WHERE prompt LIKE 'load%'")" \
    "$(grep -c '^201$' "$stack/codes")" 'no request that was taken is cut'
sed -n 's/.*"id":"\([^"]*\)".*/\1/p' "$stack"/answer.* | sort >"$stack/told"
db "SELECT task_id FROM tasks WHERE prompt LIKE 'load%'" | sort >"$stack/made"
ok 'each task is known to who asked for it' cmp "$stack/told" "$stack/made"
ok 'all are done' wait_until 20 \
    '[ "$(db "SELECT count(*) FROM tasks WHERE completed_at IS NULL")" = 0 ]'
is "$(db 'SELECT DISTINCT status FROM tasks')" completed 'well'

# ---- a caller that waits while its worker stops ----

sync_begin 'waits [[sandbox:running=600]]'
wait_until 20 '[ -n "$(column upstream_id)" ]'
kill -TERM $(pids_of worker)
pass 600
ok 'the workers stop' stack_stop worker
wait $waiting
is "$(cat "$stack/sync.status") $(jq -r .status "$stack/sync.body")" '200 completed' \
    'after their callers, who get their answers'
stack_set server.stop_grace 0
stack_configure
worker_start
sync_begin 'waits too long [[sandbox:running=600]]'
ok 'without a grace they stop at once' stack_stop worker
wait $waiting
like "$(cat "$stack/sync.status")" '^50[234]$' 'who waited is told'
like "$(cat "$stack/sync.headers")" '^[Xx]-[Ss]hould-[Rr]etry: false' \
    'not to send it again: the task runs on'
worker_start
ok 'to its end' wait_until 10 'pass 600; has_state $id completed'
sync_begin 'waits in vain [[sandbox:running=600]]'
stack_kill worker
wait $waiting
is "$(cat "$stack/sync.status") $(jq -r .error.code "$stack/sync.body")" \
    '502 upstream_error' 'killed workers'
like "$(cat "$stack/sync.headers")" '^[Xx]-[Ss]hould-[Rr]etry: false' \
    'the same from nginx'
worker_start
ok 'the task runs on' wait_until 10 'pass 600; has_state $id completed'

# ---- the poller: what it has sent it waits for ----

create '{"prompt":"on its way [[sandbox:slow=1500]]"}'
ok 'a create is on its way' wait_until 5 \
    '[ "$(prompt_counts "on its way [[sandbox:slow=1500]]")" = "1 1" ]'
is "$(column upstream_id)" '' 'and not answered yet'
ok 'the poller stops' stack_stop poller
like "$(column upstream_id)" '^task_' 'with the answer'
poller_start
ok 'another begins before the lease is over: it was given back' wait_until 30 \
    '[ "$(grep -c "working on" "$stack/log/poller")" = 2 ]'
ok 'and goes on' wait_until 10 'has_state $id completed'
is "$(prompt_counts 'on its way [[sandbox:slow=1500]]')" '1 1' 'without a second create'

setsid "$programs/sora2api-poller" -c "$stack/sora2api.conf" \
    </dev/null >>"$stack/log/standby" 2>&1 &
echo $! >"$stack/run/standby.pid"
ok 'a second one stands by' wait_until 5 'grep -q "standing by" "$stack/log/standby"'
stack_stop poller
ok 'and follows the first' wait_until 30 'grep -q "working on" "$stack/log/standby"'
