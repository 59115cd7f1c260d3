#!/bin/sh
# SPDX-License-Identifier: MIT
# servers-admin.t: tokens that stand for an OpenAI-compatible server: how they are
# added, changed, tested and listed, which models they bring, and which requests
# they get.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"

stack_tokens=0
stack_videos=20
# Servers by what they say of themselves; none of them could make anything.
stack_server='
	location = /vllm/v1/models { default_type application/json; return 200
	    "{\"data\":[{\"id\":\"Wan-AI/Wan2.2\",\"owned_by\":\"vllm\"}]}"; }
	location = /sglang/v1/models { default_type application/json; return 200
	    "{\"model_path\":\"hunyuan\",\"task_type\":\"T2V\",\"num_gpus\":1}"; }
	location = /relay/v1/models { default_type application/json;
	    add_header X-Oneapi-Request-Id 1; return 200
	    "{\"data\":[{\"id\":\"gpt-4o\"},{\"id\":\"kling-v2\"},{\"id\":\"flux-image\"}]}"; }
	location = /key/v1/models { default_type application/json;
	    if ($http_authorization != "Bearer sk-right") { return 401 "{}"; }
	    return 200 "{\"data\":[]}"; }
	location /bare/ { default_type application/json; return 404 "{}"; }
	location /down/ { default_type text/plain; return 503 "no"; }
	location = /openapi.json { return 404; }'

plan 128
stack_start
stack_stop poller
login
secret=sk-very-secret-0123456789

# server NAME [MEMBERS [OPTIONS]]: JSON of a token for it
server()
{
	printf '{"provider":"openai","base_url":"%s/%s/v1","options":{"allow_private":true%s}%s}' \
	    "$base" "$1" "${3+,$3}" "${2:+,$2}"
}

# add NAME [MEMBERS]: sets $token
add()
{
	admin POST /api/tokens "$(server "$@")"
	token=$(word token_id)
}

# of ID FILTER: of a token as it is listed
of()
{
	admin GET /api/tokens
	jq -c --argjson id "$1" ".[] | select(.id == \$id) | $2" "$body"
}

# answered400 TEXT: whether the last answer is 400 in the shape of its path, and says that
answered400()
{
	[ "$status" = 400 ] && grep -Eq '^\{"(detail|error)":' "$body" &&
	    grep -qF -e "$1" "$body" && ! grep -q hush "$body" && return
	diag "got: $status $(head -c 300 "$body")"
	return 1
}

models()
{
	ask GET /v1/models
	json '[.data[].id] | join(" ")'
}

documented='sora-video-landscape-10s sora-video-portrait-10s sora-video-landscape-15s sora-video-portrait-15s sora-video-landscape-25s sora-video-portrait-25s sora-image sora-image-landscape sora-image-portrait sora-video-10s sora-video-15s sora-video-25s sora-2 gpt-image-2'
keys='["id","token","st","rt","client_id","proxy_url","email","name","remark","expiry_time","is_active","cooled_until","created_at","last_used_at","use_count","image_count","video_count","error_count","plan_type","plan_title","subscription_end","sora2_supported","sora2_invite_code","sora2_redeemed_count","sora2_total_count","sora2_remaining_count","sora2_cooldown_until","image_enabled","video_enabled","image_concurrency","video_concurrency"]'

# ---- without any token ----

is "$(models)" "$documented" 'without a token the documented models are listed'
ask GET /v1/models/sora-2
is "$status $(json .id)" '200 sora-2' 'and found'

# ---- what cannot be ----

before=$(dumped)
url='"base_url":"https://gpu.example.com/v1"'
while read -r wanted json; do
	admin POST /api/tokens "{\"provider\":\"openai\",$json}"
	ok "400 for $json" answered400 "$wanted"
done <<END
base_url "token":"k"
base_url "base_url":""
base_url "base_url":"gpu.example.com"
base_url "base_url":7
user "base_url":"https://user:hush@gpu.example.com/v1"
query "base_url":"https://gpu.example.com/v1?key=hush"
allow_private "base_url":"http://gpu.example.com/v1"
allow_private "base_url":"https://127.0.0.1:8000/v1"
allow_private "base_url":"https://localhost/v1"
models $url,"models":"wan"
models $url,"models":[1]
models $url,"models":["a","a"]
models $url,"models":{"a":null}
options $url,"options":[]
options $url,"options":"{}"
options.colour $url,"options":{"colour":1}
options.create_body $url,"options":{"create_body":"form"}
options.job_age $url,"options":{"job_age":5}
options.resubmit_lost $url,"options":{"resubmit_lost":1000}
options.allow_private $url,"options":{"allow_private":"yes"}
options.preset $url,"preset":"nope"
preset $url,"preset":"openai","options":{"preset":"sglang"}
preset $url,"preset":1
st $url,"st":"hush"
rt $url,"rt":"hush"
client_id $url,"client_id":"hush"
video_concurrency $url,"video_concurrency":0
proxy $url,"proxy_url":"nonsense"
token $url,"token":5
END
admin POST /api/tokens '{"provider":"vllm","token":"a.b.c"}'
ok 'an unknown provider is refused' answered400 'sora, openai'
admin POST /api/tokens '{"provider":1}'
ok 'and one that is no text' answered400 provider
for member in '"base_url":"https://a.example.com"' '"models":[]' '"options":{}' '"preset":"openai"'; do
	admin POST /api/tokens "{\"token\":\"$(make_jwt a@example.org)\",$member}"
	ok "an account has no $member" answered400 'provider'
done
admin POST /api/tokens '{"provider":"sora"}'
ok 'an account needs its access token' answered400 'Missing required field: token'
is "$(dumped)" "$before" 'nothing of all that was stored'

# ---- adding ----

add vllm "\"token\":\"$secret\",\"remark\":\"rack 3\",\"video_concurrency\":2"
is "$status $(word message)" '200 Token 添加成功' 'a server is added'
vllm=$token
is "$(of "$vllm" '[.provider,.base_url,.token,.preset,.found.preset,.found.models,.models,.email,.name,.remark,.video_concurrency,.sora2_supported]')" \
    "[\"openai\",\"$base/vllm/v1\",\"$secret\",\"vllm-omni\",\"vllm-omni\",[\"Wan-AI/Wan2.2\"],null,\"\",\"${base#http://}\",\"rack 3\",2,null]" \
    'it was asked what it is and what it has'
is "$(of "$vllm" 'keys_unsorted')" \
    "$(printf '%s' "$keys" | sed 's/]$/,"provider","base_url","models","options","preset","found","found_at"]/')" \
    'the new keys come behind those that are documented'
is "$(strings -a "$stack"/data/sora2api.db* | grep -c "${secret#sk-}")" 0 \
    'its key is nowhere in clear in the database'
admin POST /api/tokens "$(server vllm "\"token\":\"$secret\"")"
answers 409 '{"detail":"<text>"}' 'the same server with the same key is a conflict'
like "$(cat "$body")" "$base/vllm/v1" 'which names the server'
is "$(grep -c "$secret" "$body")" 0 'and not the key'
add vllm
is "$status" 200 'without a key it is another one'
vllm2=$token
is "$(of "$vllm2" .token)" '""' 'whose key is empty'
add sglang "\"token\":\"$secret\""
is "$(of "$token" '[.preset,.found.models]')" '["sglang",["hunyuan"]]' \
    'the same key may serve another server, of another kind'
sglang=$token
add relay '"models":{"sora-2":"kling-v2"}'
relay=$token
is "$(of "$relay" '[.preset,.models,.found.models]')" \
    '["new-api",{"sora-2":"kling-v2"},["kling-v2","flux-image"]]' \
    'of a relay the models that make videos and images are kept'
add bare
bare=$token
is "$(of "$bare" '[.preset,.found.models]')" '["openai",[]]' \
    'a server that says nothing of itself counts as openai'
add down
down=$token
is "$(of "$down" '[.preset,.found,.found_at]')" '["auto",null,null]' \
    'one that does not answer is added all the same'
add key '"token":"sk-wrong"' '"preset":"sora2api"'
key=$token

# ---- changing ----

change()
{
	admin PUT "/api/tokens/$1" "$2"
}

before=$(dumped)
while read -r wanted json; do
	change "$vllm" "$json"
	ok "400 for $json" answered400 "$wanted"
done <<END
provider {"provider":"sora"}
base_url {"base_url":"nonsense"}
base_url {"base_url":""}
allow_private {"options":{}}
models {"models":[""]}
options.x {"options":{"x":1},"remark":"not stored"}
options.preset {"preset":"x"}
st {"st":"x"}
END
change "$vllm" "{\"token\":\"\"}"
answers 409 '{"detail":"<text>"}' 'nor may it become like another'
is "$(dumped)" "$before" 'nothing was changed'
change "$vllm" '{"preset":"sglang","models":["wan"],"remark":"","image_concurrency":3}'
answers 200 '{"success":true,"message":"Token updated"}' 'what is given is changed'
is "$(of "$vllm" '[.token,.preset,.options,.models,.remark,.video_concurrency,.image_concurrency]')" \
    "[\"$secret\",\"sglang\",{\"allow_private\":true,\"preset\":\"sglang\"},[\"wan\"],null,2,3]" \
    'and the rest stays'
change "$vllm" '{"options":{"allow_private":true},"models":[]}'
is "$(of "$vllm" '[.preset,.options,.models]')" \
    '["auto",{"allow_private":true},[]]' 'with another preset it is to be asked again'

# ---- testing ----

admin POST "/api/tokens/$vllm/test"
is "$status $(json '"\(.status) \(.preset) \(.found.models[0])"')" \
    '200 success vllm-omni Wan-AI/Wan2.2' 'a test asks the server'
is "$(of "$vllm" .preset)" '"vllm-omni"' 'and keeps what it told'
admin POST "/api/tokens/$key/test"
answers 200 '{"success":true,"status":"failed","message":"Token is invalid: The server refused the key","email":null,"username":null}' \
    'a wrong key is not valid'
change "$key" '{"token":"sk-right"}'
admin POST "/api/tokens/$key/test"
is "$status $(json .status)" '200 success' 'the right one is'
admin POST "/api/tokens/$down/test"
answers 502 '{"detail":"<text>"}' 'no answer is no verdict'
change "$key" '{"token":"sk-wrong"}'
admin POST /api/tokens/batch-test
is "$(json '"\(.total) \(.valid) \(.invalid) \(.auto_disabled)"')" '7 5 2 1' \
    'a batch tests servers, and disables the one that refuses its key'
is "$(of "$key" .is_active),$(of "$down" .is_active)" 'false,true' \
    'and not the one that is down'

# ---- what only accounts have ----

admin POST "/api/tokens/$vllm/sora2/activate?invite_code=ABC123"
ok 'a server has no invite code' answered400 server
admin POST "/api/tokens/$vllm/activate-username"
ok 'no user name' answered400 server
ask GET "/v1/tokens/$vllm/pending-tasks"
ok 'and no tasks of an account' answered400 server
admin POST /api/tokens/batch-activate-username
is "$(json .total)" 0 'a batch of names leaves servers out'
admin POST /api/tokens/batch-activate '{"invite_code":"ABC123"}'
is "$(json .total)" 0 'so does one of invite codes'

# ---- batches ----

admin POST /api/tokens/batch-add "{\"tokens\":[$(server bare '"token":"k1"'),$(server bare '"token":"k1"'),$(server bare),{\"provider\":\"openai\",\"base_url\":\"x\",\"token\":\"$secret\"},{\"token\":\"$(make_jwt new@example.org)\"}]}"
is "$status $(json '[.details[].status] | join(" ")')" \
    '200 added skipped skipped failed added' 'servers and accounts are added together'
is "$(json '.details | map(.token) | .[0:4] | join(",")')" '...,...,,sk-v...' \
    'keys are not shown in full'
account=$(json '.details[4].token_id')
is "$(of "$account" keys_unsorted)" "$keys" 'an account is listed as documented'
before=$(dumped)
admin POST /api/tokens/batch-add "{\"tokens\":[$(server bare '"token":"k9"'),$(server bare '"models":"wan"')]}"
ok 'a wrong type rejects all' answered400 models
admin POST /api/tokens/import "{\"tokens\":[$(server bare '"access_token":7')]}"
ok 'in an import, too' answered400 access_token
is "$(dumped)" "$before" 'and nothing is stored'
admin POST /api/tokens/import "{\"tokens\":[$(server bare '"access_token":"k1","remark":"moved","is_active":false'),$(server bare '"access_token":"k2"'),{\"provider\":\"openai\",\"base_url\":\"http://x\"}]}"
is "$status $(json '"\(.added) \(.updated) \(.failed) \(.errors[0].base_url)"')" \
    '200 1 1 1 http://x' 'an import adds what is new and updates what is there'
is "$(db "SELECT remark, is_active FROM tokens WHERE remark = 'moved'")" 'moved|0' 'indeed'
admin DELETE /api/tokens/batch-delete-disabled
is "$(db 'SELECT count(*) FROM tokens WHERE is_active = 0')" 0 'the disabled go'

# ---- models ----

db_write "DELETE FROM tokens WHERE id NOT IN ($vllm, $vllm2, $sglang, $relay)"
is "$(models)" 'Wan-AI/Wan2.2 hunyuan sora-2' 'servers alone: what they list, once each'
ask GET /v1/models/Wan-AI%2FWan2.2
is "$status $(json '"\(.id) \(.object)"')" '200 Wan-AI/Wan2.2 model' 'each is found'
ask GET /v1/models/sora-image
is "$status $(json .error.code)" '404 model_not_found' 'and what nobody has is not'
token_add sora@example.org
is "$(models)" "$documented Wan-AI/Wan2.2 hunyuan" 'with an account: its models first, none twice'

# ---- who gets what ----

sora=$(db "SELECT id FROM tokens WHERE provider = 'sora'")

# goes JSON: sets $id, and $to to the provider that the task is given to, or to
# what was answered instead
goes()
{
	create "$1"
	if [ "$status" = 201 ]; then
		to=$(db "SELECT CASE t.id WHEN $relay THEN 'relay' ELSE t.provider END
		    FROM tasks k LEFT JOIN tokens t ON t.id = k.token_id
		    WHERE k.task_id = '$id'")
	else
		to="$status $(word message)"
	fi
}

goes '{"prompt":"a","model":"Wan-AI/Wan2.2","seconds":8,"size":"832x480"}'
is "$to" openai \
    'a server gets its model, of any length and size'
like "$id" '^Wan-AI-Wan2-2-[0-9a-f]{12}$' 'under an id that fits into a path'
ask GET "/v1/videos/$id"
is "$status $(json '"\(.model) \(.seconds) \(.size)"')" '200 Wan-AI/Wan2.2 8 832x480' \
    'which says what was asked'
goes '{"prompt":"a","seconds":8}'
is "$to" relay 'sora-2 of 8 seconds goes where it is mapped'
goes '{"prompt":"a","style_id":"anime"}'
is "$to" sora 'a style only to an account'
goes '{"prompt":"[5s] a [5s] b"}'
is "$to" sora 'and a storyboard'

# To a model that only servers have, shots, links and mentions are words.
db_write "INSERT INTO characters (cameo_id, token_id, username, display_name,
    status, created_at, updated_at) VALUES ('c', $sora, 'private.one', 'x',
    'finalized', 1, 1)"
for words in '[3s] pan left [5s] zoom in' '[5s] a [5s]' \
    'https://sora.chatgpt.com/p/s_0123456789abcdef0123456789abcdef' \
    'a  b s_0123456789abcdef0123456789abcdef' '@private.one waves'; do
	goes "{\"prompt\":\"$words\",\"model\":\"hunyuan\"}"
	is "$to $(db "SELECT prompt, remix_target IS NULL, bound_token = 0
	    FROM tasks WHERE task_id = '$id'")" "openai $words|1|1" \
	    "a server gets as it is: $words"
done
goes '{"prompt":"a","model":"hunyuan","remix_target_id":"s_0123456789abcdef0123456789abcdef"}'
like "$to" '^400 .*makes a remix of a post' 'a field that names a post is refused'
goes '{"prompt":"@private.one waves"}'
is "$to" sora 'a mention binds where accounts take the prompt'
link=https://sora.chatgpt.com/p/s_0123456789abcdef0123456789abcdef
goes "{\"prompt\":\"a\",\"remix_target_id\":\"$link\"}"
is "$to $(word remixed_from_video_id)" "sora $link" \
    'a remix says of what in the words of the client'
goes "{\"prompt\":\"$link a\"}"
is "$to $(word remixed_from_video_id)" "sora ${link##*/}" 'or of the post in the prompt'

goes '{"prompt":"a","model":"sora-2-pro"}'
is "$to" sora 'and a model that no server has'
goes '{"prompt":"a","model":"hunyuan","style_id":"anime"}'
like "$to" \
    '^400 No configured token makes a style' 'never both'
goes '{"prompt":"a","model":"hunyuan","seconds":61}'
like "$to" '^400 .*from 1 to 60' \
    'no server makes an hour'
goes '{"prompt":"a","model":"sora-2-pro","seconds":8}'
like "$to" '^400 .*must be one of 10' \
    'what only sora has is 10 or 15 seconds long'
goes '{"prompt":"a","model":"nope"}'
like "$to" \
    '^400 Unknown model: nope; accepted are sora-2 and sora-2-pro' 'a model that nobody has is told'
like "$(cat "$body")" 'Wan-AI/Wan2.2, hunyuan' 'with those that there are'
db_write "INSERT INTO characters (cameo_id, token_id, username, display_name,
    status, created_at, updated_at) VALUES ('d', $vllm, 'private.two', 'x',
    'finalized', 1, 1)"
ask POST /v1/chat/completions -H 'Content-Type: application/json' -d \
    '{"model":"sora-video-10s","messages":[{"role":"user","content":"@private.one and @private.two"}]}'
is "$status $(json '"\(.error.code) \(.error.param)"')" '400 invalid_value messages' \
    'a chat is told in its own words'
ask POST /v1/images/generations -H 'Content-Type: application/json' -d \
    '{"model":"nope","prompt":"a"}'
like "$status $(json .error.message)" '^400 .*sora-image.*Wan-AI/Wan2.2' 'so are images'
db_write "UPDATE tokens SET is_active = 0 WHERE provider = 'openai'"
goes '{"prompt":"a","model":"hunyuan"}'
like "$to" '^503 No active' \
    'what could be served, but not now, is 503'
db_write "DELETE FROM tokens WHERE provider = 'openai'"
goes '{"prompt":"a","seconds":8}'
like "$to" '^400 .*must be one of 10' 'without servers all is as before'
goes '{"prompt":"a","model":"hunyuan"}'
like "$to" '^400 Unknown model' 'indeed'

# ---- the poller asks, too ----

db_write 'DELETE FROM tasks; DELETE FROM tokens'
add bare '"preset":"auto"'
change "$token" "{\"base_url\":\"$base/sglang/v1\"}"
is "$(of "$token" .preset)" '"auto"' 'another address is another server'
poller_start
is_known()
{
	[ "$(db "SELECT found ->> 'preset' FROM tokens WHERE id = $token")" = sglang ]
}
ok 'the poller asks it what it is' wait_until 20 is_known
is "$(models)" hunyuan 'and its models are served'

# ---- on the command line ----

stack_stop poller
db_write 'DELETE FROM tokens'
said()
{
	"$programs/sora2apictl" -c "$stack/sora2api.conf" "$@" 2>&1
}

like "$(said token add --base-url "$base/vllm/v1" </dev/null)" 'allow_private' \
    'sora2apictl does not take a private server unasked'
like "$(said token add --models wan <"$stack/settings")" 'go with --base-url' \
    'nor models without a server'
like "$(said token add --base-url https://a.example.com --email a@example.org </dev/null)" \
    'do not go with --base-url' 'nor a server with an e-mail'
like "$(said token add --base-url https://a.example.com --options '[]' --preset sglang </dev/null)" \
    'JSON object' 'nor options that are none'
is "$(db 'SELECT count(*) FROM tokens')" 0 'nothing of that is stored'
like "$(echo "$secret" | said token add --base-url "$base/vllm" --preset vllm-omni \
    --models 'sora-2=wan,hunyuan' --options '{"allow_private":true,"job_age":600}' \
    --video-concurrency 2)" "^Token [0-9]+ added \\($base/vllm\\)" 'it adds a server'
is "$(of "$(db 'SELECT id FROM tokens')" '[.token,.preset,.models,.options.job_age,.video_concurrency]')" \
    "[\"$secret\",\"vllm-omni\",{\"sora-2\":\"wan\",\"hunyuan\":\"hunyuan\"},600,2]" \
    'with all that was said'
like "$(said token list)" "enabled +$base/vllm " 'and lists it by its address'
is "$(said --json token list | jq -r '.[0] | "\(.provider) \(.base_url)"')" \
    "openai $base/vllm" 'as JSON, too'
