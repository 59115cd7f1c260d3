#!/bin/sh
# admin-input.t: bad input for each field of the admin API is refused in one
# shape, and changes nothing.
# shellcheck disable=SC2016,SC2034,SC2119,SC2129,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"

stack_tokens=1
stack_set limits.max_body_mb 1

plan 47
stack_start
login
db_write "INSERT INTO characters (cameo_id, token_id, username, display_name,
    status, created_at, updated_at) VALUES ('cameo_1', 1, 'n', 'N', 'finalized', 5, 5)"
stack_stop poller
jwt=$(make_jwt x@example.org)

# A route's fields, each with its type, "!" when it must be there, and its range
# or greatest length; what is asked besides is a good body.
cat >"$stack/fields" <<END
POST /api/tokens {"token":"$jwt"} token:string!:16384 st:string:16384 rt:string:16384 client_id:string:4096 proxy_url:string:4096 remark:string:4096 image_enabled:boolean video_enabled:boolean image_concurrency:integer:-2,0,1001 video_concurrency:integer:-2,0,1001
PUT /api/tokens/1 {} token:string:16384 st:string:16384 rt:string:16384 client_id:string:4096 proxy_url:string:4096 remark:string:4096 image_enabled:boolean video_enabled:boolean image_concurrency:integer:-2,0,1001 video_concurrency:integer:-2,0,1001
PUT /api/tokens/1/status {"is_active":false} is_active:boolean!
POST /api/tokens/batch-activate {"invite_code":"ABC123"} invite_code:string!:6
POST /api/tokens/1/sora2/activate {"invite_code":"ABC123"} invite_code:string:6
POST /api/tokens/st2at {"st":"x"} st:string!:16384
POST /api/tokens/rt2at {"rt":"x"} rt:string!:16384 client_id:string:4096
POST /api/tokens/batch-add {} tokens:array!
POST /api/tokens/import {} tokens:array!
POST /api/admin/config {"error_ban_threshold":5} error_ban_threshold:integer!:0,-1,1001,99999999999
POST /api/admin/password {"old_password":"$admin_password","new_password":"123456"} old_password:string!:4096 new_password:string!:128 username:string:64
POST /api/admin/apikey {"new_api_key":"k"} new_api_key:string!:256
POST /api/admin/debug {"enabled":true} enabled:boolean!
POST /api/proxy/config {"proxy_enabled":false} proxy_enabled:boolean! proxy_url:string:4096 proxy_pool_enabled:boolean
POST /api/cache/config {"timeout":60} timeout:integer!:59,86401,-60
POST /api/cache/base-url {"base_url":""} base_url:string!:4096
POST /api/cache/enabled {"enabled":true} enabled:boolean!
POST /api/generation/timeout {} image_timeout:integer:59,3601,0,-1 video_timeout:integer:59,7201,0,99999999999
POST /api/watermark-free/config {"watermark_free_enabled":false} watermark_free_enabled:boolean! parse_method:string:16 custom_parse_url:string:4096 custom_parse_token:string:16384
POST /api/cloudflare/config {"solver_enabled":false} solver_enabled:boolean! solver_api_url:string:4096
POST /api/token-refresh/enabled {"enabled":true} enabled:boolean!
POST /api/characters/cameo_1/update {} instruction_set:string:4096 safety_instruction_set:string:4096 visibility:string:16
END

# bad_bodies GOOD FIELD...: a line for each: what is told of it, and the body.
bad_bodies()
{
	bad_good=$1
	shift
	jq -nrc --argjson good "$bad_good" '
	def with($k; $v): $good + {($k): $v} | tojson;
	$ARGS.positional[] | split(":") | .[0] as $k
	| (.[1] | rtrimstr("!")) as $type | (.[1] | endswith("!")) as $must | .[2] as $range
	| ({string: [1, true, [], {}, 0.5], boolean: ["true", 1, 0, [], {}],
	    integer: ["1", true, 1.5, [], {}], array: ["x", 1, true, {}]}[$type][]
	    | "Invalid type for \u0027\($k)\u0027: expected \($type)|" + with($k; .)),
	  if $must then ("Missing required field: \($k)|" + ($good | del(.[$k]) | tojson),
	    "Missing required field: \($k)|" + with($k; null)) else empty end,
	  if $must and $type == "string" and $k != "base_url" then
	    ("Missing required field: \($k)|" + with($k; ("", "  "))) else empty end,
	  if $type == "string" then "|" + with($k; "x" * (($range | tonumber) + 1)) else empty end,
	  if $type == "integer" then ($range | split(",")[] | "|" + with($k; tonumber)) else empty end,
	  if $type == "array" then "|" + with($k; ([], [1], [null], [range(1001) | {}])) else empty end
	' --args "$@"
}

# refused METHOD PATH: each body of $stack/bad gets a 400 that says what is told
refused()
{
	: >"$stack/wrong"
	while IFS="|" read -r told bad; do
		printf %s "$bad" >"$stack/request"
		status=$(curl -s -X "$1" -o "$body" -w '%{http_code} %{content_type}' \
		    -H "Authorization: Bearer $session" -H 'Content-Type: application/json' \
		    --data-binary "@$stack/request" "$base$2")
		case "$status $(cat "$body")" in
		"400 application/json {\"detail\":\""*"$told"*"\"}") ;;
		*) printf '%.100s: %s %.200s\n' "$bad" "$status" "$(cat "$body")" >>"$stack/wrong" ;;
		esac
	done <"$stack/bad"
	cat "$stack/wrong"
}

before=$(dumped)
while read -r method path good fields; do
	# shellcheck disable=SC2086
	bad_bodies "$good" $fields >"$stack/bad"
	is "$(refused "$method" "$path")" '' "$method $path: $(wc -l <"$stack/bad") bad bodies"
done <"$stack/fields"
is "$(dumped)" "$before" 'none of it changed anything'

# What is no JSON object in a body that is one of ours.
printf '{"enabled":true,"x":"\377"}' >"$stack/utf8"
{ printf '{"x":"'; letters 1200000; printf '"}'; } >"$stack/large"
general()
{
	for bad in '{' '[]' '"x"' '1' 'null' '{"a":1} x' "@$stack/utf8"; do
		admin "$1" "$2" "$bad"
		answers="${answers-}$status $(cat "$body")
"
	done
	admin "$1" "$2" '' -H 'Content-Type: application/json' --data-binary ''
	answers="$answers$status
"
	admin "$1" "$2" '' -H 'Content-Type: image/png' --data-binary '{}'
	answers="$answers$status $(cat "$body")
"
	admin "$1" "$2" '' -H 'Content-Type: application/json' --data-binary "@$stack/large"
	printf '%s%s' "$answers" "$status $(cat "$body")" | uniq -c | sed 's/^ *//'
}
malformed='{"detail":"Malformed request body"}'
while read -r method path good fields; do
	case $fields in
	*!*) empty='1 400' ;;
	*) continue ;;
	esac
	is "$(answers='' general "$method" "$path")" "7 400 $malformed
$empty
1 415 {\"detail\":\"Unsupported content type\"}
1 413 {\"detail\":\"Request body too large\"}" "$method $path: bodies that are none"
done <"$stack/fields"
is "$(dumped)" "$before" 'none of it changed anything, either'

ask POST /api/login -d '{"username":1,"password":"x"}'
answers 400 "{\"detail\":\"Invalid type for 'username': expected string\"}" 'a login of the wrong type'
ask POST /api/login -d '{"username":"admin","password":" "}'
answers 400 '{"detail":"Missing required field: password"}' 'a login with a blank password'
admin POST /api/tokens/batch-add "{\"tokens\":[{\"token\":\"$jwt\"},{\"token\":\"$jwt\",\"st\":1}]}"
is "$status $(dumped)" "400 $before" 'a wrong type in one item rejects all'
admin POST /api/tokens/import "{\"tokens\":[{\"email\":\"x@example.org\",\"access_token\":\"$jwt\"},{\"email\":\"y@example.org\",\"access_token\":1}]}"
is "$status $(dumped)" "400 $before" 'also of an import'
admin POST /api/admin/config '' -H 'Content-Type: text/plain' -d '{"error_ban_threshold":5,"other":{}}'
is "$status" 200 'a body of another type is tried as JSON, and what is unknown passed over'
