#!/bin/sh
# SPDX-License-Identifier: MIT
# install.t: make install puts everything in its place, again over what is
# there, and make uninstall takes it away.
# shellcheck disable=SC2154
. "${abs_top_srcdir:=$(pwd)}/tests/e2e/lib.sh"

plan 13
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"; tap_end || exit 1' EXIT
dest=$tmp/dest

# The configured prefix may be any: the folders of a package are asked for.
# Its make has nothing to do with the one that runs the tests.
run_make()
{
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -C "$abs_top_builddir" \
	    "$@" DESTDIR="$dest" prefix=/usr sysconfdir=/etc \
	    systemdsystemunitdir=/usr/lib/systemd/system \
	    sysusersdir=/usr/lib/sysusers.d tmpfilesdir=/usr/lib/tmpfiles.d \
	    logrotatedir=/etc/logrotate.d >"$tmp/log" 2>&1 ||
		{ diag "$(tail -n 5 "$tmp/log")"; return 1; }
}

files()
{
	(cd "$dest" && find . ! -type d | sed 's/^\.//' | sort)
}

ok 'it installs' run_make install
files >"$tmp/files"
sort >"$tmp/wanted" <<END
/etc/logrotate.d/sora2api
/etc/sora2api.conf
/usr/bin/sora2apictl
/usr/lib/systemd/system/sora2api-poller.service
/usr/lib/systemd/system/sora2api.socket
/usr/lib/systemd/system/sora2api.target
/usr/lib/systemd/system/sora2api@.service
/usr/lib/sysusers.d/sora2api.conf
/usr/lib/tmpfiles.d/sora2api.conf
/usr/sbin/sora2api
/usr/sbin/sora2api-poller
/usr/sbin/sora2api-sandbox
/usr/share/bash-completion/completions/sora2apictl
/usr/share/man/man5/sora2api.conf.5
/usr/share/man/man7/sora2api-sandbox-control.7
/usr/share/man/man8/sora2api-poller.8
/usr/share/man/man8/sora2api-sandbox.8
/usr/share/man/man8/sora2api.8
/usr/share/man/man8/sora2apictl.8
/usr/share/sora2api/nginx/snippets/sora2api-answer.conf
/usr/share/sora2api/nginx/snippets/sora2api-errors.conf
/usr/share/sora2api/nginx/snippets/sora2api-fastcgi.conf
/usr/share/sora2api/nginx/snippets/sora2api-http.conf
/usr/share/sora2api/nginx/snippets/sora2api-sandbox.conf
/usr/share/sora2api/nginx/snippets/sora2api.conf
/usr/share/sora2api/nginx/sora2api.conf
/usr/share/sora2api/sora2api.conf.sample
END
is "$(comm -13 "$tmp/files" "$tmp/wanted")" '' 'every file in its place'
is "$(find "$dest" -type f -perm /022)" '' 'nobody else can write them'
is "$(stat -c %a "$dest/etc/sora2api.conf")" 640 \
    'the configuration may hold secrets'
ok 'it is the sample' cmp -s "$dest/etc/sora2api.conf" \
    "$dest/usr/share/sora2api/sora2api.conf.sample"
like "$("$dest/usr/bin/sora2apictl" -c "$dest/etc/sora2api.conf" check-config)" \
    'the configuration is valid$' 'and valid'

run_make uninstall
is "$(files)" '' 'uninstalled, nothing is left'
is "$(find "$dest" -name '*sora2api*')" '' 'nor a folder of ours'

run_make install
sed -i 's/^	#threads = .*/	threads = 3;/' "$dest/etc/sora2api.conf"
cp -p "$dest/etc/sora2api.conf" "$tmp/edited"
ok 'a second time' run_make install
is "$(files)" "$(cat "$tmp/files")" 'the same files'
ok 'an edited configuration stays as it is' \
    cmp -s "$dest/etc/sora2api.conf" "$tmp/edited"
run_make uninstall
is "$(files)" /etc/sora2api.conf 'also when all else goes'
ok 'a third time: nothing to do' run_make uninstall
