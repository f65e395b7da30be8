#!/bin/sh
# SPDX-License-Identifier: ISC
# supervise - signals in every order, roles that are missing or do not end, settings that break or change: the house stays up,
# comes down when asked, and leaves nothing behind.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
# Programs of our own, so that one can be taken away.
mkdir "$dir/bin"
cp "$b"/edigate "$b"/edigate-* "$dir/bin/"
EDIGATE_LIBEXEC=$dir/bin
make_pair "$dir" && set_all "$nordwind" gateway.drain 3s || bail "setting up"
up "$nordwind" && up "$acme" || bail "starting"
log=$nordwind.log
pid() { cat "$nordwind.pid"; }
role_pid() { sed -n "s/^$1 \([0-9]*\) up .*/\1/p" "$nordwind/run/roles"; }
seen() { grep -c "$1" "$log"; }
goes() {	# what, number: a document gets through
	order "$2" | drop "$nordwind" acme "order-$2.edi"
	try "$1" wait_for 60 through "$2"
}
through() { has_state "$nordwind" complete "name=order-$1.edi"; }
goes_in() {
	order "$2" | turned | drop "$acme" nordwind "back-$2.edi"
	try "$1" wait_for 60 back_is "$2"
}
back_is() { has_state "$acme" complete "name=back-$1.edi"; }
fds() { ls "/proc/$1/fd" 2>/dev/null | wc -l; }

# Two gateways on one home.
"$e" --home "$nordwind" run >"$dir/second" 2>&1
is "a second gateway on the same home refuses to start" "$?" 69
try "and says why" grep -q 'running already' "$dir/second"

# Signals.
before=$(role_pid ledger)
kill -HUP "$(pid)"; kill -HUP "$(pid)"; kill -HUP "$(pid)"
reloaded() { [ "$(role_pid ledger)" != "$before" ] && [ -n "$(role_pid send)" ]; }
try "three SIGHUP in a row reload" wait_for 60 reloaded
goes "a document goes after that" 1
printf '[gatewaay]\n' >>"$nordwind/config.ini"
before=$(role_pid ledger)
kill -HUP "$(pid)"
complained() { [ "$(seen 'going on with the old settings')" -ge 1 ]; }
try "settings that are broken are not taken" wait_for 60 complained
is "and nobody is stopped" "$(role_pid ledger)" "$before"
kill -KILL "$(role_pid pack.1)"; kill -KILL "$(role_pid ledger)"
pack_again() { [ "$(role_pid ledger)" != "$before" ] && ! grep -vq ' up ' "$nordwind/run/roles"; }
try "who dies meanwhile comes up with the old ones" wait_for 60 pack_again
sed '$d' "$nordwind/config.ini" >"$dir/config" && cat "$dir/config" >"$nordwind/config.ini"
goes "a document goes meanwhile" 2

# A session outlives a reload and the death of the ledger, and its mail comes through.
mkfifo "$dir/say"
"$b/tool/fake/talk" "$nordwind_port" <"$dir/say" >"$dir/heard" &
exec 9>"$dir/say"
heard() { [ "$(grep -c '' "$dir/heard")" -ge "$1" ]; }
wait_for 60 grep -q '^220' "$dir/heard"
printf 'HELO mail.example\r\n' >&9
wait_for 60 heard 2
before=$(role_pid ledger)
kill -HUP "$(pid)"
try "a reload with a session open" wait_for 60 reloaded
retired() { [ -n "$(sed -n 's/^listen.old [0-9]* up .*/yes/p' "$nordwind/run/roles")" ] && [ -n "$(role_pid listen)" ]; }
try "its listener stays beside a new one" wait_for 60 retired
before=$(role_pid ledger)
kill -KILL "$before"
try "the ledger is killed meanwhile" wait_for 60 reloaded
printf 'MAIL FROM:<who@else.example>\r\nRCPT TO:<edi@nordwind.example>\r\nDATA\r\n' >&9
try "the session goes on" wait_for 60 grep -q '^354' "$dir/heard"
printf 'From: who@else.example\r\nSubject: reload\r\nMessage-ID: <reload@else.example>\r\n\r\nhello\r\n.\r\n' >&9
try "and its mail is taken" wait_for 60 grep -q '^250 2.0.0 .* taken' "$dir/heard"
came() { [ "$(count "$nordwind" dir=in)" -ge 1 ]; }
try "and heard of" wait_for 60 came
printf 'QUIT\r\n' >&9
exec 9>&-
kill -KILL "$(sed -n 's/^send \([0-9]*\) up .*/\1/p' "$acme/run/roles")"	# whose session with us would stay open for a while
only_one() { ! grep -q '^listen.old' "$nordwind/run/roles"; }
try "then its listener ends" wait_for 60 only_one

# The listener moves, from one address to one that overlaps it.
before=$(role_pid ledger)
set_all "$nordwind" listen.address "0.0.0.0:$nordwind_port" && kill -HUP "$(pid)"
try "a new address for the same port is taken on reload" wait_for 60 reloaded
goes_in "and mail comes in there" 3
is "without complaint" "$(grep -c 'event=reload .*listen' "$log")" 0
free_port
before=$(role_pid ledger)
set_all "$nordwind" listen.address "127.0.0.1:$port" && kill -HUP "$(pid)"
try "so is another port" wait_for 60 reloaded
set_all "$acme" smtp.port "$port"
acme_log=$(grep -c 'event=reloading' "$acme.log")
kill -HUP "$(cat "$acme.pid")"
acme_reloaded() { [ "$(grep -c 'event=reloading' "$acme.log")" -gt "$acme_log" ]; }
wait_for 60 acme_reloaded
goes_in "and mail comes in there, too" 4
nordwind_port=$port
before=$(role_pid ledger)
set_all "$nordwind" listen.address "127.0.0.1:$acme_port" && kill -HUP "$(pid)"
taken() { [ "$(grep -c 'event=reload .*listen' "$log")" -ge 1 ]; }
try "an address that is not free is told" wait_for 60 taken
set_all "$nordwind" listen.address "127.0.0.1:$nordwind_port"
goes_in "mail still comes in where it did" 5

# A role that is not there, and one that ends at once.
mv "$dir/bin/edigate-pack" "$dir/bin/gone"
kill -KILL "$(role_pid pack.1)"
missing() { grep -q 'pack.1.*exit status 72' "$nordwind/run/roles"; }
try "a missing program is told" wait_for 60 missing
goes "the other worker works on" 6
mv "$dir/bin/gone" "$dir/bin/edigate-pack"
back_again() { [ -n "$(role_pid pack.1)" ]; }
try "and the first is there again when it is put back" wait_for 60 back_again
printf '#!/bin/sh\nexit 3\n' >"$dir/bin/no-send"
chmod +x "$dir/bin/no-send"
mv "$dir/bin/edigate-send" "$dir/bin/send" && mv "$dir/bin/no-send" "$dir/bin/edigate-send"
kill -KILL "$(role_pid send)"
order 7 | drop "$nordwind" acme order-7.edi
crashes() { [ "$(seen 'ended role=send .*exit status 3')" -ge 3 ]; }
try "a role that ends at once is started again and again" wait_for 60 crashes
is "slower each time" "$([ "$(seen 'started role=send')" -lt 15 ] && echo yes)" yes
mv "$dir/bin/send" "$dir/bin/edigate-send"
seventh() { has_state "$nordwind" complete name=order-7.edi; }
try "what waited goes when it is well again" wait_for 60 seventh

# Forty restarts leave no descriptor open.
ledger=$(role_pid ledger)
ledger_fds=$(fds "$ledger")
supervisor_fds=$(fds "$(pid)")
some_up() { grep -qE '^(pack|unpack|hook|watch|send|listen)[^ ]* [0-9]+ up ' "$nordwind/run/roles"; }
n=0
while [ $n -lt 40 ]; do
	for role in keys.1 keys.2 pack.1 pack.2 unpack.1 unpack.2 hook watch send listen; do
		[ $n -lt 40 ] || break
		killed=$(role_pid $role)
		[ -z "$killed" ] || { kill -KILL "$killed" 2>/dev/null && n=$((n + 1)); }
	done
	wait_for 60 some_up || break
done
all_up() { [ "$(grep -c ' up ' "$nordwind/run/roles")" = "$(grep -c . "$nordwind/run/roles")" ]; }
try "after $n restarts every role is up" wait_for 120 all_up
is "the ledger has no more descriptors open" "$(role_pid ledger) $(fds "$ledger")" "$ledger $ledger_fds"
is "nor the supervisor" "$(fds "$(pid)")" "$supervisor_fds"
goes "and documents go" 8

# Without its ledger nobody is blamed.
restarts=$(sed -n 's/^send [0-9]* up \([0-9]*\) .*/\1/p' "$nordwind/run/roles")
sender=$(role_pid send)
kill -KILL "$(role_pid ledger)"
try "the ledger is killed, and comes up again" wait_for 60 reloaded
sends_anew() { grep '^send [0-9]* up ' "$nordwind/run/roles" | grep -qv "^send $sender "; }
try "and the others after it" wait_for 60 sends_anew
is "the others are not blamed for it" "$(sed -n 's/^send [0-9]* up \([0-9]*\) .*/\1/p' "$nordwind/run/roles")" "$restarts"
goes "and documents go" 9

# The supervisor is killed, and a new one started while the old ledger is still at work.
ledger=$(role_pid ledger)
kill -STOP "$ledger"
kill -KILL "$(pid)"
rm -f "$nordwind.pid"
ending() { wait_for 60 grep -q 'event=waiting' "$log" && kill -CONT "$ledger"; }
ending &
try "a new supervisor starts beside the ending roles of a killed one" up "$nordwind"
goes "and documents go" 10
goes_in "in both directions" 11

# A role that does not end when asked. It is stopped, so that it cannot.
kill -STOP "$(role_pid unpack.1)"
order 12 | turned | drop "$acme" nordwind back-12.edi
order 13 | turned | drop "$acme" nordwind back-13.edi
kill -TERM "$(pid)"; kill -TERM "$(pid)"; kill -HUP "$(pid)"
ended() { ! kill -0 "$(pid)" 2>/dev/null; }
try "a role that does not end is killed after a while" wait_for 60 ended
rm -f "$nordwind.pid"
is "nobody is left" "$(pgrep -fa -- "--home $nordwind ")" ""
try "nordwind starts again" up "$nordwind"
try "and gets what it missed" wait_for 60 back_is 12
try "all of it" wait_for 60 back_is 13
for home in "$nordwind" "$acme"; do
	try "${home##*/} ends" down "$home"
	try "${home##*/} is in order" "$b/tool/sys/doctor" "$home" quiet
	is "${home##*/}: every original is in sent/" "$(ls "$home/spool/claimed" | wc -l)" 0
done
is "ACME has each order once" "$(cat "$acme"/inbox/nordwind/* | grep -c '^UNB')" "$(ls "$nordwind/sent" | wc -l)"
is "Nordwind, too" "$(cat "$nordwind"/inbox/acme/* | grep -c '^UNB')" "$(ls "$acme/sent" | wc -l)"
done_testing
