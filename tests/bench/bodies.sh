#!/bin/sh
# SPDX-License-Identifier: MIT
# bodies.sh: the most memory that a worker ever has while eight clients at once
# send each route the worst bodies that it takes.
# shellcheck disable=SC2034,SC2059,SC2086,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/bench/bench.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"

: "${bench_clients:=8}"
stack_workers=1
stack_start
login
stack_stop poller

repeat()
{
	yes "$1" | tr -d '\n' | head -c "$2"
}

# of_size BYTES OPENING FILLING CLOSING: a body of exactly that length
of_size()
{
	printf '%s' "$2"
	repeat "$3" $(($1 - ${#2} - ${#4}))
	printf '%s' "$4"
}

# flood KEY PATH [CURL-OPTION...]: $stack/sent, from all clients at once.
flood()
{
	flood_key=$1
	flood_path=$2
	shift 2
	flood_pids=
	for i in $(seq "$bench_clients"); do
		curl -s --max-time 300 -o "$stack/flood.$i" -w '%{http_code}\n' \
		    -X "${flood_method-POST}" -H "Authorization: Bearer $flood_key" \
		    -H "Idempotency-Key: $flood_path $i" -H 'Expect:' "$@" \
		    --data-binary "@$stack/sent" "$base$flood_path" >>"$stack/statuses" &
		flood_pids="$flood_pids $!"
	done
	wait $flood_pids
}

peak()
{
	awk '/^VmHWM/ { printf "%.1f\n", $2 / 1024 }' "/proc/$(pids_of worker)/status"
}

# The routes of routes.c with that who and limits: method and path.
routes()
{
	sed -n "s/.*{ M_\\([A-Z]*\\), *\"\\([^\"]*\\)\", *WHO_[A-Z]*, *\\($1\\),.*/\\1 \\2/p" \
	    "$abs_top_srcdir/src/api/routes.c" | sed 's/{[^}]*:int}/1/; s/{[^}]*}/x/'
}

# others LIMITS BYTES KEY: what is no media
others()
{
	routes "$1" | while read -r flood_method others_path; do
		for closing in '"}' '0]}'; do
			case $closing in
			'"}') of_size "$2" '{"username":"' x '"}' ;;
			*) of_size "$2" '{"username":[' '0,' '0]}' ;;
			esac >"$stack/sent"
			flood "$3" "$others_path" -H 'Content-Type: application/json'
		done
	done
}

kib=1024
others LOGIN $((16 * kib)) none
others JSON $((64 * kib)) "$session"
others TOKEN $((256 * kib)) "$session"
others 'TEXT\|WORDS' $((512 * kib)) "$api_key"
others BATCH $((8 * kib * kib)) "$session"
figure bodies_other_peak "$(peak)" 'MiB of a worker' max 40

# The largest, in each form that is kept in memory, and one that is not.
most=$((100 * kib * kib))
json='Content-Type: application/json'
form='Content-Type: application/x-www-form-urlencoded'
multipart='Content-Type: multipart/form-data; boundary=b'
part='--b\r\nContent-Disposition: form-data; name=prompt'

flood_media()
{
	routes 'ANY\|CHAT' | while read -r flood_method media_path; do
		flood "$api_key" "$media_path" -H "$json"
	done
}

of_size $most '{"prompt":"' x '"}' >"$stack/sent"
flood_media
of_size $most '{"prompt":[' '0,' '0]}' >"$stack/sent"
flood_media
of_size $most '{"prompt":"x","input_reference":"' AAAA '"}' >"$stack/sent"
flood "$api_key" /v1/videos -H "$json"
of_size $most 'prompt=' x '' >"$stack/sent"
flood "$api_key" /v1/videos -H "$form"
for more in '' '; filename=x'; do
	{
		printf -- "$part$more\r\n\r\n"
		repeat x $((most - 100))
		printf '\r\n--b--'
	} >"$stack/sent"
	flood "$api_key" /v1/videos -H "$multipart"
done
figure bodies_media_peak "$(peak)" 'MiB of a worker' max 400
figure bodies_left "$(rss worker)" 'MiB of a worker' max 40
sort "$stack/statuses" | uniq -c | sed 's/^/# answers: /'
