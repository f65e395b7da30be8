#!/bin/sh
# SPDX-License-Identifier: ISC
# poison - a document, a mail that came in, and a mail that goes out, each of which kills whatever role opens it: after three
# deaths each is set aside with the reason, and all others go on.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
set_all "$nordwind" retry.max 2s
case $b in /*) shim=$b/tool/crash/shim.so ;; *) shim=$PWD/$b/tool/crash/shim.so ;; esac
poison=$dir/poison
mkdir "$poison" && chmod 755 "$poison"
up_under() {	# home
	CRASH_POISON=$poison LD_PRELOAD=$shim "$e" --home "$1" run >>"$1.log" 2>&1 </dev/null &
	echo $! >"$1.pid"
	started="$started $1"
	wait_for 60 "$e" --home "$1" status >/dev/null
}
reason() { "$e" --home "$nordwind" list --json "$@" | json reason; }

# A mail that is in when the gateway starts, so that its name is known.
printf 'From: edi@acme.example\r\nTo: edi@nordwind.example\r\nMessage-ID: <bad@acme.example>\r\nContent-Type: application/EDIFACT\r\n\r\nx' >"$dir/bad.eml"
"$e" --home "$nordwind" receive --stdin --sender edi@acme.example --recipient edi@nordwind.example <"$dir/bad.eml" >"$dir/answer" 2>&1
bad=$(cd "$nordwind/spool/arrived" && echo *.eml)
is "a mail is in" "$(echo "$bad" | grep -c '^[0-9A-Z]*\.eml$')" 1
: >"$poison/edigate-unpack:$bad"
: >"$poison/edigate-pack:poison.edi"
up_under "$nordwind" && up "$acme" || bail "starting"
order 452 | drop "$nordwind" acme poison.edi
for n in 1 2 3 4 5; do order 46$n | drop "$nordwind" acme good-$n.edi; done
order 453 | turned | drop "$acme" nordwind back.edi

try "the document that kills the packer is held" wait_for 60 has_state "$nordwind" held name=poison.edi
is "with the reason" "$(reason name=poison.edi)" "the packer died over it 3 times"
set_aside() { [ "$(count "$nordwind" dir=in state=quarantined)" = 1 ]; }
try "the mail that kills the unpacker is quarantined" wait_for 60 set_aside
is "with the reason" "$(reason dir=in state=quarantined)" "the unpacker died over it 3 times"
try "beside it, for people" grep -q 'died over it' "$nordwind/quarantine/${bad%.eml}.reason.txt"
all_out() { [ "$(count "$nordwind" dir=out state=complete)" = "$1" ]; }
try "the other documents are complete" wait_for 60 all_out 5
back() { ls "$nordwind/inbox/acme" 2>/dev/null | grep -q .; }
try "and what comes in is filed" wait_for 60 back

# A mail on its way out. ACME is down, so it can be named before it is opened again.
down "$acme" || not_ok "ACME ends"
order 471 | drop "$nordwind" acme last.edi
try "with ACME down a document is deferred" wait_for 60 has_state "$nordwind" deferred name=last.edi
last=$("$e" --home "$nordwind" show --json "$("$e" --home "$nordwind" list --json name=last.edi | json id)" |
    sed -n 's/.*"message_id": *"<\{0,1\}\([0-9A-Z]*\)@.*/\1/p' | head -n 1)
is "its mail is known" "$(ls "$nordwind/spool/out/$last.eml" 2>/dev/null | grep -c .)" 1
: >"$poison/edigate-send:$last.eml"
up "$acme" || bail "starting again"
for n in 6 7 8; do order 46$n | drop "$nordwind" acme good-$n.edi; done
try "the mail that kills the sender is held" wait_for 120 has_state "$nordwind" held name=last.edi
is "with the reason" "$(reason name=last.edi)" "the sender died over it 3 times"
try "the others are complete" wait_for 120 all_out 8

# What was poison is none any more.
rm "$poison"/*
for name in poison.edi last.edi; do
	try "$name: a person releases it" "$e" --home "$nordwind" release --yes "$("$e" --home "$nordwind" list --json name=$name | json id)"
done
try "and they go too" wait_for 60 all_out 10
for home in "$nordwind" "$acme"; do
	try "${home##*/} ends" down "$home"
done
done_testing
