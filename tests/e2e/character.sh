# SPDX-License-Identifier: MIT
# character.sh: what tests of characters share. Needs lib.sh, stack.sh, video.sh.
# shellcheck shell=sh disable=SC2016,SC2034,SC2154

# clip NAME [MARKER...]: $stack/NAME.mp4, whose making the markers steer.
clip()
{
	clip_file=$stack/$1.mp4
	shift
	[ -s "$stack/blank.mp4" ] || ffmpeg -v error -f lavfi -i color=blue:s=64x64:d=1 \
	    "$stack/blank.mp4" </dev/null || bail 'ffmpeg makes no clip'
	cat "$stack/blank.mp4" >"$clip_file.new"
	for clip_marker in "$@"; do
		printf '[[sandbox:%s]]' "$clip_marker" >>"$clip_file.new"
	done
	mv "$clip_file.new" "$clip_file"
}

# make CLIP [CURL-OPTION...]: a character, and its answer
make()
{
	make_clip=$1
	shift
	ask POST /v1/characters -F "video=@$stack/$make_clip.mp4" "$@"
}

# later CURL-OPTION...: asked in the background: $later; answered waits for it.
later()
{
	curl -sSN --max-time 120 -o "$stack/later" -D "$stack/later.headers" \
	    -w '%{http_code}' -H "Authorization: Bearer $api_key" "$@" \
	    >"$stack/later.status" 2>>"$stack/log/curl" &
	later=$!
}

later_make()
{
	later_clip=$1
	shift
	later -F "video=@$stack/$later_clip.mp4" "$@" "$base/v1/characters"
}

# The answer that came later, as that of ask.
later_answer()
{
	wait "$later"
	status=$(cat "$stack/later.status")
	headers=$stack/later.headers
	body=$stack/later
}

# newest COLUMN: of the newest task
newest()
{
	db "SELECT $1 FROM tasks ORDER BY id DESC LIMIT 1"
}

# in_step STEP...: waits until the newest task is in one of these
in_step()
{
	in_steps=" $* "
	wait_until "${in_step_time:-20}" 'is_in_step' ||
		diag "it is in step $(newest step), not in$in_steps"
}

is_in_step()
{
	case $in_steps in
	*" $(newest step) "*) return 0 ;;
	esac
	return 1
}

# calls ENDPOINT: how often the sandbox was asked
calls()
{
	control GET 'state?tasks=0'
	jq -r ".endpoints.$1.calls // 0" "$stack/control"
}

# character FILTER: of the character that the sandbox made last
character()
{
	control GET state
	jq -r ".characters[0] | $1" "$stack/control"
}

# row COLUMNS: of the newest character here
row()
{
	db "SELECT $1 FROM characters ORDER BY id DESC LIMIT 1"
}
