#!/bin/sh
# SPDX-License-Identifier: MIT
# rooms.t: calls go down: no file of the programs includes what stands above it.
#
# The rooms, from the top: programs > api > store, http, upstream > gen > base. The
# room of a file is its folder in src; that of a public header is in include/local.mk.
: "${abs_top_srcdir:=$(pwd)}"
cd "$abs_top_srcdir" || exit 1
. tests/e2e/lib.sh

plan 4

# Prints "<rule> <what is wrong>" for each fault.
rooms()
{
	find src include -name '*.[ch]' | sort | xargs awk '
	BEGIN {
		split("base 0 gen 1 store 2 http 2 upstream 2 media 2 api 3" \
		    " worker 4 poller 4 ctl 4 sandbox 4", words)
		for (i = 1; i in words; i += 2)
			height[words[i]] = words[i + 1]
		only["sqlite3"] = "^src/store/(sqlite[a-z_]*|import_(read|impl))[.][ch]$"
		only["curl"] = "^src/(upstream|media)/"
		only["FCGX"] = "^src/http/"
		only["config"] = "^src/base/conf[^/]*[.]c$"
		library["sqlite3.h"] = "sqlite3"
		library["curl/curl.h"] = "curl"
		library["fcgiapp.h"] = "FCGX"
		library["libconfig.h"] = "config"
		while ((getline line <"include/local.mk") > 0)
			read_list(line)
	}

	# "store_headers = \", then a line for each header.
	function read_list(line)
	{
		if (line ~ /^[a-z]+_headers =/)
			list = substr(line, 1, index(line, "_") - 1)
		else if (match(line, /include\/[a-z0-9_]+[.]h/)) {
			header = substr(line, RSTART, RLENGTH)
			if (header in room)
				print "room " header " stands in two lists"
			room[header] = list
		}
	}

	function room_of(file)
	{
		if (file ~ /^include\//)
			return room[file]
		split(file, part, "/")
		return part[2]
	}

	function exists(file,    line)
	{
		if (!(file in known)) {
			known[file] = (getline line <file) >= 0
			close(file)
		}
		return known[file]
	}

	# The file that the compiler finds; "": a library has it, or make makes it.
	function found(name,    file)
	{
		file = FILENAME
		sub(/[^\/]*$/, name, file)
		if (exists(file))
			return file
		if (exists("include/" name))
			return "include/" name
		return exists("src/" name) ? "src/" name : ""
	}

	function fault(rule, what)
	{
		print rule " " FILENAME ":" FNR ": " what
	}

	function check_include(name,    file, theirs)
	{
		file = found(name)
		theirs = room_of(file)
		if (file == "" || theirs == "" || theirs == mine)
			return
		if (file ~ /^src\//)
			fault("private", file " is for src/" theirs " alone")
		else if (height[theirs] >= height[mine])
			fault("down", mine " includes " name " of " theirs)
	}

	function check_library(name)
	{
		if (FILENAME !~ only[name])
			fault("library", name "_ is used outside its room")
	}

	FNR == 1 {
		mine = room_of(FILENAME)
		if (!(mine in height))
			fault("room", "it is in no room")
	}

	/^#include "/ {
		split($0, part, "\"")
		check_include(part[2])
		next
	}

	/^#include </ {
		split($0, part, /[<>]/)
		if (part[2] in library)
			check_library(library[part[2]])
		next
	}

	# Calls and types; words of comments and texts are none.
	{
		gsub(/"([^"\\]|\\.)*"/, "\"\"")
		gsub(/\/\*.*/, "")
		if ($0 ~ /^ \*/)
			next
		for (name in only)
			if ($0 ~ "(^|[^A-Za-z0-9_])" name "_[A-Za-z0-9_]+ *[(*]")
				check_library(name)
	}'
}

none_of()
{
	! sed -n "s/^$1 //p" "$found" | grep . >"$found.rule"
}

# rule NAME DESCRIPTION
rule()
{
	ok "$2" none_of "$1" || diag "$(cat "$found.rule")"
}

found=$(mktemp) || exit 1
trap 'rm -f "$found" "$found.rule"' EXIT
rooms >"$found" || bail 'the source could not be read'
rule room 'each file is in a room, each public header in one list of include/local.mk'
rule down 'no include goes up, or aside to a room of the same height'
rule private 'a header in src is included in its own room only'
rule library 'a library is used in its room only'
exit "$tap_failed"
