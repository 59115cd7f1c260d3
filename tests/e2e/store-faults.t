#!/bin/sh
# SPDX-License-Identifier: MIT
# store-faults.t: a busy database, and disks that are full: 503 for who asks for
# more, nothing lost, and all well again when there is room.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

stack_videos=100
stack_speed=1000
stack_workers=1
stack_sandbox_options='--shared-clips --set concurrency=100'
stack_new
for fs in spool cache data; do
	mkdir -p "$stack/$fs"
	mount -t tmpfs -o "size=${size:=6m}" sora2api-test "$stack/$fs" 2>/dev/null ||
		small_disks=no
done
# They go before the rest of the directory does.
trap 'was=$?; umount -l "$stack/spool" "$stack/cache" "$stack/data" 2>/dev/null
    (exit $was); stack_end' EXIT
stack_set spool.dir "\"$stack/spool\""
stack_set database.busy_timeout 300
stack_set sora.max_retries 1

plan 43
stack_start
ffmpeg -v error -f lavfi -i color=red:s=64x64 -frames:v 1 "$stack/small.png"
cp "$stack/small.png" "$stack/large.png"
truncate -s 8m "$stack/large.png"

# not_now DESCRIPTION: the last answer says that it is our fault, for now
not_now()
{
	is "$status $(cat "$body")" \
	    '503 {"error":{"message":"The service cannot answer right now; try again","code":"server_error"}}' \
	    "$1"
	is "$(header content-type) $(header x-should-retry)" 'application/json ' \
	    'in its shape, to be tried again'
}

count()
{
	db 'SELECT count(*) FROM tasks'
}

upload()
{
	ask POST /v1/videos --form-string prompt=upload -F "input_reference=@$1"
	id=$(word id)
}

# is_ready "STATUS DATABASE"
is_ready()
{
	ask GET "$base/ready"
	[ "$status $(json .database)" = "$1" ]
}

fill()
{
	dd if=/dev/zero of="$stack/$1/filler" bs=4k 2>/dev/null
	ok "$1 is full" eval '! dd if=/dev/zero of="$stack/$1/more" bs=4k count=1 2>/dev/null'
	rm -f "$stack/$1/more"
}

# ---- a busy database ----

create '{"prompt":"runs [[sandbox:running=600]]"}'
running=$id
wait_until 20 '[ -n "$(db "SELECT upstream_id FROM tasks WHERE task_id = '"'$running'"'")" ]'
mkfifo "$stack/hold"
sqlite3 -cmd '.timeout 5000' "$stack/data/sora2api.db" <"$stack/hold" >"$stack/held" 2>&1 &
holder=$!
exec 3>"$stack/hold"
echo 'BEGIN IMMEDIATE; SELECT 1;' >&3
ok 'somebody holds the database' wait_until 5 '[ -s "$stack/held" ]'
before=$(count)
begin=$(now_ms)
create '{"prompt":"busy"}'
not_now 'a create'
ok 'after the time of database.busy_timeout' test $(($(now_ms) - begin)) -ge 300
create '{"prompt":"busy"}' -H 'Idempotency-Key: busy'
not_now 'one with a key'
ask DELETE "/v1/videos/$running"
not_now 'a deletion'
state_of "$running"
is "$state" in_progress 'a status is read'
ask GET '/v1/videos?limit=1'
is "$status" 200 'and the list'
upload "$stack/small.png"
not_now 'an upload'
is "$(find "$stack/spool" -type f | wc -l)" 0 'nothing of it stays'
pass 600
ok 'what the poller has to write waits' wait_until 5 \
    'grep -q "task updates wait" "$stack/log/poller"'
exec 3>&-
wait $holder
is "$(count)" "$before" 'nothing was accepted'
ok 'the task ends when the database is free' wait_until 10 'has_state $running completed'
create '{"prompt":"busy"}' -H 'Idempotency-Key: busy'
is "$status" 201 'and the key is free'
is "$(prompt_counts 'runs [[sandbox:running=600]]')" '1 1' 'nothing was sent twice'

# ---- full disks ----

full_spool()
{
	upload "$stack/large.png"
	not_now 'a picture larger than the spool'
	is "$(find "$stack/spool" -type f | wc -l)" 0 'nothing of it stays'
	upload "$stack/small.png"
	is "$status" 201 'a small one has room'
	ok 'and is used' wait_until 10 'has_state $id completed'
}

full_cache()
{
	fill cache
	create '{"prompt":"no room"}'
	ok 'a video whose file has no room' wait_until 15 'has_state $id completed'
	is "$(db "SELECT result_file IS NULL FROM tasks WHERE task_id = '$id'")" 1 \
	    'is not cached'
	ask GET "/v1/videos/$id/content"
	like "$status $(header location)" "^302 $sandbox/" "but has the upstream's"
	is "$(find "$stack/cache" -name '.tmp*')" '' 'nothing half stays'
	rm "$stack/cache/filler"
	create '{"prompt":"room again"}'
	ok 'the next one' wait_until 10 'has_state $id completed'
	ask GET "/v1/videos/$id/content"
	like "$(header location)" "^$base/tmp/" 'is cached'
}

full_database()
{
	create '{"prompt":"full [[sandbox:running=600]]"}'
	running=$id
	ok 'a task runs' wait_until 5 '[ -n "$(db "SELECT upstream_id FROM tasks
	    WHERE task_id = '"'$running'"'")" ]'
	fill data
	ok 'who asks whether it is ready is told why not' wait_until 10 'is_ready "503 disk full"'
	: >"$stack/made"
	# what the log of the database has room for is still taken
	ok 'then no more is taken' wait_until 10 'create "{\"prompt\":\"full $(now_ms)\"}"
	    [ "$status" != 201 ] || { echo "$id" >>"$stack/made"; false; }'
	not_now 'when the database is full'
	state_of "$running"
	is "$state" in_progress 'a status is read'
	pass 600
	rm "$stack/data/filler"
	ok 'then it is ready again' wait_until 20 'is_ready "200 ok"'
	ok 'with room, the task ends' wait_until 15 'has_state $running completed'
	create '{"prompt":"room for more"}'
	is "$status" 201 'and the next is taken'
	echo "$id" >>"$stack/made"
	ok 'all that was taken ends' wait_until 15 \
	    '[ "$(db "SELECT count(*) FROM tasks WHERE completed_at IS NULL")" = 0 ]'
	is "$(while read -r id; do
		has_state "$id" completed || echo "$id $state"
	done <"$stack/made")" '' 'well'
	is "$(db 'PRAGMA integrity_check')" ok 'the database is sound'
}

if [ "${small_disks-}" = no ]; then
	skip 43 'no right to mount small disks'
else
	full_spool
	full_cache
	full_database
fi
