#!/bin/sh
# SPDX-License-Identifier: MIT
# cppcheck.t: cppcheck finds nothing in the programs' source.
: "${abs_top_srcdir:=$(pwd)}"
cd "$abs_top_srcdir" || exit 1
. tests/e2e/lib.sh

command -v cppcheck >/dev/null || skip_all 'no cppcheck here'
plan 1

# It reads no header of a library: the one macro it has to know is told.
clean()
{
	cppcheck --quiet --error-exitcode=1 --std=c11 --library=posix \
	    --enable=warning,portability,performance --inline-suppr \
	    --suppressions-list=tests/lint/cppcheck.suppressions \
	    '-DcJSON_ArrayForEach(e,a)=for(e=a;e;e=e->next)' \
	    -I include -I src src >"$1" 2>&1
}

found=$(mktemp) || exit 1
trap 'rm -f "$found"' EXIT
ok 'nothing is found' clean "$found" || diag "$(cat "$found")"
exit "$tap_failed"
