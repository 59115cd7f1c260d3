#!/bin/sh
# SPDX-License-Identifier: MIT
# demo.sh: what `./bootstrap demo` shows: everything runs, and makes a video.
# shellcheck disable=SC2016,SC2034,SC2154
stack_sandbox_options=		# clips that show their prompt
stack_speed=${stack_speed-16}
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"

prompt='A lighthouse on a cliff at dusk, waves below'
test_name=demo
video=$abs_top_builddir/demo.mp4

bail()
{
	echo "demo: $*" >&2
	exit 1
}

# One line that grows on a terminal; elsewhere a line when it has moved on.
show_progress()
{
	progress=$(json .progress)
	if [ -t 1 ]; then
		printf '\r  [%-25.*s] %3d %%' "$((progress / 4))" \
		    '#########################' "$progress"
	elif [ "$progress" -ge "$next_line" ]; then
		printf '  %3d %%\n' "$progress"
		next_line=$(((progress / 25 + 1) * 25))
	fi
}

video_ended()
{
	ask GET "/v1/videos/$id"
	[ "$status" = 200 ] || return 1
	state=$(json .status)
	show_progress
	[ "$state" != queued ] && [ "$state" != in_progress ]
}

make_video()
{
	ask POST /v1/videos -F model=sora-2 -F "prompt=$prompt" \
	    -F seconds=10 -F size=1280x720
	id=$(json .id)
	[ "$status" = 201 ] || bail "POST /v1/videos: $status $(cat "$body")"
	echo "Making $id: \"$prompt\""
	next_line=0
	wait_until 120 video_ended || bail "no result after 120 s"
	[ ! -t 1 ] || echo
	[ "$state" = completed ] || bail "the video is $state: $(cat "$body")"
}

# Through the redirect, as a client without its key gets it.
fetch_video()
{
	ask GET "/v1/videos/$id/content"
	[ "$status" = 302 ] || bail "no redirect to the video: $status"
	curl -sSf -o "$video" "$(header location)" || bail "no video"
	shape=$(ffprobe -v error -select_streams v -of csv=p=0 \
	    -show_entries stream=codec_name,width,height:format=duration \
	    "$video" | tr '\n' ' ')
	matches "$shape" '^h264,1280,720 (10\.0|9\.9)' ||
		bail "not the video that was asked for: $shape"
}

stack_new
stack_clips=$stack/media
mkdir "$stack_clips"
stack_set sora.poll_interval 0.3
stack_start
make_video
fetch_video

cat <<END
Done, H.264, 1280x720, 10 s:
  file      $video
  base URL  $base/v1
  API key   $api_key
  admin     password $admin_password of user admin, POST $base/api/login
Try next:
  curl -sS $base/v1/videos -H 'Authorization: Bearer $api_key' \\
    -F model=sora-2 -F prompt='A paper boat on a river' -F seconds=10 -F size=1280x720
END
if [ ! -t 0 ] || [ ! -t 1 ]; then
	echo 'Not on a terminal: all of it is taken down again.'
	exit 0
fi
echo 'Serving until Ctrl-C.'
trap 'exit 0' INT
while :; do
	sleep 86400 &
	wait $!
done
