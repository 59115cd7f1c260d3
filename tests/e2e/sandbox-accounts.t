#!/bin/sh
# SPDX-License-Identifier: MIT
# sandbox-accounts.t: the local upstream alone: accounts, credentials, posts and helper services.
# shellcheck disable=SC2016,SC2034,SC2154
stack_sandbox_options='--shared-clips --threads 8'
stack_speed=100000
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"

# Makes sure that the server passes on all paths of the sandbox.
pass_all_paths()
{
	rm "$stack/snippets"
	cp -r "$abs_top_srcdir/nginx/snippets" "$stack/snippets"
	sed 's#\^/(?:backend|az|_control)/ {#^/(?:(?:backend|az|_control|oauth)/|(?:api/auth/session|get-sora-link|v1/challenge)$) {#' \
	    "$abs_top_srcdir/nginx/snippets/sora2api-sandbox.conf" \
	    >"$stack/snippets/sora2api-sandbox.conf"
}

stack_new
pass_all_paths
mkdir -p "$stack_clips"
stack_start_nginx
sandbox_start || bail "the sandbox does not start"
poll=0.02
alice=$(make_jwt alice@example.org)
bob=$(make_jwt bob@example.org)
app=app_LlGpXReQgckcGGUo2JrYvtJK

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

# post TOKEN PATH JSON [CURL-OPTION...]
post()
{
	post_token=$1
	post_path=$2
	post_body=$3
	shift 3
	as "$post_token" POST "$post_path" -d "$post_body" \
	    -H 'Content-Type: application/json' "$@"
}

# control METHOD PATH [JSON]
control()
{
	ask "$1" "$sandbox/_control/$2" ${3:+-d "$3"}
	[ "$status" = 200 ] || diag "control $2: $status $(json .error)"
}

# account E-MAIL MEMBERS
account()
{
	control POST accounts "{\"email\":\"$1\",$2}"
}

reset()
{
	control POST reset
}

error_of()
{
	echo "$status $(json '.error.code // .error.message')"
}

claim()
{
	claim_part=$(printf '%s' "$1" | cut -d. -f2 | tr -- '-_' '+/')
	while [ $((${#claim_part} % 4)) -ne 0 ]; do
		claim_part=$claim_part=
	done
	printf '%s' "$claim_part" | openssl base64 -A -d | jq -r "$2"
}

digest()
{
	printf '%s' "$1" | sha256sum | cut -d' ' -f1
}

# asked ENDPOINT FILTER: of the rows of its callers, each on a line.
asked()
{
	control GET "asked?endpoint=$1"
	json ".asked[] | $2"
}

# ---- plans ----

end_ts()
{
	account alice@example.org "\"plan_end\":$1"
	as "$alice" GET /billing/subscriptions
	is "$(jq -c '.data[0].end_ts' "$body")" "$1" "the end of a plan as $1"
}

plans()
{
	as "$alice" GET /billing/subscriptions
	is "$(json '.data[0].plan | "\(.id) \(.title)"')" \
	    'chatgpt_pro ChatGPT Pro' 'a plan'
	end_ts '"2026-04-13T16:58:21Z"'
	end_ts 1776099501
	end_ts '"1776099501"'
	end_ts null
	account alice@example.org '"plan_id":null'
	as "$alice" GET /billing/subscriptions
	is "$(jq -c . "$body")" '{"data":[]}' 'no plan'
	reset
}

# ---- Sora2 ----

# mine TOKEN
mine()
{
	as "$1" GET /project_y/invite/mine
}

accept()
{
	post "$1" /project_y/invite/accept "{\"invite_code\":\"$2\"}"
}

activation()
{
	account alice@example.org '"sora2":false'
	mine "$alice"
	is "$(error_of)" '401 Unauthorized' 'an account without Sora2'
	as "$alice" GET /nf/check
	is "$status" 404 'has no quota'
	as "$alice" GET /m/bootstrap
	is "$status" 200 'the first use'
	mine "$alice"
	is "$status $(json '"\(.redeemed_count) \(.total_count)"')" '200 0 4' \
	    'activates it'
	like "$(json .invite_code)" '^[A-Z0-9]{6}$' 'and it may invite'
	own=$(json .invite_code)
	account bob@example.org '"sora2":false,"bootstrap":false'
	as "$bob" GET /m/bootstrap
	mine "$bob"
	is "$(error_of)" '401 Unauthorized' 'not one that needs an invite'
	accept "$bob" NOSUCH
	is "$(error_of)" '403 Invalid invite code' 'a wrong code'
	accept "$bob" "$own"
	is "$status $(jq -c . "$body")" \
	    '200 {"success":true,"already_accepted":false}' 'an invite'
	mine "$bob"
	is "$status" 200 'activates it'
	accept "$bob" "$own"
	is "$status $(json .already_accepted)" '200 true' 'twice is no error'
	mine "$alice"
	is "$(json .redeemed_count)" 1 'and costs one invite'
	reset
}

codes()
{
	control POST invites '{"code":"ONCE01"}'
	account alice@example.org '"sora2":false'
	account bob@example.org '"sora2":false'
	accept "$alice" ONCE01
	is "$status" 200 'a code'
	accept "$bob" ONCE01
	is "$status" 403 'is good once'
	accept "$(make_jwt bob@example.org -1)" ONCE01
	is "$status" 401 'an expired access token'
	for n in 1 2 3 4; do
		accept "$bob" "WRONG$n"
	done
	accept "$bob" WRONG5
	is "$status" 429 'too many tries'
	account bob@example.org '"country":"ZZ"'
	mine "$bob"
	is "$(error_of) $(json .error.param)" '403 unsupported_country_code ZZ' \
	    'an unsupported country'
	as "$bob" GET /me
	is "$status" 200 'only for the service itself'
	reset
}

# ---- usernames ----

# name TOKEN check|set NAME
name()
{
	post "$1" "/project_y/profile/username/$2" "{\"username\":\"$3\"}"
}

available()
{
	name "$alice" check "$1"
	is "$status $(json .available)" "200 $2" "$3"
}

not_set()
{
	name "$alice" set "$1"
	is "$(error_of)" "400 $2" "$2"
}

usernames()
{
	account alice@example.org '"username":null'
	account bob@example.org '"username":"bob.b"'
	control POST usernames \
	    '{"taken":["gone.one"],"reserved":["kept"],"rejected":["rude"]}'
	as "$alice" GET /me
	is "$(json .username)" null 'an account without a username'
	available lina.rivers true 'a free name'
	available gone.one false 'a taken one'
	available BOB.B false 'one that another account has'
	available kept false 'a reserved one'
	available a false 'one of the wrong form'
	available rude true 'one that will be rejected'
	not_set gone.one username_taken
	not_set kept reserved_username
	not_set rude username_rejected
	not_set .dot username_invalid
	not_set '' username_required
	name "$alice" set Lina.Rivers
	is "$status $(json '"\(.username) \(.display_name)"')" \
	    '200 lina.rivers Sandbox User' 'a name is set'
	as "$alice" GET /me
	is "$(json .username)" lina.rivers 'and kept'
	account bob@example.org '"username":null,"newer":true,"onboarded":false'
	name "$bob" set robert
	is "$status" 404 'a newer account'
	post "$bob" /nf/create \
	    '{"prompt":"x","orientation":"portrait","n_frames":150}'
	is "$(error_of)" '400 onboarding_required' 'is to be onboarded'
	post "$bob" /me/onboarding/create_account '{"birth_date":null}'
	is "$status" 200 'once'
	post "$bob" /me/onboarding/create_account '{"birth_date":null}'
	is "$(error_of)" '400 account_already_created' 'and not twice'
	control POST limits '{"need_username":1}'
	post "$bob" /nf/create \
	    '{"prompt":"x","orientation":"portrait","n_frames":150}'
	is "$(error_of)" '400 username_required' 'may need a username'
	post "$bob" /me '{"username":"lina.rivers"}'
	is "$(error_of)" '400 username_taken' 'not that of another account'
	post "$bob" /me '{"username":"robert"}'
	is "$status $(json .username)" '200 robert' 'set in the newer way'
	reset
}

# ---- session tokens ----

# session ST
session()
{
	ask GET "$sandbox/api/auth/session" \
	    -H "Cookie: a=b; __Secure-next-auth.session-token=$1"
}

dead_session()
{
	control POST sessions "{\"st\":\"st-1\",\"dead\":$1}"
	session st-1
	is "$status '$(cat "$body")'" "200 '$2'" "a dead one: $1"
}

sessions()
{
	control POST sessions '{"st":"st-1","email":"alice@example.org","life":5000}'
	session st-1
	token=$(json .accessToken)
	is "$status $(json .user.email)" '200 alice@example.org' 'a session'
	is "$(claim "$token" '."https://api.openai.com/profile".email')" \
	    alice@example.org 'its access token has the e-mail address'
	life=$(($(claim "$token" .exp) - $(date +%s)))
	ok 'and expires' [ "$life" -gt 4900 -a "$life" -le 5000 ]
	as "$token" GET /me
	is "$status $(json .email)" '200 alice@example.org' 'and works'
	session st-1
	is "$(json .accessToken)" "$token" 'asked again: the same'
	control POST sessions '{"st":"st-1","renew":true}'
	session st-1
	isnt "$(json .accessToken)" "$token" 'renewed: another'
	as "$token" GET /me
	is "$status" 200 'the old one stays good'
	account alice@example.org '"expire":true'
	as "$token" GET /me
	is "$(error_of)" '401 token_expired' 'until it is made to expire'
	session st-1
	as "$(json .accessToken)" GET /me
	is "$(error_of)" '401 token_expired' 'as all made so far'
	control POST sessions '{"st":"st-1","renew":true,"life":-5}'
	session st-1
	as "$(json .accessToken)" GET /me
	is "$(error_of)" '401 token_expired' 'an access token that came too late'
	control POST sessions '{"st":"st-1","life":5000,"renew":true,"set_cookie":"st-2"}'
	session st-1
	like "$(header set-cookie)" '^__Secure-next-auth.session-token=st-2;' \
	    'a new session token'
	session st-2
	is "$status $(json .user.email) $(header set-cookie)" \
	    '200 alice@example.org ' 'works as well'
	dead_session '"{}"' '{}'
	dead_session '"null"' null
	dead_session '""' ''
	session unknown
	is "$status $(cat "$body")" '200 {}' 'an unknown one'
	ask GET "$sandbox/api/auth/session"
	is "$status $(cat "$body")" '200 {}' 'none'
	is "$(asked session "select(.credential == \"$(digest st-1)\") | .calls")" \
	    9 'calls are counted'
	is "$(asked session "select(.credential == \"$(digest st-2)\") | \"\(.account) \(.cookies) \(.calls)\"")" \
	    'alice@example.org a, __Secure-next-auth.session-token 1' \
	    'by what was shown'
	reset
}

# ---- refresh tokens ----

# grant RT [CLIENT [TYPE]]
grant()
{
	ask POST "$sandbox/oauth/token" -H 'Content-Type: application/json' \
	    -d "{\"client_id\":\"${2-$app}\",\"grant_type\":\"${3-refresh_token}\",\"redirect_uri\":\"x\",\"refresh_token\":\"$1\"}"
}

grants()
{
	control POST refresh-tokens '{"rt":"rt-1","email":"bob@example.org"}'
	grant rt-1 app_other
	is "$status $(json .error)" '400 invalid_grant' 'another client'
	grant rt-1 ''
	is "$status $(json .error)" '401 invalid_client' 'no client'
	grant rt-1 "$app" password
	is "$status $(json .error)" '400 unsupported_grant_type' 'another grant'
	grant rt-1
	is "$status $(json .token_type) $(json .expires_in)" \
	    '200 Bearer 864000' 'a grant'
	next=$(json .refresh_token)
	token=$(json .access_token)
	is "$(claim "$token" .client_id)" "$app" 'the access token names the client'
	as "$token" GET /me
	is "$(json .email)" bob@example.org 'and works'
	grant rt-1
	is "$status $(json .error)" '400 invalid_grant' 'a used refresh token'
	grant "$next"
	is "$status" 200 'the next one'
	isnt "$(json .refresh_token)" "$next" 'is not the last'
	account bob@example.org '"invalidate":true'
	as "$token" GET /me
	is "$(error_of)" '401 token_invalidated' 'an invalidated access token'
	grant unknown
	is "$status $(json .error)" '400 invalid_grant' 'an unknown one'
	control POST refresh-tokens \
	    '{"rt":"rt-2","email":"bob@example.org","answer":"absent","client_id":"app_2","life":60}'
	grant rt-2 app_2
	is "$status $(json 'has("refresh_token")') $(json .expires_in)" \
	    '200 false 60' 'an answer without a refresh token'
	control POST refresh-tokens '{"rt":"rt-2","answer":"null"}'
	grant rt-2 app_2
	is "$status $(jq -c .refresh_token "$body")" '200 null' \
	    'the old one stays good; a null'
	control POST faults \
	    '{"endpoint":"oauth","fault":"invalid_grant","status":401,"count":1}'
	grant rt-2 app_2
	is "$status $(json .error)" '401 invalid_grant' 'a fault'
	is "$(asked oauth "select(.credential == \"$(digest rt-2)\") | \"\(.account) \(.calls)\"")" \
	    'bob@example.org 2' 'calls are counted by what was shown'
	reset
}

# ---- posts and the service that finds their videos ----

# create PROMPT [MEMBERS]
create()
{
	post "$alice" /nf/create \
	    "{\"prompt\":\"$1\",\"orientation\":\"landscape\",\"n_frames\":150${2-}}"
	task=$(json .id)
}

draft()
{
	as "$alice" GET /project_y/profile/drafts/v2
	json ".items[] | select(.task_id == \"$task\") | $1"
}

publish()
{
	post "$1" /project_y/post \
	    "{\"attachments_to_create\":[{\"generation_id\":\"$2\",\"kind\":\"sora\"}],\"post_text\":\"hi\"}"
}

# link TEXT [TOKEN]
link()
{
	ask POST "$sandbox/get-sora-link" -H 'Content-Type: application/json' \
	    -d "{\"url\":\"$1\",\"token\":\"${2-key}\"}"
}

posts()
{
	create 'to be published'
	ok 'a draft' wait_until 10 '[ -n "$(draft .url)" ]'
	generation=$(draft .generation_id)
	publish "$bob" "$generation"
	is "$status" 404 "another's draft"
	publish "$alice" gen_none
	is "$status" 404 'an unknown one'
	post "$alice" /project_y/post '{"attachments_to_create":[]}'
	is "$status" 400 'none'
	publish "$alice" "$generation"
	id=$(json .post.id)
	like "$status $id" '^200 s_[a-f0-9]{32}$' 'a post'
	permalink=$(json .post.permalink)
	is "$permalink" "$sandbox/p/$id" 'has a link'
	is "$(draft '"\(.post.id) \(.post_visibility)"')" "$id public" \
	    'the draft tells'
	as "$bob" GET "/project_y/post/$id"
	is "$status $(json '"\(.post.text) \(.post.attachments[0].generation_id)"')" \
	    "200 hi $generation" 'others may read it'
	ask GET "$(json '.post.attachments[0].encodings.source.path')"
	is "$status $(header content-type)" '200 video/mp4' 'and its video'
	link "see $permalink !"
	found=$(json .download_link)
	like "$status $found" '^200 http://.*nowm' 'a link is found'
	ask GET "$found"
	is "$status $(header content-type)" '200 video/mp4' 'to the video'
	control POST links '{"token":"secret"}'
	link "$permalink" other
	is "$status $(json .error)" '200 Invalid token' 'not with another token'
	link "$permalink" secret
	is "$(json .error)" null 'with the token'
	control POST faults '{"endpoint":"link","fault":"nothing","count":1}'
	link "$permalink" secret
	is "$status $(cat "$body")" '200 {}' 'no link'
	control POST faults '{"endpoint":"link","fault":"internal_error","count":1}'
	link "$permalink" secret
	is "$status" 500 'another status'
	control POST faults '{"endpoint":"link","delay_ms":1500,"count":1}'
	ask_time=0.5 link "$permalink" secret
	like "$status" '^curl: 28' 'too slow'
	control POST limits '{"check_remix":1}'
	create again ",\"remix_target_id\":\"$id\""
	is "$status" 200 'it may be remixed'
	create again ',"remix_target_id":"s_00000000000000000000000000000000"'
	is "$status" 404 'an unknown one not'
	control POST limits '{"check_remix":0}'
	create again ',"remix_target_id":"s_00000000000000000000000000000000"'
	is "$status" 200 'unless nobody checks'
	as "$bob" DELETE "/project_y/post/$id"
	is "$status" 403 'others may not delete it'
	as "$alice" DELETE "/project_y/post/$id"
	is "$status" 200 'the owner may'
	as "$alice" GET "/project_y/post/$id"
	is "$status" 404 'then it is gone'
	as "$alice" DELETE "/project_y/post/$id"
	is "$status" 404 'for good'
	link "$permalink" secret
	like "$status $(json .error)" '^200 Failed' 'and has no link'
	ask GET "$found"
	is "$status" 200 'which stays good when it was found before'
	control GET state
	is "$(json '.posts[] | "\(.account) \(.deleted)"')" \
	    'alice@example.org true' 'all is on record'
	reset
}

# ---- challenges ----

# solve [QUERY]
solve()
{
	ask GET "$sandbox/v1/challenge${1-}" -H 'Authorization: Bearer solver-key'
	cookie=$(json .cookies.cf_clearance)
	agent=$(json .user_agent)
}

# cleared [AGENT]: a call with what was solved.
cleared()
{
	as "$alice" GET /me -H "Cookie: x=y; cf_clearance=$cookie" -A "${1-$agent}"
}

challenges()
{
	control POST challenge '{"required":true}'
	as "$alice" GET /me
	is "$status $(header cf-mitigated)" '403 challenge' 'a challenge'
	as not.a.token GET /nf/pending/v2
	is "$status" 403 'before all else'
	session unknown
	is "$status" 200 'only of the service itself'
	solve
	is "$status $(json .success)" '200 true' 'solved'
	cleared
	is "$status" 200 'passes'
	cleared other
	is "$status" 403 'not with another User-Agent'
	control POST challenge '{"expire":true}'
	cleared
	is "$status" 403 'not for ever'
	solve
	cleared
	is "$status" 403 'nor from a cache'
	solve '?skip_cache=true'
	cleared
	is "$status" 200 'solved again'
	control POST challenge \
	    '{"cookies":{"cf_clearance":"c-1","other":"o"},"user_agent":"UA 1"}'
	solve
	is "$(json .cookies.other) $cookie $agent" 'o c-1 UA 1' 'as the test says'
	cleared
	is "$status" 200 'and passes'
	control POST challenge '{"key":"solver-key"}'
	solve
	is "$status" 200 'with the key'
	ask GET "$sandbox/v1/challenge"
	is "$status $(json .success)" '401 false' 'not without'
	control POST faults '{"endpoint":"solver","fault":"unsolved","count":1}'
	solve
	is "$status $(json .success) $(json 'has("error")')" '200 false true' \
	    'not solved'
	control POST challenge '{"required":false}'
	as "$alice" GET /me
	is "$status" 200 'no challenge'
	reset
	as "$alice" GET /me
	is "$status" 200 'a reset takes it away'
}

# ---- who asked ----

callers()
{
	control DELETE asked
	as "$alice" GET /me -A app/1 -H 'Cookie: one=1; two=2' -H 'Via: 1.1 proxy'
	as "$alice" GET /me -A app/1 -H 'Cookie: one=3; two=4' -H 'Via: 1.1 proxy'
	as "$alice" GET /me -A app/2
	as bad GET /me -A app/3
	is "$(asked me 'select(.user_agent == "app/1") | "\(.account) \(.cookies) \(.via) \(.address) \(.calls)"')" \
	    'alice@example.org one, two 1.1 proxy 127.0.0.1 2' 'the same caller twice'
	is "$(asked me 'select(.user_agent == "app/2") | "\(.credential) \(.cookies) \(.via)"')" \
	    "$(digest "$alice") null null" 'another, with the same token'
	is "$(asked me 'select(.user_agent == "app/3") | "\(.account) \(.credential)"')" \
	    "null $(digest bad)" 'a stranger'
	control GET 'asked?account=alice@example.org'
	is "$(json '[.asked[].calls] | add')" 3 'of one account'
	control DELETE asked
	is "$(asked me .calls)" '' 'forgotten'
	control POST faults '{"endpoint":"username_check","fault":"gone","count":1}'
	name "$alice" check lina
	is "$status" 410 'faults are for all endpoints'
	reset
}

plan 127
plans
activation
codes
usernames
sessions
grants
posts
challenges
callers
no_secret_in_log()
{
	! grep -rqF -e "$alice" -e "$next" -e st-1 -e rt-1 "$stack/log"
}
ok 'no credential is in a log' no_secret_in_log
