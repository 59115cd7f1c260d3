# SPDX-License-Identifier: MIT
# stack.sh: nginx, workers, poller and sandbox in a temporary directory.
# shellcheck shell=sh disable=SC2016,SC2034,SC2094,SC2154
#
# Needs lib.sh. stack_new makes the directory; stack_set and the variables
# below shape what is started; stack_start starts all of it and sets
#
#	$stack		the directory: log/ run/ cache/ data/, sora2api.conf
#	$base		http://127.0.0.1:PORT, nginx in front of the workers
#	$sandbox	http://127.0.0.1:PORT, nginx in front of the sandbox
#	$api_key $admin_password
#
# Everything ends with the script, however it ends; the logs of a failed test
# are kept in the build directory.

: "${stack_workers:=2}"		# processes
: "${stack_speed:=60}"		# of the sandbox
: "${stack_tokens:=1}"		# accounts, e-mail accountN@example.org
: "${stack_videos:=3}"		# at once on each
: "${stack_connections:=1000}"	# of nginx
# stack_server: more lines for the nginx server of the API
# stack_sandbox_server: the same, of the sandbox
# stack_sandbox_options: more options of the sandbox; --shared-clips when unset
: "${stack_clips:=$abs_top_builddir/tests/clips}"	# media, kept for the next test
: "${programs:=$abs_top_builddir}"
PATH=$PATH:/usr/sbin:/sbin

# ---- processes ----

alive()
{
	{ read -r _ _ alive_state _ <"/proc/$1/stat"; } 2>/dev/null &&
		[ "$alive_state" != Z ]
}

none_alive()
{
	for none_pid in "$@"; do
		! alive "$none_pid" || return 1
	done
}

# stop_pids SECONDS PID...: asks them to end, and kills what is left after that.
stop_pids()
{
	stop_time=$1
	shift
	[ $# -gt 0 ] || return 0
	kill -TERM "$@" 2>/dev/null
	stop_list=$*
	# shellcheck disable=SC2086
	wait_until "$stop_time" "none_alive $stop_list" && return
	kill_pids "$@"
	return 1
}

kill_pids()
{
	[ $# -gt 0 ] || return 0
	kill -KILL "$@" 2>/dev/null
	kill_list=$*
	wait_until 10 "none_alive $kill_list"
}

# pids_of NAME: worker, poller, sandbox or nginx.
pids_of()
{
	cat "$stack/run/$1.pid" 2>/dev/null
}

# spawn NAME COUNT PROGRAM [ARGUMENT...]: on a socket, with its log. A process
# that was killed holds its socket until its last thread is gone.
spawn()
{
	spawn_time=$(($(date +%s) + 10))
	until spawn_once "$@"; do
		[ "$(date +%s)" -lt "$spawn_time" ] || return 1
		sleep 0.02
	done
}

spawn_once()
{
	spawn_name=$1
	spawn_count=$2
	shift 2
	rm -f "$stack/run/$spawn_name.pid"
	# shellcheck disable=SC2016
	spawn-fcgi -F "$spawn_count" -s "$stack/run/$spawn_name.sock" \
	    -P "$stack/run/$spawn_name.pid" -- /bin/sh -c \
	    'log=$1; shift; exec "$@" 2>>"$log"' sh \
	    "$stack/log/$spawn_name" "$@" >>"$stack/log/spawn-fcgi" 2>&1
}

worker_start()
{
	spawn worker "$stack_workers" "$programs/sora2api" -c "$stack/sora2api.conf"
}

sandbox_start()
{
	mkdir -p "$stack_clips"
	# shellcheck disable=SC2086
	spawn sandbox 1 "$programs/sora2api-sandbox" --public-url "$sandbox" \
	    --media "$stack_clips" --speed "$stack_speed" --control \
	    ${stack_sandbox_options---shared-clips}
}

poller_start()
{
	setsid "$programs/sora2api-poller" -c "$stack/sora2api.conf" \
	    </dev/null >>"$stack/log/poller" 2>&1 &
	echo $! >"$stack/run/poller.pid"
}

nginx_start()
{
	rm -f "$stack/run/nginx.pid"
	setsid nginx -p "$stack/" -e "$stack/log/nginx" \
	    -c "$stack/nginx.conf" </dev/null >>"$stack/log/nginx" 2>&1 &
	nginx_pid=$!
	# It writes its pid when it has all its ports.
	wait_until 15 '[ -s "$stack/run/nginx.pid" ] || ! alive $nginx_pid'
	[ -s "$stack/run/nginx.pid" ]
}

# Lets it finish what it does: worker, poller, sandbox or nginx.
# shellcheck disable=SC2046
stack_stop()
{
	stop_pids "${2-20}" $(pids_of "$1")
}

# Ends it where it is, with all its children.
# shellcheck disable=SC2046
stack_kill()
{
	case $1 in
	nginx)
		kill -KILL -"$(pids_of nginx)"
		wait_until 10 "none_alive $(pids_of nginx)"
		;;
	*)
		kill_pids $(pids_of "$1")
		;;
	esac
}

# ---- configuration ----

# stack_set SECTION.KEY VALUE: VALUE as in the file, strings in their quotes.
stack_set()
{
	stack_new
	printf '%s %s\n' "$1" "$2" >>"$stack/settings"
}

stack_defaults()
{
	cat <<END
sora.base_url "$sandbox"
sora.session_url "$sandbox/api/auth/session"
sora.oauth_url "$sandbox/oauth/token"
sora.share_url "$sandbox"
sora.poll_interval 0.2
database.sqlite_path "$stack/data/sora2api.db"
cache.dir "$stack/cache"
metrics.file "$stack/run/metrics"
limits.allow_private_fetch true
END
}

# The last value of each key, in its section's group.
stack_configure()
{
	{ stack_defaults; cat "$stack/settings"; } | awk '{
		key = $1
		sub(/^[^ ]+ /, "")
		value[key] = $0
	}
	END {
		for (key in value) {
			split(key, part, ".")
			group[part[1]] = group[part[1]] "\t" part[2] " = " \
			    value[key] ";\n"
		}
		for (name in group)
			printf "%s: {\n%s};\n", name, group[name]
	}' >"$stack/sora2api.conf"
}

random_port()
{
	echo $((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
}

port_free()
{
	curl -s -o /dev/null --max-time 1 "http://127.0.0.1:$1/"
	[ $? -eq 7 ]
}

stack_ports()
{
	until port=$(random_port) && port_free "$port"; do :; done
	until sandbox_port=$(random_port) && [ "$sandbox_port" != "$port" ] &&
	    port_free "$sandbox_port"; do :; done
	base=http://127.0.0.1:$port
	sandbox=http://127.0.0.1:$sandbox_port
}

nginx_configure()
{
	nginx_user=
	[ "$(id -u)" -ne 0 ] || nginx_user='user root;'
	cat >"$stack/nginx.conf" <<END
daemon off;
$nginx_user
pid $stack/run/nginx.pid;
error_log $stack/log/nginx info;
worker_processes 1;

events {
	worker_connections $stack_connections;
}

http {
	log_format stack '\$time_iso8601 \$status \$request_method '
	    '\$request_uri \$request_time \$sora2api_request_id';
	access_log $stack/log/access stack;
	client_body_temp_path $stack/run/body;
	fastcgi_temp_path $stack/run/fastcgi;
	proxy_temp_path $stack/run/proxy;
	scgi_temp_path $stack/run/scgi;
	uwsgi_temp_path $stack/run/uwsgi;

	include snippets/sora2api-http.conf;

	upstream sora2api {
		server unix:$stack/run/worker.sock;
	}

	upstream sora2api_sandbox {
		server unix:$stack/run/sandbox.sock;
	}

	server {
		listen 127.0.0.1:$port backlog=4096;
		${stack_server-}
		set \$sora2api_cache $stack/cache;
		include snippets/sora2api-errors.conf;
		include snippets/sora2api.conf;
	}

	server {
		listen 127.0.0.1:$sandbox_port backlog=4096;
		${stack_sandbox_server-}
		set \$sora2api_sandbox_media $stack_clips;
		include snippets/sora2api-sandbox.conf;
	}

	include $stack/servers/*.conf;
}
END
}

stack_new()
{
	[ -z "${stack-}" ] || return 0
	stack=$(mktemp -d "${TMPDIR:-/tmp}/sora2api.XXXXXX") || exit 1
	trap stack_end EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	mkdir "$stack/log" "$stack/run" "$stack/cache" "$stack/data" \
	    "$stack/servers"
	: >"$stack/settings"
	ln -s "$abs_top_srcdir/nginx/snippets" "$stack/snippets"
}

# ---- more upstreams ----

# server_start NAME DIALECT [OPTION...]: one more sandbox, called NAME where
# processes and logs have names, beside the nginx that runs; sets $server to its
# http://127.0.0.1:PORT. Its control path is open.
server_start()
{
	server_name=$1
	server_dialect=$2
	shift 2
	server_listen
	mkdir -p "$stack_clips"
	spawn "$server_name" 1 "$programs/sora2api-sandbox" \
	    --dialect "$server_dialect" --public-url "$server" \
	    --media "$stack_clips" --speed "$stack_speed" --control \
	    --shared-clips "$@" || bail "$server_name does not start"
}

# Sets $server: on a port that somebody else was quicker to take, once more.
server_listen()
{
	for attempt in 1 2 3 4 5; do
		until server_port=$(random_port) && port_free "$server_port"; do :; done
		server=http://127.0.0.1:$server_port
		server_configure
		kill -HUP "$(pids_of nginx)"
		wait_until 5 'curl -s -o "$stack/body" "$server/"' && return
	done
	bail "nginx does not listen: $(tail -n 1 "$stack/log/nginx")"
}

# nginx's part of it: the shipped locations, with its own socket.
server_configure()
{
	sed "s|sora2api_sandbox;|unix:$stack/run/$server_name.sock;|" \
	    "$stack/snippets/sora2api-sandbox.conf" >"$stack/servers/$server_name"
	cat >"$stack/servers/$server_name.conf" <<END
server {
	listen 127.0.0.1:$server_port backlog=4096;
	set \$sora2api_sandbox_media $stack_clips;
	include $stack/servers/$server_name;
}
END
}

# ---- all of it ----

# nginx alone: on a port that somebody else was quicker to take, once more.
stack_start_nginx()
{
	for attempt in 1 2 3 4 5; do
		stack_ports
		nginx_configure
		nginx_start && return
		grep -q 'Address already in use' "$stack/log/nginx" || break
		diag "port $port or $sandbox_port is taken (attempt $attempt)"
	done
	tail -n 3 "$stack/log/nginx" | sed 's/^/# /'
	bail "nginx does not start"
}

ctl()
{
	"$programs/sora2apictl" -c "$stack/sora2api.conf" "$@"
}

# token_add E-MAIL [OPTION...]
token_add()
{
	token_email=$1
	shift
	make_jwt "$token_email" | ctl token add --sora2 yes \
	    --video-concurrency "$stack_videos" "$@" >>"$stack/log/ctl" 2>&1
}

stack_init()
{
	ctl init >"$stack/data/credentials" 2>>"$stack/log/ctl" ||
		bail "sora2apictl init fails: $(tail -n 1 "$stack/log/ctl")"
	api_key=$(sed -n 's/^API key: *//p' "$stack/data/credentials")
	admin_password=$(sed -n 's/^Admin password: *//p' "$stack/data/credentials")
	init_n=1
	while [ "$init_n" -le "$stack_tokens" ]; do
		token_add "account$init_n@example.org" ||
			bail "sora2apictl token add fails: $(tail -n 1 "$stack/log/ctl")"
		init_n=$((init_n + 1))
	done
}

# Makes the database and starts every program; returns when the API answers.
stack_start()
{
	stack_new
	stack_start_nginx
	stack_configure
	sandbox_start || bail "the sandbox does not start"
	stack_init
	poller_start
	worker_start || bail "the workers do not start"
	wait_until 15 'curl -sf -o "$stack/body" "$base/health"' ||
		bail "the workers do not answer: $(tail -n 1 "$stack/log/worker")"
}

# The logs of a failed test stay, in the build directory.
stack_keep_logs()
{
	keep_dir=$abs_top_builddir/tests/e2e/$test_name.logs
	rm -rf "$keep_dir"
	mkdir -p "$keep_dir" &&
		cp "$stack"/log/* "$stack/nginx.conf" "$keep_dir" 2>/dev/null
	diag "logs: $keep_dir"
}

stack_end()
{
	end_status=$?
	trap - EXIT
	trap '' HUP INT TERM
	for end_file in "$stack"/run/*.pid; do
		stack_stop "$(basename "$end_file" .pid)" 5
	done
	[ ! -s "$stack/run/nginx.pid" ] || stack_kill nginx 2>/dev/null
	tap_end || end_status=1
	# what a sanitizer found shows only now: leaks are looked for at the end
	if grep -E 'ERROR: [A-Za-z]+Sanitizer|runtime error:' "$stack"/log/* |
	    sed 's/^/# /' | grep .; then
		echo 'Bail out! a sanitizer has found something'
		end_status=1
	fi
	[ "$end_status" -eq 0 ] || stack_keep_logs
	rm -rf "$stack"
	exit "$end_status"
}
