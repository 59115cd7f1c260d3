#!/bin/sh
# SPDX-License-Identifier: MIT
# older-databases.t: a database of every earlier schema, with tasks in all
# states, is brought to the newest, and each task is found as it was.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

stack_workers=1
stack_speed=1000
stack_start
stack_stop poller
stack_stop worker

db=$stack/data/sora2api.db
newest=$(sqlite3 "$db" 'PRAGMA user_version')
plan $((1 + 8 * (newest - 1)))
is "$(find "$abs_top_srcdir/src/store/schema" -name '0*.sql' | wc -l)" "$newest" \
    'every step of the schema has its file'
sqlite3 "$db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
mv "$db" "$stack/run/site.db"

# What the site has besides tasks: accounts, keys, settings, the check of the key.
# copy_site FILE: into that older database, the columns that it has.
copy_site()
{
	for table in $(sqlite3 "$1" "SELECT name FROM sqlite_master
	    WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
	    AND name NOT IN ('tasks', 'change_counter', 'offers')"); do
		columns=$(sqlite3 "$1" "ATTACH '$stack/run/site.db' AS site;
		    SELECT group_concat(name) FROM pragma_table_info('$table')
		    WHERE name IN (SELECT name FROM pragma_table_info('$table', 'site'))")
		sqlite3 "$1" "ATTACH '$stack/run/site.db' AS site;
		    INSERT OR REPLACE INTO $table ($columns)
		    SELECT $columns FROM site.$table" || return 1
	done
}

# task ID KIND STATUS STEP PROGRESS COLUMN... = VALUE...: SQL that every schema knows
task()
{
	task_ends=NULL
	case $3 in
	completed | failed | cancelled) task_ends=1700000100 ;;
	esac
	printf "INSERT INTO tasks (task_id, api_key_id, kind, operation, status, step,
	    progress, model, public_model, prompt, size, seconds, metadata, is_async,
	    base_url, created_at, completed_at, step_ms, due_ms, change%s)
	    SELECT '%s', 1, '%s', '%s_generation', '%s', '%s', %s,
	    'sora-video-landscape-10s', 'sora-2', 'a boat', '1280x720', 10,
	    '{\"order\":7}', 1, 'http://h.example', 1700000000, %s, 1700000000000,
	    1700000000000, value + 1%s FROM change_counter;\n" \
	    "${6+, $6}" "$1" "$2" "$2" "$3" "$4" "$5" "$task_ends" "${7+, $7}"
}

tasks()
{
	task v-queued video queued assign 0
	task v-sent video processing creating 0 'token_id, started_at' '1, 1700000001'
	task v-made video processing poll 42 'token_id, started_at, submitted_at, upstream_id' \
	    "1, 1700000001, 1700000002, 'task_a'"
	task v-comes video processing download 99 'token_id, started_at, submitted_at, upstream_id, generation_id, source_url' \
	    "1, 1700000001, 1700000002, 'task_b', 'gen_b', 'https://cdn.example/b.mp4'"
	task v-done video completed 'done' 100 'token_id, source_url, generation_id, permalink' \
	    "1, 'https://cdn.example/c.mp4', 'gen_c', 'https://sora.chatgpt.com/p/s_c'"
	task v-cached video completed 'done' 100 'token_id, result_file' \
	    "1, '0123456789abcdef0123456789abcdef.mp4'"
	task v-remix video completed 'done' 100 'remixed_from, source_url' "'v-done', 'https://cdn.example/d.mp4'"
	task v-failed video failed 'done' 30 'error_code, error_message' "'content_policy_violation', 'No'"
	task v-left video cancelled 'done' 0 'error_code, error_message' "'cancelled', 'Gone'"
	task i-done image completed 'done' 100 source_url "'https://cdn.example/e.png'"
	task c-done character completed 'done' 100
}

# database N: of that schema, in place of the site's
database()
{
	rm -f "$db" "$db-wal" "$db-shm"
	find "$abs_top_srcdir/src/store/schema" -name '0*.sql' | sort | head -n "$1" |
	    xargs cat >"$stack/run/schema.sql"
	sqlite3 "$db" <"$stack/run/schema.sql" &&
		sqlite3 "$db" "PRAGMA user_version = $1" && copy_site "$db" &&
		tasks >"$stack/run/tasks.sql" && sqlite3 "$db" <"$stack/run/tasks.sql" &&
		sqlite3 "$db" 'PRAGMA journal_mode = WAL' >/dev/null && chmod 600 "$db"
}

# What clients read of a task: the same from every schema.
shown()
{
	for id in v-queued v-sent v-made v-comes v-done v-cached v-remix v-failed \
	    v-left i-done c-done; do
		ask GET "/v1/videos/$id"
		echo "$id $status $(json '[.status, .progress, .model, .seconds, .size,
		    .created_at, .completed_at // "-", .metadata.order,
		    .metadata.generation_id // "-", .remixed_from_video_id // "-",
		    .error.code // "-"] | map(tostring) | join(" ")')"
	done
}

cat >"$stack/run/expected" <<'END'
v-queued 200 queued 0 sora-2 10 1280x720 1700000000 - 7 - - -
v-sent 200 in_progress 0 sora-2 10 1280x720 1700000000 - 7 - - -
v-made 200 in_progress 42 sora-2 10 1280x720 1700000000 - 7 - - -
v-comes 200 in_progress 99 sora-2 10 1280x720 1700000000 - 7 gen_b - -
v-done 200 completed 100 sora-2 10 1280x720 1700000000 1700000100 7 gen_c - -
v-cached 200 completed 100 sora-2 10 1280x720 1700000000 1700000100 7 - - -
v-remix 200 completed 100 sora-2 10 1280x720 1700000000 1700000100 7 - v-done -
v-failed 200 failed 30 sora-2 10 1280x720 1700000000 - 7 - - content_policy_violation
v-left 200 cancelled 0 sora-2 10 1280x720 1700000000 - 7 - - cancelled
i-done 404 null null null null null null - null - - task_not_found
c-done 404 null null null null null null - null - - task_not_found
END

# old N: all of it from that schema
old()
{
	database "$1" || bail "no database of schema $1"
	ctl migrate >"$stack/log/migrate.$1" 2>&1
	is "$? $(sqlite3 "$db" 'PRAGMA user_version; PRAGMA integrity_check;
	    SELECT count(*) FROM pragma_foreign_key_check' | tr '\n' ' ')" \
	    "0 $newest ok 0 " "schema $1 becomes $newest"
	is "$(sqlite3 "$db" .schema | sort)" "$(sqlite3 "$stack/run/site.db" .schema | sort)" \
	    "schema $1: and is made like a new one"
	is "$(sqlite3 "$(ls "$db".schema"$1"-*.backup)" 'SELECT count(*) FROM tasks')" 11 \
	    "schema $1: the copy has all tasks"
	worker_start || bail 'the workers do not start'
	wait_until 15 'curl -sf -o "$stack/body" "$base/health"' || bail 'no answer'
	shown >"$stack/run/shown"
	ok "schema $1: each task is as it was" cmp "$stack/run/expected" "$stack/run/shown" ||
		diag "$(diff "$stack/run/expected" "$stack/run/shown")"
	ask GET '/v1/videos?limit=100&order=asc'
	is "$status $(json '[.data[].id] | join(" ")')" \
	    '200 v-queued v-sent v-made v-comes v-done v-cached v-remix v-failed v-left' \
	    "schema $1: and in the list"
	ask GET /v1/videos/v-done/content
	is "$status $(header location)" '302 https://cdn.example/c.mp4' \
	    "schema $1: a result is where it was"
	ask DELETE /v1/videos/v-left
	is "$status" 200 "schema $1: a task can be deleted"
	# as if it had been made just now, and not when it would have timed out
	db_write "UPDATE tasks SET created_at = unixepoch(), due_ms = 0,
	    step_ms = unixepoch() * 1000 WHERE task_id = 'v-queued'"
	poller_start
	ok "schema $1: what waited is made" wait_until 30 'has_state v-queued completed'
	stack_stop poller
	stack_stop worker
}

n=1
while [ "$n" -lt "$newest" ]; do
	old "$n"
	n=$((n + 1))
done
