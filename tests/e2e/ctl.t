#!/bin/sh
# SPDX-License-Identifier: MIT
# ctl.t: sora2apictl beside the running service.
# shellcheck shell=sh disable=SC2016,SC2154
. "${abs_top_srcdir:-.}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/ctl.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

plan 88

stack_speed=20
stack_new
printf 'server.host "127.0.0.1"\n' >>"$stack/settings"
stack_start
db=$stack/data/sora2api.db
# check asks nginx where the configuration says it is
sed "s/^server: {/server: {\n	port = $port;/" "$stack/sora2api.conf" \
    >"$stack/run/conf" && cat "$stack/run/conf" >"$stack/sora2api.conf"
chmod 640 "$stack/sora2api.conf"

# ---- check ----

run ctl check
is "$code" 0 "nothing is wrong with a service that runs" || diag "$(cat "$out")"
for item in configuration 'database file' 'data folder' 'spool folder' \
    'cache folder' 'key file' database integrity poller tokens 'API key' \
    nginx 'nginx errors' upstream clock; do
	like "$(cat "$out")" "^ok +$item +" "check looks at: $item"
done
like "$(cat "$out")" "^ok +nginx +$base/health answers 200" "nginx was asked"
like "$(cat "$out")" '^ok +clock .* [0-9] s (ahead of|behind) the upstream' \
    "the clock was compared"
run ctl --json check
is "$(jq -r '[.[].result] | unique | join(" ")' "$out")" ok "--json says the same"

# A site made from what was said before: one line is missing.
sed -i 's/include snippets.sora2api-errors.conf;/#&/' "$stack/nginx.conf"
stack_stop nginx
nginx_start || bail 'nginx does not start'
run ctl check
is "$code/$(grep -c '^warn  nginx errors .*include snippets/sora2api-errors.conf' "$out")" \
    0/1 "check tells when a site lacks the error pages, and what to add"
sed -i 's/#\(include snippets.sora2api-errors.conf;\)/\1/' "$stack/nginx.conf"
stack_stop nginx
nginx_start || bail 'nginx does not start'

chmod 755 "$stack/sora2api.conf"
run ctl check --offline
is "$code/$(grep -c '^warn  configuration' "$out")" 0/1 \
    "a configuration that all can read is worth a warning"
chmod 777 "$stack/sora2api.conf"
run ctl check --offline
is "$code/$(grep -c '^fail  configuration' "$out")" 1/1 "one that all can write is wrong"
chmod 640 "$stack/sora2api.conf"
chmod 777 "$stack/cache"
run ctl check --offline
is "$code/$(grep -c '^fail  cache folder .*chmod 0775' "$out")" 1/1 \
    "so is a folder that all can write to"
chmod 755 "$stack/cache"
stack_stop worker
run ctl check
is "$code/$(grep -c '^fail  nginx .*answers 50' "$out")" 1/1 \
    "nginx without a worker is found out"
worker_start
sed "s|\"$sandbox\"|\"http://127.0.0.1:9\"|" "$stack/sora2api.conf" >"$stack/run/conf"
run "$programs/sora2apictl" -c "$stack/run/conf" check
is "$code/$(grep -c '^fail  upstream .*http://127.0.0.1:9/backend' "$out")" 1/1 \
    "so is an upstream that cannot be reached"

# ---- tasks ----

create '{"prompt":"a cat that waits [[sandbox:running=60]]"}'
first=$id
run ctl --json task list
is "$(json '.[0].id' "$out")" "$first" "the task is in the list"
is "$(json '.[0] | has("prompt")' "$out")" false "without its prompt"
run ctl --json task show "$first"
is "$(json .prompt "$out")" 'a cat that waits [[sandbox:running=60]]' "which task show has"
run ctl task show "$first"
like "$(cat "$out")" "^id +$first\$" "for people too"
run ctl task list --status failed
is "$(wc -l <"$out")" 1 "none has failed"

# Ids were made in other ways before: they are good for as long as their tasks.
for old in ------d0e40553d174 Wan2.2-I2V-bcc15ad8742b \
    "$(head -c 64 /dev/zero | tr '\0' x)-bcc15ad8742b"; do
	db_write "UPDATE tasks SET task_id = '$old' WHERE task_id = '$first'"
	first=$old
	run ctl --json task show -- "$old"
	is "$code $(json .id "$out")" "0 $old" "task show has $old"
	state_of "$old"
	is "$status" 200 "and so has the API"
done

run ctl task cancel -- "$first"
is "$code" 0 "it is cancelled"
state_of "$first"
is "$state" cancelled "which its client sees"
run ctl task cancel "$first"
is "$code" 4 "there is nothing to cancel twice"
run ctl task retry "$first"
is "$code/$(wc -l <"$err")" 4/1 "what was cancelled is not retried"

create '{"prompt":"a dog that fails [[sandbox:violation]]"}'
failed=$id
wait_until 60 'has_ended "$failed"'
is "$state" failed "a task fails"
run ctl --json task retry "$failed"
second=$(json .id "$out")
is "$code/$(json .retry_of "$out")" "0/$failed" "it is made once more"
isnt "$second" "$failed" "under an id of its own"
like "$second" '^sora-2-[0-9a-f]{12}$' "of the same form"
run ctl task retry "$failed"
is "$code" 4 "and not a second time"
like "$(cat "$err")" "was retried already, as $second" "for it has its second life"
state_of "$failed"
is "$state" failed "the failure that was told stays"
wait_until 60 'has_ended "$second"'
is "$state" failed "the second life was lived"
is "$(prompt_counts 'a dog that fails [[sandbox:violation]]')" '2 2' \
    "the upstream was asked once for each"
is "$(db "SELECT count(*) FROM request_logs WHERE task_id = '$second'
    AND status_code <> -1 AND request_body IS NOT NULL")" 1 "each with its log row"

# Ran out of time with the upstream at work.
db_write "UPDATE tasks SET error_code = 'generation_timeout',
    upstream_id = 'task_x' WHERE task_id = '$second'"
run ctl task retry "$second"
is "$code" 4 "what may still be worked on is not made twice"
run ctl task retry --force "$second"
is "$code" 0 "but by force"

# Two at the same moment.
db_write "UPDATE tasks SET retry_of = NULL WHERE retry_of = '$failed'"
for i in 1 2 3 4; do
	ctl task retry "$failed" >"$stack/log/retry.$i" 2>&1 &
	retries="${retries-} $!"
done
# shellcheck disable=SC2086
wait $retries
is "$(db "SELECT count(*) FROM tasks WHERE retry_of = '$failed'")" 1 \
    "four at once make one task"

# ---- tail ----

"$programs/sora2apictl" -c "$stack/sora2api.conf" tail >"$stack/log/tail" 2>&1 &
tail_pid=$!
"$programs/sora2apictl" -c "$stack/sora2api.conf" --json tail \
    >"$stack/log/tail.json" 2>&1 &
tail_json_pid=$!
# A machine may have none: a chroot without /dev/pts.
terminal=no
! script -qec true /dev/null </dev/null >"$stack/log/tty" 2>&1 || terminal=yes
if [ $terminal = yes ]; then
	script -qefc "stty cols 70 rows 20; exec '$programs/sora2apictl' -c '$stack/sora2api.conf' tail" \
	    /dev/null >"$stack/log/tail.tty" 2>&1 </dev/null &
	tail_tty_pid=$!
fi
create '{"prompt":"a bird for the tail"}'
bird=$id
wait_until 60 'has_ended "$bird"'
wait_until 10 'grep -q "$bird  *completed" "$stack/log/tail"'
like "$(cat "$stack/log/tail")" "^$bird +completed +\[####################\] 100 % " \
    "tail tells of the end, with a full bar"
like "$(cat "$stack/log/tail")" "^$bird +processing +\[[#>]" "and of the way there"
is "$(grep -c "$(printf '\033')" "$stack/log/tail")" 0 "no terminal: no control characters"
wait_until 10 'grep -q "$bird.*completed" "$stack/log/tail.json"'
is "$(jq -r "select(.id == \"$bird\" and .status == \"completed\") | .progress" \
    "$stack/log/tail.json")" 100 "--json: an object in each line"
kill -INT "$tail_pid" "$tail_json_pid" 2>/dev/null
wait "$tail_pid"
is $? 0 "Ctrl-C ends it well"
wait "$tail_json_pid"
is $? 0 "with --json too"
on_a_terminal()
{
	wait_until 10 'grep -q "$bird  *completed" "$stack/log/tail.tty"'
	tr -d '\r' <"$stack/log/tail.tty" >"$stack/log/tail.screen"
	like "$(cat "$stack/log/tail.screen")" "$bird +completed +\[####################\]" \
	    "on a terminal the end is a line"
	like "$(cat "$stack/log/tail.screen")" "$(printf '\033')\[[0-9]+A$(printf '\033')\[J" \
	    "and the bars are drawn in place"
	is "$(sed "s/$(printf '\033')\[[0-9]*[AJ]//g" "$stack/log/tail.screen" |
	    awk 'length($0) > 69' | wc -l)" 0 "no line is wider than the terminal"
	pkill -INT -P "$tail_tty_pid" 2>/dev/null
	wait "$tail_tty_pid"
	is $? 0 "and on a terminal"
}
if [ $terminal = yes ]; then
	on_a_terminal
else
	skip $((tap_count + 4)) 'no terminals here'
fi

# ---- numbers, accounts, secrets ----

run ctl stats
like "$(cat "$out")" '^Videos +[1-9][0-9]* +[1-9]' "stats count videos"
run ctl --json stats
is "$(jq -c 'keys' "$out")" \
    '["active_tokens","errors","images","today_errors","today_images","today_videos","tokens","videos"]' \
    "and have names for programs"
run ctl status --json
is "$(json .poller "$out")" true "status, with --json behind it"
run ctl token test 1
like "$(cat "$out")" '^Token 1 is valid; Sora2: yes' "the upstream knows the account"
make_jwt old@example.org -60 | ctl token add >"$stack/log/old" 2>&1
run ctl --json token test 2
is "$code/$(json .verdict "$out")" 1/refused "and refuses one that is over"
is "$(wc -l <"$err")" 1 "with one line of why"

run ctl api-key show
is "$(cat "$out")" "$api_key" "the API key is the one of init"
echo sk-another-key | ctl api-key set >"$stack/log/key" 2>&1
wait_until 5 'ask_key=sk-another-key ask GET /v1/models; [ "$status" = 200 ]'
is "$status" 200 "a new one is in force within seconds"
wait_until 5 'ask GET /v1/models; [ "$status" = 401 ]'
is "$status" 401 "and the old one is not"
run ctl --json api-key set --generate
api_key=$(json .api_key "$out")
wait_until 5 'ask GET /v1/models; [ "$status" = 200 ]'
is "$status" 200 "so is one that was generated"
run ctl --json admin reset-password
admin_password=$(json .admin_password "$out")
ask POST /api/login -H 'Content-Type: application/json' \
    -d "{\"username\":\"admin\",\"password\":\"$admin_password\"}"
is "$status" 200 "the administrator's new password works"

# ---- backup under load ----

# Writers never rest while the copies are made.
for i in 1 2 3; do
	while [ ! -e "$stack/run/enough" ]; do
		curl -s -o /dev/null -X POST "$base/v1/videos" \
		    -H "Authorization: Bearer $api_key" -F 'prompt=load'
	done &
	load_pids="${load_pids-} $!"
done
tasks()
{
	sqlite3 -cmd '.timeout 5000' "$1" 'SELECT count(*) FROM tasks'
}
copies=0
whole=0
wait_until 20 '[ "$(tasks "$db")" -gt 20 ]'
before=$(tasks "$db")
for i in 1 2 3 4 5; do
	ctl backup "$stack/run/copy.$i" >>"$stack/log/backup" 2>&1 &&
		copies=$((copies + 1))
	[ "$(sqlite3 "$stack/run/copy.$i" 'PRAGMA integrity_check')" = ok ] &&
		[ -z "$(sqlite3 "$stack/run/copy.$i" 'PRAGMA foreign_key_check')" ] &&
		[ "$(tasks "$stack/run/copy.$i")" -ge "$before" ] &&
		whole=$((whole + 1))
done
ctl backup --force "$stack/run/copy.1" >>"$stack/log/backup" 2>&1
is $? 0 "--force replaces a copy"
after=$(tasks "$db")
: >"$stack/run/enough"
# shellcheck disable=SC2086
wait $load_pids
is "$copies" 5 "five copies while others write"
is "$whole" 5 "each of them whole, with all that was accepted before"
[ "$after" -gt "$before" ]
is $? 0 "for there was load"
is "$(find "$stack/run" -name '.tmp-*' | wc -l)" 0 "nothing half-written is left"
is "$(stat -c %a "$stack/run/copy.1")" 600 "a copy is nobody else's to read"

# A backup that is killed leaves nothing under its name. It has to take a while.
db_write 'CREATE TABLE padding (x); INSERT INTO padding VALUES (zeroblob(60000000))'
half_written()
{
	find "$stack/run" -name '.tmp-*' -size +1000k | grep -q .
}
interrupted=0
left=0
for i in 1 2 3; do
	"$programs/sora2apictl" -c "$stack/sora2api.conf" backup \
	    "$stack/run/killed.$i" >/dev/null 2>&1 &
	killed=$!
	poll=0.002 wait_until 10 'half_written || ! alive "$killed"'
	kill -KILL "$killed" 2>/dev/null
	wait "$killed" 2>/dev/null
	! half_written || interrupted=$((interrupted + 1))
	[ ! -e "$stack/run/killed.$i" ] ||
	    [ "$(sqlite3 "$stack/run/killed.$i" 'PRAGMA integrity_check')" = ok ] ||
		left=$((left + 1))
	rm -f "$stack/run/".tmp-*
done
ok "backups were killed halfway" test "$interrupted" -ge 1
is "$left" 0 "and left no half of one under their name"

# Restored: the service runs on the copy.
stack_stop worker
stack_stop poller
count=$(tasks "$stack/run/copy.1")
rm -f "$db" "$db-wal" "$db-shm"
cp "$stack/run/copy.1" "$db"
run ctl check --offline
is "$code" 0 "the restored database is sound" || diag "$(cat "$out")"
# what the load left behind would be first; of an older date it would be swept
db_write "UPDATE tasks SET status = 'cancelled', step = 'done', completed_at = created_at
    WHERE status IN ('queued', 'processing')"
poller_start
worker_start
wait_until 15 'ask GET /health; [ "$status" = 200 ]'
run ctl --json token list
is "$(json 'length' "$out")" 2 "the accounts are there"
state_of "$bird"
is "$state" completed "so is what was made"
ok "and every task of the copy" test "$(tasks "$db")" -ge "$count"
create '{"prompt":"after the restore"}'
is "$status" 201 "new work is accepted"
wait_until 60 'has_ended "$id"'
is "$state" completed "and done: the key opens the tokens of the copy"
