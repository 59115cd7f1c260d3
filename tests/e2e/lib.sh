# SPDX-License-Identifier: MIT
# lib.sh: what a test needs to speak TAP, to wait, and to ask over HTTP.
# shellcheck shell=sh disable=SC2034,SC2154
#
# A test is a shell script that sources this file, says how many cases it has
# (plan), and checks: ok, is, like. It runs under `make check`, or by hand from
# the top of the source tree, with the programs in build/.
set -u

: "${abs_top_srcdir:=$(pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir/build}"
export abs_top_srcdir abs_top_builddir

test_name=$(basename "$0" .t)
tap_count=0
tap_failed=0
tap_planned=

plan()
{
	tap_planned=$1
	echo "1..$1"
}

# For a test that cannot run here; the reason is shown.
skip_all()
{
	echo "1..0 # SKIP $*"
	exit 0
}

# skip LAST REASON: the cases up to number LAST cannot run here.
skip()
{
	while [ "$tap_count" -lt "$1" ]; do
		tap_count=$((tap_count + 1))
		echo "ok $tap_count # SKIP $2"
	done
}

bail()
{
	echo "Bail out! $*"
	tap_failed=$((tap_failed + 1))
	exit 1
}

diag()
{
	printf '%s\n' "$*" | sed 's/^/# /'
}

# ok DESCRIPTION COMMAND...: holds when the command succeeds.
ok()
{
	tap_description=$1
	shift
	tap_count=$((tap_count + 1))
	if "$@"; then
		echo "ok $tap_count - $tap_description"
		return 0
	fi
	echo "not ok $tap_count - $tap_description"
	tap_failed=$((tap_failed + 1))
	return 1
}

# is GOT WANTED DESCRIPTION
is()
{
	ok "$3" test "$1" = "$2" && return
	diag "got:    $1"
	diag "wanted: $2"
	return 1
}

# isnt GOT UNWANTED DESCRIPTION
isnt()
{
	ok "$3" test "$1" != "$2" && return
	diag "got:    $1"
	return 1
}

matches()
{
	printf '%s\n' "$1" | grep -Eq -e "$2"
}

# like GOT REGEX DESCRIPTION: an extended regular expression, for a line of it.
like()
{
	ok "$3" matches "$1" "$2" && return
	diag "got:     $1"
	diag "pattern: $2"
	return 1
}

# Milliseconds since some start; needs no process.
now_ms()
{
	read -r up_time _ </proc/uptime
	up_time=${up_time%.*}${up_time#*.}0
	echo "${up_time#0}"
}

# wait_until SECONDS CONDITION: true as soon as the shell code CONDITION is. So
# long may it take where there is nothing else to do; $patience times as long on
# a busy machine. Who waits for what comes loses nothing by it.
wait_until()
{
	wait_end=$(($(now_ms) + $1 * ${patience:-6} * 1000))
	until eval "$2"; do
		[ "$(now_ms)" -lt "$wait_end" ] || return 1
		sleep "${poll:-0.05}"
	done
}

# ask METHOD URL [CURL-OPTION...]: sets $status, and the files $headers and $body.
# A path is asked of the stack, with its API key.
ask()
{
	ask_method=$1
	ask_url=$2
	shift 2
	headers=$stack/headers
	body=$stack/body
	case $ask_url in
	/*)
		ask_url=$base$ask_url
		set -- -H "Authorization: Bearer ${ask_key-$api_key}" "$@"
		;;
	esac
	[ "$ask_method" != HEAD ] || set -- --head "$@"
	: >"$body"
	status=$(curl -sS --max-time "${ask_time:-60}" -X "$ask_method" \
	    -D "$headers" -o "$body" -w '%{http_code}' "$@" "$ask_url") ||
		status="curl: $? ($status)"
}

# The value of a header of the last answer; empty when it is not there.
header()
{
	tr -d '\r' <"$headers" | sed -n "s/^$1: *//Ip" | tail -n 1
}

# json FILTER [FILE]: of the last answer's body, with jq.
json()
{
	jq -r "$1" "${2:-$body}" 2>/dev/null
}

base64_url()
{
	openssl base64 -A | tr '+/' '-_' | tr -d '='
}

# make_jwt E-MAIL [SECONDS]: an access token as the upstream's, for that long.
make_jwt()
{
	jwt_now=$(date +%s)
	jwt_head=$(printf '{"alg":"RS256","typ":"JWT"}' | base64_url)
	jwt_body=$(printf '{"iat":%d,"exp":%d,"https://api.openai.com/profile":{"email":"%s","email_verified":true}}' \
	    "$jwt_now" "$((jwt_now + ${2:-864000}))" "$1" | base64_url)
	printf '%s.%s.%s\n' "$jwt_head" "$jwt_body" \
	    "$(printf 'not signed: %s' "$1" | base64_url)"
}

# Run last, by the test's trap: a plan that was not kept is a failure.
tap_end()
{
	[ -z "$tap_planned" ] || [ "$tap_count" -eq "$tap_planned" ] ||
		tap_failed=$((tap_failed + 1))
	[ "$tap_failed" -eq 0 ]
}
