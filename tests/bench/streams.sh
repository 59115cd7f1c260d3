# SPDX-License-Identifier: MIT
# streams.sh: many clients at once, and what they leave in the workers. Needs
# lib.sh, stack.sh and video.sh.
# shellcheck shell=sh disable=SC2016,SC2034,SC2046,SC2154

# streams_start PROMPT: the program that has the clients; see streams.c.
streams_start()
{
	mkfifo "$stack/run/streams.in"
	"$programs/tests/bench/streams" "$port" "$api_key" sora-video-10s "$1" \
	    <"$stack/run/streams.in" >>"$stack/streams" 2>"$stack/log/streams" &
	echo $! >"$stack/run/streams.pid"
	exec 3>"$stack/run/streams.in"
}

# streams COMMAND ANSWER SECONDS
streams()
{
	printf '%s\n' "$1" >&3
	streams_answer=$2
	wait_until "$3" 'grep -q "^\($streams_answer\|failed\|broken\)" "$stack/streams"'
	! grep -m 1 '^\(failed\|broken\)' "$stack/streams" >&2 || bail "streams: $1 fails"
	grep -q "^$2" "$stack/streams" || bail "streams: no answer to $1"
}

# Tasks that are not, or not yet, with the upstream.
unsubmitted()
{
	db "SELECT count(*) FROM tasks WHERE upstream_id IS NULL
	    AND status IN ('queued', 'processing')"
}

unfinished()
{
	db "SELECT count(*) FROM tasks WHERE completed_at IS NULL"
}

slots()
{
	db 'SELECT sum(video_running + image_running) FROM tokens'
}

# KiB of all workers.
memory()
{
	for memory_pid in $(pids_of worker); do
		cat "/proc/$memory_pid/status"
	done | awk '/^VmRSS/ { kib += $2 } END { print kib }'
}

# Open ones of all workers.
descriptors()
{
	for descriptors_pid in $(pids_of worker); do
		ls "/proc/$descriptors_pid/fd"
	done | wc -l
}
