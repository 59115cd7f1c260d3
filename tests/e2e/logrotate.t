#!/bin/sh
# SPDX-License-Identifier: MIT
# logrotate.t: the shipped file rotates the logs of programs that go on writing.
# shellcheck disable=SC2015,SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"

command -v logrotate >/dev/null || skip_all 'no logrotate'
plan 8
stack_workers=1
stack_set debug.enabled true
stack_start

# The logs of these programs, and the user who runs the test.
mkdir "$stack/rotate"
sed -e "s|^/[^ ]*/log/sora2api/\*\.log|$stack/log/worker $stack/log/poller|" \
    -e "s|su sora2api adm|su $(id -un) $(id -gn)|" \
    "$abs_top_builddir/conf/logrotate.d/sora2api" >"$stack/rotate/conf"
chmod 600 "$stack/rotate/conf"

rotate()
{
	logrotate --force --state "$stack/rotate/state" "$stack/rotate/conf" \
	    >"$stack/rotate/said" 2>&1 && [ ! -s "$stack/rotate/said" ] ||
		{ diag "$(cat "$stack/rotate/said")"; return 1; }
}

# asked N: as many requests, each of which is a line of the log.
asked()
{
	asked_n=0
	while [ "$asked_n" -lt "$1" ]; do
		asked_n=$((asked_n + 1))
		ask GET /v1/models
	done
}

lines()
{
	grep -c 'GET /v1/models 200' "$1"
}

asked 5
ok 'a log' wait_until 5 '[ "$(lines "$stack/log/worker")" = 5 ]'
ok 'is rotated' rotate
is "$(lines "$stack/log/worker.1")" 5 'its lines are kept'
is "$(wc -c <"$stack/log/worker")" 0 'and the file is empty'
asked 3
ok 'the worker goes on in it' wait_until 5 '[ "$(lines "$stack/log/worker")" = 3 ]'
is "$(tr -d '\0' <"$stack/log/worker" | wc -c)" "$(wc -c <"$stack/log/worker")" \
    'from its beginning'
ok 'again' rotate
is "$(zcat "$stack/log/worker.2.gz" | grep -c 'GET /v1/models 200') $(lines "$stack/log/worker.1")" \
    '5 3' 'the older one is compressed'
