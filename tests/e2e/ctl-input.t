#!/bin/sh
# SPDX-License-Identifier: MIT
# ctl-input.t: what sora2apictl refuses: one line, its exit code, nothing changed.
# shellcheck shell=sh disable=SC2086,SC2154
. "${abs_top_srcdir:-.}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/ctl.sh"

plan 106

ctl_site
sqlite3 "$db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
cp -a "$stack/data" "$stack/pristine"
cp -a "$stack/sora2api.conf" "$stack/conf.pristine"
key=$db.key
conf=$stack/sora2api.conf

pristine()
{
	rm -rf "$stack/data"
	cp -a "$stack/pristine" "$stack/data"
	cp -af "$stack/conf.pristine" "$conf"
}

# The operands that make a command line complete.
operands()
{
	case $1 in
	backup) echo "$stack/data/copy" ;;
	check) echo --offline ;;
	import-config | import-db) echo "$stack/none" ;;
	'token enable' | 'token disable' | 'token delete' | 'token test') echo 1 ;;
	'task show' | 'task cancel' | 'task retry') echo sora-2-000000000000 ;;
	esac
}

# refused CODE PATTERN COMMAND...: holds when the last run was such a refusal.
refused()
{
	[ "$code" -eq "$1" ] || { diag "$3: exit code $code, not $1"; return 1; }
	[ ! -s "$out" ] || { diag "$3: prints on stdout"; return 1; }
	[ "$(wc -l <"$err")" -eq 1 ] ||
		{ diag "$3: $(wc -l <"$err") lines on stderr"; return 1; }
	matches "$(cat "$err")" "^sora2apictl: .*($2)" ||
		{ diag "$3: $(cat "$err")"; return 1; }
}

# `check` tells the same as a finding.
found()
{
	[ "$code" -eq 1 ] && [ ! -s "$err" ] &&
	    grep -Eq "^fail .*($1)" "$out" && return
	diag "check: exit code $code, $(grep ^fail "$out"; cat "$err")"
	return 1
}

# all_refuse CODE PATTERN [EXCEPT...]: every command that needs what is broken.
all_refuse()
{
	all_code=$1
	all_pattern=$2
	shift 2
	all_good=0
	all_n=0
	snapshot >"$stack/snapshot.before"
	while read -r all_command; do
		case " $* sample-config import-config completion " in
		*" $(echo "$all_command" | tr ' ' _) "*) continue ;;
		esac
		all_n=$((all_n + 1))
		# shellcheck disable=SC2046,SC2086
		run ctl $all_command $(operands "$all_command")
		if [ "$all_command" = check ]; then
			found "$all_pattern" || all_good=1
		else
			refused "$all_code" "$all_pattern" "$all_command" ||
				all_good=1
		fi
		snapshot >"$stack/snapshot.after"
		diff "$stack/snapshot.before" "$stack/snapshot.after" \
		    >"$stack/log/diff" ||
			{ diag "$all_command changed something"
			diag "$(cat "$stack/log/diff")"; all_good=1; }
	done <"$stack/run/commands"
	[ "$all_n" -ge 10 ] || { diag "only $all_n commands"; all_good=1; }
	return "$all_good"
}

commands >"$stack/run/commands"

# ---- the configuration ----

no_db='init check-config'	# need no database

mv "$conf" "$conf.away"
ok "no configuration file: nothing works" \
    all_refuse 1 'No such file or directory'
mv "$conf.away" "$conf"

# broken DESCRIPTION LINE PATTERN
broken_conf()
{
	printf '%s\n' "$2" >>"$conf"
	ok "$1: nothing works" all_refuse 1 "$3"
	pristine
}

broken_conf "an unknown key" 'poller: { lease_tim = 3; };' \
    'sora2api.conf:[0-9]+: unknown key poller.lease_tim: did you mean'
broken_conf "an unknown section" 'polar: { lease_time = 3; };' \
    'unknown section polar: did you mean poller'
broken_conf "a value of the wrong type" 'poller: { lease_time = "long"; };' \
    'poller.lease_time: found "long"; accepted: a whole number'
broken_conf "a value beyond its range" 'poller: { lease_time = 1; };' \
    'poller.lease_time: found 1; accepted: a whole number from 2'
broken_conf "a file that ends early" 'poller: { lease_time' 'syntax error'

# ---- key file ----

rm "$key"
ok "no key file" all_refuse 1 'key file .*No such file' $no_db
pristine

chmod 644 "$key"
ok "a key file that others can read" \
    all_refuse 1 'others can read it; run chmod 600' $no_db
pristine

echo short >"$key"
ok "a key file that was cut off" all_refuse 1 'not a key file' $no_db
pristine

head -c 32 /dev/urandom >"$key"
ok "a different key file" all_refuse 1 'made with another key file' $no_db
pristine

# ---- folders ----

rmdir "$stack/data/spool"
ok "no spool folder" all_refuse 1 'spool' $no_db
pristine

# ---- database ----

rm "$db"
ok "no database" all_refuse 1 'run "sora2apictl init"|No such file' $no_db
pristine

: >"$db"
ok "an empty file" all_refuse 1 'is empty; remove it' $no_db
pristine

rm "$db"
sqlite3 "$db" 'CREATE TABLE t (x)'
ok "another program's database" \
    all_refuse 1 'is not a database of sora2api' $no_db
pristine

rm "$db"
sqlite3 "$db" 'CREATE TABLE t (x); PRAGMA user_version = 3'
ok "another program's database, numbered like ours" \
    all_refuse 1 'is not a database of sora2api' $no_db
pristine

rm "$db"
mkdir "$db"
ok "a folder" all_refuse 1 'is not a database of sora2api' $no_db
pristine

echo 'This is a text of some length, and no database at all.' >"$db"
ok "not a database" all_refuse 1 'is not a database of sora2api' $no_db
pristine

size=$(stat -c %s "$stack/pristine/sora2api.db")
head -c $((size / 2)) "$stack/pristine/sora2api.db" >"$db"
ok "a half-written backup in the database's place" \
    all_refuse 1 'damaged.*restore a backup' $no_db
pristine

sqlite3 "$db" 'PRAGMA user_version = 99'
ok "a newer schema" all_refuse 1 'install the newer version' backup $no_db
pristine

# The first schema, as an earlier version left it.
make_older()
{
	rm -f "$db"
	{
		cat "$abs_top_srcdir/src/store/schema/0001-initial.sql"
		echo "ATTACH '$stack/pristine/sora2api.db' AS new;"
		echo "INSERT INTO main.meta SELECT * FROM new.meta;"
		for table in api_keys admin_config proxy_config \
		    watermark_free_config cache_config generation_config \
		    token_refresh_config cloudflare_solver_config; do
			echo "INSERT INTO main.$table SELECT * FROM new.$table;"
		done
		echo "INSERT INTO main.tokens (id, token, token_hash, email,
		    created_at) SELECT id, token, token_hash, email, created_at
		    FROM new.tokens;"
		echo "PRAGMA main.user_version = 1;"
	} | sqlite3 "$db"
	chmod 600 "$db"
}

make_older
sqlite3 "$db" 'PRAGMA journal_mode = WAL' >/dev/null
ok "an older schema" \
    all_refuse 1 'run "sora2apictl migrate"' backup migrate $no_db

# ---- in use ----

hold_lock
snapshot >"$stack/snapshot.before"
run ctl migrate
ok "migrate refuses while somebody writes" refused 5 'is busy' migrate
snapshot >"$stack/snapshot.after"
ok "and changes nothing, nor does it leave a copy" \
    cmp "$stack/snapshot.before" "$stack/snapshot.after"
release_lock

now_later=$(($(date +%s) + 200))000
sqlite3 "$db" "INSERT INTO leases (name, owner, expires_ms) VALUES ('poller', 'me', $now_later)"
sqlite3 "$db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
snapshot >"$stack/snapshot.before"
run ctl migrate
ok "migrate refuses while a poller is running" refused 5 'a poller is running' migrate
snapshot >"$stack/snapshot.after"
ok "and changes nothing then" \
    cmp "$stack/snapshot.before" "$stack/snapshot.after"
sqlite3 "$db" 'DELETE FROM leases'

run ctl migrate
is "$code" 0 "migrate brings the older schema up to date"
copy=$(ls "$stack"/data/sora2api.db.schema1-*.backup)
ok "and leaves one copy beside it" test -f "$copy"
is "$(sqlite3 "$copy" 'PRAGMA user_version; SELECT email FROM tokens;
    PRAGMA integrity_check' | tr '\n' ' ')" "1 account1@example.org ok " \
    "which is the older database, whole"
is "$(stat -c %a "$copy")" 600 "and nobody else's to read"
run ctl token list
like "$(cat "$out")" '^ *1 .*account1@example.org' "the token is there"
run ctl --json migrate
is "$(json .backup "$out")" null "a second migrate has nothing to do"
pristine

# writer NAME COMMAND...: what writes waits its time, and then says so.
hold_lock
snapshot >"$stack/snapshot.before"
make_jwt new@example.org >"$stack/run/jwt"
echo sk-a-new-key >"$stack/run/key"
sqlite3 "$stack/run/old.db" 'CREATE TABLE tokens (id, token);
    INSERT INTO tokens VALUES (1, 2)'
snapshot >"$stack/snapshot.before"
for line in "token add --token-file $stack/run/jwt" 'token enable 1' \
    'token disable 1' 'token delete 1' 'admin reset-password' \
    "api-key set --file $stack/run/key" 'api-key set --generate' \
    "import-db $stack/run/old.db"; do
	# shellcheck disable=SC2086
	run ctl $line
	ok "in use: ${line%% /*}" refused 5 'is busy' "$line"
done
snapshot >"$stack/snapshot.after"
ok "none of them changed anything" \
    cmp "$stack/snapshot.before" "$stack/snapshot.after"
run ctl backup "$stack/run/copy"
is "$code" 0 "a backup needs no lock"
release_lock
rm -f "$stack/run/copy"
pristine

# ---- who may not ----

# As somebody without rights: root itself may do everything.
cp "$programs/sora2apictl" "$stack/run/sora2apictl" 2>/dev/null ||
	bail "there is no sora2apictl"
chmod 711 "$stack/run"
as_nobody()
{
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid 65534 --regid 65534 --clear-groups \
		    "$stack/run/sora2apictl" -c "$conf" "$@"
	else
		ctl "$@"
	fi
}
give_away()
{
	[ "$(id -u)" -ne 0 ] || chown -R 65534:65534 "$stack/data" "$stack/cache"
	[ "$(id -u)" -ne 0 ] || chown 65534 "$conf"
}

chmod 0 "$conf"
run as_nobody status
ok "a configuration that may not be read" \
    refused 1 'sora2api.conf: Permission denied' status
pristine

give_away
chmod 0 "$key"
run as_nobody status
ok "a key file that may not be read" \
    refused 1 'key file .*: Permission denied' status
pristine

give_away
chmod 400 "$db"
run as_nobody admin reset-password
ok "a database that may not be written" \
    refused 1 'cannot be written' reset-password
pristine

give_away
chmod 500 "$stack/data"
run as_nobody status
ok "a data folder that may not be written" \
    refused 1 'the folder of database .*make it writable' status
chmod 750 "$stack/data"
pristine

give_away
mkdir -m 500 "$stack/closed"
run as_nobody backup "$stack/closed/copy"
ok "a backup's folder that may not be written" \
    refused 5 'cannot create a file in .*Permission denied' backup
rmdir "$stack/closed"
pristine
[ "$(id -u)" -ne 0 ] || chown -R root:root "$stack/cache"

# ---- words ----

cat >"$stack/run/settings.toml" <<'END'
[cache]
timeout = 600
END
echo 'timeout = "long"' >"$stack/run/wrong.toml"
printf '[cache]\ntimeout = "long"\n' >"$stack/run/type.toml"
printf '[cache]\ntimeout = 5\n' >"$stack/run/range.toml"
printf '[cache\n' >"$stack/run/broken.toml"
printf '[cache]\nbase_url = "http://x\n' >"$stack/run/open.toml"
printf '[cache]\ntimeout = 60\ntimeout = 70\n' >"$stack/run/twice.toml"
printf '[cache]\ntimeout = 60\n\n[cash]\na = [ 1,\n2 ]\n' >"$stack/run/unknown.toml"
printf 'a = "\377"\n' >"$stack/run/latin1.toml"
printf '[proxy]\nproxy_enabled = true\n' >"$stack/run/proxy.toml"
sqlite3 "$stack/run/other.db" 'CREATE TABLE t (x)'
head -c 3000 "$stack/run/old.db" >"$stack/run/cut.db"
sqlite3 "$stack/run/notoken.db" 'CREATE TABLE tokens (id, email);
    INSERT INTO tokens VALUES (1, "a@example.org")'
sqlite3 "$stack/run/time.db" 'CREATE TABLE tokens (id, token, expiry_time);
    INSERT INTO tokens VALUES (1, "good", NULL), (2, "bad", "soon")'
sqlite3 "$stack/run/type.db" 'CREATE TABLE tokens (id, token, is_active);
    INSERT INTO tokens VALUES (1, "good", 1), (2, "bad", "maybe")'
sqlite3 "$stack/run/status.db" 'CREATE TABLE tokens (id, token);
    INSERT INTO tokens VALUES (1, "good");
    CREATE TABLE characters (cameo_id, token_id, status);
    INSERT INTO characters VALUES ("c", 1, "lost")'
: >"$stack/run/empty"
echo 'two words' >"$stack/run/words"
echo not-a-token >"$stack/run/nojwt"
snapshot >"$stack/snapshot.before"

# code, pattern, command line
cat >"$stack/log/table" <<END
2|missing command|
2|no command "frobnicate"; see|frobnicate
2|token needs one of: add, list|token
2|no command "token frobnicate"; after token comes one of: add|token frobnicate
2|no command "frobnicate"|help frobnicate
2|no option --frobnicate; see|--frobnicate
2|status: no option --frobnicate; see "sora2apictl help status"|status --frobnicate
2|status: no option -x|status -x
2|option --config needs an argument|--config
2|token add: option --email needs an argument|token add --email
2|backup needs an argument: file|backup
2|import-config needs an argument|import-config
2|import-db needs an argument|import-db
2|task retry needs an argument: id|task retry
2|status: one argument too many: now|status now
2|token enable: one argument too many: 2|token enable 1 2
3|--file or --generate, not both|api-key set --generate --file $stack/run/words
4|exists already; nothing was changed|init
4|exists already; nothing was changed|backup $stack/run/words
4|is the database itself|backup --force $db
4|exists and is no file|backup --force $stack/run
3|is no name of a file|backup $stack/run/
5|cannot create a file in .*No such file|backup $stack/none/copy
3|none: No such file|import-config $stack/none
3|wrong.toml:1: unknown key timeout; --skip-unknown|import-config $stack/run/wrong.toml
3|type.toml:2: cache.timeout: found "long"; accepted: a whole number|import-config $stack/run/type.toml
3|range.toml:2: cache.timeout: found 5; accepted: .* from 60|import-config $stack/run/range.toml
3|broken.toml:1: a .section. without its end|import-config $stack/run/broken.toml
3|open.toml:2: a string|import-config $stack/run/open.toml
3|twice.toml:3: cache.timeout: set before|import-config $stack/run/twice.toml
3|unknown.toml:5: unknown section cash: did you mean cache|import-config $stack/run/unknown.toml
3|latin1.toml: it is no text in UTF-8|import-config $stack/run/latin1.toml
3|needs proxy.url|import-config $stack/run/proxy.toml
4|exists already; nothing was changed|import-config --output $conf $stack/run/settings.toml
3|none: No such file|import-db $stack/none
3|it is not a database|import-db $stack/run/settings.toml
3|malformed|import-db $stack/run/cut.db
3|it has no table tokens|import-db $stack/run/other.db
3|it is a database of this edition|import-db $db
3|tokens, row 1, token: found nothing|import-db $stack/run/notoken.db
3|tokens, row 2, expiry_time: found no time|import-db $stack/run/time.db
3|tokens, row 2, is_active: found no whole number|import-db $stack/run/type.db
3|characters, row 1, status: accepted: processing|import-db $stack/run/status.db
3|cannot open .*none: No such file|token add --token-file $stack/none
3|empty is empty|token add --token-file $stack/run/empty
3|Invalid JWT|token add --token-file $stack/run/nojwt
3|--video-concurrency must be|token add --video-concurrency 0
3|--sora2 must be yes, no or unknown|token add --sora2 maybe
3|id of a token is a number|token enable one
3|id of a token is a number|token test 0
4|Token not found|token delete 77
4|Token not found|token test 77
3|--limit must be 1 to|task list --limit 0
3|--status must be queued|task list --status done
4|Task not found|task show sora-2-000000000000
4|Task not found|task cancel sora-2-000000000000
4|Task not found|task retry sora-2-000000000000
3|standard input is empty|api-key set
3|the new key:1: global.api_key: .*without blanks|api-key set --file $stack/run/words
END
refused_unchanged()
{
	refused "$want" "$pattern" "$line" || return 1
	cmp -s "$stack/snapshot.before" "$stack/snapshot.after" && return
	diag "$line changed something"
	return 1
}

while IFS='|' read -r want pattern line; do
	# shellcheck disable=SC2086
	run ctl $line
	snapshot >"$stack/snapshot.after"
	ok "$want: ${line:-no command}" refused_unchanged
done <"$stack/log/table"

run ctl status
is "$code" 0 "after all of it the site is as it was"

# shellcheck disable=SC2016
run sh -c '"$0" -c "$1" token list >/dev/full' "$programs/sora2apictl" "$conf"
ok "output that goes nowhere is a failure" \
    refused 1 'cannot write: No space left' 'token list'
