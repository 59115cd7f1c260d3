#!/bin/sh
# SPDX-License-Identifier: MIT
# admin-input.t: bad input for each field of the admin API is refused in one
# shape, and changes nothing.
# shellcheck disable=SC2016,SC2034,SC2119,SC2129,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"
. "$abs_top_srcdir/tests/e2e/admin.sh"

stack_tokens=1
stack_set limits.max_body_mb 1
stack_set limits.max_batch_mb 1

plan 73
stack_start
login
db_write "INSERT INTO characters (cameo_id, token_id, username, display_name,
    status, created_at, updated_at) VALUES ('cameo_1', 1, 'n', 'N', 'finalized', 5, 5)"
stack_stop poller
jwt=$(make_jwt x@example.org)

# A route's fields, each with its type, "!" when it must be there, and its range,
# its greatest length, or its least and greatest; what is asked besides is a good
# body, of an item where the route takes many.
cat >"$stack/fields" <<END
POST /api/login {"username":"admin","password":"wrong"} username:string!:4096 password:string!:4096
POST /api/tokens {"token":"$jwt"} provider:string:4096 token:string!:16384 st:string:16384 rt:string:16384 client_id:string:4096 proxy_url:string:4096 remark:string:4096 image_enabled:boolean video_enabled:boolean image_concurrency:integer:-2,0,1001 video_concurrency:integer:-2,0,1001
PUT /api/tokens/1 {} provider:string:4096 token:string:1-16384 st:string:16384 rt:string:16384 client_id:string:4096 proxy_url:string:4096 remark:string:4096 image_enabled:boolean video_enabled:boolean image_concurrency:integer:-2,0,1001 video_concurrency:integer:-2,0,1001
PUT /api/tokens/1/status {"is_active":false} is_active:boolean!
POST /api/tokens/batch-activate {"invite_code":"ABC123"} invite_code:string!:6-6
POST /api/tokens/1/sora2/activate {"invite_code":"ABC123"} invite_code:string:6-6
POST /api/tokens/st2at {"st":"x"} st:string!:16384
POST /api/tokens/rt2at {"rt":"x"} rt:string!:16384 client_id:string:4096
POST /api/tokens/batch-add {} tokens:array!
POST /api/tokens/import {} tokens:array!
POST /api/admin/config {"error_ban_threshold":5} error_ban_threshold:integer!:0,-1,1001,99999999999
POST /api/admin/password {"old_password":"$admin_password","new_password":"123456"} old_password:string!:4096 new_password:string!:6-128 username:string:1-64
POST /api/admin/apikey {"new_api_key":"k"} new_api_key:string!:256
POST /api/admin/debug {"enabled":true} enabled:boolean!
POST /api/proxy/config {"proxy_enabled":false} proxy_enabled:boolean! proxy_url:string:4096 proxy_pool_enabled:boolean
POST /api/cache/config {"timeout":60} timeout:integer!:59,86401,-60
POST /api/cache/base-url {"base_url":""} base_url:string!:4096
POST /api/cache/enabled {"enabled":true} enabled:boolean!
POST /api/generation/timeout {} image_timeout:integer:59,3601,0,-1 video_timeout:integer:59,7201,0,99999999999
POST /api/watermark-free/config {"watermark_free_enabled":false} watermark_free_enabled:boolean! parse_method:string:1-16 custom_parse_url:string:4096 custom_parse_token:string:16384
POST /api/cloudflare/config {"solver_enabled":false} solver_enabled:boolean! solver_api_url:string:4096
POST /api/token-refresh/enabled {"enabled":true} enabled:boolean!
POST /api/characters/cameo_1/update {} instruction_set:string:4096 safety_instruction_set:string:4096 visibility:string:16
END
cat >"$stack/items" <<END
POST /api/tokens/batch-add {"token":"$jwt"} provider:string:4096 token:string!:16384 st:string:16384 rt:string:16384 client_id:string:4096 proxy_url:string:4096 remark:string:4096 image_enabled:boolean video_enabled:boolean image_concurrency:integer:-2,0,1001 video_concurrency:integer:-2,0,1001
POST /api/tokens/import {"email":"x@example.org","access_token":"$jwt"} provider:string:4096 email:string!:3-254 access_token:string!:16384 session_token:string:16384 refresh_token:string:16384 client_id:string:4096 proxy_url:string:4096 remark:string:4096 is_active:boolean image_enabled:boolean video_enabled:boolean image_concurrency:integer:-2,0,1001 video_concurrency:integer:-2,0,1001
END

server='{"provider":"openai","base_url":"https://gpu.example.com"}'
cat >"$stack/server-fields" <<END
POST /api/tokens $server token:string:16384 remark:string:4096 base_url:string:4096 models:array_or_object options:object preset:string:4096
END

# Neither a route nor a field is forgotten: those of the program are all there.
is "$(sed -n 's/.*{ M_\([A-Z]*\), *"\(\/api[^"]*\)", *WHO_[A-Z]*, *\(JSON\|LOGIN\|TOKEN\|TEXT\|BATCH\),.*/\1 \2/p' \
    "$abs_top_srcdir/src/api/routes.c" | sed 's/{token_id:int}/1/; s/{cameo_id}/cameo_1/' | sort)" \
    "$(cut -d ' ' -f 1,2 "$stack/fields" | sort)" 'every route that takes a body'
is "$(cat "$abs_top_srcdir"/src/api/admin/*.c |
    grep -oE '\{ "[a-z0-9_]+", FIELD_|(SECRET|TEXT|SWITCH|NUMBER|FIELD)\("?[a-z_]+"?[,)]' |
    sed -E 's/.*"([a-z0-9_]+)".*/\1/; s/.*\(([a-z_]+).*/\1/' | grep -vx name | sort -u)" \
    "$(cat "$stack/fields" "$stack/items" "$stack/server-fields" | grep -oE ' [a-z0-9_]+:[a-z]+' |
    sed 's/ //; s/:.*//' | grep -vx tokens | sort -u)" 'every field'

# bad_bodies GOOD FIELD...: a line for each: whether its type is wrong (as it is
# when the field is not there) or its value, what is told of it, and the body.
bad_bodies()
{
	bad_good=$1
	shift
	jq -nrc --argjson good "$bad_good" '
	def with($k; $v): $good + {($k): $v} | tojson;
	$ARGS.positional[] | split(":") | .[0] as $k
	| (.[1] | rtrimstr("!")) as $type | (.[1] | endswith("!")) as $must | .[2] as $range
	| ({string: [1, true, [], {}, 0.5], boolean: ["true", 1, 0, [], {}],
	    integer: ["1", true, 1.5, [], {}], array: ["x", 1, true, {}],
	    object: ["x", 1, true, []], array_or_object: ["x", 1, true]}[$type][]
	    | "type|Invalid type for \u0027\($k)\u0027: expected \($type | gsub("_"; " "))|" + with($k; .)),
	  if $must then ("type|Missing required field: \($k)|" + ($good | del(.[$k]) | tojson),
	    "type|Missing required field: \($k)|" + with($k; null)) else empty end,
	  if $must and $type == "string" and $k != "base_url" then
	    ("value|Missing required field: \($k)|" + with($k; ("", "  "))) else empty end,
	  if $type == "string" then ($range | split("-") | map(tonumber)
	    | "value||" + with($k; "x" * (.[-1] + 1)),
	    "value||" + with($k; "\u4e8c" * (.[-1] + 1)),
	    if .[1] and .[0] > 1 then "value||" + with($k; "x" * (.[0] - 1)) else empty end)
	    else empty end,
	  if $type == "integer" then ($range | split(",")[] | "value||" + with($k; tonumber)) else empty end,
	  if $type == "array" then "value||" + with($k; ([], [1], [null], [range(1001) | {}])) else empty end
	' --args "$@"
}

# refused METHOD PATH: each body of $stack/bad gets a 400 that says what is told;
# with a third word it is an item, and only a wrong type is a 400.
n=0
refused()
{
	: >"$stack/wrong"
	while IFS="|" read -r kind told bad; do
		n=$((n + 1))
		wanted="400 application/json {\"detail\":\"*$told*\"}"
		[ $# -eq 2 ] || {
			bad="{\"tokens\":[$bad]}"
			[ "$kind" = type ] || wanted='200 application/json *"added":0,*"failed":1*'
		}
		printf %s "$bad" >"$stack/request"
		# from many addresses, for logins are counted
		status=$(curl -s -X "$1" -o "$body" -w '%{http_code} %{content_type}' \
		    --interface "127.0.$((1 + n / 250)).$((1 + n % 250))" \
		    -H "Authorization: Bearer $session" -H 'Content-Type: application/json' \
		    --data-binary "@$stack/request" "$base$2")
		# shellcheck disable=SC2254
		case "$status $(cat "$body")" in
		$wanted) ;;
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
done <<END
$(cat "$stack/fields" "$stack/server-fields")
END
is "$(dumped)" "$before" 'none of it changed anything'
while read -r method path good fields; do
	# shellcheck disable=SC2086
	bad_bodies "$good" $fields >"$stack/bad"
	is "$(refused "$method" "$path" item)" '' "$method $path: $(wc -l <"$stack/bad") bad items"
done <"$stack/items"
is "$(dumped)" "$before" 'none of them is stored'

# Values of the right type and length that are not of the right form.
cat >"$stack/values" <<'END'
POST /api/tokens {"token":@,"proxy_url":"http://h.example:1"} "x" "a.b" "a.b.c" "e30.e30" "e30.W10.x" "é.é.é"
PUT /api/tokens/1 {"token":@} "" "x" "a.b.c" "e30.W10.x"
PUT /api/tokens/1 {"proxy_url":@} "host" "host:0" "host:65536" "host:x" "ftp://host:1" "http://" "http://host" "http://host:1/path" "http://u:p@" "st5 host" "st5  " "host:1:u" "a b:1" "http://h:1\nX: y"
POST /api/proxy/config {"proxy_enabled":true,"proxy_url":@} "" "host" "host:0" "host:65536" "ftp://host:1" "http://u:p@" "st5 host"
POST /api/tokens/batch-activate {"invite_code":@} "ABC12" "ABC1234" "ABC-12" "ABC12é" "ABC12 " " ABC12"
POST /api/tokens/1/sora2/activate {"invite_code":@} "ABC12" "ABC1234" "ABC-12" "ABC12é" ""
POST /api/admin/password {"old_password":@,"new_password":"123456"} "wrong" "WRONG" "wrong "
POST /api/admin/password {"old_password":"wrong","new_password":"123456","username":@} "a b" "a\tb" "a\n" ""
POST /api/admin/apikey {"new_api_key":@} "a b" "é" "a\u0007b" "a\nb" "a\u007f"
POST /api/cache/base-url {"base_url":@} "x" "//x" "ftp://x" "HTTP//x" "http:/x"
POST /api/watermark-free/config {"watermark_free_enabled":false,"parse_method":@} "other" "Custom" "" " custom"
POST /api/watermark-free/config {"watermark_free_enabled":false,"custom_parse_url":@} "x" "ftp://x" "//x"
POST /api/watermark-free/config {"watermark_free_enabled":true,"parse_method":"custom","custom_parse_url":@} "" null
POST /api/cloudflare/config {"solver_enabled":true,"solver_api_url":@} "x" "ftp://x" "//x"
POST /api/characters/cameo_1/update {"visibility":@} "secret" "Public" " public" null
POST /api/tokens/batch-test?only_active=@ - perhaps 2 %20
POST /api/tokens/batch-test?only_disabled=@ - perhaps 2 %20
GET /api/logs?limit=@ - 0 1001 -1 x 1.5 1e2 0x10 99999999999999999999
POST /api/tokens/1/sora2/activate?invite_code=@ - ABC12 ABC1234 ABC-12 ABC12%C3%A9
END

# not_taken METHOD PATH BODY VALUE...: in the place of @, each is a 400
not_taken()
{
	: >"$stack/wrong"
	not_method=$1
	not_path=$2
	not_body=$3
	shift 3
	for value in "$@"; do
		case $not_body in
		-) admin "$not_method" "${not_path%@}$value" '' </dev/null ;;
		*) admin "$not_method" "$not_path" "${not_body%%@*}$value${not_body#*@}" </dev/null ;;
		esac
		answered_400 || printf '%s: %s %.200s\n' "$value" "$status" "$(cat "$body")" >>"$stack/wrong"
	done
	cat "$stack/wrong"
}

answered_400()
{
	[ "$status" = 400 ] && fits '{"detail":"<text>"}'
}

while read -r method path rest; do
	values=$(printf '%s' "$rest" | sed 's/^[^ ]* //')
	eval "set -- $(printf '%s' "$values" | grep -oE '"[^"]*"|[^ ]+' | sed "s/'/'\\\\''/g; s/.*/'&'/" | tr '\n' ' ')"
	is "$(not_taken "$method" "$path" "${rest%% *}" "$@")" '' "$method $path: $# values of no good form"
done <"$stack/values"
is "$(dumped)" "$before" 'none of them changed anything'

# What is no JSON object in a body that is one of ours; from an address of its own,
# for logins are counted.
printf '{"enabled":true,"x":"\377"}' >"$stack/utf8"
{ printf '{"x":"'; letters 1200000; printf '"}'; } >"$stack/large"
general()
{
	for bad in '{' '[]' '"x"' '1' 'null' '{"a":1} x' "@$stack/utf8"; do
		admin "$1" "$2" "$bad" --interface 127.0.9.1
		answers="${answers-}$status $(cat "$body")
"
	done
	admin "$1" "$2" '' --interface 127.0.9.1 -H 'Content-Type: application/json' --data-binary ''
	answers="$answers$status
"
	admin "$1" "$2" '' --interface 127.0.9.1 -H 'Content-Type: image/png' --data-binary '{}'
	answers="$answers$status $(cat "$body")
"
	admin "$1" "$2" '' --interface 127.0.9.1 -H 'Content-Type: application/json' \
	    --data-binary "@$stack/large"
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

admin POST /api/tokens/batch-add "{\"tokens\":[{\"token\":\"$jwt\"},{\"token\":\"$jwt\",\"st\":1}]}"
is "$status $(dumped)" "400 $before" 'a wrong type in one item rejects all'
admin POST /api/tokens/import "{\"tokens\":[{\"email\":\"x@example.org\",\"access_token\":\"$jwt\"},{\"email\":\"y@example.org\",\"access_token\":1}]}"
is "$status $(dumped)" "400 $before" 'also of an import'
admin POST /api/admin/config '' -H 'Content-Type: text/plain' -d '{"error_ban_threshold":5,"other":{}}'
is "$status" 200 'a body of another type is tried as JSON, and what is unknown passed over'
