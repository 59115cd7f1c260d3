#!/bin/sh
# SPDX-License-Identifier: MIT
# sandbox-characters.t: the local upstream's characters, asked directly.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/character.sh"

plan 37
stack_speed=100
stack_sandbox_options='--shared-clips --set cameo=60000'	# ten minutes
stack_start
own=$(make_jwt account1@example.org)
foreign=$(make_jwt other@example.org)

# up METHOD PATH [CURL-OPTION...]: as $who
who=$own
up()
{
	up_method=$1
	up_path=$2
	shift 2
	ask "$up_method" "$sandbox/backend$up_path" -H "Authorization: Bearer $who" "$@"
}

begin()
{
	up POST /characters/upload -F "file=@$stack/$1.mp4;type=video/mp4" -F timestamps="${2-0,3}"
	cameo=$(json .id)
}

look()
{
	up GET "/project_y/cameos/in_progress/$cameo"
}

is_ready()
{
	look
	[ "$(json .profile_asset_url)" != null ]
}

# finalize NAME [POINTER]
finalize()
{
	up POST /characters/finalize -H 'Content-Type: application/json' -d "{\"cameo_id\":\"$cameo\",
	    \"username\":\"$1\",\"display_name\":\"Cat\",\"profile_asset_pointer\":\"${2-$pointer}\",
	    \"instruction_set\":null}"
}

fails()
{
	begin "$1"
	pass 600
	look
	is "$(json '"\(.status): \(.status_message)"')" "$2" "$1"
}

clip plain
clip nobody no-person
clip violation violation
clip broken error
clip bare no-asset
clip late no-asset=1
clip typo no-persn

begin plain
like "$status $cameo" '^200 cameo_[0-9a-f]{16}$' 'a clip is taken'
look
is "$status $(json '"\(.status) \(.status_message) \(.profile_asset_url)"')" \
    '200 processing null null' 'it is processed'
pass 600
ok 'it gets ready' is_ready
is "$(json '"\(.status) \(.status_message) \(.display_name_hint)"')" \
    'processing Completed Sandbox Cat' 'while the status does not say so'
like "$(json .username_hint)" '^[a-z0-9._]+\.sandboxcat$' 'it proposes a name'
ask GET "$(json .profile_asset_url)"
cp "$body" "$stack/picture.webp"
is "$status $(header content-type)" '200 image/webp' 'it has a picture'
up POST /project_y/file/upload -F "file=@$stack/picture.webp" -F use_case=profile
pointer=$(json .asset_pointer)
like "$status $pointer" '^200 sediment://file_[0-9a-f]{32}$' 'the picture is taken'
finalize no
is "$status $(json .error.code)" '400 username_invalid' 'a bad name'
finalize sandbox_cat 'sediment://file_0'
is "$status" 404 'an unknown picture'
who=$foreign
look
is "$status" 404 'it is not there for others'
finalize sandbox_cat
is "$status" 404 'nor for them to finalize'
up POST /project_y/profile/username/check -H 'Content-Type: application/json' -d '{"username":"Sandbox_Cat"}'
is "$(json .available)" true 'its name is free'
who=$own
finalize sandbox_cat
like "$status $(json .character.character_id)" '^200 ch_[0-9a-f]{32}$' 'it is finalized'
id=$(json .character.character_id)
finalize sandbox_cat2
is "$status" 400 'once'
look
is "$(json .status)" finalized 'and says so'
up GET /project_y/profile/username/sandbox_cat
is "$status $(json .user_id) $(json .owner_profile.user_id | cut -c1-5)" "200 $id user-" 'its profile'
who=$foreign
up POST /project_y/profile/username/check -H 'Content-Type: application/json' -d '{"username":"Sandbox_Cat"}'
is "$(json .available)" false 'its name is taken'
up GET /project_y/profile/username/sandbox_cat
is "$status" 404 'it is private'
film='{"kind":"video","prompt":"@sandbox_cat runs","n_frames":300,"orientation":"landscape","model":"sy_8"}'
up POST /nf/create -H 'Content-Type: application/json' -d "$film"
is "$status" 400 'others cannot film it'
up POST "/project_y/cameos/by_id/$cameo/update_v2" -H 'Content-Type: application/json' -d '{"visibility":"public"}'
is "$status" 404 'nor show it'
who=$own
up POST /nf/create -H 'Content-Type: application/json' -d "$film"
is "$status" 200 'its account can'
up POST "/project_y/cameos/by_id/$cameo/update_v2" -H 'Content-Type: application/json' -d '{"visibility":"hidden"}'
is "$status" 400 'a visibility that there is not'
up POST "/project_y/cameos/by_id/$cameo/update_v2" -H 'Content-Type: application/json' \
    -d '{"visibility":"public","instruction_set":{"value":[{"type":"text","value":"purr"}]}}'
is "$status $(character '"\(.visibility) \(.instruction_set)"')" \
    '200 public {"value":[{"type":"text","value":"purr"}]}' 'it is shown'
who=$foreign
up POST /nf/create -H 'Content-Type: application/json' -d "$film"
is "$status" 200 'now all can film it'
up DELETE "/project_y/characters/$id"
is "$status" 404 'but not delete it'
who=$own
up DELETE "/project_y/characters/$id"
is "$status $(character .deleted)" '200 true' 'its account can'
up DELETE "/project_y/characters/$id"
is "$status" 404 'once'
up GET /project_y/profile/username/sandbox_cat
is "$status" 404 'it has no profile any more'

fails nobody 'failed: We could not find a face in this video.'
fails violation 'failed: This content violates our guardrails.'
fails broken 'error: Processing failed'
begin bare
pass 600
look
is "$(json .profile_asset_url)" null 'one without a picture'
begin late
ok 'one whose picture is late' wait_until 10 'pass 600; is_ready'
begin typo
is "$status" 400 'a typing error in a marker'
begin plain 3,1
is "$status" 400 'times in disorder'
printf GIF89a-not-a-clip >"$stack/gif.mp4"
begin gif
is "$status" 400 'no clip'
up POST /project_y/file/upload -F "file=@$stack/picture.webp"
is "$status" 400 'a picture without its use'
