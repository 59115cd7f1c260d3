#!/bin/sh
# SPDX-License-Identifier: MIT
# symbols.t: no two files of the library have a function or a table of one name.
#
# A program gets the first of them, and says nothing: rooms that do not know each
# other must not meet there.
: "${abs_top_srcdir:=$(pwd)}"
: "${abs_top_builddir:=$(pwd)}"
cd "$abs_top_srcdir" || exit 1
. tests/e2e/lib.sh

command -v nm >/dev/null || skip_all 'no nm here'
plan 2

names=$(nm -g --defined-only "$abs_top_builddir/libsora2api.a" |
    awk 'NF == 3 && $2 ~ /[A-Z]/ { print $3 }' | sort)
like "$names" provider_find 'the library is read'
# what a sanitizer or a profile adds is in every file
is "$(echo "$names" | grep -v '^__' | uniq -d)" '' 'each name is there once'
