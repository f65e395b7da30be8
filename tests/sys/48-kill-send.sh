#!/bin/sh
# SPDX-License-Identifier: ISC
# kill-send - the sender is killed, the whole gateway is, the connection is cut, behind bytes of a session from its first to its
# last: what the ledger says of each attempt is held against what its mail had come to, "uncertain" where the last byte may have
# arrived and the answer may not; and in the end every document has gone, none again without a mark.
# Behind every KILL_STEP-th byte, and each around the end of the mail; make kill-every-byte: behind every byte, in all ways.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
free_port
set_all "$nordwind" smtp.port "$port" smtp.sessions 40 retry.first 1s retry.max 1s retry.uncertain_grace 1h \
    partner.acme.send none partner.acme.receipt none partner.acme.encoding binary partner.acme.ack none || bail "settings"
cuts_made() { grep -q '^cut$' "$dir/said" || ! kill -0 $fake; }
first=1
for say in line pipe chunk line-tls pipe-tls chunk-tls; do
	for how in kill house fin reset; do
		case " ${KILL_WAYS:-chunk:kill line-tls:house line:fin} " in " all " | *" $say:$how "*) ;; *) continue ;; esac
		case $say in *-tls) tls=starttls ;; *) tls=none ;; esac
		set_all "$nordwind" smtp.tls $tls || bail "settings"
		"$b/tool/fake/cutout" "$e" "$nordwind" "$port" $say $how "${KILL_STEP:-211}" $first "$acme/certs/tls.pem" "$acme/private/tls.key" \
		    >"$dir/said" 2>"$dir/fake.log" &
		fake=$!
		helpers=$fake
		wait_for "${KILL_WAIT:-120}" cuts_made || not_ok "$say, $how: all cuts are made"
		# What may have arrived waits for a person, or its time; so does what met the end three times.
		while kill -0 $fake 2>/dev/null; do
			"$e" --home "$nordwind" retry --yes state=uncertain >/dev/null 2>&1
			"$e" --home "$nordwind" retry --yes state=held >/dev/null 2>&1
			sleep 0.2
		done
		wait $fake
		is "$say, $how: nothing is lost, and doubtful is what must be" "$?" 0
		helpers=
		note "$(cat "$dir/said")"
		[ "$failures" = 0 ] || { note "$(tail -n 5 "$dir/fake.log")"; done_testing; }
		first=$((first + $(sed -n 's/^cuts .* \([0-9]*\) mails.*/\1/p' "$dir/said")))
	done
done
try "nordwind is in order" "$b/tool/sys/doctor" "$nordwind" quiet
is "every original is in sent/" "$(ls "$nordwind/sent" | wc -l)" $((first - 1))
done_testing
