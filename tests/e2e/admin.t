#!/bin/sh
# SPDX-License-Identifier: MIT
# admin.t: each route of the admin API: what it answers, key for key, its errors,
# and who may ask.
# shellcheck disable=SC2016,SC2034,SC2119,SC2129,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"

stack_tokens=0
stack_speed=1000
# An upstream that takes every change of a character, for that route.
stack_server='location /backend/project_y/cameos/ {
	default_type application/json; return 200 "{\"id\":\"cameo_1\"}"; }'

plan 234
stack_start
stack_stop poller
login
answers 200 '{"success":true,"token":"<text>","message":"Login successful"}' 'a login'
like "$session" '^admin-[A-Za-z0-9_-]{43}$' 'the session is of the form that is told'

# ---- who may ask ----

forged=admin-$(letters 43)
db_write "INSERT INTO admin_sessions (token_hash, created_at, expires_at)
    VALUES (x'$(printf %s admin-old | sha256sum | cut -d ' ' -f 1)', 1, unixepoch() - 1)"
before=$(dumped)
invalid='{"detail":"Invalid or expired token"} 401'
refused=$(printf '%s\n' '{"detail":"Missing authorization header"} 401' \
    "$invalid" "$invalid" "$invalid")
all_routes >"$stack/routes"
is "$(wc -l <"$stack/routes")" 50 'all routes but the login'
while read -r method path; do
	curl -s -X "$method" -w ' %{http_code}\n' "$base$path" >"$stack/refused"
	for key in "$forged" admin-old "$api_key"; do
		curl -s -X "$method" "$base$path" -w ' %{http_code}\n' \
		    -H "Authorization: Bearer $key"
	done </dev/null >>"$stack/refused"
	is "$(cat "$stack/refused")" "$refused" "$method $path needs a session"
done <"$stack/routes"
is "$(dumped)" "$before" 'none of it changed anything'

# ---- what all routes have in common ----

# each METHOD [OPTION...]: the different answers that the paths give to it
each()
{
	each_method=$1
	shift
	while read -r path; do
		curl -s -X "$each_method" -w ' %{http_code} %header{allow}\n' "$@" \
		    -H "Authorization: Bearer $session" "$base$path" |
			sed 's/ $//'
	done <"$stack/paths" | sort | uniq -c | sed 's/^ *//'
}

cut -d ' ' -f 2 "$stack/routes" | sort -u >"$stack/paths"
n_paths=$(wc -l <"$stack/paths")
is "$(each PATCH | sed 's/405 .*/405/' | awk '{ $1 = ""; print }' | sort -u)" \
    ' {"detail":"Method Not Allowed"} 405' 'no path takes another method'
is "$(each PATCH | grep -c '405 [A-Z, ]*$')" "$(each PATCH | wc -l)" 'and each tells which it takes'
is "$(each OPTIONS)" "$n_paths  204" 'OPTIONS is answered, without a session, too'
is "$(awk '$1 == "GET" { print $2 }' "$stack/routes" | while read -r path; do
	curl -s -I -o "$stack/head" -w '%{http_code} %{size_download}\n' \
	    -H "Authorization: Bearer $session" "$base$path"
    done | sort | uniq -c | sed 's/^ *//')" "$(awk '$1 == "GET" { print $2 }' "$stack/routes" |
    while read -r path; do
	curl -s -o "$stack/head" -w '%{http_code} 0\n' -H "Authorization: Bearer $session" "$base$path"
    done | sort | uniq -c | sed 's/^ *//')" 'HEAD is answered as GET, without a body'
sed -i 's|$|/|' "$stack/paths"
is "$(each POST)" "$n_paths {\"detail\":\"Not Found\"} 404" 'a slash at the end makes a path unknown'
is "$(dumped)" "$before" 'none of it changed anything'

ask_key=$session
ask GET /v1/models
is "$status" 401 'a session is no API key'
unset ask_key
status=$(curl -s -o "$body" -w '%{http_code}' -H "Authorization: $session" "$base/api/stats")
is "$status" 200 'the bare session without Bearer is accepted'

# ---- tokens ----

control POST accounts '{"email":"a@example.org","name":"Ann","username":"ann.1",
    "plan_id":"chatgpt_team","plan_title":"ChatGPT Business","plan_end":"2031-12-31T23:59:59Z",
    "invite_code":"ABC123","redeemed_count":5,"total_count":10,"sora2":true,"remaining":7}'
control POST sessions '{"st":"st-a","email":"a@example.org"}'
control POST refresh-tokens '{"rt":"rt-a","email":"a@example.org","client_id":"app_a"}'
control POST accounts '{"email":"n@example.org","sora2":false,"bootstrap":false,"username":null}'
control POST accounts '{"email":"m@example.org","sora2":false,"bootstrap":false}'
control POST accounts '{"email":"r@example.org","me_email":"a@example.org"}'
control POST invites '{"code":"GOOD01","uses":2}'
at=$(make_jwt a@example.org)
an=$(make_jwt n@example.org)
am=$(make_jwt m@example.org)
ab=$(make_jwt b@example.org)
ai=$(make_jwt i@example.org)
ao=$(make_jwt n@example.org 700000)


walk <<END
GET /api/tokens 200
[]
POST /api/tokens 200 {"token":"$at","st":"st-a","rt":"rt-a","client_id":"app_a","remark":"note","video_concurrency":3}
{"success":true,"message":"Token 添加成功","token_id":1}
GET /api/tokens 200
[{"id":1,"token":"$at","st":"st-a","rt":"rt-a","client_id":"app_a","proxy_url":null,"email":"a@example.org","name":"Ann","remark":"note","expiry_time":"<time>","is_active":true,"cooled_until":null,"created_at":"<time>","last_used_at":null,"use_count":0,"image_count":0,"video_count":0,"error_count":0,"plan_type":"chatgpt_team","plan_title":"ChatGPT Business","subscription_end":"2031-12-31T23:59:59","sora2_supported":true,"sora2_invite_code":"ABC123","sora2_redeemed_count":5,"sora2_total_count":10,"sora2_remaining_count":7,"sora2_cooldown_until":null,"image_enabled":true,"video_enabled":true,"image_concurrency":-1,"video_concurrency":3}]
POST /api/tokens 409 {"token":"$at"}
{"detail":"Token already exists for email: a@example.org"}
POST /api/tokens 409 {"token":"$(make_jwt A@example.org 5000)"}
{"detail":"Token already exists for email: A@example.org"}
POST /api/tokens 409 {"token":"$(make_jwt r@example.org)"}
{"detail":"Token already exists for email: a@example.org"}
POST /api/tokens 400 {"token":"a.b.c"}
{"detail":"Invalid JWT token"}
POST /api/tokens 200 {"token":"$an"}
{"success":true,"message":"Token 添加成功","token_id":2}
POST /api/tokens/batch-add 200 {"tokens":[{"token":"$am","remark":"m"},{"token":"$am"},{"token":"bad"},{"token":"$at"},{"token":"$ab","image_concurrency":0}]}
{"success":true,"total":5,"added":1,"skipped":2,"failed":2,"details":[{"token":"$(printf %.20s "$am")...","status":"added","message":"Token added successfully","email":"m@example.org","token_id":3},{"token":"$(printf %.20s "$am")...","status":"skipped","message":"Token already exists for email: m@example.org","email":"m@example.org"},{"token":"bad","status":"failed","message":"Invalid JWT token","email":null},{"token":"$(printf %.20s "$at")...","status":"skipped","message":"Token already exists for email: a@example.org","email":"a@example.org"},{"token":"$(printf %.20s "$ab")...","status":"failed","message":"<text>","email":"<text|null>"}],"message":"批量添加完成: 1 添加, 2 跳过, 2 失败"}
POST /api/tokens/import 200 {"tokens":[{"email":"i@example.org","access_token":"$ai","is_active":false},{"email":"N@example.org","access_token":"$ao","remark":"again"},{"email":"x@example.org","access_token":"bad"}]}
{"success":true,"message":"Import completed: 1 added, 1 updated","added":1,"updated":1,"failed":1,"errors":[{"email":"x@example.org","message":"Invalid JWT token"}]}
PUT /api/tokens/1 200 {"proxy_url":"st5 127.0.0.1:1:u:p","image_concurrency":4,"st":"","remark":null}
{"success":true,"message":"Token updated"}
PUT /api/tokens/1 200 {}
{"success":true,"message":"Token updated"}
PUT /api/tokens/1 409 {"token":"$am"}
{"detail":"<text>"}
PUT /api/tokens/1 400 {"token":"nothing"}
{"detail":"Invalid JWT token"}
PUT /api/tokens/1 400 {"token":""}
{"detail":"<text>"}
PUT /api/tokens/1 400 {"proxy_url":"ftp://x:1"}
{"detail":"<text>"}
PUT /api/tokens/99 404 {"remark":"x"}
{"detail":"Token not found"}
PUT /api/tokens/9223372036854775808 404 {"remark":"x"}
{"detail":"Not Found"}
PUT /api/tokens/abc 404 {"remark":"x"}
{"detail":"Not Found"}
GET /api/tokens/1 405
{"detail":"Method Not Allowed"}
GET /api/tokens/ 404
{"detail":"Not Found"}
POST /api/tokens/1/test 502
{"detail":"<text>"}
PUT /api/tokens/1 200 {"proxy_url":""}
{"success":true,"message":"Token updated"}
PUT /api/tokens/1/status 200 {"is_active":false}
{"success":true,"message":"Token status updated"}
PUT /api/tokens/99/status 404 {"is_active":false}
{"detail":"Token not found"}
POST /api/tokens/1/enable 200
{"success":true,"message":"Token enabled","is_active":true,"error_count":0}
POST /api/tokens/99/enable 404
{"detail":"Token not found"}
POST /api/tokens/1/disable 200
{"success":true,"message":"Token disabled","is_active":false}
POST /api/tokens/99/disable 404
{"detail":"Token not found"}
POST /api/tokens/1/test 200
{"success":true,"status":"success","message":"Token is valid","email":"a@example.org","username":"ann.1","sora2_supported":true,"sora2_invite_code":"ABC123","sora2_redeemed_count":5,"sora2_total_count":10,"sora2_remaining_count":7}
POST /api/tokens/99/test 404
{"detail":"Token not found"}
POST /api/tokens/batch-test?only_disabled=true 200
{"success":true,"message":"测试完成: 2 有效, 0 无效, 0 已自动禁用, 2 已自动启用","total":2,"tested":2,"valid":2,"invalid":0,"auto_disabled":0,"auto_enabled":2,"results":[{"token_id":1,"email":"a@example.org","was_active":false,"valid":true,"status_code":200,"message":"Token is valid","action":"auto_enabled"},{"token_id":4,"email":"i@example.org","was_active":false,"valid":true,"status_code":200,"message":"Token is valid","action":"auto_enabled"}]}
POST /api/tokens/batch-test?only_active=perhaps 400
{"detail":"<text>"}
POST /api/tokens/batch-disable 200
{"success":true,"message":"已禁用 4 个账号","disabled_count":4}
POST /api/tokens/batch-enable 200
{"success":true,"message":"已启用 4 个账号","enabled_count":4}
POST /api/tokens/4/disable 200
{"success":true,"message":"Token disabled","is_active":false}
DELETE /api/tokens/batch-delete-disabled 200
{"success":true,"message":"已删除 1 个禁用账号","deleted_count":1}
POST /api/tokens/2/sora2/activate?invite_code=GOOD01 200
{"success":true,"message":"Sora2 activated successfully","already_accepted":false,"invite_code":"<text>","redeemed_count":0,"total_count":"<integer>","sora2_remaining_count":"<integer>"}
POST /api/tokens/2/sora2/activate?invite_code=short 400
{"detail":"邀请码必须是6位"}
POST /api/tokens/2/sora2/activate 400
{"detail":"邀请码必须是6位"}
POST /api/tokens/3/sora2/activate 400 {"invite_code":"WRONG1"}
{"detail":"<text>"}
POST /api/tokens/99/sora2/activate 404 {"invite_code":"GOOD01"}
{"detail":"Token not found"}
POST /api/tokens/batch-activate 200 {"invite_code":"GOOD01"}
{"success":true,"message":"批量激活完成: 1 激活, 0 已激活, 0 失败","total":1,"activated":1,"already_active":0,"failed":0,"details":[{"token_id":3,"email":"m@example.org","status":"activated","message":"Sora2 activated successfully"}]}
POST /api/tokens/batch-activate 400 {"invite_code":"GOOD-1"}
{"detail":"邀请码必须是6位"}
POST /api/tokens/1/activate-username 200
{"success":true,"message":"用户名已存在: ann.1","username":"ann.1","already_set":true}
POST /api/tokens/99/activate-username 404
{"detail":"Token not found"}
POST /api/tokens/batch-activate-username 200
{"success":true,"activated":0,"already_set":3,"failed":0,"total":3}
POST /api/tokens/st2at 200 {"st":" st-a "}
{"success":true,"message":"ST converted to AT successfully","access_token":"<text>","email":"a@example.org","expires":"<string|null>"}
POST /api/tokens/st2at 400 {"st":"st-unknown"}
{"detail":"<text>"}
POST /api/tokens/rt2at 200 {"rt":"rt-a","client_id":"app_a"}
{"success":true,"message":"RT converted to AT successfully","access_token":"<text>","refresh_token":"<text>","expires_in":"<integer>"}
POST /api/tokens/rt2at 400 {"rt":"rt-a","client_id":"app_a"}
{"detail":"<text>"}
DELETE /api/tokens/3 200
{"success":true,"message":"Token deleted"}
DELETE /api/tokens/3 404
{"detail":"Token not found"}
END

# ---- what the upstream may answer ----

# walk_faults: as walk, with a line in front of each: the fault of the upstream
walk_faults()
{
	while read -r walk_fault && read -r walk_ask && read -r walk_answer; do
		fault "$walk_fault"
		walk <<-ONE
			$walk_ask
			$walk_answer
		ONE
		case $(cat "$body") in
		*st-a* | *rt-secret* | *"$as"*) bail "a credential is told: $(cat "$body")" ;;
		esac
		control DELETE faults
	done
}

as=$(make_jwt s@example.org)
control POST accounts '{"email":"s@example.org"}'
walk_faults <<END
{"fault":"token_expired"}
POST /api/tokens 400 {"token":"$as"}
{"detail":"The access token has expired"}
{"fault":"unsupported_country_code"}
POST /api/tokens 400 {"token":"$as"}
{"detail":"<text>"}
{"fault":"internal_error"}
POST /api/tokens 200 {"token":"$as"}
{"success":true,"message":"Token 添加成功","token_id":"<integer>"}
{"fault":"internal_error"}
POST /api/tokens/1/test 502
{"detail":"<text>"}
{"fault":"challenge"}
POST /api/tokens/1/test 502
{"detail":"<text>"}
{"endpoint":"session","fault":"bad_gateway"}
POST /api/tokens/st2at 502 {"st":"st-a"}
{"detail":"<text>"}
{"endpoint":"session","fault":"nothing"}
POST /api/tokens/st2at 400 {"st":"st-a"}
{"detail":"<text>"}
{"endpoint":"oauth","fault":"bad_gateway"}
POST /api/tokens/rt2at 502 {"rt":"rt-secret"}
{"detail":"<text>"}
{"endpoint":"oauth","fault":"invalid_grant"}
POST /api/tokens/rt2at 400 {"rt":"rt-secret"}
{"detail":"<text>"}
{"endpoint":"invite_accept","fault":"forbidden"}
POST /api/tokens/1/sora2/activate 400 {"invite_code":"GOOD01"}
{"detail":"<text>"}
{"endpoint":"invite_accept","fault":"internal_error"}
POST /api/tokens/1/sora2/activate 502 {"invite_code":"GOOD01"}
{"detail":"<text>"}
{"endpoint":"invite_accept","fault":"nothing"}
POST /api/tokens/1/sora2/activate 200 {"invite_code":"GOOD01"}
{"success":false,"message":"Failed to activate Sora2"}
{"endpoint":"me","fault":"internal_error"}
POST /api/tokens/1/activate-username 502
{"detail":"<text>"}
END
is "$(db "SELECT email, name, plan_type IS NULL, sora2_supported IS NULL, sora2_total_count
    FROM tokens WHERE token_hash = x'$(printf %s "$as" | sha256sum | cut -d ' ' -f 1)'")" \
    's@example.org|s|1|1|0' 'a token is added all the same when the upstream is ill'
admin DELETE "/api/tokens/$(db 'SELECT max(id) FROM tokens')"
stack_set sora.timeout 1
workers_restart
control POST accounts '{"email":"n@example.org","username":null}'
walk_faults <<END
{"endpoint":"me","delay_ms":2500}
POST /api/tokens/1/test 504
{"detail":"Upstream timeout"}
{"endpoint":"session","delay_ms":2500}
POST /api/tokens/st2at 504 {"st":"st-a"}
{"detail":"Upstream timeout"}
{"endpoint":"oauth","delay_ms":2500}
POST /api/tokens/rt2at 504 {"rt":"rt-secret"}
{"detail":"Upstream timeout"}
{"endpoint":"invite_accept","delay_ms":2500}
POST /api/tokens/1/sora2/activate 504 {"invite_code":"GOOD01"}
{"detail":"Upstream timeout"}
{"endpoint":"me","delay_ms":2500}
POST /api/tokens/2/activate-username 504
{"detail":"Upstream timeout"}
END
stack_set sora.timeout 30
workers_restart
walk_faults <<END
{"endpoint":"username_set","fault":"username_taken"}
POST /api/tokens/2/activate-username 502
{"detail":"<text>"}
END
control POST accounts '{"email":"n@example.org","username":"n.1"}'
control POST accounts '{"email":"a@example.org","invalidate":true}'
admin POST /api/tokens/1/test
is "$status $(json 'keys_unsorted | join(" ")') $(json '.success, .status, .email, .username' | paste -sd ' ')" \
    '200 success status message email username true failed null null' 'a test of a token that is refused'
like "$(json .message)" '^Token is invalid: .' 'and why'
is "$(db 'SELECT is_active FROM tokens WHERE id = 1')" 1 'it stays enabled'

# ---- settings, statistics ----

db_write "INSERT INTO characters (cameo_id, token_id, username, display_name,
    status, created_at, updated_at) VALUES ('cameo_1', 1, 'harbour', 'Harbour',
    'finalized', 5, 5), ('cameo_2', 99, 'nobody', 'N', 'finalized', 6, 6)"
db_write "UPDATE characters SET created_at = 1705320000, updated_at = 1705320000
    WHERE id = 1"
one='{"id":1,"cameo_id":"cameo_1","character_id":null,"token_id":1,"username":"harbour","display_name":"Harbour","profile_url":null,"instruction_set":null,"safety_instruction_set":null,"visibility":"private","status":"finalized","created_at":"2024-01-15T12:00:00","updated_at":"2024-01-15T12:00:00"}'
two='{"id":2,"cameo_id":"cameo_2","character_id":null,"token_id":99,"username":"nobody","display_name":"N","profile_url":null,"instruction_set":null,"safety_instruction_set":null,"visibility":"private","status":"finalized","created_at":"1970-01-01T00:00:06","updated_at":"1970-01-01T00:00:06"}'
state='{"is_valid":false,"has_credentials":false,"last_updated":null,"expires_at":null,"remaining_seconds":0,"cookies_count":0,"user_agent":null}'

walk <<END
GET /api/admin/config 200
{"error_ban_threshold":3,"api_key":"$api_key","admin_username":"admin","debug_enabled":false}
POST /api/admin/config 200 {"error_ban_threshold":7}
{"success":true,"message":"Configuration updated"}
POST /api/admin/debug 200 {"enabled":true}
{"success":true,"message":"Debug mode enabled","enabled":true}
GET /api/admin/config 200
{"error_ban_threshold":7,"api_key":"$api_key","admin_username":"admin","debug_enabled":true}
POST /api/admin/debug 200 {"enabled":false}
{"success":true,"message":"Debug mode disabled","enabled":false}
GET /api/proxy/config 200
{"proxy_enabled":false,"proxy_url":null,"proxy_pool_enabled":false,"proxy_pool_count":0}
POST /api/proxy/config 400 {"proxy_enabled":true}
{"detail":"<text>"}
POST /api/proxy/config 400 {"proxy_enabled":false,"proxy_url":"nonsense"}
{"detail":"<text>"}
POST /api/proxy/config 200 {"proxy_enabled":true,"proxy_url":"host.example:3128:u:p"}
{"success":true,"message":"Proxy configuration updated"}
GET /api/proxy/config 200
{"proxy_enabled":true,"proxy_url":"http://u:p@host.example:3128","proxy_pool_enabled":false,"proxy_pool_count":0}
POST /api/proxy/config 200 {"proxy_enabled":false,"proxy_url":""}
{"success":true,"message":"Proxy configuration updated"}
GET /api/proxy/config 200
{"proxy_enabled":false,"proxy_url":null,"proxy_pool_enabled":false,"proxy_pool_count":0}
GET /api/cache/config 200
{"success":true,"config":{"enabled":"<boolean>","timeout":"<integer>","base_url":"","effective_base_url":"$base"}}
POST /api/cache/config 200 {"timeout":60}
{"success":true,"message":"Cache timeout updated to 60 seconds","timeout":60}
POST /api/cache/config 200 {"timeout":86400}
{"success":true,"message":"Cache timeout updated to 86400 seconds","timeout":86400}
POST /api/cache/config 400 {"timeout":59}
{"detail":"Cache timeout must be at least 60 seconds"}
POST /api/cache/config 400 {"timeout":86401}
{"detail":"Cache timeout cannot exceed 24 hours (86400 seconds)"}
POST /api/cache/base-url 400 {"base_url":"ftp://x"}
{"detail":"Base URL must start with http:// or https://"}
POST /api/cache/base-url 200 {"base_url":" https://cdn.example// "}
{"success":true,"message":"Cache base URL updated to: https://cdn.example","base_url":"https://cdn.example"}
POST /api/cache/enabled 200 {"enabled":false}
{"success":true,"message":"Cache disabled successfully","enabled":false}
GET /api/cache/config 200
{"success":true,"config":{"enabled":false,"timeout":86400,"base_url":"https://cdn.example","effective_base_url":"https://cdn.example"}}
POST /api/cache/enabled 200 {"enabled":true}
{"success":true,"message":"Cache enabled successfully","enabled":true}
POST /api/cache/base-url 200 {"base_url":""}
{"success":true,"message":"Cache base URL updated to: server address","base_url":""}
GET /api/generation/timeout 200
{"success":true,"config":{"image_timeout":"<integer>","video_timeout":"<integer>"}}
POST /api/generation/timeout 200 {"image_timeout":60,"video_timeout":7200}
{"success":true,"message":"Generation timeout configuration updated","config":{"image_timeout":60,"video_timeout":7200}}
POST /api/generation/timeout 400 {"image_timeout":59}
{"detail":"Image timeout must be at least 60 seconds"}
POST /api/generation/timeout 400 {"image_timeout":3601}
{"detail":"Image timeout cannot exceed 1 hour (3600 seconds)"}
POST /api/generation/timeout 400 {"image_timeout":61,"video_timeout":0}
{"detail":"Video timeout must be at least 60 seconds"}
POST /api/generation/timeout 400 {"image_timeout":61,"video_timeout":7201}
{"detail":"Video timeout cannot exceed 2 hours (7200 seconds)"}
POST /api/generation/timeout 200 {}
{"success":true,"message":"Generation timeout configuration updated","config":{"image_timeout":60,"video_timeout":7200}}
GET /api/watermark-free/config 200
{"watermark_free_enabled":false,"parse_method":"third_party","custom_parse_url":null,"custom_parse_token":null}
POST /api/watermark-free/config 400 {"watermark_free_enabled":true,"parse_method":"custom"}
{"detail":"<text>"}
POST /api/watermark-free/config 400 {"watermark_free_enabled":true,"parse_method":"other"}
{"detail":"<text>"}
POST /api/watermark-free/config 200 {"watermark_free_enabled":false,"parse_method":"custom","custom_parse_url":"http://p.example","custom_parse_token":"t"}
{"success":true,"message":"Watermark-free mode configuration updated"}
GET /api/watermark-free/config 200
{"watermark_free_enabled":false,"parse_method":"custom","custom_parse_url":"http://p.example","custom_parse_token":"t"}
POST /api/watermark-free/config 400 {"watermark_free_enabled":true,"custom_parse_url":""}
{"detail":"<text>"}
POST /api/watermark-free/config 200 {"watermark_free_enabled":false,"parse_method":"third_party","custom_parse_url":"","custom_parse_token":""}
{"success":true,"message":"Watermark-free mode configuration updated"}
GET /api/watermark-free/config 200
{"watermark_free_enabled":false,"parse_method":"third_party","custom_parse_url":null,"custom_parse_token":null}
POST /api/cloudflare/refresh 400
{"detail":"Cloudflare Solver 未启用，请先在配置中启用"}
POST /api/cloudflare/config 400 {"solver_enabled":true,"solver_api_url":"localhost"}
{"detail":"<text>"}
POST /api/cloudflare/config 200 {"solver_enabled":true,"solver_api_url":""}
{"success":true,"message":"Cloudflare Solver configuration updated"}
POST /api/cloudflare/refresh 400
{"detail":"<text>"}
POST /api/cloudflare/config 200 {"solver_enabled":true,"solver_api_url":"$sandbox/v1/challenge"}
{"success":true,"message":"Cloudflare Solver configuration updated"}
GET /api/cloudflare/config 200
{"success":true,"config":{"solver_enabled":true,"solver_api_url":"$sandbox/v1/challenge"}}
POST /api/cloudflare/refresh 200
{"success":true,"message":"Cloudflare credentials refreshed successfully","state":{"is_valid":true,"has_credentials":true,"last_updated":"<time>","expires_at":"<time>","remaining_seconds":"<integer>","cookies_count":1,"user_agent":"<text>"}}
GET /api/cloudflare/state 200
{"success":true,"state":{"is_valid":true,"has_credentials":true,"last_updated":"<time>","expires_at":"<time>","remaining_seconds":"<integer>","cookies_count":1,"user_agent":"<text>"}}
POST /api/cloudflare/clear 200
{"success":true,"message":"Cloudflare credentials cleared","state":$state}
POST /api/cloudflare/config 200 {"solver_enabled":true,"solver_api_url":"$sandbox/nothing"}
{"success":true,"message":"Cloudflare Solver configuration updated"}
POST /api/cloudflare/refresh 502
{"detail":"<text>"}
GET /api/cloudflare/state 200
{"success":true,"state":$state}
POST /api/cloudflare/config 200 {"solver_enabled":false}
{"success":true,"message":"Cloudflare Solver configuration updated"}
GET /api/token-refresh/config 200
{"success":true,"config":{"at_auto_refresh_enabled":"<boolean>"}}
POST /api/token-refresh/enabled 200 {"enabled":true}
{"success":true,"message":"AT auto refresh enabled successfully","enabled":true}
POST /api/token-refresh/enabled 200 {"enabled":false}
{"success":true,"message":"AT auto refresh disabled successfully","enabled":false}
GET /api/token-refresh/config 200
{"success":true,"config":{"at_auto_refresh_enabled":false}}
GET /api/stats 200
{"total_tokens":2,"active_tokens":2,"total_images":0,"total_videos":0,"today_images":0,"today_videos":0,"total_errors":0,"today_errors":0}
GET /api/logs 200
[]
GET /api/logs?limit=0 400
{"detail":"<text>"}
GET /api/logs?limit=1001 400
{"detail":"<text>"}
GET /api/logs?limit=x 400
{"detail":"<text>"}
GET /api/characters 200
{"success":true,"characters":[$one,$two]}
GET /api/characters/by-token/1 200
{"success":true,"characters":[$one]}
GET /api/characters/by-token/55 200
{"success":true,"characters":[]}
GET /api/characters/by-token/x 404
{"detail":"Not Found"}
GET /api/characters/cameo_1 200
{"success":true,"character":$one}
GET /api/characters/cameo_9 404
{"detail":"Character not found"}
POST /api/characters/cameo_9/update 404 {"visibility":"public"}
{"detail":"Character not found"}
POST /api/characters/cameo_2/update 404 {"visibility":"public"}
{"detail":"Associated token not found"}
POST /api/characters/cameo_1/update 400 {}
{"detail":"<text>"}
POST /api/characters/cameo_1/update 400 {"visibility":"secret"}
{"detail":"<text>"}
DELETE /api/characters/cameo_2 200
{"success":true,"message":"Character deleted from database"}
DELETE /api/characters/cameo_2 404
{"detail":"Character not found"}
END

poller_start
admin POST /api/tokens/1/disable
create '{"prompt":"a harbour","seconds":10}'
wait_until 30 'has_ended "$id"'
create '{"prompt":"two harbours [[sandbox:never]]","seconds":10}'
wait_until 10 '[ -n "$(db "SELECT upstream_id FROM tasks WHERE task_id = '"'$id'"'")" ]'
log='{"id":"<integer>","token_id":"<integer|null>","token_email":"<string|null>","token_username":"<string|null>","operation":"video_generation","status_code":200,"duration":"<number>","created_at":"<time>","request_body":"<text>","response_body":"<text>","task_id":"<text>","progress":100,"task_status":"completed"}'
walk <<END
GET /api/logs?limit=5 200
[$(printf %s "$log" | sed 's/"status_code":200,"duration":"<number>"/"status_code":-1,"duration":-1/; s/"response_body":"<text>"/"response_body":null/; s/"progress":100/"progress":"<integer>"/; s/completed/processing/'),$log]
GET /api/stats 200
{"total_tokens":2,"active_tokens":1,"total_images":0,"total_videos":2,"today_images":0,"today_videos":2,"total_errors":0,"today_errors":0}
END
stack_set sora.base_url "\"$base/backend\""
workers_restart
walk <<END
POST /api/characters/cameo_1/update 200 {"visibility":"public","instruction_set":"Be \"kind\"."}
{"success":true,"message":"Character updated successfully","result":{"id":"cameo_1"}}
END

# ---- sessions ----

like "$(header Cache-Control)" no-store 'answers are not stored by caches'
is "$(db .dump | grep -c "$session")$(cat "$stack"/data/sora2api.db* | grep -ac "$session")" 00 \
    'a session is in the database only as its hash'
is "$(db "SELECT count(*) FROM admin_sessions WHERE token_hash =
    x'$(printf %s "$session" | sha256sum | cut -d ' ' -f 1)'
    AND expires_at - created_at = 86400")" 1 'which is there, for a day'
first=$session
login
isnt "$session" "$first" 'a second session'
walk <<END
POST /api/logout 200
{"success":true,"message":"Logged out successfully"}
POST /api/logout 401
{"detail":"Invalid or expired token"}
END
session=$first
admin GET /api/stats
is "$status" 200 'the first one goes on'
walk <<END
POST /api/admin/password 400 {"old_password":"wrong","new_password":"changed-it"}
{"detail":"Old password is incorrect"}
POST /api/admin/apikey 200 {"new_api_key":"sk-new-key"}
{"success":true,"message":"API key updated successfully"}
POST /api/admin/password 200 {"old_password":"$admin_password","new_password":"changed-it","username":"root"}
{"success":true,"message":"Password updated successfully. Please login again."}
GET /api/stats 401
{"detail":"Invalid or expired token"}
END
is "$(db 'SELECT count(*) FROM admin_sessions')" 0 'all sessions end with the password'
ask GET /v1/models
is "$status" 401 'the old API key is refused'
api_key=sk-new-key
ask GET /v1/models
is "$status" 200 'the new one is accepted'
login changed-it root
answers 200 '{"success":true,"token":"<text>","message":"Login successful"}' 'the new name and password'

wrong='{"success":false,"token":null,"message":"Invalid credentials","detail":"Invalid credentials"}'
login changed-it admin
answers 401 "$wrong" 'the old name is refused'
login "$admin_password" root
answers 401 "$wrong" 'the old password is refused'
ask POST /api/login -d '{"username":"root"}'
answers 400 '{"detail":"Missing required field: password"}' 'a login without password'

# Whoever guesses is slowed down, whatever process he meets.
n=0
while [ "$status" != 429 ] && [ $((n += 1)) -le 25 ]; do
	login wrong root
done
is "$status" 429 'guessing is slowed down'
like "$(header Retry-After)" '^[1-9][0-9]*$' 'with the time to wait'
ok 'its body tells why' fits '{"detail":"<text>"}'
