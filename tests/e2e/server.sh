# SPDX-License-Identifier: MIT
# server.sh: what tests of tokens that stand for servers share. Needs lib.sh,
# stack.sh, video.sh and admin.sh.
# shellcheck shell=sh disable=SC2016,SC2034,SC2154
stack_tokens=0
stack_speed=100
poll=0.02
server_key=sk-sandbox

# The stack with all pauses at a fiftieth of their length.
stack_start_servers()
{
	stack_set poller.pace "${pace-0.02}"
	stack_set cache.downloads 16
	stack_start
	login
}

# server_add NAME DIALECT [OPTIONS-JSON [MEMBERS]]: a sandbox of that dialect,
# and a token for it; MEMBERS are further ones of the token.
server_add()
{
	server_start "$1" "$2"
	echo "$server" >"$stack/data/$1"
	token_for "$server/v1" "$2" "${3-}" "${4-}"
}

# token_for URL PRESET [OPTIONS-MEMBERS [MEMBERS]]: sets $token, its number.
token_for()
{
	admin POST /api/tokens "{\"provider\":\"openai\",\"base_url\":\"$1\",
	    \"token\":\"$server_key\",\"video_concurrency\":${videos-20},
	    \"options\":{\"preset\":\"$2\",\"allow_private\":true,
	    \"poll_interval\":5${3:+,$3}}${4:+,$4}}"
	[ "$status" = 200 ] || bail "no token for $1: $status $(cat "$body")"
	token=$(db 'SELECT max(id) FROM tokens')
}

# options MEMBERS: those of $token, in place of what they were.
options()
{
	admin PUT "/api/tokens/$token" "{\"options\":{\"allow_private\":true,
	    \"poll_interval\":5,$1}}"
	[ "$status" = 200 ] || bail "options: $status $(cat "$body")"
	sleep_seen
}

# The poller reads a token's options again after a second.
sleep_seen()
{
	seen_end=$(($(now_ms) + 1100))
	wait_until 5 '[ "$(now_ms)" -ge "$seen_end" ]'
}

# on NAME: control and manners go to that server.
on()
{
	server=$(cat "$stack/data/$1")
	sandbox=$server
}

# manners JSON: how the server behaves from now on.
manners()
{
	control POST server "$1"
	! grep -q '^{"error"' "$stack/control" ||
		bail "manners: $(cat "$stack/control")"
}

# What the server was like in the beginning.
normal()
{
	control POST reset
	control DELETE faults
}

# finish PROMPT [MEMBERS]: makes a video, and waits for its end: sets $id, $state.
finish()
{
	begin "$@"
	ends
}

begin()
{
	awake
	create "{\"prompt\":\"$1\"${2:+,$2}}"
	[ -n "$id" ] || diag "$1: $status $(cat "$body")"
}

# Until no server rests any more: then a task is taken, and not refused with 429.
awake()
{
	wait_until 10 '[ "$(db "SELECT count(*) FROM tokens
	    WHERE is_active AND cooled_until > unixepoch()")" = 0 ]'
}

ends()
{
	wait_until "${1-30}" 'has_ended "$id"' || diag "$id does not end: $state"
}

# What the request log has of $id.
log_of()
{
	db "SELECT response_body FROM request_logs WHERE task_id = '$id'"
}

error_code()
{
	db "SELECT error_code FROM tasks WHERE task_id = '$id'"
}

# The first bytes of the result of $id, which clients get from the cache.
content_head()
{
	ask GET "/v1/videos/$id/content" -L
	[ "$status" = 200 ] && head -c "${1-12}" "$body" | tail -c +5 | head -c 4
}
