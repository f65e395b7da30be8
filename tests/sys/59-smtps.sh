#!/bin/sh
# SPDX-License-Identifier: ISC
# smtps - TLS from the first byte, at the listener and in the client: documents go both ways, and nobody gets a greeting in the clear.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
free_port; tls_port=$port
set_all "$nordwind" listen.tls_address "127.0.0.1:$tls_port" && set_all "$acme" smtp.port "$tls_port" smtp.tls implicit || bail "settings"
up "$nordwind" && up "$acme" || bail "starting"
completed() { [ "$(count "$1" dir=out state=complete)" = 1 ]; }
order 1 | drop "$nordwind" acme order.edi
order 101 | turned | drop "$acme" nordwind back.edi
try "a document comes in under TLS from the first byte" wait_for 60 completed "$acme"
try "another goes out, and its receipt comes the same way" wait_for 60 completed "$nordwind"
is "the timeline says how" "$("$e" --home "$acme" trace back.edi 2>/dev/null | grep -c "accepted.*:$tls_port, TLSv1.3")" 1
greets() {
	mkfifo "$dir/hold"
	openssl s_client -quiet -verify_return_error -CAfile "$nordwind/certs/tls.pem" -connect "127.0.0.1:$tls_port" \
	    <"$dir/hold" >"$dir/greeting" 2>/dev/null &
	exec 9>"$dir/hold"
	wait_for 60 grep -q '^220 ' "$dir/greeting"
	exec 9>&-
}
try "another client is greeted under TLS" greets
shakes() { openssl s_client -tls1_2 -cipher "$1:@SECLEVEL=0" -connect "127.0.0.1:$tls_port" </dev/null >"$dir/shake" 2>&1; }
try "TLS 1.2 is spoken with a fresh key and an authenticated cipher" shakes ECDHE+AESGCM
weak=
for ciphers in kRSA ECDHE+SHA1 ECDHE+SHA256 ECDHE+SHA384 aNULL; do
	shakes $ciphers && weak="$weak $ciphers"
	grep -q 'handshake failure' "$dir/shake" || weak="$weak no-answer-to-$ciphers"
done
is "and with nothing less" "$weak" ""
shakes() { openssl s_client "$1" -cipher ALL:@SECLEVEL=0 -connect "127.0.0.1:$tls_port" </dev/null >"$dir/shake" 2>&1; }
weak=
for version in -tls1 -tls1_1; do
	shakes $version && weak="$weak $version"
done
is "nor by an older version" "$weak" ""
printf 'EHLO mx.example\r\n' | timeout 60 "$b/tool/fake/talk" "$tls_port" >"$dir/clear"
is "who speaks in the clear hears nothing of SMTP" "$(grep -c -a '^[25]' "$dir/clear")" 0
sed '/^tls_cert/d; /^tls_key/d' "$nordwind/config.ini" >"$dir/config" && cat "$dir/config" >"$nordwind/config.ini"
"$e" --home "$nordwind" check >"$dir/check" 2>&1
try "without a certificate there is no such address" grep -q 'tls_address needs tls_cert' "$dir/check"
done_testing
