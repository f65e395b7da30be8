#!/bin/sh
# SPDX-License-Identifier: ISC
# kill - every role, and then everything at once, is killed with SIGKILL in the middle of work: nothing is lost or doubled.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
for home in "$nordwind" "$acme"; do
	set_all "$home" retry.uncertain_grace 2s retry.max 2s
done
up "$nordwind" && up "$acme" || bail "starting"

# The processes of one role of one gateway.
role_pids() {	# home, role
	for proc in /proc/[0-9]*; do
		{ tr '\0' ' ' <"$proc/cmdline"; } 2>/dev/null | grep -q "edigate-$2 .*--home $1" && echo "${proc#/proc/}"
	done
}
n=0
for role in watch pack send ledger listen unpack; do
	for home in "$nordwind" "$acme"; do
		for _ in 1 2 3; do
			n=$((n + 1))
			order $n | drop "$nordwind" acme "order-$n.edi"
			order $((1000 + n)) | turned | drop "$acme" nordwind "back-$n.edi"
		done
		pids=$(role_pids "$home" $role)
		if [ -n "$pids" ] && kill -KILL $pids; then
			ok "$role of ${home##*/} killed while documents are under way"
		else
			not_ok "$role of ${home##*/} killed while documents are under way"
		fi
		back() { [ -n "$(role_pids "$home" $role)" ]; }
		try "$role of ${home##*/} is started again" wait_for 60 back
	done
done
through() { [ "$(count "$nordwind" dir=out state=complete) $(count "$acme" dir=out state=complete)" = "$n $n" ]; }
try "all documents are complete" wait_for 120 through

# Everything of one side at once, the supervisor too.
for _ in 1 2 3; do
	n=$((n + 1))
	order $n | drop "$nordwind" acme "order-$n.edi"
	order $((1000 + n)) | turned | drop "$acme" nordwind "back-$n.edi"
done
kill -KILL "$(cat "$nordwind.pid")"
gone() { [ -z "$(role_pids "$nordwind" '[a-z]*')" ]; }
try "without their supervisor the roles end by themselves" wait_for 60 gone
rm -f "$nordwind.pid"
try "it starts again after that" up "$nordwind"
try "and everything still gets through" wait_for 120 through

is "every document was filed once, this way" "$(ls "$acme/inbox/nordwind" | wc -l) $(cat "$acme"/inbox/nordwind/* | grep -c '^UNB')" "$n $n"
is "and the other" "$(ls "$nordwind/inbox/acme" | wc -l) $(cat "$nordwind"/inbox/acme/* | grep -c '^UNB')" "$n $n"
is "nothing needs attention" "$(count "$nordwind" state=attention) $(count "$acme" state=attention)" "0 0"
for home in "$nordwind" "$acme"; do
	try "${home##*/}: the database is sound" "$e" --home "$home" db check
	is "${home##*/}: every original is in sent/" "$(ls "$home/sent" | wc -l)" "$n"
	try "${home##*/} ends when asked" down "$home"
	try "${home##*/} is in order" "$b/tool/sys/doctor" "$home" quiet
done
is "no process is left behind" "$(left_behind)" ""
done_testing
