#!/bin/sh
# SPDX-License-Identifier: MIT
# nginx.t: the shipped nginx configuration: it loads, alone and in a site that
# exists already; it serves result files; its own errors have the right shape.
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"

plan 97
stack_new

# ---- it loads ----

# A whole nginx.conf around the lines on stdin.
wrap()
{
	echo "pid $stack/run/test.pid; error_log $stack/log/nginx;"
	echo "events { } http { access_log off; $temp_paths"
	cat
	echo "}"
}

loads()
{
	nginx -t -p "$stack/" -e "$stack/log/nginx" -c "$1" 2>"$stack/body" ||
		{ diag "$(cat "$stack/body")"; return 1; }
}

temp_paths="client_body_temp_path $stack/run/a; fastcgi_temp_path $stack/run/b;
proxy_temp_path $stack/run/c; scgi_temp_path $stack/run/d; uwsgi_temp_path $stack/run/e;"

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
    -keyout "$stack/run/key.pem" -out "$stack/run/cert.pem" 2>/dev/null
stack_ports
sed -e "s|/etc/ssl/certs/sora2api.pem|$stack/run/cert.pem|" \
    -e "s|/etc/ssl/private/sora2api.key|$stack/run/key.pem|" \
    -e "s|/run/sora2api/sora2api.sock|$stack/run/worker.sock|" \
    -e "s|/var/cache/sora2api|$stack/cache|" \
    -e "/\[::\]/d" \
    -e "s|listen\([[:space:]]*\)80;|listen\1127.0.0.1:$sandbox_port;|" \
    -e "s|listen\([[:space:]]*\)443 |listen\1127.0.0.1:$port |" \
    "$abs_top_srcdir/nginx/sora2api.conf" >"$stack/site.conf"
wrap <"$stack/site.conf" >"$stack/whole.conf"
ok 'sora2api.conf loads' loads "$stack/whole.conf"

# With settings of its own that must not reach the API, and a greedy location.
stack_server="
	gzip on;
	gzip_types *;
	fastcgi_intercept_errors on;
	add_header X-Site yes;
	error_page 404 500 502 /site-error.html;
	index index.html;
	root $stack/run/site;

	location ~* \\.(?:php|mp4|png|html)\$ {
		try_files \$uri =404;
	}

	location / {
		try_files \$uri /index.html;
	}"

mkdir "$stack/run/site"
echo 'the site' >"$stack/run/site/index.html"
nginx_configure
ok 'the snippets load in a site that exists' loads "$stack/nginx.conf"

# ---- a whole site, with TLS and no worker ----

nginx_started()
{
	cp "$1" "$stack/nginx.conf"
	sed -i "s|^pid [^;]*;|pid $stack/run/nginx.pid; daemon off;|" \
	    "$stack/nginx.conf"
	[ "$(id -u)" -ne 0 ] || sed -i '1i user root;' "$stack/nginx.conf"
	nginx_start
}

cp "$stack/nginx.conf" "$stack/foreign.conf"
ok 'the whole site starts' nginx_started "$stack/whole.conf"
api_key=none
ask GET "http://127.0.0.1:$sandbox_port/v1/models?x=1"
is "$status $(header location)" '301 https://sora2api.example.org/v1/models?x=1' \
    'http goes to https'
base=https://127.0.0.1:$port
ask GET /v1/models -k --http2
is "$status" 502 'https answers'
like "$(head -n 1 "$headers")" '^HTTP/2 ' 'in HTTP/2'
like "$(header x-request-id)" '^req_[0-9a-f]{24}$' 'with an id'
ask GET /index.html -k
is "$status $(cat "$body")" '404 {"detail":"Not Found"}' \
    'another path is not found'
ask GET "/v1/$(head -c 8300 /dev/zero | tr '\0' x)" -k --http1.1
is "$status $(json .error.message)" '414 Request target too long' 'a target too long'
ask TRACE /v1/models -k
is "$status $(json .error.code)" '405 method_not_allowed' 'TRACE'
ask GET /v1/models -k --http1.1 -H 'Host: a b'
is "$status $(json .error.message)" '400 Malformed request' 'a bad request'
# with HTTP/2 nginx may look at the host before it knows the path
ask GET /v1/models -k --http2 -H 'Host: a b'
is "$status $(json '.error.message // .detail')" '400 Malformed request' \
    'a bad request in HTTP/2'
stack_stop nginx

# ---- the snippets in a site, no worker ----

cp "$stack/foreign.conf" "$stack/nginx.conf"
ok 'the site starts' nginx_start
base=http://127.0.0.1:$port

ask GET /
is "$status $(cat "$body")" '200 the site' "the site's own pages are there"

# refused METHOD PATH STATUS TYPE BODY
refused()
{
	ask "$1" "$2" -H 'Origin: https://app.example'
	is "$status $(header content-type) $(cat "$body")" "$3 $4 $5" "$1 $2"
	is "$(header access-control-allow-origin)" '*' "$1 $2 for other origins"
	like "$(header x-request-id)" '^req_[0-9a-f]{24}$' "$1 $2 has an id"
}

away='Service temporarily unavailable'
json=application/json
openai='{"error":{"message":"'$away'","type":"server_error","param":null,"code":"upstream_error"}}'
video='{"error":{"message":"'$away'","code":"upstream_error"}}'
detail='{"detail":"'$away'"}'
refused GET /v1/models 502 $json "$openai"
refused POST /v1/chat/completions 502 $json "$openai"
refused POST /v1/characters 502 $json "$openai"
refused POST /v1/videos 502 $json "$video"
refused DELETE /v1/videos/sora-2-0123456789ab 502 $json "$video"
refused GET /v1/videos/sora-2-0123456789ab/content 502 $json "$video"
refused GET /v1/videos?limit=2 502 $json "$video"
refused GET /v1/stats 502 $json "$detail"
refused GET /v1/characters/search?q=x 502 $json "$detail"
refused GET /v1/tokens/1/pending-tasks 502 $json "$detail"
refused GET /api/tokens 502 $json "$detail"
refused GET /api/x.html 502 $json "$detail"
refused GET /v1/videos/sora-2-0123456789ab 502 text/plain "$away"
refused GET /api 404 $json '{"detail":"Not Found"}'

ask POST /v1/videos
is "$(header x-should-retry)" '' 'what no worker has seen may be sent again'

too_large='Content-Length: 106954753'
ask POST /v1/videos -H "$too_large" -d x
is "$status $(cat "$body")" \
    '413 {"error":{"message":"Request body too large","code":"request_too_large"}}' \
    'a body too large for /v1/videos'
ask POST /v1/chat/completions -H "$too_large" -d x
is "$status $(json '.error | .code, (.param | type), .type' | tr '\n' ' ')" \
    '413 request_too_large null invalid_request_error ' 'and for /v1/chat'
ask POST /api/login -H "$too_large" -d x
is "$status $(cat "$body")" '413 {"detail":"Request body too large"}' \
    'and for /api'

# Guessing a password: ten at once, then one every two seconds.
n=0
passed=0
while [ $((n += 1)) -le 20 ]; do
	ask POST /api/login -d '{}'
	[ "$status" != 502 ] || passed=$((passed + 1))
done
is "$status $(header content-type) $(cat "$body")" \
    '429 application/json {"detail":"Too many requests"}' 'too many logins'
like "$passed" '^1[0-9]$' 'but not from the first on'
ask GET /api/tokens
is "$status" 502 'nothing else is limited'

# ---- result files ----

name=0123456789abcdef0123456789abcdef
types='webm video/webm
mov video/quicktime
avi video/x-msvideo
png image/png
jpg image/jpeg
webp image/webp
gif image/gif'
head -c 5000 /dev/urandom >"$stack/cache/$name.mp4"
while read -r type _; do
	echo "$type" >"$stack/cache/$name.$type"
done <<END
$types
END
mkdir "$stack/cache/x"
for path in "$name.txt" "$name" "0$name.mp4" "x/$name.mp4" index.html ../secret; do
	echo secret >"$stack/cache/$path"
done

ask GET "/tmp/$name.mp4"
is "$status $(header content-type)" '200 video/mp4' 'a file'
ok 'its bytes' cmp -s "$body" "$stack/cache/$name.mp4"
is "$(header accept-ranges) $(header content-length)" 'bytes 5000' 'its length'
is "$(header x-content-type-options)" nosniff 'its type is final'
is "$(header access-control-allow-origin)" '' 'no CORS header unasked'
etag=$(header etag)
like "$etag" '^"[^"]+"$' 'a strong ETag'
ask GET "/tmp/$name.mp4" -H "If-None-Match: $etag"
is "$status" 304 'not modified'
ask GET "/tmp/$name.mp4" -r 1000-1099 -H 'Origin: https://app.example'
is "$status $(header content-range)" '206 bytes 1000-1099/5000' 'a range'
is "$(header access-control-allow-origin)" '*' 'for other origins'
ask GET "/tmp/$name.mp4" -r 0-9 -H 'If-Range: "other"'
is "$status" 200 'a range of another version is the whole file'
ask GET "/tmp/$name.mp4" -r 9000-
is "$status" 416 'a range behind the end'
ask HEAD "/tmp/$name.mp4"
is "$status $(header content-length)" '200 5000' 'HEAD'
while read -r type mime; do
	ask GET "/tmp/$name.$type"
	is "$status $(header content-type) $(header x-content-type-options) $(cat "$body")" \
	    "200 $mime nosniff $type" "a file of type $type"
done <<END
$types
END

for path in "$name.txt" "$name" "0$name.mp4" "x/$name.mp4" "" \
    "$name.mp4/" index.html; do
	ask GET "/tmp/$path"
	is "$status $(cat "$body")" '404 {"detail":"Not Found"}' "/tmp/$path"
done
ask GET /tmp/../secret --path-as-is
isnt "$(cat "$body")" secret 'no way out of the directory'
ask POST "/tmp/$name.mp4" -d x
is "$status $(cat "$body")" '405 {"detail":"Method Not Allowed"}' 'no POST'
stack_stop nginx

# ---- the same site with workers ----

stack_start
ask GET /v1/videos/sora-2-000000000000
is "$status $(cat "$body")" \
    '404 {"error":{"message":"Task not found","code":"task_not_found"}}' \
    "a worker's answer is passed on"
ask GET /nothing-of-the-api
is "$status $(cat "$body")" '200 the site' 'beside the site'
ask POST /v1/videos -H 'Transfer-Encoding: chunked' \
    -H 'Content-Type: application/json' -d '{"prompt":"x","seconds":"10"}'
is "$status" 201 'a body without a length arrives'

# The workers stand still until one of them has the request, and die then.
waiting_at_worker()
{
	[ "$(grep -c "$stack/run/worker.sock" /proc/net/unix)" -gt 1 ]
}

# shellcheck disable=SC2046
kill -STOP $(pids_of worker)
(
	ask POST /v1/videos -F prompt=x
	echo "$status $(header x-should-retry)" >"$stack/fate"
) &
asking=$!
ok 'a create waits' wait_until 10 waiting_at_worker
stack_kill worker
wait "$asking"
is "$(cat "$stack/fate")" '502 false' 'whose fate is unknown is not to be repeated'
ask GET /v1/videos/sora-2-000000000000
is "$status $(cat "$body")" "502 $away" 'a status read without workers is text'
