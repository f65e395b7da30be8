#!/bin/sh
# SPDX-License-Identifier: ISC
# postfix - the mail server that most companies have takes our mail (STARTTLS, AUTH) and hands it to our listener.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
. tests/peers.sh
if ! has_postfix; then
	skip "Postfix takes and delivers our mail" "postfix and sasl2-bin are not installed"
	done_testing
fi
if [ "$(id -u)" != 0 ]; then
	skip "Postfix takes and delivers our mail" "only root may start Postfix"
	done_testing
fi
sys_begin
gateways_as_nobody
make_pair "$dir" || bail "setting up"
trap 'stop_postfix; sys_end' EXIT
start_postfix "" <<CF || bail "starting Postfix"
transport_maps = inline:{ {acme.example = smtp:[127.0.0.1]:$acme_port}, {nordwind.example = smtp:[127.0.0.1]:$nordwind_port} }
CF

printf '%s\n' "$postfix_password" >"$nordwind/private/smtp.pass"
chmod 600 "$nordwind/private/smtp.pass"
chown nobody "$nordwind/private/smtp.pass"
set_all "$nordwind" smtp.port "$postfix_port" smtp.ca "$postfix_etc/tls.pem" smtp.user nordwind@postfix.example \
    smtp.password file:private/smtp.pass || bail "settings"
up "$nordwind" && up "$acme" || bail "starting"
for document in orders.edi po850.x12 invoice.xml; do
	drop "$nordwind" acme "$document" <"tests/documents/$document"
done
three() { [ "$(count "$nordwind" dir=out state=complete)" = 3 ]; }
try "three documents are complete through Postfix" wait_for 60 three
same=0
for document in orders.edi po850.x12 invoice.xml; do
	for file in "$acme"/inbox/nordwind/*; do
		cmp -s "$file" "tests/documents/$document" && same=$((same + 1))
	done
done
is "they arrived byte for byte" $same 3
try "Postfix saw TLS and a login" grep -q 'sasl_method=.*sasl_username=nordwind' "$dir/postfix.maillog"
try "and handed the mails to our listener" grep -q "relay=127.0.0.1.*:$acme_port.*status=sent" "$dir/postfix.maillog"
note "$(grep -E 'sasl_username|status=' "$dir/postfix.maillog" | tail -n 6)"

# Where no receipt is awaited, success is asked for too. Postfix hands that on to our listener, which says it for both.
set_all "$nordwind" partner.acme.receipt none >/dev/null
kill -HUP "$(cat "$nordwind.pid")"
order 76 | drop "$nordwind" acme reported.edi
reported() { grep -q 'delivery report for document' "$nordwind.log"; }
try "a delivery report is joined to its document" wait_for 60 reported

# It takes a mail that ACME then refuses: its bounce is recognised, and the document knows.
set_all "$nordwind" partner.acme.address nobody@acme.example >/dev/null
kill -HUP "$(cat "$nordwind.pid")"
order 77 | drop "$nordwind" acme bounced.edi
bounced() { [ "$("$e" --home "$nordwind" list --json name=bounced.edi | json transport)" = bounced ]; }
try "a bounce is matched to its document" wait_for 60 bounced
done_testing
