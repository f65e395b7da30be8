#!/bin/sh
# SPDX-License-Identifier: ISC
# doors - Postfix hands ACME's mail over by LMTP and into a pipe, under TLS from the first byte takes Nordwind's; and what the pipe says by
# its exit code becomes the right report, which finds its document: delivered, delayed, failed, expired.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
. tests/peers.sh
if ! has_postfix; then
	skip "Postfix by LMTP and pipe" "postfix and sasl2-bin are not installed"
	done_testing
fi
if [ "$(id -u)" != 0 ]; then
	skip "Postfix by LMTP and pipe" "only root may start Postfix"
	done_testing
fi
sys_begin
gateways_as_nobody
make_pair "$dir" || bail "setting up"
# Partners that differ in what becomes of their mail; all have ACME's key.
id=5098765000010
for name in piped nobody waits large taken; do
	id=$((id + 1))
	"$e" --home "$nordwind" partner add --yes "$name" --mail "edi@$name.example" --id "14:$id" --cert "$acme/certs/edi.pem" \
	    >>"$dir/nordwind.init" || bail "partners"
done
small=$dir/small
"$e" --home "$small" init --org "Small Ltd" --mail edi@acme.example --id 14:5098765000021 --smarthost smtp://127.0.0.1:9 \
    --listen 127.0.0.1:9 >"$dir/small.init" && set_all "$small" listen.size_max 64K || bail "setting up"
set_all "$acme" listen.lmtp run/lmtp.sock listen.lmtp_group '*' || bail "settings"
# The way to the socket is open to Postfix's users; nothing else is.
chmod 711 "$acme" "$acme/run"
trap 'stop_postfix; sys_end' EXIT
free_port; tls_port=$port
start_postfix "127.0.0.1:$tls_port inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
lmtp      unix - - n - - lmtp
discard   unix - - n - - discard
piped     unix - n n - - pipe user=nobody argv=$dir/bin/edigate --home $acme receive --stdin --sender \${sender} --recipient edi@acme.example
nobody    unix - n n - - pipe user=nobody argv=$dir/bin/edigate --home $acme receive --stdin --sender \${sender} --recipient bob@acme.example
nowhere   unix - n n - - pipe user=nobody argv=$dir/bin/edigate --home $dir/nowhere receive --stdin --sender \${sender}
large     unix - n n - - pipe user=nobody argv=$dir/bin/edigate --home $small receive --stdin --sender \${sender}" \
    <<CF || bail "starting Postfix"
transport_maps = inline:{ {acme.example = lmtp:unix:$acme/run/lmtp.sock}, {nordwind.example = smtp:[127.0.0.1]:$nordwind_port},
    {piped.example = piped:}, {nobody.example = nobody:}, {waits.example = nowhere:}, {large.example = large:}, {taken.example = discard:} }
delay_warning_time = 1s
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
maximal_queue_lifetime = 5s
CF
printf '%s\n' "$postfix_password" >"$nordwind/private/smtp.pass"
chmod 600 "$nordwind/private/smtp.pass"
chown nobody "$nordwind/private/smtp.pass"
set_all "$nordwind" smtp.port "$tls_port" smtp.tls implicit smtp.ca "$postfix_etc/tls.pem" smtp.user nordwind@postfix.example \
    smtp.password file:private/smtp.pass smtp.reports all || bail "settings"
up "$nordwind" && up "$acme" || bail "starting"

order 1 | drop "$nordwind" acme lmtp.edi
id=5098765000010
for name in piped nobody waits large taken; do
	id=$((id + 1))
	[ $name = large ] || order "9${id#50987650000}" | sed "s/5098765000007/$id/" | drop "$nordwind" "$name" "$name.edi"
done
seq 5000 | awk 'BEGIN { print "UNB+UNOC:3+4012345000009:14+5098765000014:14+261123:1000+LARGE00001\047"; print "UNH+1+ORDERS:D:96A:UN\047" }
	{ print "FTX+AAI+++" $0 "\047"; n++ } END { print "UNT+" n + 2 "+1\047"; print "UNZ+1+LARGE00001\047" }' | drop "$nordwind" large large.edi
logged() { grep -qE "$1" "$dir/postfix.maillog"; }
told() { "$e" --home "$nordwind" trace "$1.edi" | grep -q "$2"; }
received() { "$e" --home "$acme" list --json dir=in 2>/dev/null | grep -q "$1"; }
try "a document is complete: in under TLS from the first byte, on by LMTP" wait_for 60 has_state "$nordwind" complete name=lmtp.edi
try "and told by ACME, whom Postfix asked by LMTP" wait_for 60 told lmtp 'dsn-delivered.*2\.0\.0'
try "Postfix saw LMTP succeed" logged 'relay=.*/run/lmtp.sock\].*status=sent'
try "what goes through the pipe is in ACME's hands" wait_for 60 received PO-T-000911
try "Postfix saw it succeed" logged 'to=<edi@piped.example>.*dsn=2.0.0.*status=sent'
try "relayed, as Postfix says of a pipe: its report finds the document" wait_for 60 told piped dsn-relayed
try "delivered" wait_for 60 told taken dsn-delivered
try "exit 67, 5.1.1: failed" wait_for 60 told nobody 'dsn-failed.*5\.1\.1'
try "exit 65, 5.3.4: failed" wait_for 60 told large 'dsn-failed.*5\.3\.4'
try "exit 75, 4.3.5: delayed" wait_for 60 told waits 'dsn-delayed.*4\.3\.5'
try "and, in the end, expired" wait_for 60 told waits dsn-failed
is "what was taken waits for its receipt, the others have failed" \
    "$(for name in piped taken nobody large waits; do state_of "$nordwind" name=$name.edi; done | tr '\n' ' ')" \
    "awaiting-receipt awaiting-receipt failed failed failed "
note "$(grep -E 'status=' "$dir/postfix.maillog" | sed 's/.*: to=/to=/' | sort -u | head -n 12 | cut -c 1-200)"

# The codes by themselves, as any mail server sees them.
code() {	# home, wanted exit code and first word, what; options of receive; the mail is $dir/mail
	home=$1 wanted=$2 what=$3
	shift 3
	said=$("$e" --home "$home" receive --stdin "$@" <"$dir/mail" 2>&1)
	is "$what" "$? ${said%% *}" "$wanted"
}
printf 'From: a@b.example\nSubject: x\n\nx\n' >"$dir/mail"
code "$acme" "0 2.0.0" "a mail is stored"
code "$acme" "67 5.1.1" "a recipient who is not here" --recipient bob@acme.example
code "$acme" "65 5.1.7" "a sender who is no address" --sender 'a b@x'
code "$dir/nowhere" "75 4.3.5" "no settings to be read"
chmod 500 "$small/spool/tmp"
code "$small" "75 4.3.0" "a spool that cannot be written"
chmod 700 "$small/spool/tmp"
{ seq 60 | sed 's/.*/Received: by x/'; cat "$dir/mail"; } >"$dir/loop" && mv "$dir/loop" "$dir/mail"
code "$acme" "65 5.4.6" "a loop"
{ printf 'A: b\n\n'; seq 20000; } >"$dir/mail"
code "$small" "65 5.3.4" "too large"
echo 'no mail' >"$dir/mail"
code "$acme" "65 5.6.0" "what is no mail"
done_testing
