#!/bin/sh
# SPDX-License-Identifier: MIT
# secrets.t: after all kinds of work, no credential is in a log, in an error, or
# open in the database.
# shellcheck disable=SC2016,SC2034,SC2119,SC2129,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"

stack_tokens=0
stack_speed=1000
stack_set debug.enabled true

plan 32
stack_start
login
first_session=$session

# what is asked, and answers that are errors
: >"$stack/errors"
try()
{
	admin "$@"
	case $status in
	2*) ;;
	*) cat "$body" >>"$stack/errors"; echo >>"$stack/errors" ;;
	esac
}

# ---- work of all kinds ----

at=$(make_jwt a@example.org)
bt=$(make_jwt b@example.org)
control POST sessions '{"st":"st-5ecret-a","email":"a@example.org"}'
control POST refresh-tokens '{"rt":"rt-5ecret-b","email":"b@example.org","client_id":"app_b"}'
try POST /api/tokens "{\"token\":\"$at\",\"st\":\"st-5ecret-a\"}"
try POST /api/tokens "{\"token\":\"$bt\",\"rt\":\"rt-5ecret-b\",\"client_id\":\"app_b\",\"proxy_url\":\"http://puser:ppa55-5ecret@127.0.0.1:1\"}"
try POST /api/tokens "{\"token\":\"$at\"}"
try POST /api/tokens '{"token":"bad-5ecret.x.y"}'
try POST /api/tokens "{\"token\":\"$(make_jwt z@example.org)\",\"proxy_url\":\"nonsense://u:ppa55-5ecret@h:1\"}"
try POST /api/tokens/2/test
try POST /api/tokens/st2at '{"st":"st-5ecret-unknown"}'
try POST /api/tokens/rt2at '{"rt":"rt-5ecret-unknown"}'
try POST /api/tokens/import '{"tokens":[{"email":"q@example.org","access_token":"at-5ecret-import"}]}'
grep -v '"success":true' "$body" >>"$stack/errors"
try POST /api/admin/password '{"old_password":"old-5ecret","new_password":"new-5ecret"}'
try POST /api/proxy/config '{"proxy_enabled":true,"proxy_url":"http://guser:gpa55-5ecret@127.0.0.1:1"}'
try POST /api/tokens/1/test
try POST /api/tokens/st2at '{"st":"st-5ecret-a"}'
try POST /api/proxy/config '{"proxy_enabled":false}'
try PUT /api/tokens/2 '{"proxy_url":""}'
try POST /api/tokens/2/test
control POST challenge '{"cookies":{"cf_clearance":"cf-5ecret-cookie"},"required":true,"key":null}'
try POST /api/cloudflare/config "{\"solver_enabled\":true,\"solver_api_url\":\"$sandbox\"}"
try POST /api/cloudflare/refresh
is "$status" 200 'the solver gives its cookies'
control POST links '{"token":"parse-5ecret"}'
try POST /api/watermark-free/config "{\"watermark_free_enabled\":true,\"parse_method\":\"custom\",\"custom_parse_url\":\"$sandbox\",\"custom_parse_token\":\"parse-5ecret\"}"
try POST /api/token-refresh/enabled '{"enabled":true}'
stack_stop poller
poller_start
create '{"prompt":"prompt-5ecret harbour","seconds":10}'
wait_until 30 'has_ended "$id"'
is "$state" completed 'a video, with cookies and the service for links'
control POST accounts '{"email":"b@example.org","invalidate":true}'
control POST accounts '{"email":"a@example.org","invalidate":true}'
control POST sessions '{"st":"st-5ecret-a","renew":true}'
stack_stop poller	# with both accounts: they take turns
for n in 1 2 3 4; do
	create "{\"prompt\":\"prompt-5ecret $n\",\"seconds\":10}"
	ids="${ids-} $id"
done
poller_start
for id in $ids; do
	wait_until 30 'has_ended "$id"'
done
renewed()
{
	admin GET /api/tokens
	! grep -qF -e "$at" -e "$bt" "$body"
}
wait_until 10 renewed
admin GET /api/tokens
json '.[].token, .[].st, .[].rt | select(. != null)' >"$stack/secrets"
is "$(grep -cF -e "$at" -e "$bt" -e rt-5ecret-b "$stack/secrets")" 0 'both are renewed'
for kind in token_expired bad_gateway cut; do
	fault "{\"endpoint\":\"me\",\"fault\":\"$kind\",\"count\":1}"
	try POST /api/tokens/1/test
done
control POST links '{"token":"another"}'
create '{"prompt":"prompt-5ecret refused [[sandbox:violation]]","seconds":10}'
wait_until 30 'has_ended "$id"'
cat "$body" >>"$stack/errors"
login wrong-5ecret
cat "$body" >>"$stack/errors"
old_key=$api_key
ask_key=key-5ecret-wrong
ask GET /v1/models
unset ask_key
cat "$body" >>"$stack/errors"
login
try POST /api/admin/apikey '{"new_api_key":"key-5ecret-new"}'
try POST /api/admin/password "{\"old_password\":\"$admin_password\",\"new_password\":\"new-5ecret\"}"
is "$status" 200 'key and password are changed'

# ---- none of it is seen ----

# what there is besides *-5ecret
printf '%s\n' "$at" "$bt" "$first_session" "$session" "$admin_password" "$old_key" >>"$stack/secrets"
ok 'there is something to look for' test "$(wc -l <"$stack/secrets")" -ge 9
for name in worker poller nginx access ctl; do
	ok "$name: has a log" test -s "$stack/log/$name" -o "$name" = ctl
	is "$(grep -ac 5ecret "$stack/log/$name")" 0 "$name: no credential, no prompt"
	is "$(grep -acFf "$stack/secrets" "$stack/log/$name")" 0 "$name: no token, key or session"
done
ok 'there were errors' test "$(wc -l <"$stack/errors")" -ge 10
is "$(grep 5ecret "$stack/errors")" '' 'errors tell no credential'
is "$(grep -Ff "$stack/secrets" "$stack/errors")" '' 'nor a token'
is "$(grep -E "$stack|/usr|SELECT |UPDATE |INSERT " "$stack/errors")" '' 'nor files and statements'
ok 'the database is there, with its log' test -s "$stack/data/sora2api.db-wal"
for file in "$stack/data/sora2api.db" "$stack/data/sora2api.db-wal" "$stack/data/sora2api.db-shm"; do
	name=$(basename "$file")
	is "$(grep -ao '[a-z0-9]*-5ecret[-a-z]*' "$file" | grep -v 'prompt-5ecret' | sort -u)" '' \
	    "$name: no credential lies open"
	is "$(grep -acFf "$stack/secrets" "$file")" 0 "$name: no token, key or session"
done
is "$(grep -ralE 'cf-5ecret' "$stack/data")" '' 'nor do cookies, in any file'
