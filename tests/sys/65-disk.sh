#!/bin/sh
# SPDX-License-Identifier: ISC
# disk - the disk is full, or folders cannot be written to: work waits, mail is put off politely, and when there is room again
# everything goes on, nothing lost and nothing twice.
b=${1:-build/opt}
. tests/lib.sh
if [ "${2-}" != inside ]; then
	if ! unshare --user --mount --map-current-user --keep-caps true 2>/dev/null; then
		skip "a full disk" "no file system of our own can be mounted here"
		done_testing
	fi
	exec unshare --user --mount --map-current-user --keep-caps "$0" "$b" inside
fi
. tests/gateway.sh
sys_begin
mkdir "$dir/nordwind"
mount -t tmpfs -o size=48m none "$dir/nordwind" || { skip "a full disk" "tmpfs cannot be mounted"; done_testing; }
# The gateways run without the rights that mounting needed.
e_bin=$e
e=$dir/plain
printf '#!/bin/sh\nexec setpriv --inh-caps=-all --ambient-caps=-all --bounding-set=-all "%s" "$@"\n' "$e_bin" >"$e"
chmod +x "$e"
make_pair "$dir" || bail "setting up"
set_all "$nordwind" retry.max 2s smtp.tls none && set_all "$acme" retry.max 2s smtp.tls none || bail "settings"
up "$nordwind" && up "$acme" || bail "starting"
completed() { [ "$(count "$1" dir=out state=complete)" = "$2" ]; }
fill() {
	cat /dev/zero >"$nordwind/fill" 2>/dev/null
	:
}
# What a removed file held is free again a moment later.
empty() {
	rm -f "$nordwind/fill"
	wait_for 60 has_room || bail "there is no room again"
}
has_room() { [ "$(free_kb)" -gt 8192 ]; }
free_kb() { df -k "$nordwind" | awk 'NR == 2 { print $4 }'; }

order 1 | drop "$nordwind" acme order-1.edi
order 101 | turned | drop "$acme" nordwind back-1.edi
try "with room a document goes" wait_for 60 completed "$nordwind" 1
try "both ways" wait_for 60 completed "$acme" 1

# Full in the middle of work: what waits was written before, it only becomes visible now.
for n in 2 3 4 5 6 7 8 9; do order $n >"$nordwind/outbox/acme/.order-$n.tmp"; done
fill
is "the disk is full" "$(free_kb)" 0
for n in 2 3 4 5 6 7 8 9; do
	mv "$nordwind/outbox/acme/.order-$n.tmp" "$nordwind/outbox/acme/order-$n.edi"
	order 10$n | turned | drop "$acme" nordwind back-$n.edi
done
put_off() { [ "$(count "$acme" dir=out state=deferred)" -ge 1 ]; }
try "mail is put off with a temporary answer" wait_for 90 put_off
try "in so many words" grep -qE '(452|451|421) ' "$acme.log"
# A peer that knocks hears something at once, also while the ledger cannot start for want of room.
gave_up() { [ "$(grep -c 'event=ended role=ledger' "$nordwind.log")" -ge 2 ]; }
try "the ledger gives up and is tried again" wait_for 60 gave_up
heard() { grep -q "^$1" "$dir/heard"; }
mkfifo "$dir/say"
"$b/tool/fake/talk" "$nordwind_port" <"$dir/say" >"$dir/heard" &
exec 9>"$dir/say"
try "the listener greets meanwhile" wait_for 60 heard 220
printf 'EHLO mail.example\r\n' >&9
try "answers" wait_for 60 heard '250 '
printf 'MAIL FROM:<edi@acme.example>\r\nRCPT TO:<edi@nordwind.example>\r\nDATA\r\n' >&9
try "and puts a mail off" wait_for 60 heard '452 4.3.1 '
exec 9>&-
is "it is still the first listener" "$(grep -c 'event=started role=listen' "$nordwind.log")" 1
kept() {	# a document is in the outbox, in the spool or was sent
	for n in 2 3 4 5 6 7 8 9; do
		[ -n "$(find "$nordwind/outbox" "$nordwind/spool/claimed" "$nordwind/sent" -name "order-$n.edi")" ] || return 1
	done
}
try "every document is where it can be found" kept
try "the supervisor stands" kill -0 "$(cat "$nordwind.pid")"
empty
try "with room again all of them go" wait_for 120 completed "$nordwind" 9
try "and what was put off comes in" wait_for 120 completed "$acme" 9

# Full in the middle of work, again and again.
trouble() { cat "$nordwind.log" "$acme.log" | grep -cE 'No space left|(452|451|421) '; }
more_trouble() { [ "$(trouble)" -gt "$before" ]; }
n=10
while [ $n -lt 25 ]; do
	for _ in 1 2 3 4 5; do
		order $n | drop "$nordwind" acme order-$n.edi || bail "order-$n.edi cannot be written"
		order $((100 + n)) | turned | drop "$acme" nordwind back-$n.edi
		n=$((n + 1))
	done
	fill
	before=$(trouble)
	wait_for 3 more_trouble || :	# there is none when all of them were quicker than the disk
	empty
done
try "after three more times all have gone" wait_for 180 completed "$nordwind" 24
try "and come in" wait_for 180 completed "$acme" 24
is "each was filed once there" "$(ls "$acme/inbox/nordwind" | wc -l) $(cat "$acme"/inbox/nordwind/* | grep -c '^UNB')" "24 24"
is "and here" "$(ls "$nordwind/inbox/acme" | wc -l) $(cat "$nordwind"/inbox/acme/* | grep -c '^UNB')" "24 24"

# Folders that nothing can be written to.
chmod a-w "$nordwind/sent" "$nordwind/inbox/acme" "$nordwind/status"
order 30 | drop "$nordwind" acme order-30.edi
order 130 | turned | drop "$acme" nordwind back-30.edi
try "a document goes though sent/ and status/ cannot be written" wait_for 60 completed "$nordwind" 25
said() { grep -q 'job-failed.*inbox.*Permission denied' "$nordwind.log"; }
try "what cannot be filed is told" wait_for 30 said
is "and not receipted" "$(count "$acme" dir=out state=complete)" 24
is "its mail is kept" "$(count "$nordwind" dir=in state=spooled)" 1
chmod u+w "$nordwind/sent" "$nordwind/inbox/acme" "$nordwind/status"
"$e" --home "$nordwind" retry --yes state=spooled >/dev/null 2>&1
try "when it can be written to again it is filed" wait_for 90 completed "$acme" 25
in_sent() { [ -f "$nordwind/sent/order-30.edi" ]; }
# The ledger looks at its folders every minute, and when one that fills them has ended.
kill -KILL "$(sed -n 's/^watch \([0-9]*\) up .*/\1/p' "$nordwind/run/roles")"
try "and the original goes to sent/" wait_for 90 in_sent

for home in "$nordwind" "$acme"; do
	try "${home##*/} ends" down "$home"
	try "${home##*/} is in order" "$b/tool/sys/doctor" "$home" quiet
done
cp -r "$nordwind.log" "$dir/log"
umount "$dir/nordwind" 2>/dev/null || umount -l "$dir/nordwind"
done_testing
