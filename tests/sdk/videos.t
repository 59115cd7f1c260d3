#!/bin/sh
# videos.t: the official OpenAI client for Node against the running stack.
# shellcheck disable=SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"

test_name=sdk-videos
here=$abs_top_builddir/tests/sdk/run
lock=package-lock.json
stack_tokens=4

# The client is installed in the build directory, anew when its version changed.
install_client()
{
	cmp -s "$abs_top_srcdir/tests/sdk/$lock" "$here/node_modules/$lock" && return
	mkdir -p "$here"
	for file in package.json $lock .npmrc; do
		cp -f "$abs_top_srcdir/tests/sdk/$file" "$here/" &&
			chmod u+w "$here/$file" || return
	done
	(cd "$here" && npm ci --silent) >"$here/npm.log" 2>&1 &&
		cp "$here/$lock" "$here/node_modules/$lock"
}

command -v npm >/dev/null || skip_all 'needs node and npm'
install_client || skip_all "npm cannot install the client: $(tail -n 1 "$here/npm.log")"

stack_start
ffmpeg -v error -f lavfi -i color=teal:s=1280x720 -frames:v 1 \
    "$stack/picture.png" </dev/null
cp -f "$abs_top_srcdir/tests/sdk/videos.mjs" "$here/"
BASE_URL=$base/v1 API_KEY=$api_key PICTURE=$stack/picture.png \
    node "$here/videos.mjs" >"$stack/tap" 2>"$stack/log/node"
node_status=$?
cat "$stack/tap"
tap_failed=$(grep -c '^not ok' "$stack/tap")
[ "$node_status" -eq 0 ] || diag "$(cat "$stack/log/node")"
exit "$node_status"
