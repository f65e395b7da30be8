#!/bin/sh
# SPDX-License-Identifier: ISC
# lmtp - a mail server of the same machine hands mail over by LMTP: who may, what it hears, what is kept; and the socket over a reload.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
home=$dir/home
free_port
"$e" --home "$home" init --org "Nordwind GmbH" --mail edi@nordwind.example --id 14:4012345000009 \
    --listen "127.0.0.1:$port" --smarthost smtp://127.0.0.1:9 >"$dir/init" || bail "setting up"
set_all "$home" listen.address "" listen.lmtp run/lmtp.sock || bail "settings"
up "$home" || bail "starting"
socket=$home/run/lmtp.sock
listens() { [ -S "$socket" ] && grep -q 'edigate-listen.*event=started' "$home.log"; }
wait_for 60 listens || bail "no socket"
is "the socket is the gateway's alone" "$(stat -c %a "$socket")" 600

mkfifo "$dir/in"
timeout 60 "$b/tool/fake/talk" "$socket" <"$dir/in" >"$dir/out" &
helpers=$!
exec 9>"$dir/in"
try "it speaks LMTP" wait_for 60 grep -q '^220 .* LMTP ' "$dir/out"
printf 'LHLO mail.nordwind.example\r\n' >&9
wait_for 60 grep -q '^250 ENHANCED' "$dir/out"
is "no TLS and no passwords here" "$(grep -cE 'STARTTLS|AUTH' "$dir/out")" 0
printf 'MAIL FROM:<edi@acme.example>\r\nRCPT TO:<edi@nordwind.example>\r\nRCPT TO:<bob@nordwind.example>\r\nRCPT TO:<edi@nordwind.example>\r\nDATA\r\n' >&9
wait_for 60 grep -q ^354 "$dir/out"
printf 'Subject: by LMTP\r\n\r\nGood morning.\r\n.\r\nQUIT\r\n' >&9
wait_for 60 grep -q ^221 "$dir/out"
exec 9>&-
is "who is not here is refused by name, the others have a reply each" \
    "$(sed -n '/^354/,$p' "$dir/out" | cut -c 1-9 | tr '\n' ' ')$(grep -c '^550 5.1.1' "$dir/out")" "354 end w 250 2.0.0 250 2.0.0 221 2.0.0 1"
taken() { cat "$home"/spool/arrived/*.eml "$home"/spool/in/*.eml "$home"/quarantine/*.eml 2>/dev/null | tr -d '\r'; }
is "it is kept, with how it came" "$(taken | sed -n 's/.* with \(LMTP\) id .*/\1/p; s/^Subject: //p; s/^Received: //p' | tr '\n' ' ')" \
    "from mail.nordwind.example LMTP by LMTP "

if [ -x /usr/bin/python3 ]; then
	is "Python's smtplib.LMTP hands one over" "$(/usr/bin/python3 -c 'import smtplib, sys
with smtplib.LMTP(sys.argv[1]) as c:
    print(c.sendmail("edi@acme.example", ["edi@nordwind.example", "bob@nordwind.example"], "Subject: two\r\n\r\nx\r\n"))' \
	    "$socket" 2>&1 | cut -c 1-38)" "{'bob@nordwind.example': (550, b'5.1.1"
else
	skip "Python's smtplib.LMTP hands one over" "python3 is not installed"
fi

set_all "$home" listen.lmtp_group '*' || bail "settings"
reload "$home" || bail "reload"
is "after a reload others may connect, too" "$(stat -c %a "$socket")" 666
set_all "$home" listen.lmtp "" listen.lmtp_group "" listen.address "127.0.0.1:$port" || bail "settings"
reload "$home" || bail "reload"
is "a socket that is not wanted any more is gone" "$(ls "$socket" 2>/dev/null)" ""
try "and the gateway ends well" down "$home"
done_testing
