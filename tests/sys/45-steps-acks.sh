#!/bin/sh
# SPDX-License-Identifier: ISC
# steps-acks - like steps, with documents that are collected and acknowledged: every role is killed at one of its first
# calls that change a file, a call further in each round. Each message arrives once, each interchange is acknowledged once, and no
# control number is left out or given twice.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
for home in "$nordwind" "$acme"; do
	set_all "$home" retry.uncertain_grace 2s retry.max 2s
done
set_all "$nordwind" partner.acme.batch 3 partner.acme.batch_wait 2s partner.acme.ack wanted partner.acme.control_from 1001
set_all "$acme" partner.nordwind.control_from 5001
case $b in /*) shim=$b/tool/crash/shim.so ;; *) shim=$PWD/$b/tool/crash/shim.so ;; esac
up_under() {	# home, call
	mkdir -p "$1.once" && rm -f "$1.once"/* && : >"$1.once/edigate" || return 1
	CRASH_ONCE=$1.once CRASH_HOW=kill CRASH_AT=$2 LD_PRELOAD=$shim "$e" --home "$1" run >>"$1.log" 2>&1 </dev/null &
	echo $! >"$1.pid"
	started="$started $1"
}
po() {	# number
	printf 'ISA*00*          *00*          *14*4012345000009  *14*5098765000007  *261123*1200*U*00401*%09d*0*P*:~\n' "$1"
	printf 'GS*PO*NW*AC*20261123*1200*%s*X*004010~\nST*850*0001~\nBEG*00*SA*PO-%s**20261123~\nSE*3*0001~\n' "$1" "$1"
	printf 'GE*1*%s~\nIEA*1*%09d~\n' "$1" "$1"
}
n=0
complete() { [ "$(count "$nordwind" dir=out state=complete)" = $n ]; }
acked() { [ "$(count "$acme" kind=ack dir=out state=complete)" = "$(count "$acme" dir=in state=filed)" ]; }
for call in 2 7 14 26; do
	up_under "$nordwind" $call && up_under "$acme" $call || bail "starting"
	for _ in 1 2 3 4; do
		n=$((n + 1))
		po $n | drop "$nordwind" acme "po-$n.x12"
	done
	try "killed at call $call: all are complete, acknowledgement included" wait_for 60 complete
	try "killed at call $call: every acknowledgement is receipted" wait_for 60 acked
	down "$nordwind" && down "$acme" || not_ok "they end"
	[ $failures = 0 ] || done_testing
done
is "each message was filed once" "$(cat "$acme"/inbox/nordwind/* | sed -n 's/^BEG\*00\*SA\*PO-\([0-9]*\).*/\1/p' | sort -n | uniq | wc -l) $(
    cat "$acme"/inbox/nordwind/* | grep -c '^BEG')" "$n $n"
controls() { sed -n 's/^ISA.*\*U\*00401\*0*\([0-9]*\)\*.*/\1/p' "$1"/* | sort -n; }
batches=$(ls "$acme/inbox/nordwind" | wc -l)
is "batches: numbers without a gap" "$(controls "$acme/inbox/nordwind" | tr '\n' ' ')" "$(seq 1001 $((1000 + batches)) | tr '\n' ' ')"
is "acknowledgements: one for each, numbers without a gap" "$(controls "$nordwind/inbox/acme" | tr '\n' ' ')" \
    "$(seq 5001 $((5000 + batches)) | tr '\n' ' ')"
is "the originals are in sent/" "$(ls "$nordwind/sent" | wc -l)" $n
for home in "$nordwind" "$acme"; do
	try "${home##*/}: the database is sound" "$e" --home "$home" db check
	is "${home##*/}: nothing is left on the way" \
	    "$(ls -A "$home/spool/tmp" "$home/spool/claimed" "$home/spool/arrived" | grep -v -e : -e '^$')$(ls -A "$home"/inbox/*/.*.part 2>/dev/null)" ""
done
done_testing
