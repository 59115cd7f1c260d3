#!/bin/sh
# SPDX-License-Identifier: MIT
# upstream-faults.t: each refusal and failure that the upstream knows, with what
# becomes of the task and of the account.
# shellcheck disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

stack_videos=-1
stack_tokens=0
stack_speed=1000
stack_sandbox_options='--shared-clips --set concurrency=100'
stack_set sora.settle_time 2

stack_new
# Of each row, in patterns: the marker of the prompt; status, error and log; how
# often the upstream read it and made a task of it; accounts that had it; and of
# the first account: enabled, video enabled, resting, quota used up, full at,
# errors, errors in a row.
rows=$stack/rows
sed 's/ *| */|/g' >"$rows" <<'END'
heavy_load=1               | completed - 200 | 2 1 | 1 | 1 1 0 0 - 1 0
heavy_load=4               | completed - 200 | 5 1 | 2 | 1 1 0 0 - 4 0
invalid_request=1          | completed - 200 | 2 1 | 2 | 1 1 0 0 - 0 0
invalid_request=9          | failed generation_failed 500 | 2 0 | 2 | 1 1 0 0 - 0 0
unable_to_process=1        | completed - 200 | 2 1 | 2 | 1 1 0 0 - 0 0
sentinel_block=1           | failed generation_failed 500 | 1 0 | 1 | 1 1 0 0 - 0 0
phone_number_required=1    | completed - 200 | 2 1 | 2 | 1 0 0 0 - 0 0
onboarding_required=1      | completed - 200 | 2 1 | 2 | 1 0 0 0 - 0 0
username_required=1        | completed - 200 | 2 1 | . | 1 1 0 0 - . .
people_in_image=1          | failed content_policy_violation 400 | 1 0 | 1 | 1 1 0 0 - 0 0
bad_request=1              | failed generation_failed 500 | 1 0 | 1 | 1 1 0 0 - 0 0
no_credits=1               | completed - 200 | 2 1 | 2 | 1 1 . . - 0 0
token_invalidated=1        | completed - 200 | 2 1 | 2 | 0 1 0 0 - 1 1
token_expired=1            | completed - 200 | 2 1 | 2 | 0 1 0 0 - 1 1
invalid_jwt=1              | completed - 200 | 2 1 | 2 | 0 1 0 0 - 1 1
unauthorized=1             | completed - 200 | 2 1 | 2 | 0 1 0 0 - 1 1
missing_bearer=1           | completed - 200 | 2 1 | 2 | 1 1 0 0 - 0 0
challenge=1                | completed - 200 | 2 1 | 2 | 1 1 0 0 - 0 0
cf_shield_429=1            | completed - 200 | 2 1 | 2 | 1 1 0 0 - 0 0
unsupported_country_code=1 | completed - 200 | 2 1 | 2 | 1 1 0 0 - 0 0
media_expired=1            | completed - 200 | 2 1 | 2 | 1 1 0 0 - 0 0
forbidden=1                | completed - 200 | 2 1 | 2 | 1 1 0 0 - 1 1
forbidden=9                | failed generation_failed 500 | 3 0 | 3 | 1 1 0 0 - 1 1
not_found=1                | failed generation_failed 500 | 1 0 | 1 | 1 1 0 0 - 0 0
gone=1                     | failed generation_failed 500 | 1 0 | 1 | 1 1 0 0 - 0 0
body_too_large=1           | failed generation_failed 500 | 1 0 | 1 | 1 1 0 0 - 0 0
media_type=1               | failed generation_failed 500 | 1 0 | 1 | 1 1 0 0 - 0 0
too_many_concurrent_tasks=1 | completed - 200 | 2 1 | 1 | 1 1 0 0 1 0 0
rate_limit_exhausted=1     | completed - 200 | 2 1 | 2 | 1 1 0 1 - 1 0
daily_limit=1              | completed - 200 | 2 1 | 2 | 1 1 . . - 1 0
too_many_requests=1        | completed - 200 | 2 1 | 2 | 1 1 1 0 - 1 0
internal_error=1           | completed - 200 | 2 1 | 1 | 1 1 0 0 - 0 0
bad_gateway=1              | completed - 200 | 2 1 | 1 | 1 1 0 0 - 0 0
unavailable=1              | completed - 200 | 2 1 | 1 | 1 1 0 0 - 0 0
gateway_timeout=1          | completed - 200 | 2 1 | 1 | 1 1 0 0 - 0 0
origin_error=1             | completed - 200 | 2 1 | 1 | 1 1 0 0 - 0 0
origin_timeout=1           | completed - 200 | 2 1 | 1 | 1 1 0 0 - 0 0
overloaded=1               | completed - 200 | 2 1 | 1 | 1 1 0 0 - 0 0
cut=1                      | completed - 200 | 2 1 | 1 | 1 1 0 0 - 0 0
empty=1                    | completed - 200 | 2 1 | 1 | 1 1 0 0 - 0 0
drop=1                     | completed - 200 | 1 1 | 1 | 1 1 0 0 - 0 0
slow=500                   | completed - 200 | 1 1 | 1 | 1 1 0 0 - 0 0
violation                  | failed content_policy_violation 400 | 1 1 | 1 | 1 1 0 0 - 0 0
error                      | failed generation_failed 500 | 2 2 | 2 | 1 1 0 0 - 1 1
pending-failed=6           | failed generation_failed 500 | 1 1 | 1 | 1 1 0 0 - 1 1
failed-only=6              | failed generation_failed 500 | 1 1 | 1 | 1 1 0 0 - 1 1
late-url=0.5               | completed - 200 | 1 1 | 1 | 1 1 0 0 - 0 0
END
n_rows=$(wc -l <"$rows")

plan $((n_rows * 3 + 3))
stack_start
stack_stop poller

# Each row has an account of its own first: idle ones are taken in turn. Those
# behind them are for second tries, which take who has rested longest.
: >"$stack/body"
for n in $(seq $((n_rows + 32))); do
	token_add "row$n@example.org"
done
n=0
while IFS='|' read -r marker rest; do
	n=$((n + 1))
	create "{\"prompt\":\"row $n [[sandbox:$marker]]\",\"seconds\":\"10\"}"
done <"$rows"
is "$(db "SELECT count(*) FROM tasks WHERE token_id = id AND status = 'processing'")" \
    "$n_rows" 'each task has an account of its own'

poller_start
poll=0.3
unfinished()
{
	db 'SELECT count(*) FROM tasks WHERE completed_at IS NULL'
}
ok 'all of them end' wait_until 25 '[ "$(unfinished)" = 0 ]'

control GET state
jq -r '.prompts[] | "\(.prompt)|\(.attempts) \(.accepted)"' "$stack/control" >"$stack/seen"
db "SELECT t.prompt || '|' || t.status || ' ' || coalesce(t.error_code, '-') || ' ' ||
    (SELECT status_code FROM request_logs WHERE task_id = t.task_id) || '|' ||
    (SELECT count(*) FROM task_tokens WHERE task = t.id) || '|' ||
    k.is_active || ' ' || k.video_enabled || ' ' ||
    (coalesce(k.cooled_until, 0) > unixepoch()) || ' ' ||
    (k.sora2_cooldown_until IS NOT NULL) || ' ' || coalesce(k.video_learned, '-') || ' ' ||
    s.error_count || ' ' || s.consecutive_error_count
    FROM tasks AS t JOIN tokens AS k ON k.id = t.id
    JOIN token_stats AS s ON s.token_id = k.id ORDER BY t.id" >"$stack/results"

n=0
while IFS='|' read -r marker result counts accounts account; do
	n=$((n + 1))
	prompt="row $n [[sandbox:$marker]]"
	got=$(grep -F "$prompt|" "$stack/results" | cut -d'|' -f 2-)
	like "${got%%|*}" "^$result\$" "$marker: the task"
	seen=$(grep -F "$prompt|" "$stack/seen" | cut -d'|' -f 2)
	got=${got#*|}
	like "$seen, ${got%|*}" "^$counts, $accounts\$" "$marker: what was sent"
	like "${got#*|}" "^$account\$" "$marker: the account"
done <"$rows"

leak()
{
	grep -lF -e 'row 1 [' -e "$(make_jwt row1@example.org | cut -d. -f 1)." "$stack/log"/*
}
is "$(leak)" '' 'neither prompt nor token is in a log'
