#!/bin/sh
# SPDX-License-Identifier: MIT
# handover.t: workers are replaced, again and again, under a load of status reads
# and creates: no request fails, whichever way they are started.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

stack_speed=1000
stack_sandbox_options='--shared-clips --set concurrency=1000 --set quota=100000'
stack_videos=-1
restarts=10
stack_set limits.max_queue 100000
stack_set server.stop_grace 20
stack_set server.threads 2

plan 26
stack_start
create '{"prompt":"known"}'
known=$id

# ---- the load ----

# One create for nine status reads.
for n in $(seq 100); do
	[ "$n" = 1 ] || echo next
	cat <<END
header = "Authorization: Bearer $api_key"
write-out = "%{http_code}\n"
max-time = 30
output = "/dev/null"
END
	if [ $((n % 10)) = 0 ]; then
		cat <<END
url = "$base/v1/videos"
header = "Content-Type: application/json"
data = "{\"prompt\":\"load\"}"
END
	else
		echo "url = \"$base/v1/videos/$known\""
	fi
done >"$stack/load"

# Sets $load, which goes on until load_end.
load_begin()
{
	rm -f "$stack/enough"
	: >"$stack/codes"
	made_before=$(db 'SELECT count(*) FROM tasks')
	while [ ! -e "$stack/enough" ]; do
		curl --parallel --parallel-max 8 -K "$stack/load" \
		    >>"$stack/codes" 2>>"$stack/log/curl"
	done &
	load=$!
	wait_until 10 '[ "$(wc -l <"$stack/codes")" -gt 100 ]'
}

# load_end HOW: all that was asked was answered well.
load_end()
{
	wait_until 10 '[ "$(wc -l <"$stack/codes")" -gt $((restarts * 20)) ]'
	: >"$stack/enough"
	wait "$load"
	diag "$1: answers: $(sort "$stack/codes" | uniq -c | tr -s ' \n' ' ')"
	is "$(grep -cv '^20[01]$' "$stack/codes")" 0 "$1: no request failed"
	ok 'of many' test "$(wc -l <"$stack/codes")" -gt $((restarts * 20))
	is "$(($(db 'SELECT count(*) FROM tasks') - made_before))" \
	    "$(grep -c '^201$' "$stack/codes")" 'each create was stored once'
	is "$(grep -c 'while connecting to upstream\|prematurely closed\|reset by peer' \
	    "$stack/log/nginx")" 0 'nginx saw nothing of it'
}

# A caller that waits at a worker of now: $waiting, $waiting_for.
caller_begin()
{
	curl -s -o "$stack/caller.body" -w '%{http_code}' \
	    -H "Authorization: Bearer $api_key" \
	    -H 'Content-Type: application/json' \
	    -d "{\"prompt\":\"$1 [[sandbox:running=3]]\",\"async_mode\":false}" \
	    "$base/v1/videos" >"$stack/caller.status" &
	waiting=$!
	caller_prompt=$1
	wait_until 10 '[ "$(db "SELECT count(*) FROM tasks
	    WHERE prompt LIKE '"'$caller_prompt%'"'")" = 1 ]'
}

# caller_end HOW: it was answered by the worker that it had asked.
caller_end()
{
	wait "$waiting"
	is "$(cat "$stack/caller.status") $(jq -r .status "$stack/caller.body")" \
	    '200 completed' "$1: who waited has the answer"
}

repeat()
{
	repeat_n=0
	while [ "$repeat_n" -lt "$1" ]; do
		repeat_n=$((repeat_n + 1))
		eval "$2" || return 1
	done
}

# ---- spawn-fcgi: a new socket takes the place of the old one ----

# The commands of sora2api(8), "Restart".
replace_pool()
{
	old=$(pids_of worker | tr '\n' ' ')
	spawn new "$stack_workers" "$programs/sora2api" -c "$stack/sora2api.conf" ||
		return 1
	mv "$stack/run/new.sock" "$stack/run/worker.sock"
	mv "$stack/run/new.pid" "$stack/run/worker.pid"
	# shellcheck disable=SC2086
	kill -TERM $old
}

replace_pool_and_wait()
{
	replace_pool && wait_until 30 "none_alive $old"
}

load_begin
ok 'spawn-fcgi: ten times new workers' repeat $restarts replace_pool_and_wait
load_end spawn-fcgi
caller_begin 'pool'
replace_pool
create '{"prompt":"meanwhile"}'
is "$status" 201 'the new workers answer'
ok 'the old ones are still there' eval '! none_alive $old'
caller_end spawn-fcgi
ok 'then they go' wait_until 10 "none_alive $old"

# They stand still until a hundred connections wait on their socket.
codes_of_queue()
{
	sort "$stack/queued" | uniq -c | tr -s ' \n' ' '
}
# shellcheck disable=SC2046
kill -STOP $(pids_of worker)
curl --parallel --parallel-immediate --parallel-max 100 -K "$stack/load" \
    >"$stack/queued" 2>>"$stack/log/curl" &
asking=$!
ok 'a hundred requests wait on the old socket' wait_until 20 \
    '[ "$(grep -c "$stack/run/new.sock" /proc/net/unix)" -gt 100 ]'
replace_pool
# shellcheck disable=SC2086
kill -CONT $old
wait $asking
is "$(codes_of_queue)" ' 90 200 10 201 ' 'the old workers answer them before they go'
ok 'the workers of spawn-fcgi stop' stack_stop worker

# ---- systemd: it keeps the socket, whoever listens ----

if ! command -v systemd-socket-activate >/dev/null; then
	skip 26 'no systemd-socket-activate'
	exit
fi

# The manager of the socket, as systemd is with sora2api.socket. It starts a
# worker, as sora2api@.service does, or has the socket block, which all workers
# share: systemd may do so for each that it starts.
cat >"$stack/manager" <<'END'
: >"$1/started"
mkfifo "$1/manage"
while read -r command; do
	case $command in
	start)
		sh -c 'LISTEN_PID=$$ exec "$@"' sh "$2" -c "$3" \
		    </dev/null 2>>"$4" &
		echo $! >>"$1/started"
		;;
	block)
		perl -MFcntl -e 'open(S, "+<&=3"); fcntl(S, F_SETFL, O_RDWR)'
		echo >>"$1/blocked"
		;;
	esac
done <>"$1/manage"
END
rm "$stack/run/worker.sock"
setsid systemd-socket-activate -l "$stack/run/worker.sock" \
    sh "$stack/manager" "$stack/run" "$programs/sora2api" \
    "$stack/sora2api.conf" "$stack/log/worker" >>"$stack/log/manager" 2>&1 &
echo $! >"$stack/run/manager.pid"
wait_until 5 '[ -S "$stack/run/worker.sock" ]'

# instance_start NAME: sets the variable to the new worker's process.
instance_start()
{
	was=$(wc -l <"$stack/run/started")
	echo start >"$stack/run/manage"
	wait_until 5 '[ "$(wc -l <"$stack/run/started")" -gt "$was" ]'
	eval "$1=$(tail -n 1 "$stack/run/started")"
	echo "${one-} ${two-}" >"$stack/run/worker.pid"
}

# systemctl restart sora2api@1: stopped first, then started.
restart_first()
{
	stop_pids 30 "$one" || return 1
	instance_start one
}

restart_both()
{
	stop_pids 30 "$one" "$two" || return 1
	instance_start one
	instance_start two
}

# The first request starts the manager, and waits for a worker.
state_of "$known" &
asking=$!
ok 'systemd: the first request wakes it' wait_until 10 '[ -p "$stack/run/manage" ]' ||
	bail "the manager of the socket does not start"
instance_start one
instance_start two
wait $asking
state_of "$known"
is "$state" completed 'its workers answer'

load_begin
ok 'systemd: ten times one of two workers' repeat $restarts restart_first
load_end 'one of two'
load_begin
ok 'systemd: ten times both workers' repeat $restarts restart_both
load_end 'both of two'
# Threads that find nothing to accept must not wait there for ever.
echo block >"$stack/run/manage"
wait_until 5 '[ -e "$stack/run/blocked" ]'
repeat 20 'state_of $known'
ok 'both stop, though their socket blocks' stop_pids 10 "$one" "$two"
instance_start one
instance_start two
caller_begin 'instance'
stop_pids 30 "$one" "$two" &
stopping=$!
caller_end systemd
wait $stopping
