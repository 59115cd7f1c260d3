#!/bin/sh
# SPDX-License-Identifier: MIT
# videos.t: the official OpenAI client for Node against the running stack.
# shellcheck disable=SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"

test_name=sdk-videos
stack_tokens=4
. "$abs_top_srcdir/tests/sdk/client.sh"

stack_start
ffmpeg -v error -f lavfi -i color=teal:s=1280x720 -frames:v 1 \
    "$stack/picture.png" </dev/null
export BASE_URL="$base/v1" API_KEY="$api_key" PICTURE="$stack/picture.png"
run_client videos.mjs
