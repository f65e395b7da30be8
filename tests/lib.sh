# SPDX-License-Identifier: ISC
# lib.sh - for test scripts in sh: each case is a line "ok N - what", "not ok N - what" or "ok N - what # SKIP why".
# A script ends with `done_testing`; its exit status is 0 when nothing failed.
tests=0
failures=0

ok()     { tests=$((tests + 1)); echo "ok $tests - $1"; }
not_ok() { tests=$((tests + 1)); failures=$((failures + 1)); echo "not ok $tests - $1"; }
skip()   { tests=$((tests + 1)); echo "ok $tests - $1 # SKIP $2"; }
note()   { printf '%s\n' "$*" | sed 's/^/# /'; }

# The command must succeed; what it prints is shown when it does not. It runs in this shell: its children stay ours.
try() {	# what, command...
	what=$1
	shift
	said=$(mktemp) || exit 1
	if "$@" >"$said" 2>&1; then
		ok "$what"
	else
		not_ok "$what"
		note "failed: $*"
		note "$(cat "$said")"
	fi
	rm -f "$said"
}

is() {	# what, got, wanted
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1"
		note "got:    $2"
		note "wanted: $3"
	fi
}

# Until the command succeeds, at most so many seconds. No test sleeps for a guessed time.
wait_for() {	# seconds, command...
	until_s=$(($(date +%s) + $1))
	shift
	while ! "$@" >/dev/null 2>&1; do
		[ "$(date +%s)" -lt "$until_s" ] || return 1
		sleep 0.05
	done
}

done_testing() {
	echo "1..$tests"
	[ $failures = 0 ]
	exit
}
