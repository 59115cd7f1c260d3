#!/bin/sh
# SPDX-License-Identifier: MIT
# ctl-import.t: an existing installation moves in: setting.toml and hancat.db.
# shellcheck shell=sh disable=SC2154
. "${abs_top_srcdir:-.}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/ctl.sh"

plan 46

stack_tokens=0
ctl_site

# ---- the configuration ----

cat >"$stack/setting.toml" <<'END'
# as it was shipped, with what its operator changed
[global]
api_key = "your-api-key"
admin_username = "boss"
admin_password = "pass \"word\" \u00e9"

[sora]
base_url = "https://sora.chatgpt.com/backend"
timeout = 120
max_retries = 3
poll_interval = 2.5
max_poll_attempts = 600

[server]
host = "0.0.0.0"
port = 8_000

[debug]
enabled = false
log_requests = true
log_responses = true
mask_token = true
mask_tokens = true

[cache]
enabled = true
timeout = 600	# ten minutes
base_url = "http://127.0.0.1:8000"

[generation]
image_timeout = 300
video_timeout = 3000

[admin]
error_ban_threshold = 5

[proxy]
proxy_enabled = true
proxy_url = 'socks5://u:p@127.0.0.1:1080'

[watermark_free]
watermark_free_enabled = false
parse_method = "third_party"

[token_refresh]
at_auto_refresh_enabled = true

[database]
type = "sqlite"
sqlite_path = "data/hancat.db"
END

run ctl import-config "$stack/setting.toml"
is "$code" 3 "a key that is not ours is an error at first"
like "$(cat "$err")" 'setting.toml:23: unknown key debug.mask_tokens.*--skip-unknown' \
    "which says where it is, and what to do"

run ctl import-config --skip-unknown --output "$stack/new.conf" "$stack/setting.toml"
is "$code" 0 "then it is left out"
like "$(cat "$err")" 'setting.toml:23: unknown key debug.mask_tokens: left out' "and told"
like "$(cat "$err")" 'setting.toml:22: debug.mask_token: unused: tokens are in no log' \
    "what older editions had a key for is told, and no error"
like "$(cat "$err")" 'setting.toml:3: global.api_key: left out: a sample value' \
    "as is a sample value"
like "$(cat "$err")" 'database.sqlite_path: left out' \
    "and a path in the old installation's folder"
is "$(stat -c %a "$stack/new.conf")" 640 "the file is not everybody's"
run "$programs/sora2apictl" -c "$stack/new.conf" check-config
is "$code" 0 "it is a valid configuration"

# has SECTION KEY VALUE: as the file is written.
has()
{
	awk -v section="$1:" '$1 == section { inside = 1 } $1 == "};" { inside = 0 }
	    inside' "$stack/new.conf" | grep -Fqx "	$2 = $3;"
}
ok "names stay"			has global admin_username '"boss"'
ok "strings stay, escaped"	has global admin_password '"pass \"word\" é"'
ok "whole numbers stay"		has sora timeout 120
ok "underscores go"		has server port 8000
ok "other numbers stay"		has sora poll_interval 2.5
ok "booleans stay"		has token_refresh at_auto_refresh_enabled true
ok "synonyms get their name"	has proxy enabled true
ok "literal strings stay"	has proxy url '"socks5://u:p@127.0.0.1:1080"'
ok "and other sections"		has admin error_ban_threshold 5

run ctl --json import-config --skip-unknown "$stack/setting.toml"
is "$(json .configuration "$out")" "$(cat "$stack/new.conf")" "--json has the same text"

# ---- the database ----

sqlite3 "$stack/hancat.db" <<'END'
CREATE TABLE tokens (id INTEGER PRIMARY KEY, token VARCHAR UNIQUE, email VARCHAR,
    username VARCHAR, name VARCHAR, st TEXT, rt TEXT, client_id TEXT, proxy_url TEXT,
    remark TEXT, expiry_time DATETIME, is_active BOOLEAN DEFAULT 1,
    cooled_until DATETIME, created_at DATETIME, last_used_at DATETIME,
    use_count INTEGER DEFAULT 0, plan_type TEXT, plan_title TEXT,
    subscription_end DATETIME, sora2_supported BOOLEAN, sora2_invite_code TEXT,
    sora2_redeemed_count INTEGER, sora2_total_count INTEGER,
    sora2_remaining_count INTEGER, sora2_cooldown_until DATETIME,
    image_enabled BOOLEAN DEFAULT 1, video_enabled BOOLEAN DEFAULT 1,
    image_concurrency INTEGER DEFAULT -1, video_concurrency INTEGER DEFAULT -1,
    a_column_of_a_fork TEXT);
INSERT INTO tokens VALUES (5, 'access-token-five', 'five@example.org', 'five', 'Five',
    'session-five', 'refresh-five', 'app_five', 'http://user:pass@127.0.0.1:3128', 'note',
    '2031-02-03 04:05:06.789', 1, NULL, '2025-01-02 03:04:05', '2025-06-07 08:09:10',
    42, 'chatgpt_plus', 'Plus', '2031-01-01T00:00:00Z', 1, 'INVITE', 1, 4, 9, NULL,
    1, 0, 2, 3, 'x');
INSERT INTO tokens (id, token, email, is_active, created_at)
    VALUES (8, 'access-token-eight', 'eight@example.org', 0, '2025-01-02 03:04:05');
INSERT INTO tokens (id, token, email, created_at)
    VALUES (9, 'access-token-nine', 'FIVE@example.org', '2025-01-02 03:04:05');
CREATE TABLE token_stats (id INTEGER PRIMARY KEY, token_id INTEGER, image_count INTEGER,
    video_count INTEGER, error_count INTEGER, last_error_at DATETIME,
    today_image_count INTEGER, today_video_count INTEGER, today_error_count INTEGER,
    today_date DATE, consecutive_error_count INTEGER);
INSERT INTO token_stats VALUES (1, 8, 11, 22, 33, '2025-03-04 05:06:07', 1, 2, 3,
    '2025-03-04', 2);
INSERT INTO token_stats VALUES (2, 9, 99, 99, 99, NULL, 9, 9, 9, NULL, 9);
CREATE TABLE characters (id INTEGER PRIMARY KEY, cameo_id TEXT, character_id TEXT,
    token_id INTEGER, username TEXT, display_name TEXT, profile_url TEXT,
    instruction_set TEXT, safety_instruction_set TEXT, visibility TEXT, status TEXT,
    created_at DATETIME, updated_at DATETIME);
INSERT INTO characters VALUES (1, 'cameo-1', 'ch-1', 8, 'cat', 'The cat', NULL,
    '{"a":1}', NULL, 'public', 'finalized', '2025-01-02 03:04:05', '2025-01-03 03:04:05');
INSERT INTO characters VALUES (2, 'cameo-2', 'ch-2', 77, 'dog', 'The dog', NULL, NULL,
    NULL, 'private', 'finalized', '2025-01-02 03:04:05', NULL);
CREATE TABLE admin_config (id INTEGER PRIMARY KEY, admin_username TEXT,
    admin_password TEXT, api_key TEXT, error_ban_threshold INTEGER, updated_at DATETIME);
INSERT INTO admin_config VALUES (1, 'chief', 'their password', 'sk-their-key', 7, NULL);
CREATE TABLE proxy_config (id INTEGER PRIMARY KEY, proxy_enabled BOOLEAN, proxy_url TEXT);
INSERT INTO proxy_config VALUES (1, 1, 'http://u:secret-p@127.0.0.1:3128 ');
CREATE TABLE watermark_free_config (id INTEGER PRIMARY KEY, watermark_free_enabled BOOLEAN,
    parse_method TEXT, custom_parse_url TEXT, custom_parse_token TEXT);
INSERT INTO watermark_free_config VALUES (1, 1, 'custom', 'http://127.0.0.1:1/p', 'parse-secret');
CREATE TABLE cache_config (id INTEGER PRIMARY KEY, cache_enabled BOOLEAN,
    cache_timeout INTEGER, cache_base_url TEXT);
INSERT INTO cache_config VALUES (1, 0, 5, ' https://media.example.org// ');
CREATE TABLE generation_config (id INTEGER PRIMARY KEY, image_timeout INTEGER,
    video_timeout INTEGER);
INSERT INTO generation_config VALUES (1, 400, 2000);
CREATE TABLE token_refresh_config (id INTEGER PRIMARY KEY, at_auto_refresh_enabled BOOLEAN);
INSERT INTO token_refresh_config VALUES (1, 1);
END

data()
{
	sqlite3 "$db" .dump | sha256sum
}

chmod 400 "$stack/hancat.db"
before=$(data)
source_before=$(sha256sum <"$stack/hancat.db")
run ctl --json import-db --dry-run "$stack/hancat.db"
is "$code" 0 "a dry run"
is "$(jq -c . "$out")" \
    '{"dry_run":true,"tokens":2,"known_tokens":1,"characters":1,"known_characters":0,"settings":6}' \
    "says what it would do"
is "$(data)" "$before" "and changes nothing"

run ctl import-db "$stack/hancat.db"
is "$code" 0 "the import"
like "$(cat "$out")" '^2 tokens \(1 were stored already\), 1 characters .*, 6 tables' \
    "says what it did"
like "$(cat "$err")" 'tokens, row 3: this account is stored already, as token 1' \
    "names what was there twice"
like "$(cat "$err")" 'characters, row 2: its token is not there' "what belongs to nobody"
like "$(cat "$err")" 'cache_config, row 1: cache_timeout: left out: .*found 5; accepted' \
    "and what cannot be used"
is "$(sha256sum <"$stack/hancat.db")" "$source_before" "the old database is as it was"

sql()
{
	sqlite3 "$db" "$1" | tr '\n' ' '
}
is "$(sql "SELECT email, username, name, client_id, remark, is_active, use_count,
    plan_type, plan_title, sora2_supported, sora2_invite_code, sora2_redeemed_count,
    sora2_total_count, sora2_remaining_count, image_enabled, video_enabled,
    image_concurrency, video_concurrency FROM tokens WHERE id = 1")" \
    'five@example.org|five|Five|app_five|note|1|42|chatgpt_plus|Plus|1|INVITE|1|4|9|1|0|2|3 ' \
    "every column of a token is there"
is "$(sql "SELECT datetime(expiry_time, 'unixepoch'), datetime(created_at, 'unixepoch'),
    datetime(last_used_at, 'unixepoch'), datetime(subscription_end, 'unixepoch')
    FROM tokens WHERE id = 1")" \
    '2031-02-03 04:05:06|2025-01-02 03:04:05|2025-06-07 08:09:10|2031-01-01 00:00:00 ' \
    "times too"
is "$(sql 'SELECT sora2_supported IS NULL, is_active, video_concurrency FROM tokens
    WHERE id = 2')" '1|0|-1 ' "what was not known is not made up"
is "$(sql 'SELECT * FROM token_stats WHERE token_id = 2')" \
    '2|11|22|33|1741064767|1|2|3|2025-03-04|2 ' "statistics follow their token"
is "$(sql 'SELECT sum(video_count) FROM token_stats')" '22 ' \
    "and those of a token that was left out do not"
is "$(sql "SELECT cameo_id, character_id, token_id, username, display_name,
    instruction_set, visibility, status, datetime(updated_at, 'unixepoch')
    FROM characters")" \
    'cameo-1|ch-1|2|cat|The cat|{"a":1}|public|finalized|2025-01-03 03:04:05 ' \
    "characters follow their token"
is "$(sql 'SELECT admin_username, error_ban_threshold FROM admin_config')" 'chief|7 ' \
    "the administrator is the old one"
is "$(sql 'SELECT proxy_enabled, proxy_pool_enabled FROM proxy_config')" '1|0 ' \
    "so is the proxy"
is "$(sql 'SELECT cache_enabled, cache_timeout, cache_base_url FROM cache_config')" \
    '0|7200|https://media.example.org ' "the cache, but for what it cannot be, and as the API keeps it"
is "$(sql 'SELECT image_timeout, video_timeout FROM generation_config')" '400|2000 ' \
    "the timeouts"
is "$(sql 'SELECT watermark_free_enabled, parse_method, custom_parse_url
    FROM watermark_free_config')" '1|custom|http://127.0.0.1:1/p ' "the parse service"
run ctl api-key show
is "$(cat "$out")" sk-their-key "the API key"

cat "$db" "$db-wal" 2>/dev/null >"$stack/log/bytes"
is "$(grep -a -c -e access-token -e session-five -e refresh-five -e secret-p \
    -e parse-secret -e sk-their-key -e 'their password' "$stack/log/bytes")" 0 \
    "no secret is open in the database"

run ctl import-db "$stack/hancat.db"
like "$(cat "$out")" '^0 tokens \(3 were stored already\), 0 characters \(1' \
    "a second import finds all of it"

# An edition that had little: no statistics, no characters, no settings.
sqlite3 "$stack/first.db" "CREATE TABLE tokens (token TEXT);
    INSERT INTO tokens VALUES ('access-token-one')"
run ctl import-db "$stack/first.db"
like "$(cat "$out")" '^1 tokens .*0 tables of settings' "the first edition's is read too"

# What fails late has done nothing.
before=$(data)
sqlite3 "$stack/first.db" "INSERT INTO tokens VALUES ('access-token-two'), (NULL)"
run ctl import-db "$stack/first.db"
is "$code" 3 "a row that cannot be stored is an error"
is "$(data)" "$before" "and nothing of the others is kept"

# ---- for programs ----

# Whoever prints data prints JSON when asked. The others have tests of their own.
printf '[cache]\ntimeout = 600\n' >"$stack/small.toml"
make_jwt new@example.org >"$stack/jwt"
bad=
while read -r command; do
	operand=
	case $command in
	init | tail | completion | 'task show' | 'task cancel' | 'task retry') continue ;;
	backup) operand=$stack/data/copy ;;
	check) operand=--offline ;;
	import-config) operand=$stack/small.toml ;;
	import-db) operand=$stack/hancat.db ;;
	'api-key set') operand=--generate ;;
	'token add') operand="--token-file $stack/jwt" ;;
	token' '[edt]*) operand=1 ;;
	esac
	# shellcheck disable=SC2086
	run ctl --json $command $operand
	[ "$(wc -l <"$out")" -eq 1 ] && jq -e . "$out" >/dev/null 2>&1 ||
		bad="$bad $command:$code"
done <<END
$(commands | grep -v '^token delete')
END
is "$bad" '' "--json: one line of JSON from every command that prints data"
