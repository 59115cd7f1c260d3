#!/bin/sh
# SPDX-License-Identifier: MIT
# licence.t: every source file names its licence.
: "${abs_top_srcdir:=$(pwd)}"
cd "$abs_top_srcdir" || exit 1
. tests/e2e/lib.sh

plan 1

without()
{
	find bootstrap Makefile.am configure.ac src include tests nginx conf debian -type f \
	    \( -name '*.[ch]' -o -name '*.sql' -o -name '*.inc' -o -name '*.mjs' -o -name '*.sh' \
	    -o -name '*.t' -o -name '*.mk' -o -name '*.am' -o -name configure.ac -o -name bootstrap \) \
	    ! -path '*/build/*' ! -path '*/node_modules/*' -exec grep -L 'SPDX-License-Identifier: MIT' {} +
}

found=$(without)
is "$found" '' 'each file names its licence'
exit "$tap_failed"
