# SPDX-License-Identifier: MIT
# admin.sh: what tests of the admin API share. Needs lib.sh, stack.sh, video.sh.
# shellcheck shell=sh disable=SC2016,SC2034,SC2120,SC2154

# login [PASSWORD [NAME]]: sets $session
login()
{
	ask POST /api/login -H 'Content-Type: application/json' \
	    -d "{\"username\":\"${2-admin}\",\"password\":\"${1-$admin_password}\"}"
	session=$(word token)
}

# admin METHOD PATH [JSON [CURL-OPTION...]]: asked with the session
admin()
{
	ask_key=$session
	admin_method=$1
	admin_path=$2
	admin_json=${3-}
	if [ $# -lt 3 ]; then shift 2; else shift 3; fi
	ask "$admin_method" "$admin_path" "$@" \
	    ${admin_json:+-H 'Content-Type: application/json' --data-binary "$admin_json"}
	unset ask_key
}

# add E-MAIL [MEMBERS]: sets $token
add()
{
	admin POST /api/tokens "{\"token\":\"$(make_jwt "$1")\"${2:+,$2}}"
	token=$(json .token_id)
	[ "$status" = 200 ] || bail "add $1: $(cat "$body")"
}

# fits PATTERN: whether the last body is that JSON, key for key. A text in <>
# stands for any value of these types: "<number|null>"; <time> is one, <text> is
# not empty, <any> may be anything.
fits()
{
	jq -en --argjson want "$1" --slurpfile got "$body" '
	def is($t): type == $t or $t == "any"
	    or ($t == "text" and type == "string" and . != "")
	    or ($t == "integer" and type == "number" and floor == .)
	    or ($t == "time" and type == "string" and
	        test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$"));
	def fits($w): . as $g |
	    if ($w | type) == "object" then ($g | type) == "object"
	        and ($g | keys) == ($w | keys)
	        and all($w | keys[]; . as $k | $g[$k] | fits($w[$k]))
	    elif ($w | type) == "array" then ($g | type) == "array"
	        and ($g | length) == ($w | length)
	        and all(range($w | length); . as $i | $g[$i] | fits($w[$i]))
	    elif ($w | type) == "string" and ($w | test("^<.*>$")) then
	        any($w[1:-1] | split("|")[]; . as $t | $g | is($t))
	    else $g == $w end;
	($got | length) == 1 and ($got[0] | fits($want))' >/dev/null 2>&1
}

answered()
{
	[ "$status" = "$answers_status" ] && fits "$answers_pattern"
}

# answers STATUS PATTERN DESCRIPTION
answers()
{
	answers_status=$1
	answers_pattern=$2
	ok "$3" answered && return
	diag "got:    $status $(head -c 600 "$body")"
	diag "wanted: $1 $2"
	return 1
}

# walk: asks what is told on stdin, two lines each: METHOD PATH STATUS [JSON],
# and a pattern of the answer. What is refused must change nothing.
walk()
{
	while read -r walk_method walk_path walk_status walk_json &&
	    read -r walk_pattern; do
		case $walk_status in
		4*) walk_before=$(dumped) ;;
		esac
		admin "$walk_method" "$walk_path" "$walk_json" </dev/null
		answers "$walk_status" "$walk_pattern" \
		    "$walk_method $walk_path: $walk_status $(printf %.40s "$walk_json")"
		case $walk_status in
		4*) [ "$(dumped)" = "$walk_before" ] ||
			bail "$walk_method $walk_path: $walk_status, and something has changed" ;;
		esac
	done
}

# dumped: a digest of all that is stored, but for who is the poller just now.
dumped()
{
	db .dump | grep -v '^INSERT INTO leases' | sha256sum
}

# A text of N letters.
letters()
{
	printf "%$1s" '' | tr ' ' x
}

# all_routes: METHOD PATH of what needs a session.
all_routes()
{
	cat <<'END'
POST /api/logout
GET /api/tokens
POST /api/tokens
POST /api/tokens/batch-add
PUT /api/tokens/1
PUT /api/tokens/1/status
POST /api/tokens/1/enable
POST /api/tokens/1/disable
POST /api/tokens/1/test
DELETE /api/tokens/1
DELETE /api/tokens/batch-delete-disabled
POST /api/tokens/batch-test
POST /api/tokens/batch-enable
POST /api/tokens/batch-disable
POST /api/tokens/batch-activate
POST /api/tokens/import
POST /api/tokens/st2at
POST /api/tokens/rt2at
GET /api/admin/config
POST /api/admin/config
POST /api/admin/password
POST /api/admin/apikey
POST /api/admin/debug
GET /api/proxy/config
POST /api/proxy/config
GET /api/cache/config
POST /api/cache/config
POST /api/cache/base-url
POST /api/cache/enabled
GET /api/generation/timeout
POST /api/generation/timeout
GET /api/watermark-free/config
POST /api/watermark-free/config
GET /api/cloudflare/config
POST /api/cloudflare/config
GET /api/cloudflare/state
POST /api/cloudflare/refresh
POST /api/cloudflare/clear
GET /api/token-refresh/config
POST /api/token-refresh/enabled
GET /api/stats
GET /api/logs
POST /api/tokens/1/sora2/activate
POST /api/tokens/1/activate-username
POST /api/tokens/batch-activate-username
GET /api/characters
GET /api/characters/by-token/1
GET /api/characters/cameo_1
POST /api/characters/cameo_1/update
DELETE /api/characters/cameo_1
END
}
