#!/bin/sh
# SPDX-License-Identifier: MIT
# cors.t: scripts of other origins: what a browser asks before a request, and
# what it has to find in every answer, nginx's own included.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

stack_speed=1000
stack_workers=1
stack_sandbox_options=--shared-clips
stack_set limits.max_body_mb 1

plan 55
stack_start
origin=https://app.example
json_type='Content-Type: application/json'

# ---- before a request ----

# Names of headers that the official client sends from a browser, and others.
client_headers="authorization,content-type,idempotency-key,openai-beta,\
openai-organization,openai-project,range,x-requested-with,x-stainless-arch,\
x-stainless-custom-poll-interval,x-stainless-helper-method,x-stainless-lang,\
x-stainless-os,x-stainless-package-version,x-stainless-poll-helper,\
x-stainless-retry-count,x-stainless-runtime,x-stainless-runtime-version,\
x-stainless-timeout,x-title"

# in_list WORD LIST: commas, blanks and case aside
in_list()
{
	printf '%s' "$2" | tr ',[:upper:]' '\n[:lower:]' | tr -d ' ' | grep -qxF -e "$1"
}

# allowed METHOD HEADERS: what the Fetch standard makes of the last answer. A
# star stands for every header but Authorization.
allowed()
{
	case $status in
	2??) ;;
	*) return 1 ;;
	esac
	case $(header access-control-allow-origin) in
	'*' | "$origin") ;;
	*) return 1 ;;
	esac
	case $1 in
	GET | HEAD | POST) ;;
	*) in_list "$(echo "$1" | tr '[:upper:]' '[:lower:]')" \
	    "$(header access-control-allow-methods)" || return 1 ;;
	esac
	allowed_names=$(header access-control-allow-headers)
	for allowed_name in $(echo "$2" | tr ',' ' '); do
		in_list "$allowed_name" "$allowed_names" && continue
		[ "$allowed_name" != authorization ] &&
			in_list '*' "$allowed_names" || return 1
	done
}

while read -r method path; do
	ask OPTIONS "$base$path" -H "Origin: $origin" \
	    -H "Access-Control-Request-Method: $method" \
	    -H "Access-Control-Request-Headers: $client_headers"
	ok "$method $path may be asked" allowed "$method" "$client_headers"
	is "$(wc -c <"$body") $(header access-control-allow-credentials)" '0 ' \
	    'without a body, and without credentials'
done <<'END'
GET /v1/models
POST /v1/chat/completions
POST /v1/videos
GET /v1/videos/sora-2-000000000000
DELETE /v1/videos/sora-2-000000000000
GET /v1/videos/sora-2-000000000000/content
POST /v1/videos/sora-2-000000000000/remix
POST /v1/images/generations
POST /v1/images/edits
POST /v1/characters
GET /v1/feed?limit=3
POST /v1/enhance_prompt
GET /v1/tokens/1/pending-tasks-v2
POST /v1/nothing
END
is "$(header access-control-max-age)" 600 'a browser may keep that for a while'

# ---- answers ----

# open STATUS DESCRIPTION, of the last answer: its body and what a client needs
# of its headers may be read
open()
{
	is "$status $(header access-control-allow-origin)" "$1 *" "$2"
	in_list x-request-id "$(header access-control-expose-headers)" ||
		closed="${closed-} $2"
	[ "$(header retry-after)" = '' ] ||
		in_list retry-after "$(header access-control-expose-headers)" ||
		closed="${closed-} $2"
}

# asked METHOD PATH [CURL-OPTION...]: as a browser would
asked()
{
	asked_method=$1
	asked_path=$2
	shift 2
	ask "$asked_method" "$asked_path" -H "Origin: $origin" "$@"
}

chat()
{
	asked POST /v1/chat/completions -H "$json_type" -d "{\"model\":\"sora-2\",
	    \"messages\":[{\"role\":\"user\",\"content\":\"$1\"}]${2-}}"
}

asked GET /v1/models
open 200 'a list'
asked POST /v1/videos -H "$json_type" -d '{"prompt":"x","seconds":"10"}'
open 201 'a video'
id=$(json .id)
asked GET "/v1/videos/$id"
open 200 'its state'
chat 'a stream' ',"stream":true'
open 200 'a stream'
is "$(header content-type)" text/event-stream 'which it is'
chat 'an answer'
open 200 'an answer that was waited for'
asked POST /v1/images/generations -H "$json_type" -d '{"prompt":"a picture"}'
open 200 'a picture'
file=$(json '.data[0].url' | sed "s|^$base||")
chat 'x [[sandbox:violation]]'
open 400 'a failure that was waited for'
chat ' '
open 400 'a bad request'
asked POST /v1/chat/completions -H "$json_type" -d '{'
open 400 'no JSON'
ask_key=wrong asked GET /v1/models
open 401 'a wrong key'
asked GET /v1/videos/sora-2-000000000000
open 404 'no such video'
asked GET /v1/nothing
open 404 'no such path'
asked PATCH /v1/models
open 405 'no such method'
head -c 1100000 /dev/zero | tr '\0' x >"$stack/large"
asked POST /v1/images/generations -H "$json_type" --data-binary "@$stack/large"
open 413 'a large body'
asked POST /v1/chat/completions -H 'Content-Type: text/plain' -d x
open 415 'another type'
db_write 'UPDATE tokens SET cooled_until = unixepoch() + 60'
chat 'no account'
open 429 'no account'
wait_until 20 'has_ended "$id"'
asked GET "/v1/videos/$id/content"
open 302 'the address of a video'
asked GET "$file" -H 'Range: bytes=0-3'
is "$status $(header access-control-allow-origin)" '206 *' 'and files'

# ---- of nginx itself ----

asked POST /v1/videos -H 'Content-Length: 106954753' -d x
open 413 'a body too large for nginx'
asked GET /v1
open 404 'a path that nginx refuses'
n=0
until asked POST /api/login -H "$json_type" -d '{}' && [ "$status" != 400 ] ||
    [ $((n += 1)) -gt 25 ]; do :; done
open 429 'logins that come too fast for nginx'
like "$(header retry-after)" '^[1-9]' 'which says when to come again'
stack_stop worker
chat 'nobody'
open 502 'no workers'
asked GET "/v1/videos/$id"
open 502 'a status read without workers'
is "${closed-}" '' 'the id of each, and when to try again, may be read'
