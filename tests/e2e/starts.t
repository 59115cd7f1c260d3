#!/bin/sh
# SPDX-License-Identifier: MIT
# starts.t: the ways to start workers besides spawn-fcgi, which all other tests
# use; and what does not start: one line, status 1, and nothing is changed.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

stack_speed=1000

plan 96
stack_start
stack_stop worker
rm -f "$stack/run/worker.sock" "$stack/run/worker.pid"

# From its creation to its file, as in demo-path.t.
makes_a_video()
{
	create '{"prompt":"A harbour","seconds":"10"}'
	[ "$status" = 201 ] && wait_until 20 'has_state "$id" completed' &&
		ask GET "/v1/videos/$id/content" && ask GET "$(header location)" &&
		[ "$status $(header content-type)" = '200 video/mp4' ]
}

# start_worker COMMAND...: in the background, with its log; $worker.
start_worker()
{
	setsid "$@" </dev/null >>"$stack/log/worker" 2>&1 &
	worker=$!
	echo "$worker" >"$stack/run/worker.pid"
}

# ---- socket activation ----

if command -v systemd-socket-activate >/dev/null; then
	start_worker systemd-socket-activate -l "$stack/run/worker.sock" \
	    "$programs/sora2api" -c "$stack/sora2api.conf"
	wait_until 5 '[ -S "$stack/run/worker.sock" ]'
	is "$(readlink "/proc/$worker/exe" | sed 's|.*/||')" systemd-socket-activate \
	    'no worker runs yet'
	ask GET /health
	is "$status" 200 'the first request is answered'
	is "$(readlink "/proc/$worker/exe")" "$(realpath "$programs/sora2api")" \
	    'by a worker that it started'
	ok 'a video with socket activation' makes_a_video
	ok 'it stops' stack_stop worker
else
	skip 5 'no systemd-socket-activate'
fi

# ---- a socket of its own ----

start_worker "$programs/sora2api" -c "$stack/sora2api.conf" \
    --listen "$stack/run/worker.sock"
ok '--listen' wait_until 10 'curl -sf -o "$stack/body" "$base/health"'
ok 'a video with --listen' makes_a_video
timeout 10 "$programs/sora2api" -c "$stack/sora2api.conf" \
    --listen "$stack/run/worker.sock" >"$stack/second" 2>&1
is "$? $(cat "$stack/second")" \
    "1 sora2api: error: another process listens on $stack/run/worker.sock" \
    'not twice on one socket'
ask GET /health
is "$status" 200 'the first one goes on'
kill_pids "$worker"
start_worker "$programs/sora2api" -c "$stack/sora2api.conf" \
    --listen "$stack/run/worker.sock"
ok 'the socket of one that was killed is taken' \
    wait_until 10 'curl -sf -o "$stack/body" "$base/health"'
ok 'it stops' stack_stop worker

# ---- systemd is told ----

# told PROGRAM [OPTION...]: what the program says when it is ready.
told()
{
	rm -f "$stack/told"
	setsid systemd-socket-activate --datagram -l "$stack/run/notify" \
	    sh -c 'head -c 7 <&3' >"$stack/told" 2>>"$stack/log/notify" &
	manager=$!
	wait_until 5 '[ -S "$stack/run/notify" ]'
	start_worker env "NOTIFY_SOCKET=$stack/run/notify" "$@"
	wait_until 10 '[ -s "$stack/told" ]'
	stack_stop worker
	kill_pids "$manager"
	rm -f "$stack/run/notify"
	cat "$stack/told"
}

if command -v systemd-socket-activate >/dev/null; then
	is "$(told "$programs/sora2api" -c "$stack/sora2api.conf" \
	    --listen "$stack/run/told.sock")" READY=1 'a worker is ready'
	stack_stop poller
	is "$(told "$programs/sora2api-poller" -c "$stack/sora2api.conf")" \
	    READY=1 'so is the poller'
else
	skip 13 'no systemd-socket-activate'
fi
stack_stop nginx
stack_stop sandbox

# ---- what does not start ----

site=$stack/site
mkdir "$site"
cat >"$site/conf" <<END
database: { sqlite_path = "$site/data/x.db"; };
cache: { dir = "$site/cache"; };
metrics: { file = ""; };
END
"$programs/sora2apictl" -c "$site/conf" init >"$stack/data/ignored"
cp -a "$site" "$stack/pristine"

# Root may do anything: as it would be for any other user.
as_user()
{
	if [ "$(id -u)" -eq 0 ]; then
		timeout 10 setpriv --bounding-set=-all --inh-caps=-all "$@"
	else
		timeout 10 "$@"
	fi
}

tree()
{
	(cd "$site" && find . -printf '%p %y %m %s\n' | sort
	find "$site" -type f -perm -400 -exec cat {} + | cksum)
}

# refused DESCRIPTION REGEX: both programs say so, and change nothing. Then the
# site is made anew.
refused()
{
	before=$(tree)
	for program in 'sora2api --listen '"$stack/run/refused.sock" sora2api-poller; do
		# shellcheck disable=SC2086
		as_user "$programs/"$program -c "$site/conf" >"$stack/said" 2>&1
		is "$? $(wc -l <"$stack/said")" '1 1' "${program%% *}: $1" ||
			diag "$(cat "$stack/said")"
		like "$(cat "$stack/said")" "^${program%% *}: error: $2" 'it says what is wrong'
	done
	is "$(tree)" "$before" 'nothing is changed'
	chmod -R u+rwX "$site"
	rm -rf "$site"
	cp -a "$stack/pristine" "$site"
}

as_user "$programs/sora2api" -c "$site/conf" </dev/null >"$stack/said" 2>&1
is "$? $(cat "$stack/said")" '1 sora2api: error: no socket to listen on: start with spawn-fcgi or a systemd socket unit, or give an address' \
    'a worker without a socket'
as_user "$programs/sora2api" -c "$site/conf" --listen "$stack/nowhere/x" >"$stack/said" 2>&1
is "$? $(cat "$stack/said")" "1 sora2api: error: cannot listen on $stack/nowhere/x: No such file or directory" \
    'one whose socket has no folder'

rm "$site/conf"
refused 'no configuration' "configuration: cannot open $site/conf: No such file"
chmod 0 "$site/conf"
refused 'a configuration of others' "configuration: cannot open $site/conf: Permission denied"
echo 'limits: { max_queues = 1; };' >>"$site/conf"
refused 'an unknown key' ".*$site/conf:4: .*limits\.max_queues"
rm "$site/data/x.db"
refused 'no database' "database $site/data/x\.db: No such file or directory; run \"sora2apictl init\""
rm "$site/data/x.db.key"
refused 'no key file' "key file $site/data/x\.db\.key: No such file or directory; secrets in the database cannot be read"
chmod 644 "$site/data/x.db.key"
refused 'a key file that others can read' "key file $site/data/x\.db\.key: others can read it; run chmod 600"
head -c 32 /dev/urandom >"$site/data/x.db.key"
refused 'the key file of another database' '.*key file'
rmdir "$site/data/spool"
refused 'no spool' "folder $site/data/spool \(spool\.dir\) cannot be used: No such file"
rmdir "$site/cache"
refused 'no cache' "folder $site/cache \(cache\.dir\) cannot be used: No such file"
chmod 550 "$site/cache"
refused 'a cache that cannot be written' "folder $site/cache \(cache\.dir\) cannot be used: Permission denied"
chmod 440 "$site/data/x.db"
refused 'a database that cannot be written' "database $site/data/x\.db cannot be written"
chmod 550 "$site/data"
refused 'a folder of the database that cannot be written' \
    "the folder of database $site/data/x\.db: Permission denied"
head -c 6000 "$stack/pristine/data/x.db" >"$site/data/x.db"
refused 'half a database' "database $site/data/x\.db is damaged: .*; restore a backup"
sqlite3 "$site/data/x.db" 'PRAGMA user_version = 999'
refused 'a newer database' "database $site/data/x\.db has schema 999, this program knows [0-9]+; install the newer"
rm "$site/data/x.db"
sqlite3 "$site/data/x.db" 'CREATE TABLE t (x)'
refused "another program's database" "database $site/data/x\.db is not a database of sora2api"
: >"$site/data/x.db"
refused 'an empty database' "database $site/data/x\.db is empty; remove it and run \"sora2apictl init\""
timeout 10 "$programs/sora2api-poller" --colour >"$stack/said" 2>&1
is $? 2 'an unknown option'
