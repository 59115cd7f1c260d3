#!/bin/sh
# SPDX-License-Identifier: MIT
# servers-auto.t: what a server is, found out by asking it, and without beginning
# a job there.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"

stack_tokens=0
# Some say nothing of themselves, and count as openai.
dialects='openai vllm-omni sglang new-api tensorrt-llm litellm dynamo:openai aisix:openai'

plan 25
stack_start
login
for dialect in $dialects; do
	known=${dialect#*:}
	dialect=${dialect%:*}
	server_start "$dialect" "$dialect"
	admin POST /api/tokens "{\"provider\":\"openai\",\"base_url\":\"$server\",\"token\":\"sk-sandbox\",\"options\":{\"allow_private\":true}}"
	is "$status" 200 "$dialect: added without saying what it is"
	admin POST "/api/tokens/$(word token_id)/test"
	is "$(json '"\(.preset) \(.found.models | length > 0)"')" "$known true" \
	    "$dialect: what it is and has was found out"
	sandbox=$server
	control GET state
	is "$(jq '.tasks | length' "$stack/control")" 0 "$dialect: and nothing was begun there"
done
ask GET /v1/models
ok 'all their models are served' [ "$(json '.data | length')" -gt 3 ]
