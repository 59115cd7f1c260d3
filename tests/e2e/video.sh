# SPDX-License-Identifier: MIT
# video.sh: what tests of the videos API share. Needs lib.sh and stack.sh.
# shellcheck shell=sh disable=SC2016,SC2034,SC2154

# word NAME: a member of the last body, wherever it is, that is a number or a
# text without commas and quotes. jq takes forty times as long to start as sed.
word()
{
	sed -n 's/.*"'"$1"'":"\{0,1\}\([^",}]*\).*/\1/p' "$body"
}

# create JSON [CURL-OPTION...]: sets $id; JSON may be @FILE.
create()
{
	create_json=$1
	shift
	ask POST /v1/videos -H 'Content-Type: application/json' "$@" \
	    --data-binary "$create_json"
	id=$(word id)
}

# Sets $state to the status of a task, or to what was answered instead.
state_of()
{
	ask GET "/v1/videos/$1"
	state=$(word status)
	[ "$status" = 200 ] || state="HTTP $status"
}

has_state()
{
	state_of "$1"
	[ "$state" = "$2" ]
}

has_ended()
{
	state_of "$1"
	case $state in
	queued | in_progress | HTTP*) return 1 ;;
	esac
}

# control METHOD PATH [JSON]: of the sandbox; the answer goes to $stack/control.
control()
{
	curl -sS --max-time 20 -X "$1" -o "$stack/control" ${3:+-d "$3"} \
	    "$sandbox/_control/$2"
}

# pass SECONDS: of the time of the sandbox's tasks, at once.
pass()
{
	control POST time "{\"passed\":$1}"
}

# fault JSON: the next calls of the sandbox that fit.
fault()
{
	control POST faults "$1"
	! grep -q '^{"error"' "$stack/control" || bail "fault: $(cat "$stack/control")"
}

# How often a prompt was read by the sandbox, and how often it became a task.
prompt_counts()
{
	control GET state
	jq -r --arg p "$1" '[.prompts[] | select(.prompt == $p)][0] |
	    "\(.attempts // 0) \(.accepted // 0)"' "$stack/control"
}

# db SQL: rows of the database, read from outside.
db()
{
	sqlite3 -readonly -cmd '.timeout 5000' "$stack/data/sora2api.db" "$1"
}

# db_write SQL: changes what no client can, such as the time.
db_write()
{
	sqlite3 -cmd '.timeout 5000' "$stack/data/sora2api.db" "$1" >/dev/null
}

# Ends the workers and starts them with what was set since.
workers_restart()
{
	stack_configure
	stack_stop worker
	worker_start
	wait_until 15 'curl -sf -o "$stack/body" "$base/health"' ||
		bail "the workers do not answer: $(tail -n 1 "$stack/log/worker")"
}
