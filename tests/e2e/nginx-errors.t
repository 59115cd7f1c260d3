#!/bin/sh
# SPDX-License-Identifier: MIT
# nginx-errors.t: what nginx refuses by itself below /v1 and /api, however early,
# is told in the shape of the route, in the shipped site and in one that includes
# the snippets; and how the shipped site does TLS.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"

plan 89
stack_new
api_key=none

temp_paths="client_body_temp_path $stack/run/a; fastcgi_temp_path $stack/run/b;
proxy_temp_path $stack/run/c; scgi_temp_path $stack/run/d; uwsgi_temp_path $stack/run/e;"

# The shipped site on two free ports, without workers: $tls and $plain.
site_start()
{
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
	    -keyout "$stack/run/key.pem" -out "$stack/run/cert.pem" 2>/dev/null
	stack_ports
	tls=127.0.0.1:$port
	plain=127.0.0.1:$sandbox_port
	{
		[ "$(id -u)" -ne 0 ] || echo 'user root;'
		echo "daemon off; pid $stack/run/nginx.pid;"
		echo "events { } http { access_log off; $temp_paths"
		sed -e "s|/etc/ssl/certs/sora2api.pem|$stack/run/cert.pem|" \
		    -e "s|/etc/ssl/private/sora2api.key|$stack/run/key.pem|" \
		    -e "s|/run/sora2api/sora2api.sock|$stack/run/worker.sock|" \
		    -e "s|/var/cache/sora2api|$stack/cache|" \
		    -e "/\[::\]/d" \
		    -e "s|listen\([[:space:]]*\)80;|listen\1$plain;|" \
		    -e "s|listen\([[:space:]]*\)443 |listen\1$tls |" \
		    "$abs_top_srcdir/nginx/sora2api.conf"
		echo '}'
	} >"$stack/nginx.conf"
	nginx_start || bail 'the site does not start'
}

# raw TEXT: sends that to $site as it is, \r\n for %0d%0a; sets $answer, $status,
# $body and $type.
raw()
{
	case $site in
	https://*) raw_url=gophers://${site#https://} ;;
	*) raw_url=gopher://${site#http://} ;;
	esac
	: >"$stack/answer"
	curl -sk --path-as-is --max-time 20 -o "$stack/answer" "$raw_url/_$1"
	status=$(sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$stack/answer")
	type=$(tr -d '\r' <"$stack/answer" | sed -n 's/^content-type: *//Ip')
	sed '1,/^\r$/d' "$stack/answer" >"$body"
}

# line METHOD TARGET [VERSION [HEADER...]]: one such request.
line()
{
	line_text="$1%20$2%20HTTP/${3-1.1}%0d%0aHost:h%0d%0aConnection:close"
	shift "$(($# < 3 ? $# : 3))"
	for line_header in "$@"; do
		line_text=$line_text%0d%0a$line_header
	done
	raw "$line_text%0d%0a%0d%0a"
}

shape_of_body()
{
	json 'if .detail then "detail" elif (.error | has("param")) then "openai"
	    elif .error.code then "video" else "none" end'
}

# refuses WHAT STATUS SHAPE: of the last raw request
refuses()
{
	is "$status $type $(shape_of_body)" "$2 application/json $3" "$where: $1"
}

headers=$stack/headers
body=$stack/body
long=$(head -c 9000 /dev/zero | tr '\0' c)

# All that a server may be refused for; every one once below $site.
early_errors()
{
	line GET /v1/models 1.1 "Cookie:big=$long"
	refuses 'a header that is too large' 431 openai
	line POST /v1/videos 1.1 "Cookie:big=$long"
	refuses 'the same for /v1/videos' 431 video
	line GET /v1/videos/sora-2-0123456789ab 1.1 "X-A:$long"
	refuses 'a status read that can never work is no passing trouble' 431 video
	line GET /api/tokens 1.1 "X-A:$long"
	refuses 'and for /api' 431 detail
	line POST /v1/images/generations 1.1 'Transfer-Encoding:gzip,%20chunked'
	refuses 'an unknown transfer coding' 501 openai
	line POST /v1/videos 1.1 Transfer-Encoding:gzip
	refuses 'the same for /v1/videos' 501 video
	line GET /v1/models 3.7
	refuses 'a version that is none' 505 openai
	line GET /v1/videos/%25zz
	refuses 'a broken escape' 400 video
	line GET /v1/videos/%2500
	refuses 'an escaped NUL' 400 video
	line GET /v1/models%2500
	refuses 'the same elsewhere' 400 openai
	line GET /v1/models/../../..
	refuses 'a way out of the root' 400 openai
	line GET /api/%25
	refuses 'an escape that ends' 400 detail
	line GET "/v1/$long"
	refuses 'a target that is too long' 414 openai
	line TRACE /v1/models
	refuses 'TRACE' 405 openai
	line GET /v1/models 1.1 'Host:a%20b'
	refuses 'two hosts' 400 openai
	line POST /v1/videos 1.1 Content-Length:x
	refuses 'a length that is none' 400 video
	line POST /v1/videos 1.1 Content-Length:3 Transfer-Encoding:chunked
	refuses 'a length and chunks' 400 video
	line GET http://h/v1/videos/%25zz
	refuses 'an absolute target' 400 video
	line GET /elsewhere/%25zz
	refuses 'beside the API' 400 detail
	raw 'G%0d%0a%0d%0a'
	refuses 'no request at all' 400 detail
}

# ---- the shipped site ----

site_start
where='the site'
site=https://$tls
early_errors
where='its plain port'
site=http://$plain
early_errors
where='the TLS port'
site=http://$tls
line GET /v1/models
refuses 'http where TLS is spoken' 421 openai
line POST /api/login
refuses 'the same for /api' 421 detail
like "$(cat "$body")" 'https' 'it says what is right'
ask GET "https://$tls/v1/videos/%zz" -k --http2
is "$status $(header content-type)" '400 application/json' 'HTTP/2: a broken escape'

# ---- its TLS ----

ask GET "http://$plain/v1/models?x=1" -H 'Host: evil.example'
is "$status $(header location)" '301 https://sora2api.example.org/v1/models?x=1' \
    'http leads to the own name of the site only'
for path in / /v1/models /api/login /tmp/x /v1; do
	ask GET "https://$tls$path" -k
	is "$(header strict-transport-security)" max-age=31536000 \
	    "$path: browsers are told to stay with https"
done
ask GET "http://$plain/"
is "$(header strict-transport-security)" '' 'not without TLS'

# speaks OPENSSL-OPTION...: the handshake succeeds
speaks()
{
	openssl s_client -connect "$tls" "$@" </dev/null >"$stack/tls" 2>&1 &&
		grep -q 'Cipher is [A-Z0-9]' "$stack/tls" &&
		! grep -q 'Cipher is (NONE)' "$stack/tls"
}

for suite in ECDHE-RSA-AES128-GCM-SHA256 ECDHE-RSA-AES256-GCM-SHA384 \
    ECDHE-RSA-CHACHA20-POLY1305; do
	ok "$suite is spoken" speaks -tls1_2 -cipher "$suite"
done
for suite in AES128-SHA AES256-SHA AES128-GCM-SHA256 CAMELLIA128-SHA \
    ECDHE-RSA-AES128-SHA ECDHE-RSA-AES256-SHA384 DHE-RSA-AES128-GCM-SHA256 \
    AECDH-AES128-SHA NULL-SHA256; do
	ok "$suite is not" eval "! speaks -tls1_2 -cipher '$suite:@SECLEVEL=0'"
done
ok 'TLS 1.3 is spoken' speaks -tls1_3
for old in -tls1 -tls1_1; do
	ok "$old is not" eval "! speaks $old -cipher 'ALL:@SECLEVEL=0'"
done
stack_stop nginx

# ---- the snippets in a site ----

stack_server="
	error_page 400 404 414 494 500 502 /site-error.html;
	root $stack/run;"
stack_ports
nginx_configure
# the site's own lines after ours, as the snippet says
sed -i '/error_page 400 404/d
    /set .sora2api_cache/i include snippets/sora2api-errors.conf; error_page 400 404 414 494 500 502 /site-error.html;
    0,/^\t\tinclude snippets.sora2api-errors.conf;/{//d}' "$stack/nginx.conf"
nginx_start || bail 'the site with the snippets does not start'
where='the snippets'
site=$base
early_errors

# ---- result files ----

name=0123456789abcdef0123456789abcdef
echo 'a result' >"$stack/cache/$name.mp4"
where='/tmp'
ask GET "/tmp/$name.mp4" -r 9000-
is "$status $(header content-type) $(cat "$body")" \
    '416 application/json {"detail":"Range Not Satisfiable"}' \
    'a range behind the end'
is "$(header content-range)" 'bytes */9' 'and where the end is'
ask GET "/tmp/$name.mp4" -H 'If-Match: "other"'
is "$status $(header content-type) $(cat "$body")" \
    '412 application/json {"detail":"Precondition Failed"}' \
    'a version that is not there'
