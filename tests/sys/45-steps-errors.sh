#!/bin/sh
# SPDX-License-Identifier: ISC
# steps-errors - the ledger is killed at one of the calls by which it changes a file, a call further in each round, while
# documents are refused and held before they leave: beside each lies one file that says why, with the same words as without a crash.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
set_all "$nordwind" partner.acme.findings_out hold
case $b in /*) shim=$b/tool/crash/shim.so ;; *) shim=$PWD/$b/tool/crash/shim.so ;; esac
once=$dir/once

up_under() {	# call: only the ledger meets it
	rm -rf "$once" && mkdir "$once" || return 1
	for role in '' -watch -keys -pack -send -listen -unpack -hook; do
		: >"$once/edigate$role"
	done
	CRASH_ONCE=$once CRASH_HOW=kill CRASH_AT=$1 LD_PRELOAD=$shim "$e" --home "$nordwind" run >>"$nordwind.log" 2>&1 </dev/null &
	echo $! >"$nordwind.pid"
	started="$started $nordwind"
}
po() {	# number, date, segments that SE counts
	printf 'ISA*00*          *00*          *14*4012345000009  *14*5098765000007  *261123*1200*U*00401*%09d*0*P*:~\n' "$1"
	printf 'GS*PO*NW*AC*20261123*1200*%s*X*004010~\nST*850*0001~\nBEG*00*SA*PO-%s**%s~\nPO1*1*1*EA*9.00~\nSE*%s*0001~\n' \
	    "$1" "$1" "$2" "$3"
	printf 'GE*1*%s~\nIEA*1*%09d~\n' "$1" "$1"
}
words() {	# of the file beside the original of that name, without the numbers that differ
	sed 's/PO-[0-9]*/PO-N/g; s/^document: [0-9]*/document: N/; s/trace [0-9]*$/trace N/' "$nordwind/failed/$1"[.~]*error.txt
}
n=0
explained() { [ "$(ls "$nordwind/failed" | grep -c '\.error\.txt$')" -ge $((2 * n)) ]; }
ended() { [ "$(count "$nordwind" state=invalid) $(count "$nordwind" state=held)" = "$n $n" ] && explained; }
met=0
for call in 9999 $(seq 3 3 60); do
	n=$((n + 1))
	po $((10 + 2 * n)) 20261323 4 | drop "$nordwind" acme "held-$n.x12"
	po $((11 + 2 * n)) 20261123 9 | drop "$nordwind" acme "bad-$n.x12"
	up_under $call || bail "starting"
	wait_for 60 ended || not_ok "killed at call $call: one is held, one invalid, both are explained"
	down "$nordwind" || not_ok "it ends"
	[ ! -e "$once/edigate-ledger" ] || met=$((met + 1))
	for what in held bad; do
		files=$(ls "$nordwind/failed" | grep "^$what-$n[.~].*error\.txt$")
		[ "$(echo "$files" | wc -l)" = 1 ] || is "killed at call $call: one file" "$files" "$what-$n..."
		[ "$(words $what-$n)" = "$(words $what-1)" ] || is "killed at call $call: the same words" "$(words $what-$n)" "$(words $what-1)"
	done
	[ $failures = 0 ] || done_testing
done
ok "each document that stays has one file that says why, whenever the ledger ends"
try "it was killed ($met times)" test "$met" -ge 15
try "the database is sound" "$e" --home "$nordwind" db check
done_testing
