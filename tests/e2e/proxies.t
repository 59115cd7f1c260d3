#!/bin/sh
# SPDX-License-Identifier: MIT
# proxies.t: through real proxies, HTTP and SOCKS 5, to an upstream that speaks
# TLS (so an HTTP proxy gets a CONNECT) and in part does not.
# shellcheck disable=SC2016,SC2034,SC2119,SC2129,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"

stack_tokens=0
stack_speed=1000
stack_workers=1
stack_sandbox_options='--shared-clips --set concurrency=100'
stack_new

free_port()
{
	until free=$(random_port) && port_free "$free"; do :; done
}

# ---- TLS in front of the sandbox, by an authority of our own ----

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
    -subj '/CN=An authority' -keyout "$stack/ca.key" -out "$stack/ca.pem" 2>"$stack/log/openssl"
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=upstream' \
    -keyout "$stack/tls.key" -out "$stack/tls.csr" 2>>"$stack/log/openssl"
printf 'subjectAltName=IP:127.0.0.1\n' >"$stack/tls.ext"
openssl x509 -req -in "$stack/tls.csr" -CA "$stack/ca.pem" -CAkey "$stack/ca.key" \
    -CAcreateserial -days 2 -extfile "$stack/tls.ext" -out "$stack/tls.pem" 2>>"$stack/log/openssl"
[ -s "$stack/tls.pem" ] || bail "no certificate: $(tail -n 1 "$stack/log/openssl")"

free_port
tls=$free
stack_sandbox_server="listen 127.0.0.1:$tls ssl;
	ssl_certificate $stack/tls.pem; ssl_certificate_key $stack/tls.key;"
stack_set sora.base_url "\"https://127.0.0.1:$tls\""
stack_set sora.ca_file "\"$stack/ca.pem\""
stack_set debug.enabled true

# ---- proxies, each of which calls from an address of its own ----

# tinyproxy_start NAME ADDRESS [USER PASSWORD]: sets $proxy_port
tinyproxy_start()
{
	free_port
	proxy_port=$free
	cat >"$stack/$1.conf" <<-END
		Port $proxy_port
		Listen 127.0.0.1
		Bind $2
		Allow 127.0.0.1
		LogFile "$stack/$1.log"
		LogLevel Connect
		${3:+BasicAuth $3 $4}
	END
	tinyproxy -d -c "$stack/$1.conf" >"$stack/log/$1" 2>&1 &
	echo $! >"$stack/run/$1.pid"
	wait_until 10 '! port_free "$proxy_port"' || bail "proxy $1 does not start"
}

tinyproxy_start one 127.0.0.2 user pa55word-one
one=$proxy_port
tinyproxy_start two 127.0.0.3
two=$proxy_port
free_port
socks=$free
microsocks -i 127.0.0.1 -p "$socks" -b 127.0.0.4 -u user -P pa55word-socks >"$stack/log/socks" 2>&1 &
echo $! >"$stack/run/socks.pid"
wait_until 10 '! port_free "$socks"' || bail 'the SOCKS proxy does not start'

plan 37
stack_start
login

# ways [ENDPOINT]: how the last calls came: as themselves, or by which proxy
ways()
{
	control GET "asked${1:+?endpoint=$1}"
	jq -r '{"127.0.0.1": "direct", "127.0.0.2": "one", "127.0.0.3": "two",
	    "127.0.0.4": "socks"} as $names
	    | [.asked[].address | $names[.] // .] | unique | join(",")' "$stack/control"
}

# tested TOKEN: how a test of it comes
tested()
{
	control DELETE asked
	admin POST "/api/tokens/$1/test"
	ways me
}

proxy_of()
{
	admin PUT "/api/tokens/$1" "{\"proxy_url\":\"$2\"}"
	[ "$status" = 200 ] || bail "proxy of $1: $(cat "$body")"
}

connects()
{
	grep -c "CONNECT 127.0.0.1:$tls " "$stack/$1.log"
}

control POST sessions '{"st":"st-a","email":"a@example.org"}'
add a@example.org
a=$token
add b@example.org
b=$token

# ---- a token's own, and the one for all ----

is "$(tested "$a") $status" 'direct 200' 'no proxy at first'
proxy_of "$a" "127.0.0.1:$one:user:pa55word-one"
is "$(tested "$a") $status" 'one 200' "a token's own proxy"
isnt "$(connects one)" 0 'is asked to connect'
is "$(tested "$b")" direct "it is not another's"
admin POST /api/proxy/config "{\"proxy_enabled\":true,\"proxy_url\":\"http://127.0.0.1:$two\"}"
is "$status" 200 'one for all'
is "$(tested "$a")" one 'its own comes first'
is "$(tested "$b")" two 'others go through the one for all'
isnt "$(connects two)" 0 'which is asked to connect, too'

# The session is renewed without TLS: the proxy sees the request itself.
control DELETE asked
admin POST /api/tokens/st2at '{"st":"st-a"}'
is "$status $(ways session)" '200 two' 'a conversion goes through it'
is "$(grep -c "GET http://127.0.0.1:$sandbox_port/api/auth/session" "$stack/two.log")" 1 \
    'in the open, where the upstream speaks no TLS'

# ---- a task ----

# all of it: picture, create, lists, and the file
task_by()
{
	admin POST /api/tokens/batch-disable
	admin POST "/api/tokens/$a/enable"
	stack_stop poller
	poller_start
	control DELETE asked
	ask POST /v1/videos -F prompt='by proxy' -F seconds=10 -F size=1280x720 \
	    -F "input_reference=@$stack/picture.png"
	id=$(json .id)
	wait_until 30 'has_ended "$id"'
}
ffmpeg -v error -f lavfi -i color=red:s=64x64 -frames:v 1 "$stack/picture.png"
task_by
is "$state $(ways)" 'completed one' 'all calls of a task go through its proxy'
is "$(db "SELECT result_file IS NOT NULL FROM tasks WHERE task_id = '$id'")" 1 \
    'its file, too, which is in the cache'
control GET asked
ok 'they are all there' test "$(jq -r '[.asked[].endpoint] | unique |
    map(select(IN("upload", "create", "pending", "drafts", "media"))) | length' "$stack/control")" -ge 4

# ---- SOCKS 5 ----

proxy_of "$a" "st5 127.0.0.1:$socks:user:pa55word-socks"
is "$(tested "$a") $status" 'socks 200' 'SOCKS 5, with a name and a password'
task_by
is "$state $(ways)" 'completed socks' 'a task goes through it'
proxy_of "$a" "socks5h://user:pa55word-socks@127.0.0.1:$socks"
is "$(tested "$a") $status" 'socks 200' 'as a URL'

# ---- what is wrong ----

wrong()
{
	proxy_of "$a" "$1"
	control DELETE asked
	admin POST "/api/tokens/$a/test"
	is "$status $(ways)" '502 ' "$2"
	is "$(grep -c -e pa55word -e wr0ng "$body")" 0 "$2: its password is not told"
}
wrong "127.0.0.1:$one:user:wr0ng" 'the HTTP proxy wants its password'
like "$(json .detail)" 'the proxy answered 40[17]' 'as it says'
wrong "st5 127.0.0.1:$socks:user:wr0ng" 'the SOCKS proxy, too'
free_port
wrong "http://user:wr0ng@127.0.0.1:$free" 'a proxy that is not there'
proxy_of "$a" "http://127.0.0.1:$two"
stack_stop two
admin POST "/api/tokens/$a/test"
is "$status" 502 'one that has gone'
proxy_of "$a" ''

# ---- the pool ----

tinyproxy_start two 127.0.0.3
two=$proxy_port
printf '# two\n\nnonsense\n127.0.0.1:%s:user:pa55word-one\nhttp://127.0.0.1:%s\n' "$one" "$two" \
    >"$stack/proxies"
stack_set proxy.pool_file "\"$stack/proxies\""
workers_restart
admin POST /api/proxy/config "{\"proxy_enabled\":true,\"proxy_pool_enabled\":true,
    \"proxy_url\":\"127.0.0.1:$two\"}"
admin GET /api/proxy/config
is "$(json .proxy_pool_count)" 2 'a pool of two'
is "$(tested "$a") $(tested "$b") $(tested "$a")" 'one two one' 'that take turns'
proxy_of "$a" "st5 127.0.0.1:$socks:user:pa55word-socks"
is "$(tested "$a")" socks "a token's own comes before the pool"
proxy_of "$a" ''
admin POST /api/proxy/config '{"proxy_enabled":true}'
is "$(tested "$b")" one 'a change of the settings begins with the first'
printf 'st5 127.0.0.1:%s:user:pa55word-socks\n' "$socks" >"$stack/proxies"
ok 'it is read again when it changes' wait_until 5 \
    'admin GET /api/proxy/config; [ "$(json .proxy_pool_count)" = 1 ]'
is "$(tested "$a") $(tested "$b")" 'socks socks' 'and used'
task_by
is "$state $(ways)" 'completed socks' 'by the poller, too'
: >"$stack/proxies"
ok 'an empty pool' wait_until 5 'admin GET /api/proxy/config; [ "$(json .proxy_pool_count)" = 0 ]'
is "$(tested "$b")" two 'leaves the one for all'
admin POST /api/proxy/config '{"proxy_enabled":false}'
is "$(tested "$b")" direct 'all off'

# ---- whom to trust ----

stack_set sora.ca_file '""'
workers_restart
admin POST "/api/tokens/$b/test"
like "$status $(json .detail)" '502 .*[Cc]ertificate' 'a certificate of nobody known is refused'
stack_set sora.ca_file "\"$stack/nothing.pem\""
stack_configure
"$programs/sora2api-poller" -c "$stack/sora2api.conf" >"$stack/said" 2>&1
is "$? $(grep -c "sora.ca_file $stack/nothing.pem: No such file" "$stack/said")" '1 1' \
    'without its file nothing starts'

is "$(cat "$stack"/log/worker "$stack"/log/poller "$stack"/log/nginx "$stack"/log/access |
    grep -c -e pa55word -e wr0ng -e "$(printf user:pa55word-one | base64)")" 0 \
    'no password of a proxy is in a log'
