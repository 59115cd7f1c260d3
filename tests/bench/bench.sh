# SPDX-License-Identifier: MIT
# bench.sh: what the measurements share.
# shellcheck shell=sh disable=SC2016,SC2034,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/video.sh"

: "${bench_seconds:=3}"		# of each run
: "${bench_rounds:=3}"		# the median of so many
: "${bench_connections:=32}"

# figure NAME VALUE UNIT min|max TARGET: one line; whether the target was reached.
figure()
{
	awk -v name="$1" -v value="$2" -v unit="$3" -v how="$4" \
	    -v target="$5" 'BEGIN {
		reached = how == "min" ? value + 0 >= target + 0 \
		    : value + 0 <= target + 0
		printf "%s\t%s\t%s\t%s %s\t%s\n", name, value, unit,
		    how == "min" ? ">=" : "<=", target,
		    reached ? "pass" : "short"
	}'
}

median()
{
	printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}

# ratio A B: A / B, rounded down to two digits.
ratio()
{
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", int(100 * a / b) / 100 }'
}

# load STATUS PATH [OPTION...]: requests a second and p99 in ms; any answer of
# another class than STATUS spoils the run.
load()
{
	load_status=$1
	load_path=$2
	shift 2
	wrk -t 1 -c "$bench_connections" -d "${bench_seconds}s" --latency "$@" \
	    "$base$load_path" >"$stack/wrk" 2>&1
	! grep 'Socket errors' "$stack/wrk" >&2 || bail "$load_path fails"
	[ "$load_status" = error ] || ! grep 'Non-2xx' "$stack/wrk" >&2 ||
		bail "$load_path is not answered well"
	awk '/^Requests\/sec/ { rate = $2 }
	$1 == "99%" {
		p99 = $2 + 0
		if ($2 ~ /us$/) p99 /= 1000
		else if ($2 ~ /[0-9]s$/) p99 *= 1000
	}
	END { print rate, p99 }' "$stack/wrk"
}

# rss NAME: MiB of the largest process of that name.
rss()
{
	for rss_pid in $(pids_of "$1"); do
		awk '/^VmRSS/ { printf "%.1f\n", $2 / 1024 }' "/proc/$rss_pid/status"
	done | sort -n | tail -n 1
}
