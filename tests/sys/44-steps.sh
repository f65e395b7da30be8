#!/bin/sh
# SPDX-License-Identifier: ISC
# steps - every role of two gateways meets the end, or a disk error, at one of its first calls that change a file; a file
# more in each round. Nothing is lost, nothing is there twice, and nobody has to help.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
for home in "$nordwind" "$acme"; do
	set_all "$home" retry.uncertain_grace 2s retry.max 2s
done
case $b in /*) shim=$b/tool/crash/shim.so ;; *) shim=$PWD/$b/tool/crash/shim.so ;; esac

# Like up(), under the shim, which each role meets once; the supervisor, which nobody restarts, never.
up_under() {	# home, how, call
	mkdir -p "$1.once" && rm -f "$1.once"/* && : >"$1.once/edigate" || return 1
	CRASH_ONCE=$1.once CRASH_HOW=$2 CRASH_AT=$3 LD_PRELOAD=$shim "$e" --home "$1" run >>"$1.log" 2>&1 </dev/null &
	echo $! >"$1.pid"
	started="$started $1"
}
n=0
complete() { [ "$(count "$1" dir=out state=complete)" = $n ]; }
settled()  { [ "$(ls "$nordwind/sent" | wc -l)" = $n ] && [ "$(ls "$acme/sent" | wc -l)" = $n ]; }

for how in kill EIO "kill by link"; do
	for call in 2 6 11 17 25 40; do
		up_under "$nordwind" "$how" $call && up_under "$acme" "$how" $call || bail "starting"
		for _ in 1 2 3; do
			n=$((n + 1))
			order $n | drop "$nordwind" acme "order-$n.edi"
			order $((1000 + n)) | turned | drop "$acme" nordwind "back-$n.edi"
		done
		try "$how at call $call: complete at Nordwind" wait_for 60 complete "$nordwind"
		try "$how at call $call: complete at ACME" wait_for 60 complete "$acme"
		try "$how at call $call: the originals are in sent/" wait_for 60 settled
		note "met by $(cd "$dir" && echo $(ls nordwind.once acme.once | grep -- - | sort -u))"
		down "$nordwind" && down "$acme" || not_ok "they end"
		is "$how at call $call: filed once each" "$(ls "$acme/inbox/nordwind" | wc -l) $(ls "$nordwind/inbox/acme" | wc -l)" "$n $n"
		[ $failures = 0 ] || done_testing
	done
done
for home in "$nordwind" "$acme"; do
	try "${home##*/}: the database is sound" "$e" --home "$home" db check
	is "${home##*/}: nothing is left on the way" \
	    "$(ls -A "$home/spool/tmp" "$home/spool/claimed" "$home/spool/arrived" | grep -v -e : -e '^$')$(ls -A "$home"/inbox/*/.*.part 2>/dev/null)" ""
done
done_testing
