# SPDX-License-Identifier: MIT
# ctl.sh: sora2apictl alone: a site without nginx, workers and poller.
# shellcheck shell=sh disable=SC2016,SC2034,SC2154
#
# Needs lib.sh and stack.sh.

# A fresh site with one token in $stack; anybody may look into the folder.
ctl_site()
{
	stack_new
	chmod 711 "$stack"
	base=http://127.0.0.1:9
	sandbox=http://127.0.0.1:9
	stack_set database.busy_timeout 200
	stack_configure
	chmod 640 "$stack/sora2api.conf"
	db=$stack/data/sora2api.db
	stack_init
}

# Everything a command could have changed. -shm is SQLite's memory, no data.
snapshot()
{
	find "$stack" -path "$stack/log" -prune -o ! -name '*-shm' \
	    ! -name snapshot.\* -printf '%P %y %m %u\n' | sort
	find "$stack" -path "$stack/log" -prune -o -type f ! -name '*-shm' \
	    ! -name snapshot.\* -print0 | sort -z | xargs -0 sha256sum
}

# run COMMAND...: sets $code, and the files $out and $err.
run()
{
	out=$stack/log/out
	err=$stack/log/err
	"$@" >"$out" 2>"$err" </dev/null
	code=$?
}

# hold_lock: another process writes to the database, until release_lock.
hold_lock()
{
	rm -f "$stack/run/fifo"
	mkfifo "$stack/run/fifo"
	sqlite3 -cmd '.timeout 5000' "$db" <"$stack/run/fifo" >"$stack/log/lock" 2>&1 &
	lock_pid=$!
	exec 9>"$stack/run/fifo"
	echo "BEGIN IMMEDIATE; SELECT 'held';" >&9
	wait_until 10 'grep -q held "$stack/log/lock"' ||
		bail "the database cannot be locked"
}

release_lock()
{
	exec 9>&-
	wait "$lock_pid"
	rm -f "$stack/run/fifo"
}

# Every command, one in a line, as the program's help has them.
commands()
{
	ctl help | sed -n '/^commands:/,$ s/^  \(.\{20\}\) .*/\1/p' |
	    sed 's/ *$//; /^help/d; /^version$/d'
}
