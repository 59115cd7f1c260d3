#!/bin/sh
# SPDX-License-Identifier: MIT
# drafts.t: five hundred tasks of one account that finish together, on pages of
# fifteen: all are found, with few calls, and their files are served.
# shellcheck disable=SC2016,SC2034,SC2046,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

: "${drafts_tasks:=500}"
stack_videos=-1
stack_speed=1000
stack_sandbox_options='--shared-clips --set concurrency=1000 --set quota=5000
    --set page_size=15 --set page_max=15'
stack_set sora.poll_interval 1.5
stack_set cache.downloads 16

plan 11
stack_start
stack_stop poller

# curl of many requests at once: the lines of FILE are the options of each
at_once()
{
	awk 'NR > 1 { print "next" } { gsub(/ -- /, "\n"); print }' "$1" >"$1.conf"
	curl --parallel --parallel-max 20 -K "$1.conf" 2>"$stack/log/curl"
}

mkdir "$stack/answers"
for n in $(seq "$drafts_tasks"); do
	printf '%s -- %s -- %s -- %s -- %s -- %s\n' "url = \"$base/v1/videos\"" \
	    "header = \"Authorization: Bearer $api_key\"" \
	    'header = "Content-Type: application/json"' \
	    "data = \"{\\\"prompt\\\":\\\"task $n [[sandbox:running=4]]\\\",\\\"seconds\\\":10}\"" \
	    "output = \"$stack/answers/$n\"" 'write-out = "%{http_code}\n"'
done >"$stack/creates"
at_once "$stack/creates" | sort | uniq -c | tr -s ' ' >"$stack/codes"
is "$(cat "$stack/codes")" " $drafts_tasks 201" 'all are accepted'

poller_start
poll=0.3
unfinished()
{
	db 'SELECT count(*) FROM tasks WHERE completed_at IS NULL'
}
ok 'all of them end' wait_until 40 '[ "$(unfinished)" = 0 ]'
is "$(db 'SELECT DISTINCT status FROM tasks')" completed 'as completed'
is "$(db 'SELECT count(*) FROM tasks WHERE result_file IS NULL')" 0 'with their files'
is "$(db "SELECT count(DISTINCT upstream_id) || ' ' || count(DISTINCT generation_id)
    FROM tasks")" "$drafts_tasks $drafts_tasks" \
    'each its own'

control GET 'state?tasks=0'
is "$(jq .endpoints.create.calls "$stack/control")" "$drafts_tasks" 'each was sent once'
reads=$(jq -r '.endpoints | "\(.pending.calls) \(.drafts.calls)"' "$stack/control")
ok "their lists were read $reads times" test "${reads% *}" -lt 40 -a "${reads#* }" -lt 200

for id in $(db 'SELECT task_id FROM tasks'); do
	printf '%s -- %s -- %s -- %s\n' "url = \"$base/v1/videos/$id/content\"" \
	    "header = \"Authorization: Bearer $api_key\"" \
	    'output = "/dev/null"' 'write-out = "%{http_code} %{redirect_url}\n"'
done >"$stack/contents"
at_once "$stack/contents" >"$stack/locations"
is "$(awk '{ print $1 }' "$stack/locations" | sort | uniq -c | tr -s ' ')" \
    " $drafts_tasks 302" 'each has content'
sort -u "$stack/locations" | awk '{ printf "url = \"%s\" -- head -- output = \"/dev/null\" -- write-out = \"%%{http_code} %%{content_type}\\n\"\n", $2 }' \
    >"$stack/files"
at_once "$stack/files" >"$stack/served"
is "$(sort "$stack/served" | uniq -c | tr -s ' ')" \
    " $(wc -l <"$stack/files") 200 video/mp4" 'that is served'
is "$(db 'SELECT video_running FROM tokens')" 0 'all slots are free'
is "$(db 'SELECT video_count FROM token_stats')" "$drafts_tasks" 'all are counted'
