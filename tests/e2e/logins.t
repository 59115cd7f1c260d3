#!/bin/sh
# SPDX-License-Identifier: MIT
# logins.t: a password is neither guessed nor used to keep its owner out.
# shellcheck shell=sh disable=SC2016,SC2034,SC2086,SC2154
. "${abs_top_srcdir:-.}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"

plan 18

stack_workers=2
stack_start

# try ADDRESS PASSWORD [NAME]: prints the status of a login from there; the
# answer's head is in $stack/head.
try()
{
	curl -s -o "$body" -D "$stack/head" -w '%{http_code}\n' \
	    --interface "$1" -H 'Content-Type: application/json' \
	    -d "{\"username\":\"${3-admin}\",\"password\":\"$2\"}" \
	    "$base/api/login"
}

# The same, past the nginx limit, which counts requests and not failures.
patient()
{
	while patient_status=$(try "$@") && [ "$patient_status" = 429 ] &&
	    grep -q 'Too many requests' "$body"; do
		sleep 0.2
	done
	echo "$patient_status"
}

# strangers N: as many logins that fail, each from an address of its own
address=0
strangers()
{
	for strangers_i in $(seq "$1"); do
		address=$((address + 1))
		try "127.2.$((address / 250)).$((address % 250 + 1))" bad "$2"
	done
}

# ---- many at once ----

login
is "$status" 200 'the administrator signs in'
: >"$stack/changes"
changers=
for i in $(seq 12); do
	curl -s -o "$stack/change.$i" -w '%{http_code}\n' \
	    -H "Authorization: Bearer $session" \
	    -H 'Content-Type: application/json' \
	    -d "{\"old_password\":\"$admin_password\",\"new_password\":\"changed-$i\"}" \
	    "$base/api/admin/password" >"$stack/changed.$i" &
	changers="$changers $!"
done
wait $changers
is "$(cat "$stack"/changed.* | grep -c 200)" 1 \
    'of twelve changes of the password at once, one is done'
is "$(cat "$stack"/changed.* | grep -Evc '^(200|400|401|429)$')" 0 \
    'and the others are told no'
winner=$(grep -l 200 "$stack"/changed.*)
admin_password=changed-${winner##*.}
ok 'its password is the one that holds' wait_until 20 \
    '[ "$(try 127.0.0.1 "$admin_password")" = 200 ]'
admin GET /api/stats
is "$status" 401 'the session from before has ended'
login
is "$status" 200 'a new one begins'

# A stolen session is no way to find the password.
n=0
guess()
{
	admin POST /api/admin/password \
	    '{"old_password":"wrong","new_password":"changed-it"}'
	n=$((n + 1))
	[ "$status" = 429 ] || [ "$n" -gt 30 ]
}
until guess; do :; done
is "$status" 429 'an old password is not guessed either'
like "$(header Retry-After)" '^[1-9][0-9]*$' 'with the time to wait'
is "$(json .detail | cut -c 1-23)" 'Too many failed logins;' 'and why'

# ---- one address that guesses, and helps itself with other names ----

: >"$stack/guesses"
for i in $(seq 20); do
	try 127.1.0.1 bad >>"$stack/guesses"
	try 127.1.0.1 bad >>"$stack/guesses"
	try 127.1.0.1 bad "name-$i" >>"$stack/names"
	strangers 1 "other-$i" >/dev/null
done
# five, and then one after 1, 2, 4 ... seconds: of names and all
checked=$(cat "$stack/guesses" "$stack/names" | grep -c 401)
ok "of sixty tries of an address few are checked: $checked" \
    [ "$checked" -ge 5 ] && [ "$checked" -le 20 ]

# ---- many addresses ----

strangers 30 admin >"$stack/crowd"
is "$(tail -n 20 "$stack/crowd" | sort -u)" 429 'strangers take turns'
like "$(grep -i '^retry-after:' "$stack/head" | tr -d '\r')" ': ([1-9]|10)$' \
    'and are told when it is theirs'
ok 'where the administrator was before, they get in meanwhile' \
    wait_until 60 'strangers 3 admin >/dev/null
	[ "$(try 127.0.0.1 "$admin_password")" = 200 ]'
ok 'elsewhere, at their turn' wait_until 60 'strangers 3 admin >/dev/null
	[ "$(try 127.3.0.1 "$admin_password")" = 200 ]'
is "$(patient 127.3.0.1 "$admin_password")" 200 'and from then on at once'

# ---- workers that are killed ----

stack_kill worker
worker_start
ok 'new workers' wait_until 20 '[ "$(curl -s -o /dev/null -w "%{http_code}" "$base/health")" = 200 ]'
is "$(strangers 1 admin)" 429 'strangers still take turns'
is "$(patient 127.3.0.1 "$admin_password")" 200 'the administrator still gets in'
