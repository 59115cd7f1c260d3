#!/bin/sh
# SPDX-License-Identifier: MIT
# descriptors.t: a poller that may open few files does its work slower, and loses none.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

plan 6

stack_videos=100
stack_speed=1000
stack_workers=1
stack_sandbox_options='--shared-clips --set concurrency=100 --set quota=500'
stack_start
stack_stop poller
: >"$stack/log/poller"
head -c 20000 /dev/zero >"$stack/zeros"
printf '\211PNG\r\n\032\n' | cat - "$stack/zeros" >"$stack/a.png"

made=0
for i in $(seq 16); do
	ask POST /v1/videos --form-string "prompt=few $i" -F "input_reference=@$stack/a.png"
	[ "$status" != 201 ] || made=$((made + 1))
done
is "$made" 16 'sixteen uploads are accepted'

# shellcheck disable=SC3045	# every shell that is a /bin/sh has it
(ulimit -n 40 && poller_start)
ok 'a poller with forty descriptors says so' wait_until 10 \
    'grep -q "only 40 files may be open.*LimitNOFILE" "$stack/log/poller"'
ok 'all of them end' wait_until 60 \
    '[ "$(db "SELECT count(*) FROM tasks WHERE completed_at IS NULL")" = 0 ]'
is "$(db "SELECT status, count(*) FROM tasks GROUP BY status")" 'completed|16' 'well'
is "$(db 'SELECT count(*) FROM tasks WHERE result_file IS NULL')" 0 'with their files'
is "$(grep -c 'Too many open files' "$stack/log/poller")" 0 'none was in want of one'
