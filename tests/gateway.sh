# SPDX-License-Identifier: ISC
# gateway.sh - for ./demo and the scripts in tests/sys: two companies on 127.0.0.1, started, asked and stopped.
# Set b (the build) before. A home is a folder below which everything of one company lives.
e=$PWD/$b/edigate
EDIGATE_LIBEXEC=$PWD/$b
export EDIGATE_LIBEXEC
started=
ports_taken=

# A TCP port that nobody listens on, from 24000 up (EDIGATE_TEST_PORTS: another start). The answer is in $port.
free_port() {
	port=$((${EDIGATE_TEST_PORTS:-24010} + $$ % 150))
	while case " $ports_taken " in *" $port "*) true ;; *)
		awk -v hex="$(printf ':%04X' "$port")" '$2 ~ hex "$" { found = 1 } END { exit !found }' /proc/net/tcp /proc/net/tcp6 2>/dev/null ;;
	esac; do
		port=$((port + 1))
	done
	ports_taken="$ports_taken $port"
}

# Two homes below a folder, each with keys and settings, and each other's card. Ports are in $nordwind_port, $acme_port.
make_pair() {	# folder
	nordwind=$1/nordwind acme=$1/acme
	free_port; nordwind_port=$port
	free_port; acme_port=$port
	mkdir -p "$1" &&
	"$e" --home "$nordwind" init --org "Nordwind GmbH" --mail edi@nordwind.example --id 14:4012345000009 \
	    --listen "127.0.0.1:$nordwind_port" --smarthost "smtp://127.0.0.1:$acme_port" >"$1/nordwind.init" &&
	"$e" --home "$acme" init --org "ACME Ltd" --mail edi@acme.example --id 14:5098765000007 \
	    --listen "127.0.0.1:$acme_port" --smarthost "smtp://127.0.0.1:$nordwind_port" >"$1/acme.init" &&
	"$e" --home "$nordwind" partner card >"$1/nordwind.edipartner" &&
	"$e" --home "$acme" partner card >"$1/acme.edipartner" &&
	"$e" --home "$nordwind" partner add --yes "$1/acme.edipartner" --as acme >>"$1/nordwind.init" &&
	"$e" --home "$acme" partner add --yes "$1/nordwind.edipartner" --as nordwind >>"$1/acme.init" &&
	set_all "$nordwind" smtp.ca "$acme/certs/tls.pem" retry.first 1s outbox.rescan 2s outbox.settle 300ms &&
	set_all "$acme" smtp.ca "$nordwind/certs/tls.pem" retry.first 1s outbox.rescan 2s outbox.settle 300ms
}

set_all() {	# home, key, value...
	home=$1
	shift
	while [ $# -gt 1 ]; do
		"$e" --home "$home" config set "$1" "$2" >/dev/null || return 1
		shift 2
	done
}

# Start a gateway and wait until it answers. Its process is in home/run/demo.pid, its log in home.log.
up() {	# home
	"$e" --home "$1" run >>"$1.log" 2>&1 </dev/null &
	echo $! >"$1.pid"
	started="$started $1"
	for _ in $(seq 1200); do
		"$e" --home "$1" status >/dev/null 2>&1 && return 0
		kill -0 "$(cat "$1.pid")" 2>/dev/null || break
		sleep 0.05
	done
	tail -n 20 "$1.log" >&2
	return 1
}

# Have new settings read, and wait until all roles work with them.
reload() {	# home
	reload_home=$1 reload_ledger=$(sed -n 's/^ledger \([0-9]*\) .*/\1/p' "$1/run/roles")
	kill -HUP "$(cat "$1.pid")" && wait_for 60 reloaded_all
}
reloaded_all() {
	[ "$(sed -n 's/^ledger \([0-9]*\) up .*/\1/p' "$reload_home/run/roles")" != "$reload_ledger" ] &&
	    ! grep -vq ' up ' "$reload_home/run/roles"
}

# Stop it: SIGTERM, then wait for the end. Fails when it does not end within a minute.
down() {	# home
	[ -s "$1.pid" ] || return 0
	pid=$(cat "$1.pid")
	rm -f "$1.pid"
	kill -TERM "$pid" 2>/dev/null || return 0
	for _ in $(seq 1200); do
		if ! kill -0 "$pid" 2>/dev/null; then
			wait "$pid" 2>/dev/null
			return 0
		fi
		sleep 0.05
	done
	kill -KILL "$pid"
	return 1
}

down_all() {
	for home in $started; do
		down "$home"
	done
}

# How many documents fit a filter.
count() {	# home, filter...
	home=$1
	shift
	"$e" --home "$home" list --json --limit 0 "$@" 2>/dev/null | wc -l
}

# One member of the JSON on stdin, the first of that name, without its quotes. Enough for our own objects.
json() {	# key
	sed -n '/"'"$1"'":/{s/.*"'"$1"'": *"\{0,1\}\([^",}]*\).*/\1/p;q;}'
}

# ---- for scripts in tests/sys, which have tests/lib.sh too
# A folder of our own in $dir, and everything stopped and removed at the end; kept when something failed.
sys_begin() {
	dir=$(mktemp -d "${TMPDIR:-/tmp}/edigate-test.XXXXXX") || exit 1
	helpers=
	trap sys_end EXIT
	trap 'exit 130' INT TERM
}
sys_end() {
	[ -z "$helpers" ] || kill $helpers 2>/dev/null
	down_all
	wait
	# A role that dies is started again, so what a sanitizer found in it must be looked for.
	if grep -lE 'Sanitizer|runtime error' "$dir"/*.log 2>/dev/null; then
		not_ok "no sanitizer found anything"
	fi
	if [ "$failures" -gt 0 ]; then
		for log in "$dir"/*.log; do
			[ ! -s "$log" ] || { note "the end of $log:"; note "$(tail -n 20 "$log")"; }
		done
		note "everything is still in $dir"
		exit 1
	else
		chmod -R u+rwX "$dir"
		rm -rf "$dir"
	fi
}
bail() {	# what: no test after this one makes sense
	not_ok "$1"
	done_testing
}

# What verify.sh of an evidence needs, and nothing else; and an unpacked one checked by it, with $dir/bin made so.
bare_tools() {	# folder
	for tool in openssl dirname mktemp rm tail head tr base64 sha256sum cat; do
		ln -s "$(command -v "$tool")" "$1/$tool"
	done
}
by_hand() {	# folder that it is unpacked in
	env -i PATH="$dir/bin" TMPDIR="$dir" "$(command -v sh)" "$1"/*/verify.sh
}

# Programs of this test that still run though they should not.
left_behind() {
	for proc in /proc/[0-9]*; do
		{ tr '\0' ' ' <"$proc/cmdline"; } 2>/dev/null | grep -F "edigate" | grep -F -- "$dir" | grep -v 'grep'
	done
}

# An order from Nordwind to ACME that no other has the numbers of; turned: from ACME to Nordwind.
order()  { awk -v n="$1" '{ gsub(/ORD000101/, sprintf("T%08d", n)); gsub(/PO-2026-0815/, sprintf("PO-T-%06d", n)); print }' tests/documents/orders.edi; }
turned() { sed 's/4012345000009/@/g; s/5098765000007/4012345000009/g; s/@/5098765000007/g'; }

# Hand a file over as it should be done: written under a name that is ignored, then renamed.
drop() {	# home, partner, name; content on stdin
	cat >"$1/outbox/$2/.$3.tmp" && mv "$1/outbox/$2/.$3.tmp" "$1/outbox/$2/$3"
}
state_of() {	# home, filter...: of the newest document that fits
	home=$1
	shift
	"$e" --home "$home" list --json --limit 1 "$@" 2>/dev/null | json state
}
has_state() {	# home, state, filter...
	home=$1 state=$2
	shift 2
	[ "$(state_of "$home" "$@")" = "$state" ]
}
