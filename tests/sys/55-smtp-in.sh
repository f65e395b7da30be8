#!/bin/sh
# SPDX-License-Identifier: ISC
# smtp-in - the listener alone, over real sockets, against clients that do not mean it well.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
home=$dir/home
free_port
"$e" --home "$home" init --org "Nordwind GmbH" --mail edi@nordwind.example --id 14:4012345000009 \
    --listen "127.0.0.1:$port" --smarthost smtp://127.0.0.1:9 >"$dir/init" || bail "setting up"
printf 'acme:secret\n' >"$home/private/users"
chmod 600 "$home/private/users"
set_all "$home" listen.size_max 64K listen.users private/users || bail "settings"

# The role without its house: what it tells the ledger is in listen.out, what we want of it goes into $dir/in.
mkfifo "$dir/in"
"$b/tool/fake/role" "$b/edigate-listen" "$home" "$port" <"$dir/in" >"$dir/listen.out" 2>"$dir/listen.log" &
helpers=$!
exec 9>"$dir/in"
wait_for 60 grep -q event=started "$dir/listen.log" || bail "starting"
# Connections that it still holds: established, or closed by the other side only.
holds_none() {
	! awk -v hex="$(printf ':%04X' "$port")" '$2 ~ hex "$" && ($4 == "01" || $4 == "08") { found = 1 } END { exit !found }' /proc/net/tcp
}

"$b/tool/fake/hostile" "$port" "$home/certs/tls.pem" >"$dir/hostile.out"
is "every dialogue, in the clear and under TLS, cut in three ways" "$(sed -n '$s/.*sessions, \([0-9]* failed\).*/\1/p' "$dir/hostile.out")" "0 failed"
note "$(tail -n 5 "$dir/hostile.out")"
kept=$(sed -n '$s/.*, \([0-9]*\) mails kept/\1/p' "$dir/hostile.out")
is "what was taken is in spool/arrived" "$(ls "$home/spool/arrived" | wc -l)" "$kept"
told() { [ "$(grep -c ^arrived "$dir/listen.out")" = "$kept" ]; }
try "and the ledger was told of each" wait_for 60 told
is "nothing is left in spool/tmp" "$(ls "$home/spool/tmp" | wc -l)" 0
try "no connection is left open" wait_for 60 holds_none
mail=$home/spool/arrived/$(ls "$home/spool/arrived" | head -n 1)
is "a mail begins with its envelope" "$(head -n 2 "$mail" | tr -d '\r')" "Return-Path: <edi@acme.example>
Delivered-To: edi@nordwind.example"
is "and says where it came from" "$(sed -n '3,4s/.*\(from mx.acme.example (\[127.0.0.1\])\|with ESMTPS\{0,1\}\).*/\1/p' "$mail" | tr '\n' ' ')" \
    "from mx.acme.example ([127.0.0.1]) with ESMTP "

# Programs of other people.
if command -v openssl >/dev/null; then
	openssl s_client -starttls smtp -connect "127.0.0.1:$port" -CAfile "$home/certs/tls.pem" -verify_return_error -brief </dev/null >"$dir/tls.out" 2>&1
	is "openssl s_client verifies our certificate" "$(grep -c 'Verification: OK' "$dir/tls.out")" 1
	is "TLS 1.1 is refused" "$(openssl s_client -starttls smtp -connect "127.0.0.1:$port" -tls1_1 </dev/null 2>&1 | grep -c 'Cipher is (NONE)')" 1
else
	skip "openssl s_client verifies our certificate" "openssl is not installed"
fi
if command -v smtp-source >/dev/null || [ -x /usr/sbin/smtp-source ]; then
	PATH=$PATH:/usr/sbin
	rm -f "$home"/spool/arrived/*
	try "smtp-source: 500 mails over 50 sessions" smtp-source -s 50 -m 500 -l 4000 -f a@acme.example -t edi@nordwind.example "127.0.0.1:$port"
	is "all 500 are kept" "$(ls "$home/spool/arrived" | wc -l)" 500
	try "no connection is left open after them" wait_for 60 holds_none
else
	skip "smtp-source: 500 mails over 50 sessions" "postfix is not installed"
fi

# SIGTERM in the middle of a mail: it is taken, those who wait are sent away, the role ends well.
rm -f "$home"/spool/arrived/*
mkfifo "$dir/slow"
timeout 120 "$b/tool/fake/talk" "$port" <"$dir/slow" >"$dir/slow.out" &
exec 8>"$dir/slow"
mkfifo "$dir/idle"
timeout 120 "$b/tool/fake/talk" "$port" <"$dir/idle" >"$dir/idle.out" &
exec 7>"$dir/idle"
wait_for 60 grep -q ^220 "$dir/idle.out"
printf 'EHLO mx\r\n' >&7
wait_for 60 grep -q ^220 "$dir/slow.out"
printf 'EHLO mx\r\n' >&8
wait_for 60 grep -q ENHANCED "$dir/slow.out"
printf 'MAIL FROM:<a@acme.example>\r\nRCPT TO:<edi@nordwind.example>\r\nDATA\r\n' >&8
wait_for 60 grep -q ^354 "$dir/slow.out"
printf 'Subject: slow\r\n\r\n' >&8
wait_for 60 grep -q ENHANCED "$dir/idle.out"
echo term >&9
try "who waits hears 421" wait_for 60 grep -q ^421 "$dir/idle.out"
printf 'done\r\n.\r\n' >&8
try "the mail on its way is taken" wait_for 60 grep -q '^250 2.0.0 .* taken' "$dir/slow.out"
try "and its sender hears 421 after it" wait_for 60 grep -q ^421 "$dir/slow.out"
try "the role ends with 0" wait_for 60 grep -q '^exit 0' "$dir/listen.out"
is "the mail is kept" "$(grep -l 'Subject: slow' "$home"/spool/arrived/* | wc -l)" 1
exec 7>&- 8>&- 9>&-
done_testing
