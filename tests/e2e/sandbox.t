#!/bin/sh
# SPDX-License-Identifier: MIT
# sandbox.t: the local upstream alone: its life of tasks, limits, media and faults.
# shellcheck disable=SC2016,SC2034,SC2154
stack_sandbox_options='--shared-clips --threads 8 --set gap=30'
stack_speed=100
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"

stack_new
mkdir -p "$stack_clips"
stack_start_nginx
sandbox_start || bail "the sandbox does not start"
poll=0.02
alice=$(make_jwt alice@example.org)
bob=$(make_jwt bob@example.org)

# as TOKEN METHOD PATH [CURL-OPTION...]
as()
{
	as_token=$1
	as_method=$2
	as_path=$3
	shift 3
	ask "$as_method" "$sandbox/backend$as_path" \
	    -H "Authorization: Bearer $as_token" "$@"
}

# control METHOD PATH [JSON]
control()
{
	ask "$1" "$sandbox/_control/$2" ${3:+-d "$3"}
}

# create TOKEN PROMPT [MEMBERS]: further members begin with a comma.
create()
{
	as "$1" POST /nf/create -H 'Content-Type: application/json' \
	    -d "{\"kind\":\"video\",\"prompt\":\"$2\",\"orientation\":\"landscape\",\"n_frames\":150${3-}}"
	task=$(json .id)
}

reset()
{
	control POST reset
}

# pass SECONDS: of the tasks' time, at once.
pass()
{
	control POST time "{\"passed\":$1}"
}

error_of()
{
	echo "$status $(json '.error.code // .error.message')"
}

pending_state()
{
	as "$1" GET /nf/pending/v2
	state=$(json ".[] | select(.id == \"$2\") | .status")
}

draft_of()
{
	as "$1" GET /project_y/profile/drafts/v2
	json ".items[] | select(.task_id == \"$2\") | $3"
}

has_draft()
{
	[ -n "$(draft_of "$1" "$2" .kind)" ]
}

prompt_counts()
{
	control GET state
	json ".prompts[] | select(.prompt == \"$1\") | \"\(.attempts) \(.accepted)\""
}

# ---- who may ask ----

who_may_ask()
{
	ask GET "$sandbox/backend/me"
	is "$(error_of)" '401 Missing bearer authentication in header' 'no bearer'
	as no.jwt.atall GET /me
	is "$(error_of)" '401 invalid_jwt' 'no JWT'
	as "$(make_jwt old@example.org -10)" GET /me
	is "$(error_of)" '401 token_expired' 'an expired one'
	as "$alice" GET /me
	is "$status $(json .email)" '200 alice@example.org' 'an account on sight'
	control POST accounts '{"email":"alice@example.org","invalidate":true}'
	as "$alice" GET /me
	is "$(error_of)" '401 token_invalidated' 'an invalidated token'
	as "$(make_jwt alice@example.org 999999)" GET /me
	is "$status" 200 'a new one of the same account'
	as "$bob" GET /nothing
	is "$status $(json .error.type)" '404 invalid_request_error' 'no such path'
	as "$bob" DELETE /nf/create
	is "$status" 404 'no such method'
	reset
}

# ---- bodies of a create ----

refused_body()
{
	as "$alice" POST /nf/create -H 'Content-Type: application/json' -d "$1"
	is "$(error_of)" '400 invalid_request' "$2"
}

bodies()
{
	refused_body '{"orientation":"landscape","n_frames":150}' 'no prompt'
	refused_body '{"prompt":"x","n_frames":150}' 'no orientation'
	refused_body '{"prompt":"x","orientation":"portrait"}' 'no n_frames'
	refused_body '{"prompt":"x","orientation":"up","n_frames":150}' \
	    'unknown orientation'
	refused_body '{' 'no JSON'
	create "$alice" 'x [[sandbox:tpyo]]'
	is "$(error_of)" '400 invalid_request' 'an unknown marker'
	create "$alice" x ',"inpaint_items":[{"kind":"upload","upload_id":"media_x"}]'
	is "$status" 404 'unknown media'
	create "$alice" full ',"title":null,"size":"large","inpaint_items":[],
	    "remix_target_id":null,"cameo_ids":null,"model":"sy_8","anything":[1]'
	is "$status $(json .task_type)" '200 video_gen' 'unknown fields'
	like "$task" '^task_[0-9a-hjkmnp-tv-z]{26}$' 'the form of the id'
	is "$(json .rate_limit_and_credit_balance.estimated_num_videos_remaining)" \
	    29 'the quota counts down'
	reset
}

# ---- the life of a task ----

seen=
note_state()
{
	pending_state "$alice" "$task"
	seen="$seen $state"
	pass 600
}

life()
{
	create "$alice" 'a life [[sandbox:preprocessing=600]][[sandbox:queued=600]][[sandbox:running=600]][[sandbox:processing=600]][[sandbox:gap=600]]'
	life_task=$task
	seen=
	for phase in 1 2 3 4; do
		note_state
	done
	pending_state "$alice" "$task"
	is "$seen $state" ' preprocessing queued running processing ' 'the states'
	is "$(draft_of "$alice" "$task" .id)" '' 'a gap in neither list'
	pass 600
	ok 'a draft' has_draft "$alice" "$task"
	is "$(draft_of "$alice" "$task" '"\(.kind) \(.width) \(.duration_s)"')" \
	    'sora_draft 1280 5' 'as asked for'
	generation=$(draft_of "$alice" "$task" .id)
	as "$alice" GET "/project_y/profile/drafts/v2/$generation"
	is "$(json .task_id)" "$task" 'by its id'
	as "$bob" GET "/project_y/profile/drafts/v2/$generation"
	is "$status" 404 'not for another account'
	as "$bob" GET /project_y/profile/drafts
	is "$(json '.items | length')" 0 'nor in its list'
}

# ---- media ----

media()
{
	url=$(draft_of "$alice" "$life_task" .downloadable_url)
	still=$(draft_of "$alice" "$life_task" .encodings.thumbnail.path)
	ask GET "$url"
	is "$status $(header content-type)" '200 video/mp4' 'the clip'
	is "$(ffprobe -v error -of csv=p=0 -show_entries \
	    stream=codec_name,width,height,duration "$body")" \
	    h264,1280,720,5.000000 'as asked for'
	cp "$body" "$stack/clip"
	ask GET "$url" -r 100-299
	is "$status $(header content-range)" \
	    "206 bytes 100-299/$(wc -c <"$stack/clip")" 'a part of it'
	ask GET "$still"
	is "$status $(header content-type)" '200 image/webp' 'the picture'
	ask GET "${url}0"
	is "$status" 403 'a wrong signature'
	control POST expire-media
	ask GET "$url"
	is "$status" 403 'an expired URL'
	url=$(draft_of "$alice" "$life_task" .downloadable_url)
	ask HEAD "$url"
	is "$status" 200 'read again, it is renewed'
}

# ---- uploads ----

uploads()
{
	ask GET "$(draft_of "$alice" "$life_task" .encodings.thumbnail.path)"
	cp "$body" "$stack/picture.webp"
	as "$alice" POST /uploads -F "file=@$stack/picture.webp;type=image/webp" \
	    -F file_name=picture.webp
	is "$status $(json '"\(.type) \(.mime_type) \(.width)x\(.height)"')" \
	    '200 image image/webp 1280x720' 'a picture'
	media_id=$(json .id)
	item=",\"inpaint_items\":[{\"kind\":\"upload\",\"upload_id\":\"$media_id\"}]"
	ask GET "$(json .url)"
	ok 'comes back as it was' cmp -s "$body" "$stack/picture.webp"
	create "$alice" moves "$item"
	is "$status" 200 'may be used'
	create "$bob" moves "$item"
	is "$status" 404 'not by another account'
	as "$alice" POST /uploads -F "file=@$stack/nginx.conf"
	is "$(error_of)" '400 invalid_request' 'no picture'
	{ cat "$stack/picture.webp"; head -c 21000000 /dev/zero; } >"$stack/big"
	as "$alice" POST /uploads -F "file=@$stack/big"
	is "$(error_of)" '400 invalid_request' 'too large'
	reset
	is "$(find "$stack_clips" -name "$media_id*")" '' 'a reset removes it'
}

# ---- limits ----

limits()
{
	create "$alice" 'one [[sandbox:never]]'
	create "$alice" 'two [[sandbox:never]]'
	create "$alice" 'three [[sandbox:never]]'
	create "$alice" four
	is "$(error_of) $(json .error.details.num_tasks)" \
	    '429 too_many_concurrent_tasks 3' 'three at a time'
	create "$bob" 'four [[sandbox:never]]'
	is "$status" 200 'of each account'
	control POST accounts \
	    '{"email":"alice@example.org","concurrency":9,"remaining":1,"resets_in":600}'
	create "$alice" five
	is "$status $(json .rate_limit_and_credit_balance.rate_limit_reached)" \
	    '200 true' 'the last of the quota'
	create "$alice" six
	is "$(error_of) $(json .type)" \
	    '429 rate_limit_exhausted rate_limit_exhausted' 'none left'
	is "$(prompt_counts six)" '1 0' 'counted as tried, not as made'
	control POST accounts '{"email":"alice@example.org","resets_in":0.5}'
	ok 'until the window is over' wait_until 10 \
	    'create "$alice" six; [ "$status" = 200 ]'
	control POST limits '{"page_size":2,"speed":100000,"concurrency":50}'
	for n in 1 2 3 4 5; do
		create "$bob" "page $n"
	done
	ok 'drafts' wait_until 5 'has_draft "$bob" "$task"'
	as "$bob" GET /project_y/profile/drafts/v2
	page=$(json '.items[].prompt' | tr '\n' ' ')
	as "$bob" GET "/project_y/profile/drafts/v2?cursor=$(json .cursor)"
	is "$page$(json '.items[].prompt' | tr '\n' ' ')" \
	    'page 5 page 4 page 3 page 2 ' 'pages, the newest first'
	as "$bob" GET "/project_y/profile/drafts/v2?limit=50"
	is "$(json '"\(.items[4].prompt) \(.cursor)"')" 'page 1 null' 'the last page'
	reset
}

# ---- endings ----

ending()
{
	create "$alice" "an ending [[sandbox:$1]]"
	wait_until 20 'has_draft "$alice" "$task"'
	is "$(draft_of "$alice" "$task" "\"\(.kind) \($2) \(.url)\"")" "$3" "$1"
}

endings()
{
	ending violation .reason 'sora_content_violation third_party_similarity null'
	ending error .error_reason 'sora_error processing_error null'
	ending pending-failed=0 .error_reason 'sora_error processing_error null'
	ending late-url=600 .title 'sora_draft an ending [[sandbox:late-url=600]] null'
	pass 600
	isnt "$(draft_of "$alice" "$task" .url)" null 'the URL comes late'
	create "$alice" 'fails [[sandbox:failed-only=600]]'
	ok 'failed in the list' wait_until 10 \
	    'pending_state "$alice" "$task"; [ "$state" = failed ]'
	is "$(json '.[0].failure_reason')" processing_error 'with a reason'
	pass 600
	pending_state "$alice" "$task"
	is "$state" '' 'then gone'
	reset
}

# ---- faults ----

fault()
{
	control POST faults "{\"endpoint\":\"check\",\"count\":1,$1}"
	as "$alice" GET /nf/check
	is "$status $(json "$2")" "$3" "$1"
}

faults()
{
	fault '"fault":"heavy_load"' .error.code '400 heavy_load'
	fault '"fault":"heavy_load","status":200' .error.code '200 heavy_load'
	fault '"fault":"phone_number_required"' .error.type \
	    '400 phone_number_required'
	fault '"fault":"unsupported_country_code"' .error.param '403 XX'
	fault '"fault":"rate_limit_exhausted"' \
	    .rate_limit_and_credit_balance.rate_limit_reached '429 true'
	fault '"body":"{\"a\":1}","status":418' .a '418 1'
	fault '"fault":"bad_gateway"' . '502 '
	fault '"fault":"challenge","status":429' . '429 '
	is "$(header cf-mitigated)" challenge 'with its header'
	as "$alice" GET /nf/check
	is "$status" 200 'each just once'
	control POST faults '{"endpoint":"check","account":"bob@example.org","fault":"gone","skip":1}'
	as "$alice" GET /nf/check
	as "$bob" GET /nf/check
	is "$status" 200 'not for another account, nor before its time'
	as "$bob" GET /nf/check
	is "$status" 410 'then always'
	control DELETE faults
	as "$bob" GET /nf/check
	is "$status" 200 'until it is taken away'
	control POST faults '{"fault":"no_such"}'
	is "$status" 400 'an unknown one is refused'
}

lost_answers()
{
	create "$alice" 'lost [[sandbox:drop=1]]'
	is "$status" 'curl: 52 (000)' 'an answer is lost'
	is "$(prompt_counts 'lost [[sandbox:drop=1]]')" '1 1' 'the task is there'
	create "$alice" 'refused [[sandbox:heavy-load=1]]'
	is "$(error_of)" '400 heavy_load' 'a marker refuses'
	create "$alice" 'refused [[sandbox:heavy-load=1]]'
	is "$status" 200 'only so often'
	control POST faults '{"endpoint":"create","fault":"bad_gateway","after_work":true,"count":1}'
	create "$bob" after
	is "$status" 502 'a fault after the work'
	is "$(prompt_counts after)" '1 1' 'and the task is there'
	control POST faults '{"endpoint":"create","delay_ms":20000,"after_work":true,"count":1}'
	curl -s -o "$stack/run/slowly" -H "Authorization: Bearer $bob" \
	    -H 'Content-Type: application/json' \
	    -d '{"kind":"video","prompt":"slowly","orientation":"landscape","n_frames":150}' \
	    "$sandbox/backend/nf/create" &
	ok 'before the answer the task is there' \
	    wait_until 10 '[ "$(prompt_counts slowly)" = "1 1" ]'
	kill $!
	ok 'for which the client did not wait' test ! -s "$stack/run/slowly"
}

plan 79
who_may_ask
bodies
life
media
uploads
limits
endings
faults
lost_answers
no_secret_in_log()
{
	! grep -rqF -e "$alice" -e 'a life' "$stack/log"
}
ok 'neither token nor prompt is in a log' no_secret_in_log
