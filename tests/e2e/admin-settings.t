#!/bin/sh
# SPDX-License-Identifier: MIT
# admin-settings.t: a setting that the administrator changes is in force in each
# process within a second, and is what it was after a restart.
# shellcheck disable=SC2016,SC2034,SC2119,SC2129,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"

stack_workers=2
stack_speed=1000
stack_set generation.video_timeout 1800
stack_set cache.timeout 7200

plan 23
stack_start
login

# everywhere COMMAND...: twenty answers in a row, by both workers, are the one wanted
everywhere()
{
	"$@" && everywhere_n=0
	while [ $((everywhere_n += 1)) -le 20 ]; do
		"$@" || return 1
	done
}

# A second, after which whatever was changed is in force, and which shows nowhere.
a_second()
{
	second_end=$(($(now_ms) + 1000))
	wait_until 2 '[ "$(now_ms)" -ge "$second_end" ]'
}

# within_a_second DESCRIPTION COMMAND...: true of all workers a second from now
within_a_second()
{
	within_description=$1
	shift
	a_second
	ok "$within_description" everywhere "$@"
}

key_works()
{
	[ "$(curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $1" "$base/v1/models")" = "$2" ]
}

# reads PATH FILTER VALUE
reads()
{
	[ "$(curl -s -H "Authorization: Bearer $session" "$base$1" | jq -r "$2")" = "$3" ]
}

everything()
{
	reads /api/admin/config '"\(.error_ban_threshold) \(.api_key)"' '9 key-2' &&
		reads /api/cache/config '.config | "\(.enabled) \(.timeout) \(.base_url)"' 'true 60 https://cdn.example' &&
		reads /api/generation/timeout '.config | "\(.image_timeout) \(.video_timeout)"' '61 62' &&
		reads /api/proxy/config '"\(.proxy_enabled) \(.proxy_url)"' 'false http://u:p@h.example:1' &&
		reads /api/watermark-free/config '.parse_method' custom &&
		reads /api/cloudflare/config '.config.solver_api_url' http://s.example &&
		reads /api/token-refresh/config .config.at_auto_refresh_enabled true
}

# ---- the API key ----

old=$api_key
admin POST /api/admin/apikey '{"new_api_key":"key-2"}'
within_a_second 'the new key is accepted everywhere' key_works key-2 200
ok 'the old one nowhere' everywhere key_works "$old" 401
api_key=key-2

# ---- results: their address, and whether they are kept ----

admin POST /api/cache/base-url '{"base_url":"https://cdn.example/"}'
shows()
{
	curl -s -H "Authorization: Bearer $api_key" "$base/v1/videos/$id" | grep -q "$1"
}
a_second
create '{"prompt":"a harbour","seconds":10}'
wait_until 30 'has_ended "$id"'
is "$state" completed 'a video'
admin GET '/api/logs?limit=1'
like "$(json '.[0].response_body')" 'https://cdn.example/tmp/' 'its file is in the cache, at the new address'
admin POST /api/cache/enabled '{"enabled":false}'
a_second
create '{"prompt":"a harbour that is not kept","seconds":10}'
wait_until 30 'has_ended "$id"'
is "$state $(db "SELECT result_file IS NULL FROM tasks WHERE task_id = '$id'")" 'completed 1' \
    'the poller keeps none when the cache is off'
admin POST /api/cache/enabled '{"enabled":true}'

# ---- time limits, of the poller ----

admin POST /api/generation/timeout '{"image_timeout":61,"video_timeout":62}'
create '{"prompt":"forever [[sandbox:never]]","seconds":10}'
wait_until 10 'has_state "$id" in_progress'
stack_stop poller
db_write "UPDATE tasks SET created_at = created_at - 70, started_at = started_at - 70,
    work_from_ms = work_from_ms - 73000 WHERE task_id = '$id'"
poller_start
ok 'a task ends at the new limit' wait_until 20 'has_ended "$id"'
is "$(json '"\(.status) \(.error.code)"')" 'failed generation_timeout' 'with its error'

admin POST /api/generation/timeout '{"image_timeout":300,"video_timeout":1800}'
create '{"prompt":"for long [[sandbox:never]]","seconds":10}'
wait_until 10 '[ -n "$(db "SELECT upstream_id FROM tasks WHERE task_id = '"'$id'"'")" ]'
admin POST /api/generation/timeout '{"image_timeout":61,"video_timeout":62}'
db_write "UPDATE tasks SET work_from_ms = work_from_ms - 73000, progress = 97
    WHERE task_id = '$id'"
worked=$(db "SELECT worked_ms FROM leases")
wait_until 20 '[ "$(db "SELECT worked_ms FROM leases")" -gt "$((worked + 4000))" ]'
ok 'the new limit is none of a task that had begun' has_state "$id" in_progress
ask DELETE "/v1/videos/$id"

# ---- the threshold, in the poller ----

admin POST /api/admin/config '{"error_ban_threshold":1}'
a_second
db_write 'UPDATE token_stats SET consecutive_error_count = 0'
create '{"prompt":"broken [[sandbox:error]]","seconds":10}'
ok 'one failure is enough now' wait_until 20 '[ "$(db "SELECT is_active FROM tokens")" = 0 ]'
# The task is tried once more: that must not count by the old threshold.
admin POST /api/admin/config '{"error_ban_threshold":9}'
a_second
admin POST /api/tokens/1/enable
ok 'it is tried again, and fails' wait_until 20 'has_ended "$id"'

# ---- everything else, in all workers, and after a restart ----

admin POST /api/cache/config '{"timeout":60}'
admin POST /api/proxy/config '{"proxy_enabled":false,"proxy_url":"h.example:1:u:p"}'
admin POST /api/watermark-free/config '{"watermark_free_enabled":false,"parse_method":"custom"}'
admin POST /api/cloudflare/config '{"solver_enabled":false,"solver_api_url":"http://s.example"}'
admin POST /api/token-refresh/enabled '{"enabled":true}'
admin POST /api/admin/debug '{"enabled":true}'
for n in 1 2 3 4 5 6; do
	ok "all is as it was set ($n)" everything
done
ok 'debugging is on' everywhere reads /api/admin/config .debug_enabled true
a_second
create '{"prompt":"a harbour that is told of","seconds":10}'
wait_until 20 'has_ended "$id"'
is "$state" completed 'a video'

stack_set generation.video_timeout 900
stack_set cache.timeout 3600
stack_stop poller
workers_restart
poller_start
ok 'a restart keeps it, whatever the file says' everything
ok 'but debugging goes by the file' reads /api/admin/config .debug_enabled false
key_works key-2 200
is $? 0 'the key is the changed one'
key_works "$old" 401
is $? 0 'not the first one'
stack_set debug.enabled true
workers_restart
ok 'which may switch it on' reads /api/admin/config .debug_enabled true
