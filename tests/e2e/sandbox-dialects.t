#!/bin/sh
# SPDX-License-Identifier: MIT
# sandbox-dialects.t: the local upstream as each of the servers that speak
# OpenAI's /v1/videos, with what each does in its own way, and with faults.
# shellcheck disable=SC2016,SC2034,SC2154
stack_speed=200
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"

dialects='openai vllm-omni sglang new-api tensorrt-llm dynamo litellm aisix'
bearer='Authorization: Bearer sk-sandbox'
json_type='Content-Type: application/json'
poll=0.02
waits='[[sandbox:queued=60]]'

stack_new
stack_start_nginx
for dialect in $dialects; do
	server_start "$dialect" "$dialect"
	echo "$server" >"$stack/data/$dialect"
done
printf 'not a picture, but a file' >"$stack/data/file.png"

# use DIALECT: the next requests go there.
use()
{
	server=$(cat "$stack/data/$1")
}

# as METHOD PATH [CURL-OPTION...]: with the key.
as()
{
	as_method=$1
	as_path=$2
	shift 2
	ask "$as_method" "$server$as_path" -H "$bearer" "$@"
}

# control METHOD PATH [JSON]
control()
{
	ask "$1" "$server/_control/$2" ${3:+-d "$3"}
}

# The manners in JSON; what they were comes back with `normal`.
set_manners()
{
	control POST server "$1"
	[ "$status" = 200 ] || diag "$1: $(cat "$body")"
}

normal()
{
	control POST reset
}

# create JSON-MEMBERS: further members begin with a comma.
create()
{
	as POST /v1/videos -H "$json_type" -d "{\"prompt\":\"$1\"${2-}}"
	video=$(json .id)
}

create_form()
{
	create_prompt=$1
	shift
	as POST /v1/videos -F "prompt=$create_prompt" "$@"
	video=$(json .id)
}

# In the way that this server takes.
create_any()
{
	case $server in
	"$(cat "$stack/data/vllm-omni")")
		create_form "$1"
		;;
	*)
		create "$1"
		;;
	esac
}

is_over()
{
	as GET "/v1/videos/$video"
	matches "$(json .status)" '^(completed|failed)$'
}

finish()
{
	wait_until 20 is_over
}

finished()
{
	create_any "${1-a finished one}"
	finish
}

prompt_counts()
{
	control GET state
	json ".prompts[] | select(.prompt == \"$1\") | \"\(.attempts) \(.accepted)\""
}

# ---- what each does in its own way ----

quirk_json() { create "j $waits"; echo "$status"; }
quirk_form() { create_form "f $waits"; echo "$status"; }
quirk_number() { create "n $waits" ',"seconds":4'; echo "$status"; }
quirk_digits() { create_form "d $waits" -F seconds=8; json .seconds; }
quirk_odd() { create_form "o $waits" -F seconds=5; echo "$status"; }
quirk_duration() { create "u $waits" ',"duration":8'; json .seconds; }
quirk_size() { create_form "s $waits" -F size=640x480; echo "$status"; }
quirk_model() { create "m $waits" ',"model":"nobody-1"'; echo "$status"; }
quirk_file() { create_form "r $waits" -F "input_reference=@$stack/data/file.png"; echo "$status"; }
quirk_object() { create "b $waits" ',"input_reference":{"image_url":"data:x"}'; echo "$status"; }
quirk_string() { create "t $waits" ',"input_reference":"http://x/y.png"'; echo "$status"; }
quirk_id() { create_any "i $waits"; echo "$video"; }
quirk_nokey() { ask GET "$server/v1/videos/x"; echo "$status$(json 'paths(type != "object") | map(tostring) | " " + join(".")' | tr -d '\n')"; }
quirk_unknown() { as GET /v1/videos/nobody; echo "$status $(json '.error.code // .code // .detail')"; }
quirk_early() { create_any "e $waits"; as GET "/v1/videos/$video/content"; echo "$status"; }
quirk_list() { as GET /v1/videos; echo "$status $(json 'keys_unsorted | join(",")')"; }
quirk_remix() { finished; as POST "/v1/videos/$video/remix" -H "$json_type" -d "{\"prompt\":\"again $waits\"}"; echo "$status $(json ".remixed_from_video_id == \"$video\"")"; }
quirk_running() { create_any "k $waits"; as DELETE "/v1/videos/$video"; echo "$status $(json '[.object, .status, .deleted] | map(tostring) | join(",")')"; }
quirk_delete() { finished; as DELETE "/v1/videos/$video"; echo "$status $(json '[.object, .status, .deleted] | map(tostring) | join(",")')"; }
quirk_variant() { finished; as GET "/v1/videos/$video/content?variant=video"; echo "$status"; }
quirk_fails() { finished '[[sandbox:error]]'; json '"\(.status) \(.error | if type == "object" then (keys_unsorted | join(",")) + " " + (.code | type) else type end)"'; }
quirk_words() { create_any 'w [[sandbox:preprocessing=0]][[sandbox:queued=0]][[sandbox:running=60]]'; as GET "/v1/videos/$video"; json '"\(.status) \(.progress | type)"'; }
quirk_schema() { ask GET "$server/openapi.json"; echo "$status $(json '.info.title // empty')"; }
quirk_health() { ask GET "$server/health"; echo "$status"; }
quirk_status() { ask GET "$server/api/status"; echo "$status"; }
quirk_models() { as GET /v1/models; json '"\(.object) \(.data | type) \(.data[0].root // .success // .model_path)"'; }
quirk_image() { as POST /v1/images/generations -H "$json_type" -d '{"prompt":"p","size":"256x256"}'; json '.data[0] | keys_unsorted[0]'; }
quirk_format() { as POST /v1/images/generations -H "$json_type" -d '{"prompt":"p","size":"256x256","response_format":"url"}'; json '.data[0] | keys_unsorted[0] // empty'; echo "$status"; }
quirk_poll_after() { create_any "p $waits"; as GET "/v1/videos/$video"; header openai-poll-after-ms; }

# The last column is an extended regular expression for the whole line.
quirks()
{
	cat <<'END'
openai json 200
openai form 200
openai number 400
openai digits 8
openai odd 400
openai duration 4
openai size 400
openai model 404
openai file 200
openai object 200
openai string 400
openai id video_[0-9a-f]{48}
openai nokey 401 error.message error.type error.param error.code
openai unknown 404 not_found
openai early 404
openai list 200 data,object,first_id,last_id,has_more
openai remix 200 true
openai running 400 null,null,null
openai delete 200 video.deleted,null,true
openai variant 200
openai fails failed code,message string
openai words in_progress number
openai schema 404 ?
openai health 404
openai status 404
openai models list array null
openai image b64_json
openai format 400
openai poll_after 2000
vllm-omni json 400
vllm-omni form 200
vllm-omni digits 8
vllm-omni odd 200
vllm-omni size 200
vllm-omni file 200
vllm-omni id video_gen_[0-9a-f]{32}
vllm-omni nokey 401 detail
vllm-omni unknown 404 .*
vllm-omni early 404
vllm-omni list 200 data,object,first_id,last_id,has_more
vllm-omni remix 404 false
vllm-omni running 200 video.deleted,null,true
vllm-omni delete 200 video.deleted,null,true
vllm-omni fails failed code,message number
vllm-omni words in_progress number
vllm-omni schema 200 vLLM.*
vllm-omni health 200
vllm-omni models list array Wan-AI/.*
vllm-omni image b64_json
vllm-omni poll_after
sglang json 200
sglang form 200
sglang number 200
sglang digits 8
sglang odd 200
sglang duration 4
sglang size 200
sglang model 200
sglang file 200
sglang object 400
sglang string 200
sglang nokey 401 detail
sglang unknown 404 .*
sglang early 404
sglang list 200 data
sglang remix 404 false
sglang running 200 video,deleted,true
sglang delete 200 video,deleted,true
sglang variant 404
sglang fails failed message null
sglang words queued number
sglang schema 200 SGLang.*
sglang health 200
sglang models null null Wan-AI/.*
sglang image b64_json
new-api json 200
new-api form 200
new-api number 200
new-api digits 8
new-api odd 200
new-api duration 8
new-api model 503
new-api file 200
new-api object 200
new-api string 200
new-api id task_[0-9a-zA-Z]{32}
new-api nokey 401 code message data
new-api unknown 400 task_not_exist
new-api early 400
new-api list 404 code,message,data
new-api remix 200 true
new-api delete 404 null,null,null
new-api words in_progress number
new-api schema 404 ?
new-api status 200
new-api models list array true
new-api image url
tensorrt-llm json 202
tensorrt-llm form 202
tensorrt-llm duration 8
tensorrt-llm string 202
tensorrt-llm object 400
tensorrt-llm early 400
tensorrt-llm list 200 data
tensorrt-llm delete 200 null,null,true
tensorrt-llm fails failed string
tensorrt-llm words queued null
dynamo form 400
dynamo list 404 error
litellm form 200
litellm id video_[0-9a-f]*[+][0-9a-f]*/[0-9a-f]*==
litellm nokey 401 error.message error.type error.param error.code
litellm unknown 404 404
aisix form 400
aisix json 200
aisix number 200
aisix id [-_0-9a-f]{200}
aisix list 404 error
aisix remix 404 false
aisix delete 404 null,null,null
END
}

each_in_its_own_way()
{
	quirks >"$stack/data/quirks"
	while read -r dialect quirk wanted; do
		use "$dialect"
		like "$("quirk_$quirk" | tr '\n' ' ' | sed 's/ $//')" "^$wanted\$" "$dialect: $quirk"
	done <"$stack/data/quirks"
}


# ---- forms that a test sets ----

# places: where the id of a new video is
ids_in_each_place()
{
	use openai
	for place in id task_id request_id data.id data.task_id 'data[0].id' \
	    output.task_id; do
		set_manners "{\"id_at\":\"$place\",\"create_status\":202}"
		create "$waits"
		as GET "/v1/videos/$(json ".$place")"
		is "$status" 200 "the id at $place"
	done
	set_manners '{"id_at":"","create_status":201}'
	create "$waits"
	is "$status $(json '[.. | strings | select(startswith("video_"))] | length')" \
	    '201 0' 'no id at all'
	set_manners '{"id_at":null,"create_status":null}'
	create "$waits"
	is "$status $(json 'has("id")')" '200 true' 'as usual again'
	set_manners '{"id_at":"data..id"}'
	is "$status" 400 'a place that is none'
	set_manners '{"progress":"odd"}'
	is "$status" 400 'a form that is none'
	set_manners '{"nothing":1}'
	is "$status" 400 'a manner that is none'
	normal
}

ids_of_each_form()
{
	for form in openai hex uuid task base64 base64url; do
		set_manners "{\"id_form\":\"$form\"}"
		create "$waits"
		as GET "/v1/videos/$(printf %s "$video" | jq -sRr @uri)"
		is "$(json .id)" "$video" "found by an id of the form $form"
	done
	normal
}

words()
{
	create "$waits"
	for word in '"NOT_START"' '"Processing"' '"unknown"' '""' null 7; do
		set_manners "{\"word_queued\":$word}"
		as GET "/v1/videos/$video"
		is "$(jq -c .status "$body")" "$word" "the word $word"
	done
	set_manners '{"word_queued":false}'
	as GET "/v1/videos/$video"
	is "$(json 'has("status")')" false 'no word'
	normal
}

# Of a video that runs: a little over 10.
progress()
{
	create 'x [[sandbox:preprocessing=0]][[sandbox:queued=0]][[sandbox:running=3000]]'
	while read -r form wanted; do
		set_manners "{\"progress\":\"$form\"}"
		as GET "/v1/videos/$video"
		is "$(jq -c .progress "$body")" "$wanted" "progress as $form"
	done <<END
int 10
float 10.5
ratio 0.1
text "10"
percent "10%"
null null
missing null
falling 90
too_much 150
at_end 0
END
	normal
}

errors()
{
	finished '[[sandbox:violation]]'
	while read -r form filter wanted; do
		set_manners "{\"error\":\"$form\"}"
		as GET "/v1/videos/$video"
		is "$(json ".status + \" \" + ($filter)")" "failed $wanted" \
		    "a failure as $form"
	done <<END
object .error.code moderation_blocked
number .error.code|tostring 400
message .error|keys[0] message
text .error|type string
detail .detail|type string
details .detail[0].type value_error
flat .code moderation_blocked
reason .fail_reason|type string
base_resp .base_resp.status_code|tostring 400
END
	while read -r form filter wanted; do
		set_manners "{\"refusal\":\"$form\"}"
		as GET /v1/videos/nobody
		is "$status $(json "$filter")" "404 $wanted" "a refusal as $form"
	done <<END
openai .error.code not_found
detail .detail|type string
details .detail[0].msg|type string
flat .code not_found
status .error.code 404
END
	normal
}

urls()
{
	finished
	while read -r place; do
		set_manners "{\"url_at\":\"$place\"}"
		as GET "/v1/videos/$video"
		ask GET "$(json ".$place")"
		is "$status $(header content-type)" '200 video/mp4' "a URL at $place"
	done <<END
url
video.url
metadata.url
urls[0]
data[0].url
output.video_url
END
	set_manners '{"url_at":"url","poll_bytes":5000000}'
	as GET "/v1/videos/$video"
	ok 'an object of 5 MB' test "$(wc -c <"$body")" -gt 5000000
	old_url=$(json .url)
	control POST expire-media
	ask GET "$old_url"
	is "$status" 403 'a URL that has expired'
	as GET "/v1/videos/$video"
	ask GET "$(json .url)"
	is "$status" 200 'the next poll has a fresh one'
	normal
}

# ---- content ----

# The first bytes, as text.
magic()
{
	dd if="$body" bs=1 count=12 2>/dev/null | tr -d '\0-\037'
}

content()
{
	as GET "/v1/videos/$video/content" "$@"
}

content_forms()
{
	finished
	content
	like "$status $(header content-type) $(magic)" '^200 video/mp4 .*ftyp' 'bytes'
	whole=$(wc -c <"$body")
	content -r 0-9
	is "$status $(wc -c <"$body")" '206 10' 'a range of them'
	set_manners '{"content":"chunked"}'
	content
	is "$(header transfer-encoding) $(header content-length) $(wc -c <"$body")" \
	    "chunked  $whole" 'chunked'
	set_manners '{"content":"truncated"}'
	content
	is "$(header content-length) $status" "$whole curl: 18 (200)" 'truncated'
	set_manners '{"content":"empty"}'
	content
	is "$status $(wc -c <"$body")" '200 0' 'nothing'
	set_manners '{"content":"avi"}'
	content
	like "$(header content-type) $(magic)" '^video/x-msvideo RIFF.*AVI' 'AVI'
	set_manners '{"content":"html"}'
	content
	like "$(header content-type) $(magic)" '^video/mp4 <!DOCTYPE' 'HTML'
	set_manners '{"content":"json"}'
	content
	ask GET "$(json .url)"
	is "$status $(wc -c <"$body")" "200 $whole" 'JSON with a URL'
	set_manners '{"content":"use_url"}'
	content
	like "$status $(json .error.message)" '^400 .*url field' 'use the URL'
}

# Where a redirect goes, with $port for the server's.
location()
{
	header location | sed "s/:${server##*:}//"
}

redirects()
{
	set_manners '{"content":"redirect"}'
	content
	like "$status $(location)" '^302 http://127.0.0.1/az/' 'this host'
	set_manners '{"content":"other_host"}'
	content
	like "$status $(location)" '^302 http://localhost/az/' 'another host'
	content -L
	control GET state
	is "$(json .media_keys)" 0 'curl shows its key to no other host'
	content --location-trusted
	control GET state
	is "$(json .media_keys)" 1 'a client that does is seen'
	control GET 'asked?endpoint=media'
	is "$(json '.asked[] | select(.credential != null) | .calls')" 1 \
	    'and told apart'
	set_manners '{"content":"private"}'
	content
	like "$(location)" '^http://0.0.0.0/az/' 'a private address'
	set_manners '{"content":"redirect","location":"http://[::1]:9/x"}'
	content
	is "$(header location)" 'http://[::1]:9/x' 'anywhere'
	set_manners '{"content":"loop","location":null}'
	content -L --max-redirs 5
	is "$status" 'curl: 47 (302)' 'a loop'
	normal
}

sizes_and_times()
{
	finished
	set_manners '{"content_mib":300}'
	content -o "$stack/data/head" -r 0-99
	like "$(header content-range)" '/314572800$' 'a file of 300 MiB'
	ok 'which takes no room' test "$(du -m "$stack_clips"/300-* |
	    awk '{ n += $1 } END { print n }')" -lt 3
	set_manners '{"content_mib":0}'
	content
	set_manners "{\"content_rate\":$(wc -c <"$body")}"
	started=$(now_ms)
	content
	ok 'slow: a second for all of it' test $(($(now_ms) - started)) -ge 800
	set_manners '{"content":"truncated","content_count":1,"content_rate":0}'
	content
	is "$status $(header accept-ranges)" 'curl: 18 (200) bytes' \
	    'one that breaks off'
	got=$(wc -c <"$body")
	cp "$body" "$stack/data/half"
	content -r "$got-"
	cat "$body" >>"$stack/data/half"
	is "$status $(cksum <"$stack/data/half")" \
	    "206 $(content; cksum <"$body")" 'goes on where it was'
	set_manners '{"content_rate":4000,"content_seconds":1}'
	content
	like "$status $(header content-length) $(wc -c <"$body")" \
	    "^curl: 18 \(200\) [0-9]* 4000$" 'cut after a second'
	normal
	create 'a lag [[sandbox:late-url=600]]'
	finish
	content
	is "$status" 404 'the storage lags behind'
	control POST time '{"passed":600}'
	content
	is "$status" 200 'but not for ever'
	set_manners '{"early_status":425}'
	create "$waits"
	content
	is "$status" 425 'another status of what is not done'
	normal
}

# ---- synchronous servers ----

synchronous()
{
	use dynamo
	create 'at once' ',"seconds":4'
	ask GET "$(json '.data[0].url')"
	is "$status $(header content-type)" '200 video/mp4' 'a URL at the end'
	set_manners '{"url_at":"video.url"}'
	create 'elsewhere' ',"seconds":4'
	like "$(json .video.url)" '^http' 'elsewhere'
	set_manners '{"sync":"b64"}'
	create 'at once again [[sandbox:running=1]]'
	json '.data[0].b64_json' | base64 -d >"$stack/data/clip"
	like "$(head -c 12 "$stack/data/clip" | tr -d '\0-\037')" ftyp 'base64'
	create 'blocked [[sandbox:violation]]'
	is "$status $(json .error.code)" '400 moderation_blocked' 'a failure'
	normal
	use openai
}

# ---- images ----

images()
{
	use openai
	as POST /v1/images/edits -F prompt=x -F size=256x256 \
	    -F "image[]=@$stack/data/file.png" -F "image[]=@$stack/data/file.png"
	is "$status $(json '.data[0].b64_json[:8]')" '200 iVBORw0K' 'an edit'
	control GET state
	is "$(json '.tasks[-1].inputs')" 2 'of two files'
	set_manners '{"images":"relative"}'
	as POST /v1/images/generations -H "$json_type" \
	    -d '{"prompt":"x","size":"256x256"}'
	like "$(json '.data[0].url')" '^/v1/images/.*/content$' 'a relative URL'
	as GET "$(json '.data[0].url')"
	is "$status $(header content-type)" '200 image/png' 'which has it'
	set_manners '{"images":"empty"}'
	as POST /v1/images/generations -H "$json_type" \
	    -d '{"prompt":"x","size":"256x256"}'
	is "$(jq -c '.data[0]' "$body")" '{"url":"","b64_json":""}' 'neither'
	normal
}

# ---- faults ----

fault()
{
	control POST faults "$1"
	[ "$status" = 200 ] || diag "$1: $(cat "$body")"
}

broken_creates()
{
	fault '{"endpoint":"video_create","fault":"reset","count":1}'
	create before
	is "$status $(prompt_counts before)" 'curl: 56 (000) ' 'a reset before the body'
	head -c 3000000 /dev/zero >"$stack/data/zeroes"
	ask POST "$server/v1/videos" -H 'Authorization: Bearer no' -F prompt=x \
	    -F "input_reference=@$stack/data/zeroes"
	is "$status" 401 'a refusal before a large body is read'
	fault '{"endpoint":"video_create","fault":"reset","read":100000,"count":1}'
	create_form while -F "input_reference=@$stack/data/zeroes"
	like "$status" '^curl: (55|56) ' 'while it is sent'
	is "$(prompt_counts while)" '' 'of which nothing becomes'
	fault '{"endpoint":"video_create","fault":"reset","after_work":true,"count":1}'
	create after
	is "$status" 'curl: 56 (000)' 'after it'
	is "$(prompt_counts after)" '1 1' 'when the job is there'
	create after
	is "$(prompt_counts after)" '2 2' 'twice is seen'
	create 'x [[sandbox:drop=1]]'
	is "$status" 'curl: 52 (000)' 'no answer'
}

refused_creates()
{
	while read -r name wanted code; do
		fault "{\"endpoint\":\"video_create\",\"fault\":\"$name\",\"count\":1}"
		create refused
		is "$status $(json '.error.code // empty')" "$wanted $code" "$name"
	done <<END
wrong_api_key 401 invalid_api_key
payment_required 402 insufficient_quota
no_balance 403 insufficient_user_quota
insufficient_quota 429 insufficient_quota
rate_limit_exceeded 429 rate_limit_exceeded
engine_overloaded 503 engine_overloaded
moderation_blocked 400 moderation_blocked
END
	fault '{"endpoint":"video_create","fault":"bad_gateway","count":1}'
	create refused
	is "$status $(header content-type)" '502 text/html' 'a proxy in between'
	fault '{"endpoint":"video_create","fault":"rate_limit_exceeded","retry_after":7,"count":1}'
	create refused
	is "$(header retry-after)" 7 'Retry-After in seconds'
	fault '{"endpoint":"video_create","fault":"rate_limit_exceeded","retry_after":7,"retry_date":true,"count":1}'
	create refused
	retry=$(($(date -d "$(header retry-after)" +%s) - $(date -d "$(header date)" +%s)))
	ok 'and as a date' test "$retry" -ge 6 -a "$retry" -le 7
	is "$(prompt_counts refused)" '' 'none of which was read'
	fault '{"endpoint":"video_get","delay_ms":300,"count":1}'
	started=$(now_ms)
	as GET /v1/videos/nobody
	ok 'a delay' test $(($(now_ms) - started)) -ge 300
	normal
}

forgotten()
{
	finished
	control POST restart
	as GET "/v1/videos/$video"
	is "$status" 404 'a restart forgets'
	as GET /v1/videos
	is "$(json '.data | length')" 0 'all of them'
	is "$(prompt_counts 'a finished one')" '1 1' 'but not what arrived'
	finished '[[sandbox:preprocessing=0]][[sandbox:vanish]]' || :
	as GET "/v1/videos/$video"
	is "$status" 404 'one alone is forgotten, too'
	normal
}

pages()
{
	for page_n in 1 2 3; do
		create "page $page_n $waits"
	done
	as GET '/v1/videos?limit=2'
	is "$(json '"\(.data | map(.prompt[5:6]) | join(",")) \(.has_more)"')" \
	    '3,2 true' 'the newest first'
	as GET "/v1/videos?limit=2&after=$(json .last_id)"
	is "$(json '"\(.data | map(.prompt[5:6]) | join(",")) \(.has_more)"')" \
	    '1 false' 'the next page'
	as GET '/v1/videos?order=asc&limit=1'
	is "$(json '.data[0].prompt[5:6]')" 1 'the oldest first'
	as GET '/v1/videos?after=nobody'
	is "$status $(json .error.param)" '400 after' 'after nobody'
	normal
}

# An abort frees its place, a delete that does not abort keeps it.
places_of_jobs()
{
	use vllm-omni
	normal
	create_any "$waits"
	as DELETE "/v1/videos/$video"
	create_any "$waits"
	control GET state
	is "$(json .server.peak)" 1 'an aborted job has no place'
	use sglang
	normal
	create_any "$waits"
	as DELETE "/v1/videos/$video"
	create_any "$waits"
	control GET state
	is "$(json .server.peak)" 2 'one that goes on has'
	use openai
}

# The report shows what the server was asked for, and got.
arrivals()
{
	create_form "arrived $waits" -F seconds=8 -F fps=24 \
	    -F "input_reference=@$stack/data/file.png"
	create "arrived $waits" ',"seconds":"8","seed":7'
	control GET state
	is "$(json '.tasks[0] | "\(.model) \(.inputs) \(.fields.seconds) \(.fields.fps)"')" \
	    'sora-2 1 8 24' 'the fields of a form'
	is "$(json '.tasks[0].input_sha256')" \
	    "$(sha256sum <"$stack/data/file.png" | cut -d ' ' -f 1)" 'the file'
	is "$(json '.tasks[1].fields | "\(.seconds | type) \(.seed | type)"')" \
	    'string number' 'those of JSON'
	is "$(json '.endpoints.video_create | "\(.calls) \(.refused)"')" '2 0' \
	    'the calls'
	normal
}

keys()
{
	set_manners '{"key":"sk-other"}'
	as GET /v1/models
	is "$status $(json .error.code)" '401 invalid_api_key' 'another key'
	set_manners '{"key":""}'
	ask GET "$server/v1/models"
	is "$status" 200 'no key'
	normal
	server_start open openai --no-key
	ask GET "$server/v1/models"
	is "$status" 200 'a server without one'
	ask GET "$server/backend/me"
	is "$status" 404 'nothing of the video service there'
	server_start service sora
	ask GET "$server/v1/models"
	is "$status" 404 'nothing of a dialect at the video service'
}

plan 252
each_in_its_own_way
ids_in_each_place
ids_of_each_form
words
progress
errors
urls
content_forms
redirects
sizes_and_times
synchronous
images
broken_creates
refused_creates
forgotten
pages
places_of_jobs
arrivals
keys
