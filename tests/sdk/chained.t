#!/bin/sh
# SPDX-License-Identifier: MIT
# chained.t: the official client, this gateway, and another one as its upstream.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

test_name=sdk-chained
. "$abs_top_srcdir/tests/sdk/client.sh"

# The one behind: a stack of its own, with the accounts of the sandbox, until
# $stack/run/stop is there. Says where it is in $stack/run/back.
stack_new
front=$stack
(
	test_name=sdk-chained-back
	stack=
	stack_tokens=2
	stack_start
	printf '%s\n%s\n%s\n' "$base" "$api_key" "$stack" >"$front/run/back.new"
	mv "$front/run/back.new" "$front/run/back"
	wait_until 600 '[ -e "$front/run/stop" ]'
) >"$front/log/back" 2>&1 &
back_pid=$!
front_end()
{
	front_status=$?
	: >"$front/run/stop"
	wait "$back_pid" || front_status=1
	(exit "$front_status")
	stack_end
}

# The one in front: no accounts, but a token that stands for the one behind.
stack_tokens=0
stack_set poller.pace 0.1
stack_start
trap front_end EXIT
wait_until 30 '[ -e "$stack/run/back" ]' || bail 'the gateway behind does not start'
{ read -r back_base; read -r back_key; read -r back; } <"$stack/run/back"
echo "$back_key" | ctl token add --base-url "$back_base/v1" \
    --options '{"allow_private":true,"poll_interval":1,"delete_upstream":"never"}' \
    --video-concurrency 2 >>"$stack/log/ctl" 2>&1 ||
	bail "sora2apictl token add fails: $(tail -n 1 "$stack/log/ctl")"
ffmpeg -v error -f lavfi -i color=teal:s=1280x720 -frames:v 1 \
    "$stack/picture.png" </dev/null
export BASE_URL="$base/v1" API_KEY="$api_key" PICTURE="$stack/picture.png"
export BACK_URL="$back_base/v1" BACK_KEY="$back_key"
run_client chained.mjs
