#!/bin/sh
# SPDX-License-Identifier: MIT
# units.t: systemd finds no fault in the units, and little that they may do.
# shellcheck disable=SC2015,SC2016,SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"

command -v systemd-analyze >/dev/null || skip_all 'no systemd-analyze'
plan 15
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"; tap_end || exit 1' EXIT

# As they are installed, but with the programs that were built.
for unit in "$abs_top_builddir"/conf/*.service \
    "$abs_top_builddir"/conf/*.socket "$abs_top_srcdir"/conf/*.target; do
	sed "s|^ExecStart=[^ ]*/|ExecStart=$abs_top_builddir/|" \
	    "$unit" >"$tmp/$(basename "$unit")"
done
cp "$tmp/sora2api@.service" "$tmp/sora2api@1.service"

# verify COMMAND...: nothing is said of these units.
verify()
{
	SYSTEMD_UNIT_PATH="$tmp:" systemd-analyze verify --man=no \
	    "$@" >"$tmp/said" 2>&1 && [ ! -s "$tmp/said" ] ||
		{ diag "$(cat "$tmp/said")"; return 1; }
}

# systemd-analyze would ask man, which a small machine does not have.
pages_are_there()
{
	sed -n 's/^Documentation=//p' "$tmp"/*.service "$tmp"/*.socket \
	    "$tmp"/*.target | tr ' ' '\n' | sed 's/man://; s/)//; s/(/./' |
	while read -r page; do
		[ -f "$abs_top_srcdir/man/$page" ] ||
			{ diag "there is no man/$page"; return 1; }
	done
}
ok 'the manual pages that they name are there' pages_are_there

for unit in sora2api.target sora2api.socket sora2api@1.service \
    sora2api-poller.service; do
	ok "$unit is sound" verify "$tmp/$unit"
done
ok 'all of them together' verify "$tmp"/*.target "$tmp"/*.socket \
    "$tmp/sora2api@1.service" "$tmp/sora2api-poller.service"
echo 'NoSuchKey=yes' >>"$tmp/sora2api.target"
ok 'a fault would be found' eval '! verify "$tmp/sora2api.target" >/dev/null'

# Exposure in tenths: 0 is nothing, 100 an unconfined process of root.
exposed()
{
	systemd-analyze security --offline=true --no-pager --threshold="$1" \
	    "$2" >"$tmp/said" 2>&1 ||
		{ diag "$(grep -v '✓' "$tmp/said")"; return 1; }
}

ok 'a worker may do little' exposed 15 "$tmp/sora2api@1.service"
ok 'so may the poller' exposed 15 "$tmp/sora2api-poller.service"

# The two differ in what they are for, not in what they may do.
confined()
{
	sed -n '/^ReadWritePaths/,/^$/p' "$tmp/$1" | grep -v '^#'
}
is "$(confined sora2api@.service)" "$(confined sora2api-poller.service)" \
    'both are confined alike'
is "$(confined sora2api@.service | sed -n 's/^ReadWritePaths=//p' | tr ' ' '\n')" \
    "$(sed -n 's/^d \([^ ]*\/\(lib\|cache\|run\)\/[^ ]*\) .*/-\1/p' \
	"$abs_top_builddir/conf/tmpfiles.d/sora2api.conf")" \
    'only state, cache and runtime folder are writable'

# Neither may take the machine; the manual says what they may have.
limits_of()
{
	sed -n 's/^\(MemoryMax\|TasksMax\)=/&/p' "$tmp/$1" | sort
}
told_in()
{
	grep -oE '(MemoryMax|TasksMax)=[0-9]+[MG]?' "$abs_top_srcdir/man/$1" | sort
}
like "$(limits_of sora2api@.service | tr '\n' ' ')" '^MemoryMax=[0-9]+[MG] TasksMax=[0-9]+ $' \
    'a worker has limits of memory and tasks'
is "$(limits_of sora2api@.service; limits_of sora2api-poller.service)" \
    "$(told_in sora2api.8; told_in sora2api-poller.8)" \
    'so has the poller, and the manual tells them'

# The folders and the user exist when they start.
account=$(sed -n 's/^u \([^ ]*\) .*/\1/p' "$abs_top_builddir/conf/sysusers.d/sora2api.conf")
is "$(sed -n 's/^User=//p' "$tmp/sora2api@.service" "$tmp/sora2api-poller.service" | sort -u)" \
    "$account" 'they run as the account that sysusers makes'
mkdir -p "$tmp/root/etc"
cp /etc/passwd /etc/group "$tmp/root/etc"
as_installed()
{
	systemd-sysusers --root="$tmp/root" \
	    "$abs_top_builddir/conf/sysusers.d/sora2api.conf" &&
		systemd-tmpfiles --root="$tmp/root" --create \
		    "$abs_top_builddir/conf/tmpfiles.d/sora2api.conf" &&
		[ "$(cd "$tmp/root" && find . -path '*/sora2api' \
		    -printf '%f %m\n' | sort | tr '\n' ' ')" = \
		    'sora2api 2750 sora2api 750 sora2api 750 sora2api 755 ' ]
}
if [ "$(id -u)" -eq 0 ] && command -v systemd-sysusers >/dev/null; then
	ok 'sysusers and tmpfiles take their files' as_installed
else
	skip 13 'sysusers and tmpfiles need root'
fi
