#!/bin/sh
# SPDX-License-Identifier: MIT
# killed.t: kill -9 of workers, poller and nginx, again and again, while videos
# are made: each one accepted is finished, and was submitted once.
# shellcheck disable=SC2016,SC2034,SC2154
stack_speed=30
stack_tokens=2
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"

videos=6
plan $((videos * 2 + 3))
stack_set poller.lease_time 2
stack_start

# A moment of up to a second, never the same.
moment()
{
	sleep "0.$(od -An -N2 -tu2 /dev/urandom | tr -d ' ')"
}

disturb()
{
	stack_kill "$1"
	"$1_start"
}

create()
{
	ask POST /v1/videos -F "prompt=killed $1" -F seconds=10 \
	    -F size=1280x720 -H "Idempotency-Key: video-$1" 2>/dev/null
	[ "$status" = 201 ]
}

completed()
{
	ask GET "/v1/videos/$1" 2>/dev/null
	[ "$status" = 200 ] && [ "$(json .status)" = completed ]
}

all_completed()
{
	for all_id in $ids; do
		completed "$all_id" || return 1
	done
}

# A client that repeats its creates, with their keys, until it has an answer.
ids=
n=0
while [ $n -lt $videos ]; do
	n=$((n + 1))
	case $n in
	3) victim=poller ;;
	4) victim=nginx ;;
	*) victim=worker ;;
	esac
	disturb $victim &
	disturbing=$!
	ok "create $n is accepted" wait_until 30 "create $n"
	ids="$ids $(json .id)"
	wait $disturbing
done

rounds=0
while ! all_completed && [ $rounds -lt 8 ]; do
	rounds=$((rounds + 1))
	for victim in poller worker nginx poller; do
		moment
		disturb $victim
	done
done
diag "$rounds rounds of kills after the creates"
ok 'all of them end' wait_until 60 all_completed
for id in $ids; do
	ask GET "/v1/videos/$id"
	is "$(json '[.status, .progress] | @csv')" '"completed",100' "$id"
done
ask GET "$sandbox/_control/state"
is "$(json .created)" "$videos" 'the upstream made as many'
is "$(json '[.prompts[].accepted] | max')" 1 'none of them twice'
