#!/bin/sh
# SPDX-License-Identifier: MIT
# nginx-twice.t: one more nginx, with its defaults, in front of ours: streams
# arrive as they are written, and addresses have the client's scheme.
# shellcheck disable=SC2016,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

plan 14
stack_workers=1
stack_set limits.slot_wait 1
stack_start

# The outer one is a process of its own.
until outer_port=$(random_port) && port_free "$outer_port"; do :; done
outer=http://127.0.0.1:$outer_port
mkdir "$stack/outer"
cat >"$stack/outer.conf" <<END
daemon off;
pid $stack/run/outer.pid;
error_log $stack/log/outer info;
events { }
http {
	access_log off;
	client_body_temp_path $stack/outer/a;
	proxy_temp_path $stack/outer/b;
	fastcgi_temp_path $stack/outer/c;
	scgi_temp_path $stack/outer/d;
	uwsgi_temp_path $stack/outer/e;
	server {
		listen 127.0.0.1:$outer_port;
		location / {
			proxy_pass $base;
			proxy_set_header Host \$http_host;
		}
	}
}
END
setsid nginx -p "$stack/" -e "$stack/log/outer" -c "$stack/outer.conf" \
    </dev/null >>"$stack/log/outer-start" 2>&1 &
ok 'another nginx is in front' \
    wait_until 15 'curl -sf -o "$stack/body" "$outer/health"'

# A task that waits in the upstream's queue: what is told of it comes at once,
# while the stream is open.
curl -sN -o "$stack/stream" "$outer/v1/chat/completions" \
    -H "Authorization: Bearer $api_key" -H 'Content-Type: application/json' \
    -d '{"model":"sora-video-10s","stream":true,"messages":[{"role":"user",
    "content":"a mill wheel [[sandbox:queued=3000]]"}]}' &
stream=$!
ok 'a stream is seen through both before it ends' \
    wait_until 20 '[ -s "$stack/stream" ]'
ok 'and it has not ended' alive "$stream"
kill "$stream"
wait "$stream" 2>/dev/null

ask POST /v1/chat/completions -H 'Content-Type: application/json' \
    -d '{"model":"sora-image","stream":true,"messages":[{"role":"user","content":"a mill"}]}'
is "$status $(header x-accel-buffering)" '200 no' 'a stream says so without another nginx, too'
ask GET /v1/models
is "$status $(header x-accel-buffering)" '200 ' 'an answer that is no stream does not'

# scheme_of HEADER...: that of a result's address
scheme_of()
{
	ask POST "$outer/v1/images/generations" -H 'Content-Type: application/json' \
	    -H "Authorization: Bearer $api_key" "$@" \
	    -d '{"model":"gpt-image","prompt":"a mill","response_format":"url"}'
	json '.data[0].url' | cut -d: -f1
}

while read -r scheme value; do
	is "$(scheme_of -H "X-Forwarded-Proto: $value")" "$scheme" \
	    "\"$value\" is $scheme"
done <<END
https https
https https, https
https https,http
https HTTPS , http
https https, http, http
http http, https
http httpsx
http http
END
is "$(scheme_of)" http 'no header is http'
