#!/bin/sh
# SPDX-License-Identifier: MIT
# image-forms.t: every size and ratio of an image, and sixteen references in
# every form that a client may send them in.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

stack_speed=1000
stack_workers=1
stack_sandbox_options='--shared-clips --set concurrency=1000 --threads 32'
stack_new
mkdir "$stack/files"
stack_server="location /files/ { alias $stack/files/; }"

plan 85
stack_start
json_type='Content-Type: application/json'
files=$stack/files
: >"$stack/wanted"
: >"$stack/requests"

# Requests are collected, sent all at once, and then looked at. Each has its
# number as its prompt.
n=0

# image WANTED DESCRIPTION PATH CURL-CONFIG-LINE...: WANTED is the width, the
# height and the number of references that the upstream is to get.
image()
{
	n=$((n + 1))
	printf '%s|%s|%s\n' "$n" "$1" "$2" >>"$stack/wanted"
	{
		[ $n = 1 ] || echo next
		printf 'url = "%s"\nheader = "Authorization: Bearer %s"\n' "$base$3" "$api_key"
		printf 'output = "%s/answer.%s"\nwrite-out = "%%{http_code} %s\\n"\n' \
		    "$stack" "$n" "$n"
		shift 3
		printf '%s\n' "$@"
	} >>"$stack/requests"
}

# json_image WANTED DESCRIPTION PATH JSON-MEMBERS
json_image()
{
	printf '{"prompt":"%s",%s}' $((n + 1)) "$4" >"$stack/json.$((n + 1))"
	image "$1" "$2" "$3" "header = \"$json_type\"" \
	    "data-binary = \"@$stack/json.$((n + 1))\""
}

# form_image WANTED DESCRIPTION PATH CURL-CONFIG-LINE...
form_image()
{
	form_wanted=$1
	form_text=$2
	form_path=$3
	shift 3
	image "$form_wanted" "$form_text" "$form_path" \
	    "form-string = \"prompt=$((n + 1))\"" "$@"
}

send()
{
	curl --parallel --parallel-immediate --parallel-max 40 -sS -K "$stack/requests" \
	    >"$stack/codes" 2>"$stack/log/curl"
	control GET state
	jq -r '.tasks[] | "\(.prompt | split("\n")[-1])|\(.width) \(.height) \(.inputs)"' \
	    "$stack/control" >"$stack/seen"
}

look()
{
	while IFS='|' read -r number wanted what; do
		got=$(sed -n "s/^$number|//p" "$stack/seen")
		is "$(sed -n "s/ $number\$//p" "$stack/codes") $got" "200 $wanted" "$what"
	done <"$stack/wanted"
}

# ---- sizes ----

square='360 360'
landscape='540 360'
portrait='360 540'
generations=/v1/images/generations
edits=/v1/images/edits

# Of each row: the shape, then model and size, or - for none.
while read -r shape model size; do
	members=
	[ "$model" = - ] || members=",\"model\":\"$model\""
	[ "$size" = - ] || members="$members,\"size\":\"$size\""
	eval "box=\$$shape"
	json_image "$box 0" "$model, size $size: $shape" $generations \
	    "\"n\":1$members"
done <<'END'
square - -
square - auto
square - 1024x1024
square - 512x512
square - 64x64
square - 4096x4096
square - 1:1
square - 100:100
landscape - 1792x1024
landscape - 1536x1024
landscape - 4096x64
landscape - 16:9
landscape - 3:2
landscape - 5:4
landscape - 100:1
portrait - 1024x1792
portrait - 1024x1536
portrait - 64x4096
portrait - 9:16
portrait - 2:3
portrait - 4:5
portrait - 1:100
square sora-image -
landscape sora-image-landscape -
landscape sora-image-landscape auto
square sora-image-landscape 1:1
portrait sora-image-landscape 9:16
portrait sora-image-portrait -
landscape sora-image-portrait 1792x1024
square gpt-image-2 -
landscape gpt-image-2 1536x1024
square gpt-image-2-2026-04-21 -
square gpt-image-1 auto
portrait gpt-image-1 1024x1536
square gpt-image -
landscape gpt-image-landscape -
portrait gpt-image-portrait -
END

# ---- sixteen references ----

# Pictures of different colours, 1.png to 16.png.
i=0
while [ $i -lt 16 ]; do
	i=$((i + 1))
	ffmpeg -v error -f lavfi -i "color=#$(printf '%02x' $((i * 15)))4080:s=64x64" \
	    -frames:v 1 "$files/$i.png" </dev/null
	openssl base64 -A <"$files/$i.png" >"$files/$i.b64"
done

# list FORMAT [FIRST LAST]: what printf makes of the format for each picture,
# with commas between; FORMAT gets base64, or with "url" its address.
list()
{
	i=${3-1}
	between=
	while [ "$i" -le "${4-16}" ]; do
		case $1 in
		url) picture=$base/files/$i.png ;;
		*) picture=$(cat "$files/$i.b64") ;;
		esac
		# shellcheck disable=SC2059
		printf "$between$2" "$picture"
		between=,
		i=$((i + 1))
	done
}

# lines LINE: of curl's configuration, one for each picture; & is its number.
lines()
{
	seq 1 16 | sed "s|.*|$1|"
}

refs="$square 16"
for path in $generations $edits; do
	json_image "$refs" "$path: base64" "$path" "\"image\":[$(list b64 '"%s"')]"
	json_image "$refs" "$path: data URLs" "$path" \
	    "\"image\":[$(list b64 '"data:image/png;base64,%s"')]"
	json_image "$refs" "$path: URLs" "$path" "\"image\":[$(list url '"%s"')]"
	json_image "$refs" "$path: objects with url" "$path" \
	    "\"images\":[$(list url '{"url":"%s"}')]"
	json_image "$refs" "$path: objects with image_url" "$path" \
	    "\"images\":[$(list b64 '{"image_url":"data:image/png;base64,%s"}')]"
	json_image "$refs" "$path: objects in them" "$path" \
	    "\"references\":[$(list url '{"image_url":{"url":"%s"}}')]"
	form_image "$refs" "$path: files image[]" "$path" \
	    "$(lines "form = \"image[]=@$files/&.png\"")"
	form_image "$refs" "$path: files image" "$path" \
	    "$(lines "form = \"image=@$files/&.png\"")"
	form_image "$refs" "$path: files image[n]" "$path" \
	    "$(lines "form = \"image[&]=@$files/&.png\"")"
	form_image "$refs" "$path: base64 in a form" "$path" \
	    "$(lines "form = \"image[]=<$files/&.b64\"")"
	form_image "$refs" "$path: URLs in a form" "$path" \
	    "$(lines "form-string = \"image[]=$base/files/&.png\"")"
	image "$refs" "$path: urlencoded" "$path" "data-urlencode = \"prompt=$((n + 1))\"" \
	    "$(lines "data-urlencode = \"image[]@$files/&.b64\"")"
done
json_image "$square 1" 'one, not in a list' $edits "\"image\":\"$(cat "$files/1.b64")\""
form_image "$square 1" 'input_reference as a file' $generations \
    "form = \"input_reference=@$files/1.png\""
form_image "$square 1" 'input_image in a form' $generations \
    "form = \"input_image=<$files/1.b64\""
form_image "$square 1" 'image[image_url] in a form' $edits \
    "form-string = \"image[image_url]=$base/files/1.png\""
json_image "$square 5" 'all fields' $generations \
    "\"input_reference\":{\"url\":\"$base/files/5.png\"},\"references\":[\"$(cat "$files/3.b64")\"],
    \"input_image\":\"$(cat "$files/4.b64")\",\"images\":[\"$(cat "$files/2.b64")\"],
    \"image\":\"$base/files/1.png\""
fields=$n
printf '{"model":"sora-image","image":"%s","messages":[{"role":"user","content":[
    {"type":"text","text":"chat"},%s,{"type":"text","text":"%s"}]}]}' "$(cat "$files/1.b64")" \
    "$(list url '{"type":"image_url","image_url":{"url":"%s"}}' 2 16)" $((n + 1)) \
    >"$stack/json.$((n + 1))"
image "$refs" 'chat: the field and fifteen parts' /v1/chat/completions \
    "header = \"$json_type\"" "data-binary = \"@$stack/json.$((n + 1))\""
chat=$n
printf '{"model":"gpt-image-landscape","messages":[{"role":"user","content":[%s,
    {"type":"text","text":"%s"}]}]}' \
    "$(list b64 '{"type":"image_url","image_url":{"url":"data:image/png;base64,%s"}}')" \
    $((n + 1)) >"$stack/json.$((n + 1))"
image "$landscape 16" 'chat: sixteen parts' /v1/chat/completions \
    "header = \"$json_type\"" "data-binary = \"@$stack/json.$((n + 1))\""

send
look

# order NUMBER COUNT: the references of a request went up in the order of their names
order()
{
	i=0
	db "SELECT m.upstream_id FROM task_media AS m JOIN tasks AS t ON m.task = t.id
	    WHERE t.prompt = '$1' OR t.prompt LIKE '%' || char(10) || '$1'
	    ORDER BY position" >"$stack/order"
	while read -r media; do
		i=$((i + 1))
		cmp -s "$(find "$stack_clips" -name "$media*")" "$files/$i.png" || return 1
	done <"$stack/order"
	[ $i = "$2" ]
}

ok 'the order of the fields' order $fields 5
ok 'the field of a chat comes first' order $chat 16
is "$(find "$stack/data/spool" -type f | wc -l)" 0 'nothing stays in the spool'

# ---- one too many ----

# refused CODE PARAM DESCRIPTION, of the last answer
refused()
{
	is "$status $(json '.error | "\(.code) \(.param)"')" "400 $1 $2" "$3"
}

for size in 63x64 64x63 4097x64 0:1 1:0 101:1 1024 1024X1024 1024x 16:9:1 -1:1 1.5:1 ' 1:1' \
    big; do
	ask POST $generations -H "$json_type" -d "{\"prompt\":\"x\",\"size\":\"$size\"}"
	refused invalid_value size "no size $size"
done
