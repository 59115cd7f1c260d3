#!/bin/sh
# SPDX-License-Identifier: MIT
# relay.t: what new-api, a relay that many sites put in front, makes of each
# answer: it decodes strictly, looks at no status, and ends a job on any JSON
# that does not say how the job is.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

stack_videos=1
stack_speed=1000
stack_workers=1
stack_sandbox_options='--shared-clips --set concurrency=100'
stack_set admin.error_ban_threshold 100
stack_set database.busy_timeout 200

plan 55
stack_start
relay=Go-http-client/1.1

# The relay's decoder: types are Go's, null is the zero value; "" when it fits.
decode='
def integer: . == null or (type == "number" and . == floor);
def text: . == null or type == "string";
[ (select((.id | type) != "string" or .id == "") | "id"),
  (["object", "model", "status", "seconds", "size", "remixed_from_video_id",
    "task_id"][] as $k | select(.[$k] | text | not) | $k),
  (["progress", "created_at", "completed_at", "expires_at"][] as $k |
    select(.[$k] | integer | not) | $k),
  (select(.error != null) | .error | select(type != "object" or
    (.message | text | not) or (.code | text | not)) | "error"),
  (select(.status | IN("queued", "in_progress", "completed", "failed",
    "cancelled") | not) | "status"),
  (select(.progress < 0 or .progress > 100 or
    ((.progress == 100) != (.status == "completed"))) | "progress"),
  (select(.object != "video") | "object"),
  (select(.seconds | test("^[0-9]+$") | not) | "seconds"),
  (select(.size | test("^[0-9]+x[0-9]+$") | not) | "size"),
  (select(has("code")) | "code"), (select(has("data")) | "data"),
  (.[] | select(. == null) | "null")
] | join(" ")'

# What its poll does with a body: the HTTP status is not looked at.
poll_rule='
if .status == "queued" or .status == "pending" then "queued"
elif .status == "processing" or .status == "in_progress" then "running"
elif .status == "completed" then "success"
elif .status == "failed" or .status == "cancelled" then
	"failure: " + (.error.message // "task failed")
elif .error.code == "429" then "asked again"
else "failure: no status" end'

poll_says()
{
	jq -r "$poll_rule" "$body" 2>/dev/null || echo 'asked again'
}

# fits DESCRIPTION: the last body, in the decoder; 65.0 is a fraction too
fits()
{
	is "$(jq -r "$decode" "$body" 2>&1)$(grep -Eo \
	    '"(progress|[a-z]*_at)":[0-9]*[.eE]' "$body")" '' "$1"
}

# polls WANTED DESCRIPTION: reads the task $id
polls()
{
	ask GET "/v1/videos/$id" -A "$relay"
	fits "$2: decodes"
	like "$(poll_says)" "^$1" "$2: $1"
}

submitted()
{
	is "$status $(header content-type)" '200 application/json' "$1: accepted"
	fits "$1: decodes"
	id=$(word id)
	like "$id" '^[A-Za-z0-9_-]{1,64}$' "$1: an id for any path"
}

column()
{
	db "SELECT $1 FROM tasks WHERE task_id = '$id'"
}

# ---- submission ----

create '{"model":"sora-2","prompt":"runs [[sandbox:never]]","duration":8,
    "images":["x"],"seconds":"10","size":"720x1280","metadata":{"a":1}}' -A "$relay"
submitted 'JSON with fields of others'
running=$id
ask POST /v1/videos -A "$relay" -F model=sora-2 -F prompt=waits -F seconds=15
submitted 'a rebuilt form'
waiting=$id
is "$(word status) $(word seconds)" 'queued 15' 'it waits'

# ---- each state ----

id=$running
ok 'it runs' wait_until 5 '[ -n "$(column upstream_id)" ]'
polls running 'a running task'
db_write "UPDATE tasks SET progress = 66.6 WHERE task_id = '$running'"
polls running 'with a fraction of progress'
id=$waiting
polls queued 'a waiting task'
db_write "UPDATE tasks SET wait_from_ms = wait_from_ms - 4000000 WHERE task_id = '$id'"
ok 'it waits too long' wait_until 5 'has_ended $id'
polls 'failure: No token became free' 'a task that found no token'
id=$running
db_write "UPDATE tasks SET work_from_ms = work_from_ms - 4000000, progress = 97
    WHERE task_id = '$id'"
ok 'it takes too long' wait_until 5 'has_ended $id'
polls 'failure: Generation timeout after 1800 seconds' 'a timeout'
create '{"prompt":"a [[sandbox:violation]]"}' -A "$relay"
ok 'it is refused' wait_until 10 'has_ended $id'
polls 'failure: Content policy violation' 'a refusal'
create '{"prompt":"a [[sandbox:error]]"}' -A "$relay"
ok 'it fails' wait_until 20 'has_ended $id'
polls 'failure: .' 'an error'
create '{"prompt":"cancelled [[sandbox:never]]"}' -A "$relay"
db_write "UPDATE tasks SET status = 'cancelled', step = 'done', error_code = 'cancelled',
    error_message = 'Client disconnected', completed_at = created_at
    WHERE task_id = '$id'"
polls 'failure: Client disconnected' 'a cancelled task'
create '{"prompt":"good","size":"720x1280"}' -A "$relay"
good=$id
ok 'one is completed' wait_until 10 'has_ended $good'
polls success 'a completed task'
is "$(word seconds) $(word size)" '15 720x1280' 'with what it is billed by'
ask POST "/v1/videos/$good/remix" -A "$relay" -H 'Content-Type: application/json' \
    -d '{"prompt":"in ink","model":"sora-2"}'
submitted 'a remix'
is "$(word seconds) $(word size)" '15 720x1280' 'with what it is billed by'
ask GET '/v1/videos?limit=100'
is "$(jq -c '.data[]' "$body" | jq -r "$decode" | sort -u | tr -d '\n')" '' \
    'each object of a list decodes'

# ---- what is for good, and what is not ----

id=$good
ask GET /v1/videos/sora-2-000000000000
is "$status $(header content-type) $(poll_says)" \
    '404 application/json failure: no status' 'an unknown id is for good'

# later DESCRIPTION: a status read that cannot be answered now
later()
{
	ask GET "/v1/videos/$good" -A "$relay"
	is "$(poll_says)" 'asked again' "$1: asked again"
	like "$status $(header content-type)" '^50[234] text/plain' "$1: in plain text"
	like "$(header x-request-id)" '^req_[0-9a-f]{24}$' "$1: with an id"
}

db_write 'ALTER TABLE tasks RENAME COLUMN permalink TO hidden'
later 'a database that cannot be read'
ask GET /v1/videos
is "$status $(header content-type)" '500 application/json' 'other routes answer in JSON'
db_write 'ALTER TABLE tasks RENAME COLUMN hidden TO permalink'
polls success 'and back'

mkfifo "$stack/hold"
sqlite3 -cmd '.timeout 5000' "$stack/data/sora2api.db" <"$stack/hold" >"$stack/held" 2>&1 &
holder=$!
exec 3>"$stack/hold"
echo 'BEGIN IMMEDIATE; SELECT 1;' >&3
ok 'somebody holds the database' wait_until 5 '[ -s "$stack/held" ]'
polls success 'a locked database can be read'
create '{"prompt":"locked"}' -A "$relay"
is "$status $(header content-type)" '503 application/json' 'but takes no task'
exec 3>&-
wait $holder
create '{"prompt":"locked"}' -A "$relay"
is "$status $(db "SELECT count(*) FROM tasks WHERE prompt = 'locked'")" '200 1' \
    'until it is free'

stack_stop worker
later 'no worker'
worker_start
ok 'the workers are back' wait_until 10 'has_state $good completed'

# ---- content ----

ask GET "/v1/videos/$good/content" -A "$relay"
is "$status" 302 'content redirects'
ask GET "$(header location)" -r 0-9
is "$status" 206 'to where it can be fetched, in parts'
