# SPDX-License-Identifier: MIT
# client.sh: the official OpenAI client for Node. Needs lib.sh and stack.sh.
# shellcheck shell=sh disable=SC2034,SC2154

here=$abs_top_builddir/tests/sdk/run
lock=package-lock.json

# The client is installed in the build directory, anew when its version changed;
# tests that run at once take turns.
install_client()
(
	mkdir -p "$here" && exec 9>"$here.lock" && flock 9 || exit
	cmp -s "$abs_top_srcdir/tests/sdk/$lock" "$here/node_modules/$lock" && exit
	for file in package.json $lock .npmrc; do
		cp -f "$abs_top_srcdir/tests/sdk/$file" "$here/" &&
			chmod u+w "$here/$file" || exit
	done
	cd "$here" && npm ci --silent >"$here/npm.log" 2>&1 &&
		cp "$lock" "node_modules/$lock"
)

# run_client SCRIPT: with BASE_URL, API_KEY and what else it needs set; its TAP
# and its status are the test's.
run_client()
{
	mkdir -p "$here/$test_name"
	cp -f "$abs_top_srcdir/tests/sdk/$1" "$abs_top_srcdir/tests/sdk/tap.mjs" \
	    "$here/$test_name/"
	node "$here/$test_name/$1" >"$stack/tap" 2>"$stack/log/node"
	node_status=$?
	cat "$stack/tap"
	tap_failed=$(grep -c '^not ok' "$stack/tap")
	[ "$node_status" -eq 0 ] || diag "$(cat "$stack/log/node")"
	exit "$node_status"
}

command -v npm >/dev/null || skip_all 'needs node and npm'
install_client || skip_all "npm cannot install the client: $(tail -n 1 "$here/npm.log")"
