#!/bin/sh
# SPDX-License-Identifier: MIT
# test_manual.t: the manual, the shipped sample and the programs agree.
set -u

top=${abs_top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
build=${abs_top_builddir:-$PWD}
ctl=${SORA2APICTL:-$build/sora2apictl}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
pages="$top/man/sora2api.8 $top/man/sora2api-poller.8 $top/man/sora2apictl.8
    $top/man/sora2api.conf.5 $top/man/sora2api-servers.7 $top/man/sora2api-api.7
    $top/man/sora2api-sandbox.8 $top/man/sora2api-sandbox-control.7"
n=0

# result STATUS NAME: one line of TAP; FILE of what is wrong, if any.
result()
{
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		[ $# -lt 3 ] || sed 's/^/# /' "$3"
		echo "not ok $n - $2"
	fi
}

# The keys and defaults of a sample file: "section.name = default".
sample_keys()
{
	awk '/^[a-z_]+: \{/ { sub(/:.*/, ""); section = $0 }
	    /^\t#[a-z_]+ = / {
		sub(/^\t#/, ""); sub(/;$/, ""); print section "." $0
	    }' "$1"
}

# The same of the manual: .Ss section, .It Ic name No = Li default.
manual_keys()
{
	awk '/^\.Ss / { section = $2 }
	    /^\.It Ic [a-z_]+ No = Li / {
		name = $3; sub(/^.* No = Li /, "")
		gsub(/\\\(dq/, "\""); print section "." name " = " $0
	    }' "$1"
}

echo 1..8

"$ctl" sample-config >"$tmp/built" 2>"$tmp/errors"
result $? "sora2apictl writes a sample" "$tmp/errors"

# The shipped one is for /var, whatever this build is for.
var=$(sed -n 's|^	#sqlite_path = "\(.*\)/lib/sora2api/hancat.db";|\1|p' "$tmp/built")
sed "s|\"$var/|\"/var/|" "$tmp/built" >"$tmp/sample"
diff -u "$top/conf/sora2api.conf" "$tmp/sample" >"$tmp/diff"
result $? "the shipped sample is what sora2apictl writes" "$tmp/diff"

"$ctl" -c "$top/conf/sora2api.conf" check-config >"$tmp/out" 2>&1
result $? "the shipped sample is a valid configuration" "$tmp/out"

sed 's/^	#\([a-z]\)/	\1/' "$tmp/built" >"$tmp/uncommented"
chmod 600 "$tmp/uncommented"
"$ctl" -c "$tmp/uncommented" check-config >"$tmp/out" 2>&1
result $? "so it is with every default set" "$tmp/out"

sample_keys "$tmp/sample" >"$tmp/keys"
manual_keys "$top/man/sora2api.conf.5" >"$tmp/manual"
diff -u "$tmp/keys" "$tmp/manual" >"$tmp/diff" && [ -s "$tmp/keys" ]
result $? "sora2api.conf(5) has every key with its default, and no other" "$tmp/diff"

# Every command of the help, with every option that its own help has.
"$ctl" help | sed -n '/^commands:/,$ s/^  \(.\{20\}\) .*/\1/p' |
    sed 's/ *$//; s/ \[.*//' >"$tmp/commands"
: >"$tmp/missing"
while read -r command; do
	grep -q "Cm $command\( \|$\)" "$top/man/sora2apictl.8" ||
		echo "not in sora2apictl(8): $command" >>"$tmp/missing"
	# shellcheck disable=SC2086
	usage=$("$ctl" help $command 2>&1) ||
		echo "no help of: $command" >>"$tmp/missing"
	for option in $(echo "$usage" | sed 1q |
	    grep -o -e '\[--[a-z0-9-]*' | tr -d '['); do
		grep -q "Fl ${option#-}" "$top/man/sora2apictl.8" ||
			echo "not in sora2apictl(8): $command $option" \
			    >>"$tmp/missing"
	done
done <"$tmp/commands"
[ "$(wc -l <"$tmp/commands")" -ge 20 ] ||
	echo "the help has too few commands" >>"$tmp/missing"
[ ! -s "$tmp/missing" ]
result $? "sora2apictl(8) has every command and option of the help" "$tmp/missing"

# Each route is an item of the manual, with an example that asks that path.
sed -n 's/^	{ M_\([A-Z]*\), *"\([^"]*\)".*/\1 \2/p' "$top/src/api/routes.c" |
    sed 's/:int}/}/g' | sort >"$tmp/routes"
awk '/^\.It Sy [A-Z]+ Pa / { route = $3 " " $5; path = $5; next }
    /^curl .*\$B/ && route != "" {
	sub(/.*\$B/, ""); sub(/[" ?].*/, "")
	n = split($0, got, "/"); same = n == split(path, want, "/")
	for (i = 1; i <= n; i++)
		if (want[i] != got[i] && want[i] !~ /^\{/)
			same = 0
	if (same)
		print route
	route = ""
    }' "$top/man/sora2api-api.7" | sort >"$tmp/examples"
diff -u "$tmp/routes" "$tmp/examples" >"$tmp/diff" && [ -s "$tmp/routes" ]
result $? "sora2api-api(7) has an example for each route, and no other" "$tmp/diff"

if command -v mandoc >/dev/null; then
	# shellcheck disable=SC2086
	mandoc -Tlint -W warning $pages >"$tmp/lint" 2>&1
	result $? "mandoc finds no fault in the manual" "$tmp/lint"
else
	n=$((n + 1))
	echo "ok $n - mandoc finds no fault in the manual # SKIP no mandoc"
fi
