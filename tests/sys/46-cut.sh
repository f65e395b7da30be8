#!/bin/sh
# SPDX-License-Identifier: ISC
# cut - two gateways, and the connection between them is cut behind chosen bytes of a session, most of them around the end
# of the mail: what was deferred is not there, what is there was not deferred, and in the end each is there once.
# (test_smtp_cut does it behind every byte, with the machines alone; 47-kill-listen and 48-kill-send to one side at a time.)
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
free_port
set_all "$nordwind" smtp.tls none smtp.port "$port" smtp.sessions 1 retry.first 1h retry.uncertain_grace 1h || bail "settings"
relay() {	# options...
	"$b/tool/fake/relay" "$@" "$port" "$acme_port" >>"$dir/relay" 2>&1 &
	relay=$!
	helpers=$relay
	wait_for 60 grep -q listening "$dir/relay"
}
shown_of() { state_of "$nordwind" "name=order-$1.edi"; }
filed() { "$e" --home "$acme" list --json dir=in "number=PO-T-$(printf '%06d' "$1")" | grep -c '"state"'; }
is_settled() { case $(shown_of "$1") in deferred | uncertain | awaiting-receipt | complete) ;; *) false ;; esac; }
# Tried, that is; what follows a failure within two seconds is not, unless a person wants it.
is_tried() { [ "$(shown_of "$1")" != deferred ] && is_settled "$1" || [ "$(grep -c ^cut "$dir/relay")" -gt "$2" ]; }

# Where the end of such a mail is.
relay
up "$nordwind" && up "$acme" || bail "starting"
order 100001 | drop "$nordwind" acme order-100001.edi
try "the way is free" wait_for 60 has_state "$nordwind" complete name=order-100001.edi
dot=$(sed -n 's/^dot after //p' "$dir/relay")
kill $relay; wait $relay 2>/dev/null

cuts="150,$((dot / 2)),$((dot - 4)),$((dot - 3)),$((dot - 1)),$dot,$((dot + 1)),$((dot + 9)),$((dot + 30))"
: >"$dir/relay"
relay --cuts "$cuts"
first=100002
n=$first
for cut in $(echo "$cuts" | tr , ' '); do
	before=$(grep -c ^cut "$dir/relay")
	order $n | drop "$nordwind" acme order-$n.edi
	wait_for 60 is_settled $n
	is_tried $n "$before" || "$e" --home "$nordwind" retry --yes "name=order-$n.edi" >/dev/null 2>&1
	wait_for 60 is_tried $n "$before" && wait_for 60 is_settled $n || not_ok "cut behind byte $cut: $(shown_of $n)"
	n=$((n + 1))
done
doubt= bad=
i=$first
while [ $i -lt $n ]; do
	case $(shown_of $i) in
	deferred) [ "$(filed $i)" = 0 ] || bad="$bad $i:deferred" ;;
	uncertain) doubt="$doubt $i" ;;
	*) [ "$(filed $i)" = 1 ] || bad="$bad $i:$(shown_of $i)" ;;
	esac
	i=$((i + 1))
done
is "what is said of each is so" "$bad" ""
is "of some nothing can be said" "${doubt:+some}" some
"$e" --home "$nordwind" retry --yes state=deferred >"$dir/said" 2>&1
"$e" --home "$nordwind" retry --yes state=uncertain >>"$dir/said" 2>&1
through() { [ "$(count "$nordwind" dir=out state=complete)" = $((n - first + 1)) ]; }
try "in the end all are complete" wait_for 60 through
i=$first twice=
while [ $i -lt $n ]; do
	[ "$(ls "$acme/inbox/nordwind" | grep -c "PO-T-$(printf '%06d' $i)")" = 1 ] || twice="$twice $i"
	i=$((i + 1))
done
is "each is in the inbox once" "$twice" ""
for home in "$nordwind" "$acme"; do
	try "${home##*/} ends" down "$home"
	try "${home##*/} is in order" "$b/tool/sys/doctor" "$home" quiet
done
done_testing
