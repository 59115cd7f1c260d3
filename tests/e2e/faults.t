#!/bin/sh
# SPDX-License-Identifier: MIT
# faults.t: pollers and workers are killed again and again under load. What was
# accepted is completed, and the upstream has seen each task exactly once.
# shellcheck disable=SC2016,SC2034,SC2046,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

: "${faults_seconds:=15}"	# of killing
creators=3
stack_tokens=3
stack_videos=100
stack_speed=100
stack_sandbox_options='--shared-clips --set concurrency=1000 --set quota=5000 --threads 64'
stack_set poller.lease_time 2
stack_set sora.settle_time 2

plan 9
stack_start

random_below()
{
	echo $(($(od -An -N2 -tu2 /dev/urandom) % $1))
}

# A second poller beside that of the stack, and either of them anew after a kill.
poller_again()
{
	setsid "$programs/sora2api-poller" -c "$stack/sora2api.conf" \
	    </dev/null >>"$stack/log/$1" 2>&1 &
	echo $! >"$stack/run/$1.pid"
}

# The answer to most creates is late, or lost: a kill finds some on their way.
marker_of()
{
	case $(($1 % 5)) in
	0) echo '[[sandbox:drop=1]]' ;;
	1 | 2) echo "[[sandbox:slow=$(random_below 900)]]" ;;
	esac
}

# Sends while the file "$stack/go" is there; a line for each: id and prompt.
creator()
{
	n=0
	while [ -e "$stack/go" ]; do
		n=$((n + 1))
		prompt="creator $1, task $n $(marker_of $n)"
		status=$(curl -s --max-time 10 -o "$stack/answer.$1" -w '%{http_code}' \
		    -H "Authorization: Bearer $api_key" \
		    -H 'Content-Type: application/json' \
		    -d "{\"prompt\":\"$prompt\",\"seconds\":\"10\"}" "$base/v1/videos")
		case $status in
		201) printf '%s\t%s\n' "$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' \
		    "$stack/answer.$1")" "$prompt" >>"$stack/accepted.$1" ;;
		*) echo "$status" >>"$stack/refused" ;;
		esac
		sleep 0.1
	done
}

kill_workers()
{
	stack_kill worker
	worker_start
}

unfinished()
{
	db "SELECT count(*) FROM tasks WHERE completed_at IS NULL"
}

# ---- the other poller takes over ----

poller_again standby
ok 'the second poller stands by' wait_until 5 \
    'grep -q "standing by" "$stack/log/standby"'
create '{"prompt":"before [[sandbox:running=600]]"}'
before=$id
ok 'a task runs' wait_until 5 'has_state $before in_progress &&
    [ -n "$(db "SELECT upstream_id FROM tasks WHERE task_id = '"'$before'"'")" ]'
stack_kill poller
ok 'the second one works when the first was killed' wait_until 20 \
    'grep -q "working on" "$stack/log/standby"'
pass 600
ok 'and goes on with the task' wait_until 10 'has_state $before completed'
poller_again poller

# ---- kills under load ----

: >"$stack/refused"
: >"$stack/go"
for creator in $(seq $creators); do
	creator "$creator" &
	creator_pids="${creator_pids-} $!"
done
poller_kills=0
end=$(($(now_ms) + faults_seconds * 1000))
next_poller=0
enough()
{
	[ "$(cat "$stack"/accepted.* | wc -l)" -gt $((faults_seconds * 3)) ]
}
: >"$stack/accepted.0"
# on a busy machine it takes longer until there was enough
while [ "$(now_ms)" -lt "$end" ] ||
    { ! enough && [ "$(now_ms)" -lt $((end + 120000)) ]; }; do
	if [ "$(now_ms)" -ge "$next_poller" ]; then
		# the one that works, or both
		for name in poller standby; do
			stack_kill "$name"
			[ "$(random_below 2)" = 0 ] || poller_again "$name"
		done
		for name in poller standby; do
			if [ -z "$(pids_of "$name")" ] || ! alive "$(pids_of "$name")"; then
				poller_again "$name"
			fi
		done
		poller_kills=$((poller_kills + 1))
		next_poller=$(($(now_ms) + 2200 + $(random_below 1500)))
	fi
	[ "$(random_below 3)" != 0 ] || kill_workers
	sleep "0.$((1 + $(random_below 8)))"
done
rm "$stack/go"
wait_until 15 'none_alive $creator_pids'
cat "$stack"/accepted.* >"$stack/accepted"
count=$(wc -l <"$stack/accepted")
diag "$count tasks accepted, $(wc -l <"$stack/refused") not; pollers killed $poller_kills times"
ok 'enough was accepted' test "$count" -gt $((faults_seconds * 3))

# ---- what became of all that ----

poll=0.3
ok 'everything ends' wait_until 20 '[ "$(unfinished)" = 0 ]'
control GET state
jq -r '.prompts[] | "\(.attempts) \(.accepted)\t\(.prompt)"' "$stack/control" |
    sort >"$stack/seen"
db "SELECT status || ' ' || task_id FROM tasks" | sort >"$stack/statuses"

lost=$(cut -f 1 "$stack/accepted" | while read -r id; do
	grep -qx "completed $id" "$stack/statuses" || echo "$id"
done)
is "$lost" '' 'each accepted task is completed'
isnt_once=$(cut -f 2 "$stack/accepted" | while read -r prompt; do
	grep -qxF "1 1	$prompt" "$stack/seen" ||
		grep -F "	$prompt" "$stack/seen" || echo "none	$prompt"
done)
is "$isnt_once" '' 'the upstream has seen each of them once'
is "$(grep -v '^1 1	' "$stack/seen")" '' 'and none of the others twice'
