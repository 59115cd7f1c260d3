# SPDX-License-Identifier: MIT
# clock.sh: workers and pollers with a clock of their own. Needs lib.sh and stack.sh.
# shellcheck shell=sh disable=SC2034,SC2154
#
# clock_begin before stack_start; then clock_set steps the clock that both have
# ("+86400": a day ahead), and clock_rate makes it run faster, for pollers that are
# started afterwards: their pauses and limits go by that much faster, too.

faketime_lib=$(find /usr/lib /usr/lib64 /usr/local/lib -name libfaketimeMT.so.1 \
    2>/dev/null | head -n 1)

# clock_program NAME [VARIABLE=VALUE...]: the program as the stack starts it from now on.
clock_program()
{
	clock_name=$1
	shift
	rm -f "$stack/bin/$clock_name"
	cat >"$stack/bin/$clock_name" <<END
#!/bin/sh
exec env LD_PRELOAD=$faketime_lib FAKETIME_NO_CACHE=1 $* $clock_programs/$clock_name "\$@"
END
	chmod +x "$stack/bin/$clock_name"
}

clock_begin()
{
	[ -n "$faketime_lib" ] || skip_all 'no libfaketime'
	stack_new
	clock_programs=$programs
	programs=$stack/bin
	mkdir "$programs"
	ln -s "$clock_programs"/sora2api* "$programs/"
	clock_set +0
	for clock_each in sora2api sora2api-poller; do
		clock_program "$clock_each" DONT_FAKE_MONOTONIC=1 \
		    "FAKETIME_TIMESTAMP_FILE=$stack/clock"
	done
}

clock_set()
{
	echo "$1" >"$stack/clock.new"
	mv "$stack/clock.new" "$stack/clock"
}

clock_rate()
{
	clock_program sora2api-poller "'FAKETIME=+0 x$1'"
}

# ---- what must hold after all of it ----

# all_are STATUS PATTERN: every task with such a prompt.
all_are()
{
	[ "$(db "SELECT count(*) FROM tasks WHERE prompt LIKE '$2' AND status <> '$1'")" = 0 ]
}

# The sandbox made each prompt once, and no account was blamed for anything.
nothing_lost()
{
	control GET state
	is "$(jq '[.prompts[] | select(.accepted > 1)] | length' "$stack/control")" 0 \
	    "$1: none was made twice"
	is "$(db 'SELECT sum(is_active) || sum(video_enabled) || sum(error_count) ||
	    sum(consecutive_error_count) FROM tokens JOIN token_stats ON token_id = id')" \
	    "$stack_tokens${stack_tokens}00" "$1: no account is blamed"
}
