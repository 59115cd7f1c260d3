#!/bin/sh
# SPDX-License-Identifier: MIT
# ctl-completion.t: Bash completes what the program's table has.
# shellcheck shell=sh disable=SC2016,SC2086,SC2154
. "${abs_top_srcdir:-.}/tests/e2e/lib.sh"
. "$abs_top_srcdir/tests/e2e/stack.sh"
. "$abs_top_srcdir/tests/e2e/ctl.sh"

plan 17

command -v bash >/dev/null || skip_all "no bash"
stack_new
: >"$stack/sora2api.conf"
completion=$abs_top_srcdir/conf/bash-completion/sora2apictl

# offer WORD...: what Bash offers in the place of the last word, sorted.
offer()
{
	PATH=$programs:$PATH bash --norc -c '. "$1"; shift
	    COMP_WORDS=(sora2apictl "$@"); COMP_CWORD=$#
	    _sora2apictl; printf "%s\n" "${COMPREPLY[@]}"' bash \
	    "$completion" "$@" 2>>"$stack/log/bash" | sort | tr '\n' ' '
}

like "$(bash --norc -c '. "$1"; complete -p sora2apictl' bash "$completion")" \
    '^complete -F _sora2apictl sora2apictl$' "Bash knows whom to ask"

# Every command of the help is offered, word by word, and leads to itself.
commands >"$stack/run/commands"
missing=
while read -r first second; do
	case " $(offer '') " in
	*" $first "*) ;;
	*) missing="$missing $first" ;;
	esac
	[ -n "$second" ] || continue
	case " $(offer "$first" '') " in
	*" $second "*) ;;
	*) missing="$missing $first-$second" ;;
	esac
done <"$stack/run/commands"
is "$missing" '' "every command of the help is offered"

# So is every option that a command's own help has.
missing=
while read -r first second; do
	for option in $(ctl help "$first" $second | grep -o -e '--[a-z][a-z0-9-]*'); do
		case " $(offer "$first" $second --) " in
		*" $option "*) ;;
		*) missing="$missing $first-$second:$option" ;;
		esac
	done
done <"$stack/run/commands"
is "$missing" '' "every option of every command is offered"

is "$(offer che)" 'check check-config ' "what was begun is completed"
is "$(offer token '')" 'add delete disable enable list test ' "second words"
is "$(offer token en)" 'enable ' "begun ones too"
is "$(offer nonsense '')" ' ' "nothing after what is no command"
is "$(offer token add --sora2 '')" 'no unknown yes ' "words that an option may have"
is "$(offer task list --status c)" 'cancelled completed ' "also begun"
is "$(offer -c "$stack/x.conf" task list --l)" '--limit ' \
    "behind the options that all have"
mkdir "$stack/files"
: >"$stack/files/one.toml"
is "$(offer import-config "$stack/files/o")" "$stack/files/one.toml " "files"
is "$(offer token add --token-file "$stack/files/")" "$stack/files/one.toml " \
    "files after an option"
is "$(offer token add --remark '')" ' ' "nothing where nothing is known"
is "$(offer backup --f)" '--force ' "options of a command with a file"
is "$(offer help st)" 'stats status ' "commands after help"
is "$(offer help ver)" 'version ' "those without options, too"

# Installed under the name that Bash looks for.
(cd "$abs_top_builddir" && make -s install-dist_bashcompletionDATA \
    DESTDIR="$stack/dest") >"$stack/log/install" 2>&1
ok "it is installed in Bash's place" test -f \
    "$(find "$stack/dest" -path '*/share/bash-completion/completions/sora2apictl')"
