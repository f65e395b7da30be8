#!/bin/sh
# SPDX-License-Identifier: ISC
# kill-listen - the listener is killed, and the connection to it cut, behind bytes of a session from its first to its last; a
# client that says again what it heard no 250 for loses nothing. Then the ledger comes up over what it finds: each mail is
# filed once, and has one receipt.
# Behind every KILL_STEP-th byte, and each around the end of the mail; make kill-every-byte: behind every byte, in all ways.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
set_all "$acme" listen.sessions_per_address 500 listen.session_rate 0 listen.mail_rate 0 receipt.answers_max 1000000 retry.first 1h \
    partner.nordwind.accept none smtp.port 9 || bail "settings"
step=${KILL_STEP:-131}
first=1 copies=0
for say in line pipe chunk line-tls pipe-tls chunk-tls; do
	for how in kill fin reset; do
		case " ${KILL_WAYS:-line:kill line:fin line:reset pipe:kill chunk:kill chunk-tls:kill} " in " all " | *" $say:$how "*) ;; *) continue ;; esac
		"$b/tool/fake/cutin" "$b/edigate-listen" "$acme" "$acme_port" $say $how $step $first >"$dir/said" 2>"$dir/listen.log"
		rc=$?
		cuts=$(sed -n 's/^cuts \([0-9]*\) .*/\1/p' "$dir/said")
		is "$say, $how: nothing is lost, nothing is there twice without need" "$rc" 0
		note "$(cat "$dir/said")"
		[ $rc = 0 ] && [ "${cuts:-0}" -gt 1 ] || done_testing
		copies=$((copies + $(sed -n 's/^cuts .* \([0-9]*\) copies,.*/\1/p' "$dir/said")))
		first=$((first + cuts))
	done
done
mails=$((first - 1))
is "every mail the client heard 250 for is there" "$(ls "$acme/spool/arrived" | wc -l)" "$copies"
up "$acme" || bail "starting"
settled() { [ "$(count "$acme" dir=in state=filed) $(count "$acme" dir=in state=duplicate)" = "$mails $((copies - mails))" ]; }
receipts() { [ "$(ls "$acme/spool/out" | wc -l)" = $mails ]; }
try "each of $mails is filed, each of $((copies - mails)) more is a duplicate" wait_for "${KILL_WAIT:-60}" settled
try "each has its receipt" wait_for "${KILL_WAIT:-60}" receipts
is "filed once" "$(ls "$acme/inbox/nordwind" | wc -l) $(find "$acme/inbox/nordwind" -type f -exec cat {} + | grep '^UNZ' | sort -u | wc -l)" "$mails $mails"
is "one receipt each" "$(find "$acme/spool/out" -type f -exec cat {} + | sed -n 's/^Original-Message-ID: //p' | sort -u | wc -l)" $mails
try "acme ends" down "$acme"
try "and is in order" "$b/tool/sys/doctor" "$acme" quiet
is "nothing is left of who was killed" "$(ls -A "$acme/spool/tmp" "$acme/spool/arrived" | grep -v -e : -e '^$')" ""
done_testing
