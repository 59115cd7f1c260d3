#!/bin/sh
# SPDX-License-Identifier: MIT
# refusals.t: each documented error of chat and images, and what the routes of
# public data have in common.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

stack_speed=1000
stack_workers=1
stack_videos=-1
stack_sandbox_options='--shared-clips --set concurrency=400 --set quota=2000'
stack_set limits.slot_wait 1
stack_set limits.max_body_mb 1
stack_set sora.max_retries 1
stack_set sora.timeout 3
stack_set server.threads 20
stack_set admin.error_ban_threshold 100

plan 296
stack_start
json_type='Content-Type: application/json'
chat=/v1/chat/completions
generations=/v1/images/generations
edits=/v1/images/edits
ffmpeg -v error -f lavfi -i color=red:s=64x64 -frames:v 1 "$stack/red.png" </dev/null
picture=$(base64 -w0 "$stack/red.png")

# error: status, code and parameter of the last answer, when its shape is right
error()
{
	printf '%s ' "$status"
	jq -r 'if keys == ["error"] and (.error | keys) == ["code", "message", "param", "type"]
	    and (.error | [.message, .type] | map(type)) == ["string", "string"]
	    then .error | "\(.code) \(.param)" else "shape" end' "$body" 2>/dev/null || echo none
}

# message JSON: a chat with that content
message()
{
	printf '{"model":"sora-2","messages":[{"role":"user","content":%s}]%s}' "$1" "${2-}"
}

tasks=$(db 'SELECT count(*) FROM tasks')

# ---- what all of them have in common ----

for path in $chat $generations $edits; do
	ask_key='' ask POST "$path" -H "$json_type" -d '{}'
	is "$(error) $(json .error.message) $(header www-authenticate)" \
	    '401 invalid_api_key null Missing API key Bearer' "$path: no key"
	ask_key=wrong ask POST "$path" -H "$json_type" -d '{}'
	is "$(error) $(json .error.message)" '401 invalid_api_key null Invalid API key' \
	    "$path: a wrong key"
	ask GET "$path"
	is "$(error) $(header allow)" '405 method_not_allowed null POST, OPTIONS' "$path: GET"
	ask POST "$path/" -H "$json_type" -d '{}'
	is "$(error)" '404 unknown_url null' "$path: a path beside it"
	ask POST "$path" -H 'Content-Type: text/plain' -d '{"prompt":"x"}'
	is "$(error)" '415 unsupported_media_type null' "$path: text"
	for text in '{' '[]' 'x' '"x"' '{"prompt":"\ud800"}' '{"a":1}}'; do
		ask POST "$path" -H "$json_type" -d "$text"
		is "$(error)" '400 invalid_json null' "$path: $text"
	done
	printf '{"prompt":"\377","model":"sora-2","messages":[{"role":"user","content":"\377"}]}' \
	    >"$stack/latin"
	ask POST "$path" -H "$json_type" --data-binary "@$stack/latin"
	is "$(error)" '400 invalid_json null' "$path: not UTF-8"
	{ printf '{"prompt":"'; head -c 1100000 /dev/zero | tr '\0' x; printf '"}'; } >"$stack/large"
	ask POST "$path" -H "$json_type" --data-binary "@$stack/large"
	is "$(error)" '413 request_too_large null' "$path: a large body"
done
for path in $generations $edits; do
	ask POST "$path" -H 'Content-Type: multipart/form-data; boundary=x' -d '--y'
	is "$(error)" '400 invalid_json null' "$path: a broken form"
done

# ---- fields of a chat ----

# Of each row: code and parameter, then JSON; streamed or not makes no difference.
image_part='{"type":"image_url","image_url":{"url":"'$picture'"}}'
text_part='{"type":"text","text":"x"}'
while IFS='|' read -r wanted json; do
	for stream in '' ',"stream":true'; do
		# a name may be there once
		case $json in *'"stream":'*) stream= ;; esac
		ask POST $chat -H "$json_type" -d "${json%\}}$stream}"
		is "$(error) $(header content-type)" "400 $wanted application/json" \
		    "chat$stream: $(echo "$json" | sed "s|$picture|PICTURE|g" | cut -c 1-120)"
	done
done <<END
missing_required_parameter model|{"messages":[]}
invalid_type model|{"model":1,"messages":[]}
model_not_found model|{"model":"Sora-2","messages":[{"role":"user","content":"x"}]}
model_not_found model|{"model":"sora-2-pro","messages":[{"role":"user","content":"x"}]}
missing_required_parameter messages|{"model":"sora-2","x":0}
invalid_type messages|{"model":"sora-2","messages":"x"}
invalid_value messages|{"model":"sora-2","messages":[]}
invalid_value messages|{"model":"sora-2","messages":[{"role":"system","content":"x"}]}
missing_required_parameter messages|{"model":"sora-2","messages":[{"content":"x"}]}
missing_required_parameter messages|{"model":"sora-2","messages":[{"role":"user"}]}
invalid_type messages|{"model":"sora-2","messages":[{"role":"user","content":1}]}
invalid_type messages|{"model":"sora-2","messages":[{"role":1,"content":"x"}]}
invalid_type messages|$(message '["x"]')
invalid_value messages|$(message '[{"type":"audio","audio":"x"}]')
invalid_value messages|$(message '[{"text":"x"}]')
invalid_type messages|$(message '[{"type":"text","text":1}]')
invalid_type messages|$(message '[{"type":"image_url","image_url":1}]')
missing_required_parameter messages|$(message '" "')
missing_required_parameter messages|$(message '[]')
missing_required_parameter messages|$(message "[$image_part]")
invalid_value messages|$(message "[$image_part,$image_part,$text_part]")
invalid_value messages|$(message "[$image_part,$text_part]" ",\"image\":\"$picture\"")
invalid_type stream|$(message '"x"' ',"stream":"true"')
invalid_image image|$(message '"x"' ',"image":"AAAA"')
invalid_image_url image|$(message '"x"' ',"image":"http://127.0.0.1:1/x.png"')
invalid_image messages|$(message "[{\"type\":\"image_url\",\"image_url\":{\"url\":\"AAAA\"}},$text_part]")
invalid_image_url messages|$(message "[{\"type\":\"image_url\",\"image_url\":{\"url\":\"http://127.0.0.1:1/\"}},$text_part]")
invalid_value remix_target_id|$(message '"x"' ',"remix_target_id":"s_1"' | sed s/sora-2/sora-image/)
invalid_value video|$(message '"x"' ',"video":"http://127.0.0.1:1/"' | sed s/sora-2/sora-image/)
invalid_value style_id|$(message '"x"' ',"style_id":"cubist"')
invalid_type stream_options|$(message '"x"' ',"stream_options":{"include_usage":1}')
invalid_value messages|$(message '"[5.0s]a [2s]"')
invalid_value messages|$(message '"https://sora.chatgpt.com/p/s_68e3a06dcd888191b150971da152c1f5"')
END
remix=',"remix_target_id":"s_68e3a06dcd888191b150971da152c1f5"'
ask POST $chat -H "$json_type" -d "$(message "[$image_part,$text_part]" "$remix")"
like "$(error)" '^400 invalid_value ' 'chat: a remix of a picture'

# ---- fields of images ----

while IFS='|' read -r wanted path json; do
	ask POST "/v1/images/$path" -H "$json_type" -d "$json"
	is "$(error)" "400 $wanted" \
	    "$path: $(echo "$json" | sed "s|$picture|PICTURE|g" | cut -c 1-120)"
done <<END
missing_required_parameter prompt|edits|{"image":"$picture"}
missing_required_parameter prompt|generations|{"prompt":" "}
invalid_type prompt|edits|{"prompt":1,"image":"$picture"}
model_not_found model|generations|{"prompt":"x","model":"dall-e-3"}
model_not_found model|edits|{"prompt":"x","model":"sora-2","image":"$picture"}
invalid_type n|generations|{"prompt":"x","n":"1"}
invalid_value n|generations|{"prompt":"x","n":0}
invalid_value n|edits|{"prompt":"x","n":2,"image":"$picture"}
invalid_value quality|generations|{"prompt":"x","quality":"best"}
invalid_value style|generations|{"prompt":"x","style":"plain"}
invalid_value size|edits|{"prompt":"x","size":"1","image":"$picture"}
invalid_value response_format|edits|{"prompt":"x","response_format":"png","image":"$picture"}
unsupported_parameter stream|edits|{"prompt":"x","stream":true,"image":"$picture"}
unsupported_parameter mask|edits|{"prompt":"x","mask":"$picture","image":"$picture"}
missing_required_parameter image|edits|{"prompt":"x","image":[]}
missing_required_parameter image|edits|{"prompt":"x","images":null}
invalid_image image|edits|{"prompt":"x","image":"AAAA"}
invalid_image images|edits|{"prompt":"x","images":[{"image_url":"AAAA"}]}
invalid_image_url image|edits|{"prompt":"x","image":"http://127.0.0.1:1/"}
invalid_image_url images|generations|{"prompt":"x","images":["http://127.0.0.1:1/"]}
invalid_type image|generations|{"prompt":"x","image":1}
END
is "$(db 'SELECT count(*) FROM tasks') $(find "$stack/data/spool" -type f | wc -l)" \
    "$tasks 0" 'nothing was begun, and nothing stays'

# ---- sources of a remix ----

create '{"prompt":"a source [[sandbox:never]]"}'
running=$id
create '{"prompt":"failed [[sandbox:error]]"}'
failed=$id
ok 'a source fails' wait_until 20 'has_state $failed failed'
for stream in '' ',"stream":true'; do
	ask POST $chat -H "$json_type" -d "$(message '"x"' ",\"remix_target_id\":\"$running\"$stream")"
	is "$(error)" '400 task_not_completed remix_target_id' "chat$stream: a source that runs"
	ask POST $chat -H "$json_type" -d "$(message '"x"' ",\"remix_target_id\":\"$failed\"$stream")"
	is "$(error)" '400 generation_failed remix_target_id' "chat$stream: one that failed"
	ask POST $chat -H "$json_type" -d "$(message '"x"' ",\"remix_target_id\":\"sora-2-000000000000\"$stream")"
	is "$(error)" '404 task_not_found remix_target_id' "chat$stream: one that is not there"
done
ask DELETE "/v1/videos/$running"

# ---- what becomes of a task, and of those that cannot have an account ----

# change SQL: of what the poller and the workers read twice a second
change()
{
	db_write "$1"
	change_end=$(($(now_ms) + 1500))
	wait_until 5 '[ "$(now_ms)" -gt "$change_end" ]'
}

# each WANTED DESCRIPTION PROMPT: from all who wait for an image, at once
each()
{
	video='{"model":"sora-image","messages":[{"role":"user","content":"'$3'"}]'
	set -- "$1" "$2" "$3" "$chat|$video}" "$chat|$video,\"stream\":true}" \
	    "$generations|{\"prompt\":\"$3\"}" \
	    "$edits|{\"prompt\":\"$3\",\"image\":\"$picture\"}"
	each_pids=
	for each_n in 4 5 6 7; do
		eval "each_row=\$$each_n"
		curl -s -o "$stack/each.$each_n" -D "$stack/each.$each_n.headers" \
		    -H "Authorization: Bearer $api_key" -H "$json_type" \
		    -d "${each_row#*|}" "$base${each_row%%|*}" &
		each_pids="$each_pids $!"
	done
	# shellcheck disable=SC2086
	wait $each_pids
	for each_n in 4 5 6 7; do
		eval "each_row=\$$each_n"
		body=$stack/each.$each_n
		headers=$body.headers
		status=$(sed -n '1s/^[^ ]* \([0-9]*\).*/\1/p' "$headers")
		if [ "$(header content-type)" = text/event-stream ]; then
			error=$(node "$abs_top_srcdir/tests/e2e/chat.mjs" structured failure \
			    <"$body" 2>"$stack/log/node" | sed "s/.* /$status /")
			is "$error" "200 ${1#* }" "$2: in the stream"
		else
			is "$(error)" "$1 null" "$2: ${each_row%%|*}"
			like "$(header retry-after)$(header x-should-retry)" "^$again\$" \
			    'and whether to send it again'
		fi
	done
}

again=false
each '400 content_policy_violation' 'refused by the upstream' 'x [[sandbox:violation]]'
each '502 generation_failed' 'failed' 'x [[sandbox:failed-only=1]]'
fault '{"endpoint":"media","fault":"not_found"}'
ask POST $generations -H "$json_type" -d '{"prompt":"x","response_format":"b64_json"}'
is "$(error) $(header x-should-retry)" '502 upstream_error null false' \
    'a file that cannot be fetched, and is asked for'
control DELETE faults
change 'UPDATE generation_config SET image_timeout = 2'
each '504 generation_timeout' 'too slow' 'x [[sandbox:never]]'
change 'UPDATE generation_config SET image_timeout = 300'

curl -s -o "$stack/later" -H "Authorization: Bearer $api_key" -H "$json_type" \
    -d '{"prompt":"holds the slot [[sandbox:never]]"}' "$base$generations" &
holder=$!
change 'UPDATE tokens SET image_concurrency = 1'
again=1
each '429 rate_limit_exceeded' 'no slot in time' 'x'
kill $holder
wait $holder 2>/dev/null
change 'UPDATE tokens SET image_concurrency = -1, cooled_until = unixepoch() + 3600'
again='(3600|35[0-9][0-9])'
each '429 rate_limit_exceeded' 'all accounts rest' 'x'
change 'UPDATE tokens SET cooled_until = NULL, image_enabled = 0'
again=
each '503 no_available_token' 'no account makes images' 'x'
db_write 'UPDATE tokens SET image_enabled = 1'

# ---- public data: each route ----

# detail: status and text, when the body is {"detail": text} and nothing else
detail()
{
	echo "$status $(jq -r 'if keys == ["detail"] then .detail else "shape" end' \
	    "$body" 2>/dev/null)"
}

ask GET /v1/stats
is "$status $(json keys_unsorted | tr -d ' \n')" '200 ["success","stats"]' 'statistics'
is "$(json '.stats | to_entries | map("\(.key):\(.value | type)") | sort | join(" ")')" \
    'active_tokens:number today_errors:number today_images:number today_videos:number total_errors:number total_images:number total_tokens:number total_videos:number' \
    'their members'
is "$(json '.stats | "\(.total_tokens) \(.active_tokens)"')" '1 1' 'and some of their numbers'

# Of each row: method, path, the upstream's endpoint, and what its 404 means.
cat >"$stack/public" <<'END'
GET /v1/stats - -
GET /v1/invite-codes - -
GET /v1/profiles/lina.rivers profile 404 Not found
GET /v1/users/user-SandboxLinaRivers0000001/feed profile_feed 404 Not found
GET /v1/characters/search?username=lina search 200
GET /v1/feed feed 404 Not found
POST /v1/enhance_prompt enhance 404 Not found
GET /v1/tokens/1/pending-tasks pending_v1 404 Not found
GET /v1/tokens/1/pending-tasks-v2 pending 200
GET /v1/tokens/1/tasks/task_x pending 404 Task not found or already completed
GET /v1/tokens/1/profile-feed profile_feed 404 Not found
END

# asks: the row at hand
asks()
{
	case $method in
	POST) ask POST "$path" -H "$json_type" -d '{"prompt":"x"}' ;;
	*) ask GET "$path" ;;
	esac
}

while read -r method path endpoint missing; do
	bare=${path%%\?*}
	allow='GET, HEAD, OPTIONS'
	other=POST
	[ "$method" = GET ] || { allow='POST, OPTIONS' other=GET; }
	ask_key='' ask "$method" "$path"
	is "$(detail) $(header www-authenticate)" '401 Missing API key Bearer' "$bare: no key"
	ask_key=wrong ask "$method" "$path"
	is "$(detail)" '401 Invalid API key' 'a wrong key'
	ask $other "$bare"
	is "$(detail) $(header allow)" "405 Method Not Allowed $allow" 'another method'
	ask "$method" "$bare/"
	is "$(detail)" '404 Not Found' 'a path beside it'
	[ "$endpoint" != - ] || continue
	for row in "not_found $missing" 'forbidden 502 The upstream failed' \
	    'too_many_requests 429 The upstream takes no more requests for now' \
	    'cut 502 The upstream failed' 'drop 502 The upstream failed'; do
		fault "{\"endpoint\":\"$endpoint\",\"fault\":\"${row%% *}\"}"
		asks
		is "$(detail | sed 's/ shape$//')" "${row#* }" "$bare: ${row%% *}"
		control DELETE faults
		db_write 'UPDATE tokens SET cooled_until = NULL'
	done
	like "$(header content-type)" '^application/json' 'all in JSON'
done <"$stack/public"

fault '{"delay_ms":20000}'
slow_pids=
while read -r method path endpoint missing; do
	[ "$endpoint" != - ] || continue
	(
		stack_slow=$stack/slow$(echo "$path" | tr '/?' '--')
		curl -s -o /dev/null -w '%{http_code}\n' -X "$method" \
		    -H "Authorization: Bearer $api_key" -H "$json_type" \
		    -d '{"prompt":"x"}' "$base$path" >"$stack_slow"
	) &
	slow_pids="$slow_pids $!"
done <"$stack/public"
# shellcheck disable=SC2086
wait $slow_pids
is "$(cat "$stack"/slow* | sort | uniq -c | tr -s ' ')" ' 9 504' 'all of them: an upstream that is too slow'
control DELETE faults
db_write 'UPDATE tokens SET is_active = 0'
while read -r method path endpoint missing; do
	case $path in
	/v1/stats | /v1/invite-codes) wanted=200 ;;
	/v1/tokens/*) continue ;;	# which ask a named account, whatever its state
	*) wanted='503 No active tokens available' ;;
	esac
	asks
	is "$(detail | sed 's/ shape$//')" "$wanted" "$path: no account"
done <"$stack/public"
ask POST /v1/enhance_prompt -H "$json_type" --data-binary "@$stack/large"
is "$(detail)" '413 Request body too large' 'a large body'

# ---- a database that is broken ----

db_write 'ALTER TABLE tokens RENAME TO gone'
for path in $chat $generations $edits; do
	ask POST "$path" -H "$json_type" -d "{\"prompt\":\"x\",\"image\":\"$picture\",
	    \"model\":\"sora-image\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"
	is "$(error) $(json .error.message)" '500 internal_error null Internal server error' \
	    "$path: a defect is told as one"
done
