#!/bin/sh
# SPDX-License-Identifier: MIT
# scripts.t: every shell script of the tree is clean under shellcheck.
: "${abs_top_srcdir:=$(pwd)}"
cd "$abs_top_srcdir" || exit 1
. tests/e2e/lib.sh

command -v shellcheck >/dev/null || skip_all 'no shellcheck here'
plan 1

# Told by their first line, since some have no suffix; and those that are sourced.
scripts()
{
	find bootstrap .ci tests debian conf -type f \
	    -exec grep -lE '^#! ?/bin/(ba)?sh' {} + 2>/dev/null
	find tests -name '*.sh'
}

# SC1091: a file that is sourced is looked at by itself.
# SC2012: the names of files here are ours and plain.
# SC2016: programs of jq and awk stand in single quotes.
# SC2030, SC2031: tests change variables in subshells on purpose.
# SC2034, SC2154: variables go to and come from files that are sourced; set -u is on.
# SC2119, SC2120: functions whose arguments may be left out.
# SC2317: what a trap calls is reached.
clean()
{
	scripts | sort -u | xargs -n 24 -P "$(nproc)" shellcheck -f gcc \
	    -e SC1091,SC2012,SC2016,SC2030,SC2031,SC2034,SC2119,SC2120 \
	    -e SC2154,SC2317 >"$1"
}

found=$(mktemp) || exit 1
trap 'rm -f "$found"' EXIT
ok 'the scripts are clean' clean "$found" || diag "$(cat "$found")"
exit "$tap_failed"
