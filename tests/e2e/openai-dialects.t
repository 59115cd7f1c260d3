#!/bin/sh
# SPDX-License-Identifier: MIT
# openai-dialects.t: a video through each of the servers that are known.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"
. "$abs_top_srcdir/tests/e2e/server.sh"

dialects='openai vllm-omni sglang new-api tensorrt-llm dynamo litellm aisix'
plan 40
stack_start_servers

for dialect in $dialects; do
	server_add "$dialect" "$dialect"
	on "$dialect"
	finish "a video of $dialect" '"seconds":"8"'
	is "$state" completed "$dialect: a video is made"
	is "$(content_head)" ftyp "$dialect: its file is in the cache"
	is "$(prompt_counts "a video of $dialect")" '1 1' "$dialect: it was asked for once"
	finish "a bad one of $dialect [[sandbox:error]]" '"seconds":"8"'
	is "$state" failed "$dialect: one that fails has failed"
	# who answers only in the end with a failure of its own said nothing
	[ "$dialect" = dynamo ] && wanted=upstream_outcome_unknown ||
		wanted=generation_failed
	is "$(error_code)" "$wanted" "$dialect: with that code"
	admin DELETE "/api/tokens/$token"
done
