#!/bin/sh
# status.sh: status reads a second, and how many of a bare FastCGI program's
# that is, behind the same nginx. Needs wrk. `make bench` runs it.
# shellcheck disable=SC2016
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"

: "${bench_seconds:=3}"		# of each run
: "${bench_rounds:=3}"
: "${bench_connections:=16}"

command -v wrk >/dev/null || bail 'needs wrk'

# rate PATH: answers a second; anything but a 200 spoils the run.
rate()
{
	wrk -t 1 -c "$bench_connections" -d "${bench_seconds}s" \
	    -H "Authorization: Bearer $api_key" "$base$1" >"$stack/wrk"
	! grep -E 'Non-2xx|Socket errors' "$stack/wrk" >&2 || bail "$1 fails"
	awk '/^Requests\/sec/ { print $2 }' "$stack/wrk"
}

median()
{
	printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}

stack_new
stack_server="location = /hello {
	include snippets/sora2api-fastcgi.conf;
	fastcgi_pass unix:$stack/run/hello.sock;
}"
stack_start
spawn hello "$stack_workers" "$programs/tests/bench/hello" ||
	bail 'the bare program does not start'
ask POST /v1/videos -F prompt=bench -F seconds=10 -F size=1280x720
id=$(json .id)
[ "$status" = 201 ] || bail "POST /v1/videos: $status"
wait_until 60 'ask GET "/v1/videos/$id"; [ "$(json .status)" = completed ]' ||
	bail "no video: $(cat "$body")"

hello=
reads=
while [ "$bench_rounds" -gt 0 ]; do
	hello="$hello $(rate /hello)"
	reads="$reads $(rate "/v1/videos/$id")"
	bench_rounds=$((bench_rounds - 1))
done
# shellcheck disable=SC2086
awk -v hello="$(median $hello)" -v reads="$(median $reads)" 'BEGIN {
	printf "bare program %d/s, status reads %d/s: %.2f of it\n", hello, reads,
	    reads / hello
}'
