#!/bin/sh
# SPDX-License-Identifier: MIT
# video-routes.t: reading, remixing, listing and deleting videos.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

stack_videos=200
stack_sandbox_options='--shared-clips --set concurrency=400 --set quota=2000'
stack_speed=10000
stack_workers=1
stack_set limits.max_queue 3

plan 178
stack_start
json_type='Content-Type: application/json'

# answers "STATUS CODE" JSON DESCRIPTION
answers()
{
	create "$2"
	is "$status $(word code)" "$1" "$3"
}

# ---- who may ask, methods, paths, headers ----

paths_and_methods()
{
	ask GET "$base/v1/videos"
	is "$status $(cat "$body") $(header www-authenticate)" \
	    '401 {"error":{"message":"Missing API key","code":"invalid_api_key"}} Bearer' \
	    'no key'
	ask GET "$base/v1/videos" -H "Authorization: Basic $api_key"
	is "$status $(json .error.message)" '401 Missing API key' 'another scheme'
	ask GET "$base/v1/videos" -H "Authorization: Bearer ${api_key}x"
	is "$status $(json .error.message)" '401 Invalid API key' 'a wrong key'
	ask GET "$base/v1/videos" -H "authorization: bEaReR   $api_key  "
	is "$status" 200 'any case of the scheme, blanks around the key'

	for row in 'PUT /v1/videos GET, HEAD, POST, OPTIONS' \
	    'PATCH /v1/videos GET, HEAD, POST, OPTIONS' \
	    'DELETE /v1/videos GET, HEAD, POST, OPTIONS' \
	    'POST /v1/videos/x GET, HEAD, DELETE, OPTIONS' \
	    'POST /v1/videos/edits GET, HEAD, DELETE, OPTIONS' \
	    'POST /v1/videos/x/content GET, HEAD, OPTIONS' \
	    'GET /v1/videos/x/remix POST, OPTIONS' \
	    'DELETE /v1/models GET, HEAD, OPTIONS'; do
		method=${row%% *}
		path=${row#* }
		ask "$method" "${path%% *}"
		is "$status $(header allow)" "405 ${path#* }" "$method ${path%% *}"
		like "$(cat "$body")" '"code":"method_not_allowed"' 'in its shape'
	done

	for path in /v1/videos/ /v1/videos/x/ /v1/videos/x/y /v1/videos/x/content/z \
	    /v1/videosx; do
		ask GET "$path"
		is "$status $(json .error.code | tr -d '\n')" \
		    "404 $(case $path in */videosx) echo unknown_url ;; *) echo not_found ;; esac)" \
		    "no path $path"
	done

	long=$(head -c 600 /dev/zero | tr '\0' a)
	for id in a%2Fb "$long" edits %41 sora-2-0123456789AB "'" s_%C3%A9; do
		ask GET "/v1/videos/$id"
		is "$status $(cat "$body")" \
		    '404 {"error":{"message":"Task not found","code":"task_not_found"}}' \
		    "no task $(echo "$id" | cut -c 1-30)"
	done
	ask GET "/v1/videos/$long/content"
	is "$status $(word code)" '404 task_not_found' 'nor content of one'
	ask DELETE /v1/videos/a%2Fb
	is "$status $(word code)" '404 task_not_found' 'nor can it be deleted'
	ask POST /v1/videos/a%2Fb/remix -H "$json_type" -d '{"prompt":"x"}'
	is "$status $(word code)" '404 task_not_found' 'nor remixed'
	for id in %FF %00 %zz; do
		ask GET "/v1/videos/$id"
		like "$status" '^40[04]$' "no sense in $id"
	done

	create '{"prompt":"headers"}' -H 'Origin: https://app.example'
	is "$(header content-type)" application/json 'the type of an answer'
	is "$(header cache-control) $(header access-control-allow-origin)" \
	    'no-store *' 'for nobody to store, for every origin'
	like "$(header x-request-id)" '^req_[0-9a-f]{24}$' 'with an id'
	is "$(header access-control-allow-credentials)" '' 'no credentials'
	ask HEAD "/v1/videos/$id"
	is "$status $(header content-type) $(grep -c "{" "$body")" \
	    '200 application/json 0' 'HEAD'
	like "$(header content-length)" '^[1-9][0-9]+$' 'with the length'
	ask HEAD /v1/videos/none
	is "$status" 404 'HEAD of what is not there'
	ask_key=
	ask OPTIONS /v1/videos -H 'Origin: https://app.example' \
	    -H 'Access-Control-Request-Method: POST' \
	    -H 'Access-Control-Request-Headers: authorization, x-stainless-os'
	is "$status $(wc -c <"$body")" '204 0' 'OPTIONS needs no key'
	is "$(header access-control-allow-origin)" '*' 'from every origin'
	is "$(header access-control-allow-methods)" \
	    'GET, POST, PUT, DELETE, OPTIONS, HEAD' 'with every method'
	is "$(header access-control-allow-headers)" \
	    '*, Authorization, Content-Type' 'and every header'
	is "$(header access-control-max-age)" 600 'for a while'
	ask_key=$api_key
}

# ---- status of an accepted one ----

accepted_status()
{
	create '{"prompt":"x"}' -A Go-http-client/1.1
	is "$status" 200 'a relay in Go gets 200'
	create '{"prompt":"x"}' -A Go-http-client/2.0
	is "$status" 200 'of any version'
	create '{"prompt":"x"}' -A 'OpenAI/JS 7.5.0'
	is "$status" 201 'others 201'
	is "$(jq -rS '[keys_unsorted[]] | sort | join(" ")' "$body")" \
	    'created_at id model object progress seconds size status' \
	    'with these members and no other'
	is "$(json '[.object, .status, .progress, (.created_at | type), (.seconds | type)] | join(" ")')" \
	    'video in_progress 0 number string' 'of these types'
	like "$(cat "$body")" '"created_at":[0-9]{10}[,}]' 'a whole number of seconds'
	like "$(header openai-poll-after-ms)" '^[0-9]+$' 'and when to ask'
	ok 'between two and ten seconds' test "$(header openai-poll-after-ms)" -ge 2000 \
	    -a "$(header openai-poll-after-ms)" -le 10000
}

# ---- states ----

# member FILTER WANTED DESCRIPTION: of the last body
member()
{
	is "$(json "$1")" "$2" "$3"
}

states()
{
	create '{"prompt":"a [[sandbox:never]]","metadata":{"mine":1,"generation_id":"x"}}'
	running=$id
	ok 'it runs' wait_until 10 '[ -n "$(db "SELECT upstream_id FROM tasks
	    WHERE task_id = '"'$running'"'")" ]'
	state_of "$running"
	is "$state" in_progress 'a task that runs'
	member 'keys_unsorted | sort | join(" ")' \
	    'created_at id metadata model object progress seconds size status' \
	    'its members'
	like "$(header openai-poll-after-ms)" '^[0-9]+$' 'when to ask again'
	ask GET "/v1/videos/$running/content"
	is "$status $(cat "$body")" \
	    '400 {"error":{"message":"Task not completed. Current status: in_progress","code":"task_not_completed"}}' \
	    'no content yet'
	ask POST "/v1/videos/$running/remix" -H "$json_type" -d '{"prompt":"x"}'
	is "$status $(word code)" '400 task_not_completed' 'no remix yet'
	answers '400 task_not_completed' \
	    "{\"prompt\":\"x\",\"remix_target_id\":\"$running\"}" 'in no form'

	create '{"prompt":"a [[sandbox:violation]]"}'
	failed=$id
	ok 'a refusal' wait_until 10 'has_state $failed failed'
	member 'keys_unsorted | sort | join(" ")' \
	    'created_at error id model object progress seconds size status' 'its members'
	member .error.code content_policy_violation 'its code'
	like "$(json .error.message)" '^Content policy violation: .' 'its reason'
	ok 'its progress is below 100' test "$(json .progress)" -lt 100
	is "$(header openai-poll-after-ms)" '' 'no more to ask'
	ask GET "/v1/videos/$failed/content"
	is "$status $(word code)" '400 generation_failed' 'no content'
	like "$(json .error.message)" '^Video generation failed: Content policy' 'and why'
	ask POST "/v1/videos/$failed/remix" -H "$json_type" -d '{"prompt":"x"}'
	is "$status $(word code)" '400 generation_failed' 'no remix'

	create '{"prompt":"a [[sandbox:error]]"}'
	ok 'a failure' wait_until 10 'has_state $id failed'
	member .error.code generation_failed 'its code'

	create '{"prompt":"a good one","metadata":{"mine":1,"generation_id":"x"},"seconds":"10"}'
	good=$id
	ok 'a success' wait_until 10 'has_state $good completed'
	member 'keys_unsorted | sort | join(" ")' \
	    'completed_at created_at expires_at id metadata model object progress seconds size status' \
	    'its members'
	member '.expires_at - .completed_at' 7200 'cached for two hours'
	member '"\(.progress) \(.metadata.mine)"' '100 1' 'complete, with our metadata'
	like "$(json .metadata.generation_id)" '^gen_' 'and its own, which wins'
	like "$(cat "$body")" '"progress":100,.*"completed_at":[0-9]{10},' 'whole numbers'
	before=$(cat "$body")
	ask GET "/v1/videos/$good?unknown=1"
	is "$(cat "$body")" "$before" 'the same again, whatever the query'
	content
}

content()
{
	ask GET "/v1/videos/$good/content"
	is "$status $(wc -c <"$body") $(header cache-control)" '302 0 no-store' 'its content'
	file=$(header location)
	like "$file" "^$base/tmp/[0-9a-f]{32}\\.mp4$" 'is a cached file'
	ask HEAD "/v1/videos/$good/content?variant=video"
	is "$status $(header location)" "302 $file" 'HEAD, and the variant by name'
	for variant in thumbnail spritesheet other; do
		ask GET "/v1/videos/$good/content?variant=$variant"
		is "$status $(word code)" '400 invalid_request' "no $variant"
	done
	ask GET "/v1/videos/$good/content" -H 'X-Forwarded-Proto: https' -H 'Host: other.example'
	is "$(header location)" "$file" 'where its creator asked'
	ask HEAD "$file"
	is "$status" 200 'which is there'
	rm -f "$stack/cache/${file##*/}"
	ask GET "/v1/videos/$good/content"
	like "$status $(header location)" "^302 $sandbox/" "the upstream's when it is gone"
	db_write "UPDATE tasks SET source_url = NULL WHERE task_id = '$good'"
	ask GET "/v1/videos/$good/content"
	is "$status $(cat "$body")" \
	    '404 {"error":{"message":"Video content not available","code":"content_not_found"}}' \
	    'nothing is left'
}

# ---- remix ----

# remix PATH-ID FIELDS...: sets $id, $sent: what the upstream was asked.
remixed()
{
	wait_until 10 'has_ended "$id"'
	control GET state
	sent=$(jq -r --arg p "$1" '[.prompts[] | select(.prompt == $p)][0] |
	    "\(.attempts) \(.accepted)"' "$stack/control")
	is "$state $sent" 'completed 1 1' "$2"
}

remixes()
{
	post=s_68e3a06dcd888191b150971da152c1f5
	create '{"prompt":"source","model":"sora-2-pro","size":"1024x1792","seconds":"10"}'
	source=$id
	ok 'a source' wait_until 10 'has_state $source completed'
	ask POST "/v1/videos/$source/remix" -H "$json_type" -d '{"prompt":"in ink"}'
	id=$(json .id)
	is "$status $(json '"\(.model) \(.seconds) \(.size) \(.remixed_from_video_id)"')" \
	    "201 sora-2-pro 15 1024x1792 $source" 'by its path: model and size of the source'
	remixed 'in ink' 'is made'
	state_of "$id"
	member .remixed_from_video_id "$source" 'and says of what'
	ask POST "/v1/videos/$source/remix" --form-string prompt='in clay' \
	    --form-string model=sora-2 --form-string size=720x1280 --form-string seconds=10
	id=$(json .id)
	is "$status $(json '"\(.model) \(.seconds) \(.size)"')" '201 sora-2 10 720x1280' \
	    'as multipart, with fields of its own'
	remixed 'in clay' 'is made'
	ask POST "/v1/videos/$source/remix" -A Go-http-client/1.1 \
	    --data-urlencode 'prompt=in wax'
	id=$(json .id)
	is "$status" 200 'urlencoded, for a relay'
	remixed 'in wax' 'is made'
	ask POST "/v1/videos/$post/remix" -H "$json_type" -d '{"prompt":"a post"}'
	id=$(json .id)
	is "$status $(json '"\(.model) \(.size) \(.remixed_from_video_id)"')" \
	    "201 sora-2 1280x720 $post" 'of a post'
	remixed 'a post' 'is made'
	create "{\"prompt\":\"by field\",\"remix_target_id\":\"$source\"}"
	is "$status $(json .remixed_from_video_id)" "201 $source" 'by remix_target_id'
	remixed 'by field' 'is made'
	create "{\"prompt\":\"by link\",\"remix_target_id\":\"https://sora.chatgpt.com/p/$post\"}"
	is "$status" 201 'a link there'
	remixed 'by link' 'is made'
	create "{\"prompt\":\"https://sora.chatgpt.com/p/$post as an  ink painting\"}"
	is "$status $(json .remixed_from_video_id)" "201 $post" 'a link in the prompt'
	remixed 'as an ink painting' 'is made, without the link'
	create "{\"prompt\":\"like $post at dawn\"}"
	is "$status" 201 'a bare id in the prompt'
	remixed 'like at dawn' 'is made, without the id'
	is "$(db "SELECT group_concat(DISTINCT operation) FROM request_logs
	    WHERE task_id = '$id'")" video_remix 'in the log as a remix'

	answers '400 invalid_request' "{\"prompt\":\" $post  https://sora.chatgpt.com/p/$post\"}" \
	    'nothing but links'
	answers '400 invalid_request' \
	    "{\"prompt\":\"x\",\"remix_target_id\":\"$post\",\"input_image\":\"aGk=\"}" \
	    'a remix with an image'
	answers '400 invalid_request' \
	    "{\"prompt\":\"x $post\",\"input_reference\":\"aGk=\"}" \
	    'a link with an image'
	ask POST /v1/videos/sora-2-000000000000/remix -H "$json_type" -d '{"prompt":"x"}'
	is "$status $(json .error.message)" '404 Task not found' 'an unknown source'
	ask POST /v1/videos/sora-2-000000000000/remix -H "$json_type" -d '{}'
	is "$status $(word code)" '400 invalid_request' 'after its fields'
	for field in '"model":"m"' '"seconds":"4"' '"size":"1x1"' '"style_id":"s"' \
	    '"async_mode":"x"' '"prompt":7'; do
		ask POST "/v1/videos/$source/remix" -H "$json_type" -d "{$field,\"prompt\":\"x\"}"
		is "$status $(word code)" '400 invalid_request' "not $field"
	done
	db_write "UPDATE tasks SET generation_id = NULL, permalink = NULL
	    WHERE task_id = '$source'"
	ask POST "/v1/videos/$source/remix" -H "$json_type" -d '{"prompt":"x"}'
	is "$status $(word code)" '400 invalid_request' 'a source without an id'
}

# ---- deletion ----

deletion()
{
	ask DELETE "/v1/videos/$running"
	is "$status $(cat "$body")" \
	    "200 {\"id\":\"$running\",\"object\":\"video.deleted\",\"deleted\":true}" \
	    'a running one is deleted'
	ask GET "/v1/videos/$running"
	is "$status $(word code)" '404 task_not_found' 'it is gone'
	ask DELETE "/v1/videos/$running"
	is "$status $(json .error.message)" '404 Task not found' 'once'
	file=$(db "SELECT result_file FROM tasks WHERE task_id = '$good'")
	# another task with the same result, and one that has its own
	db_write "UPDATE tasks SET result_file = '$file' WHERE task_id = '$source'"
	other=$(printf %032d 7).mp4
	echo x | tee "$stack/cache/$file" >"$stack/cache/$other"
	ask DELETE "/v1/videos/$good"
	is "$status $(json .deleted)" '200 true' 'a completed one'
	ok 'it is looked at' wait_until 20 '[ "$(db "SELECT count(*) FROM stale_files")" = 0 ]'
	is "$(curl -s -o /dev/null -w '%{http_code}' "$base/tmp/$file")" 200 \
	    'a file that another task has stays'
	ask DELETE "/v1/videos/$source"
	ok 'else it goes, and no other' wait_until 20 '
	    [ "$(curl -s -o /dev/null -w "%{http_code}" "$base/tmp/$file")" = 404 ] &&
	    [ -e "$stack/cache/$other" ]'
	is "$(db 'SELECT sum(video_running) FROM tokens')" \
	    "$(db "SELECT count(*) FROM tasks WHERE status = 'processing'")" \
	    'its slot is free'
	is "$(db "SELECT status_code FROM request_logs WHERE task_id = '$running'")" \
	    499 'in the log as cancelled'
}

# ---- list ----

# All pages from `after` on, the ids one in a line; creates one more each time.
walk()
{
	after=
	: >"$stack/walk"
	pages=0
	while [ $pages -lt 40 ]; do
		ask GET "/v1/videos?limit=3&order=$1${after:+&after=$after}"
		[ "$status" = 200 ] || return 1
		json '.data[].id' >>"$stack/walk"
		[ "$(json '.first_id == .data[0].id and .last_id == .data[-1].id')" = true ] ||
			return 1
		after=$(json .last_id)
		[ "$(json .has_more)" = true ] || return 0
		[ $pages -gt 2 ] || create '{"prompt":"one more"}'
		pages=$((pages + 1))
	done
	return 1
}

lists()
{
	db_write "DELETE FROM tasks WHERE status NOT IN ('queued', 'processing')
	    AND id <= (SELECT max(id) FROM tasks) - 8"
	db "SELECT task_id FROM tasks ORDER BY id DESC" >"$stack/known"
	ok 'newest first, to the end' walk desc
	ok 'no gap, no repeat' cmp "$stack/walk" "$stack/known"
	ok 'oldest first, to the end' walk asc
	db "SELECT task_id FROM tasks ORDER BY id" >"$stack/known"
	ok 'with all that came in between' cmp "$stack/walk" "$stack/known"
	ask GET /v1/videos
	is "$status $(json '"\(.object) \(.data | length) \(.data[0].object)"')" \
	    "200 list $(awk 'END { print (NR > 20 ? 20 : NR) }' "$stack/known") video" \
	    'twenty when nothing is said'
	ask GET '/v1/videos?limit=0'
	is "$status $(cat "$body")" \
	    '200 {"object":"list","data":[],"first_id":null,"last_id":null,"has_more":true}' \
	    'none is asked for'
	ask GET '/v1/videos?limit=100&other=1'
	is "$status $(json .has_more)" '200 false' 'a hundred'
	ask GET "/v1/videos?after=$(tail -n 1 "$stack/known")&order=asc"
	is "$status $(json '"\(.data | length) \(.last_id) \(.has_more)"')" \
	    '200 0 null false' 'behind the last one'
	# deleting while paging: the place of the last one seen stays for a day
	for n in 1 2 3 4 5 6; do create "{\"prompt\":\"page $n\"}"; done
	ask GET '/v1/videos?limit=3'
	seen=$(json '.data[].id')
	for gone in $seen; do ask DELETE "/v1/videos/$gone"; done
	ask GET "/v1/videos?limit=3&after=$gone"
	is "$status $(json '.data[].id' | tr '\n' ' ')" \
	    "200 $(db 'SELECT task_id FROM tasks ORDER BY id DESC LIMIT 3' | tr '\n' ' ')" \
	    'a page after a video that was deleted'
	ask GET "/v1/videos?limit=3&after=$gone&order=asc"
	is "$status $(json '.data | length')" '200 0' 'and in the other direction'
	ask GET "/v1/videos/$gone"
	is "$status" 404 'it is gone all the same'
	db_write 'UPDATE deleted_videos SET deleted_at = deleted_at - 86500'
	ask GET "/v1/videos?after=$gone"
	is "$status $(word code)" '400 invalid_request' 'after a day it is not known any more'
	create '{"prompt":"x"}'
	ask DELETE "/v1/videos/$id"
	is "$(db 'SELECT count(*) FROM deleted_videos')" 1 'nor kept'
	for query in limit=101 limit=-1 limit=x limit=1.5 order=up after=none; do
		ask GET "/v1/videos?$query"
		is "$status $(word code)" '400 invalid_request' "not $query"
	done
}

# ---- models ----

models()
{
	ask GET /v1/models
	is "$(json '[.data[].id] | join(" ")')" \
	    'sora-video-landscape-10s sora-video-portrait-10s sora-video-landscape-15s sora-video-portrait-15s sora-video-landscape-25s sora-video-portrait-25s sora-image sora-image-landscape sora-image-portrait sora-video-10s sora-video-15s sora-video-25s sora-2 gpt-image-2' \
	    'the models, in order'
	is "$(json '"\(.object) \([.data[] | "\(.object) \(.owned_by) \(.created | type)"] | unique | join(","))"')" \
	    'list model sora2api number' 'each a model'
	is "$(json '[.data[].description] | "\(.[0])|\(.[1])|\(.[6])|\(.[8])"')" \
	    'Video generation - landscape|Video generation - portrait|Image generation - 1024x1024|Image generation - 1024x1792' \
	    'with a description'
	is "$(header cache-control)" '' 'which may be stored'
	ask GET /v1/models/sora-2
	is "$status $(json '"\(.id) \(.object)"')" '200 sora-2 model' 'one of them'
	for model in sora-9 a%2Fb; do
		ask GET "/v1/models/$model"
		is "$status $(json '.error | "\(.code) \(.type) \(.param)"')" \
		    '404 model_not_found invalid_request_error model' "no $model"
	done
	ask GET "$base/v1/models"
	is "$status $(cat "$body")" \
	    '401 {"error":{"message":"Missing API key","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}' \
	    'not without a key'
}

# ---- capacity ----

capacity()
{
	db_write 'UPDATE tokens SET video_concurrency = 1'
	ok 'all have ended' wait_until 20 \
	    '[ "$(db "SELECT count(*) FROM tasks WHERE completed_at IS NULL")" = 0 ]'
	create '{"prompt":"holds the slot [[sandbox:never]]"}'
	holder=$id
	is "$status $(word status)" '201 in_progress' 'one has the slot'
	for n in 1 2 3; do
		create "{\"prompt\":\"waits $n\"}"
		is "$status $(word status) $(word progress)" '201 queued 0' 'the next wait'
	done
	waiting=$id
	ask GET "/v1/videos/$waiting/content"
	is "$(json .error.message)" 'Task not completed. Current status: queued' \
	    'a queued one has no content'
	create '{"prompt":"too many"}'
	is "$status $(word code)" '429 rate_limit_exceeded' 'until the queue is full'
	like "$(header retry-after)" '^[1-9][0-9]*$' 'with a time to come back'
	create '{"prompt":"too many","size":"x"}'
	is "$status" 400 'fields come before capacity'
	ask DELETE "/v1/videos/$holder"
	ok 'then they run' wait_until 10 'has_state $waiting completed'
	db_write "UPDATE tokens SET cooled_until = unixepoch() + 3600"
	create '{"prompt":"rests"}'
	like "$status $(word code) $(header retry-after)" \
	    '^429 rate_limit_exceeded (3600|35[0-9][0-9])$' 'all accounts rest: an hour at most'
	db_write "UPDATE tokens SET cooled_until = unixepoch() + 50"
	create '{"prompt":"rests"}'
	like "$status $(header retry-after)" '^429 (50|4.|3.)$' 'or as long as they do'
	db_write 'UPDATE tokens SET cooled_until = NULL, sora2_supported = NULL'
	create '{"prompt":"nobody"}'
	is "$status $(word code)" '503 no_available_token' 'nobody can do it'
	is "$(json .error.message)" 'No active tokens available' 'in these words'
	ask POST "/v1/videos/$post/remix" -H "$json_type" -d '{"prompt":"x"}'
	is "$status $(word code)" '503 no_available_token' 'nor a remix'
}

paths_and_methods
accepted_status
states
remixes
deletion
lists
models
capacity

stack_set compat.video_create_status '"200"'
db_write 'UPDATE tokens SET sora2_supported = 1'
workers_restart
create '{"prompt":"x"}'
is "$status" 200 'the setting: 200 for all'
ask POST "/v1/videos/$post/remix" -H "$json_type" -d '{"prompt":"x"}'
is "$status" 200 'for remixes too'
stack_set compat.video_create_status '"201"'
workers_restart
create '{"prompt":"x"}' -A Go-http-client/1.1
is "$status" 201 'the setting: 201 for all'
