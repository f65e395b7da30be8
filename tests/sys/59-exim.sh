#!/bin/sh
# SPDX-License-Identifier: ISC
# exim - takes our mail (STARTTLS, TLS first, in the clear; every AUTH it has), hands it to our listener in chunks under TLS or through
# a pipe, and its reports of all four kinds find their documents.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
. tests/peers.sh
if ! has_exim; then
	skip "Exim takes and delivers our mail" "exim4-daemon-light is not in build/peers, or libnss-wrapper is not installed"
	done_testing
fi
sys_begin
make_pair "$dir" || bail "setting up"
# Partners that differ in what Exim does with their mail; all have ACME's key.
id=5098765000010
for name in taken refused waits piped; do
	id=$((id + 1))
	"$e" --home "$nordwind" partner add --yes "$name" --mail "edi@$name.example" --id "14:$id" --cert "$acme/certs/edi.pem" \
	    >>"$dir/nordwind.init" || bail "partners"
done
trap 'stop_exim; sys_end' EXIT
start_exim <<CONF || bail "starting Exim"
acme:
  driver = manualroute
  domains = acme.example
  route_list = * 127.0.0.1
  self = send
  transport = acme
nordwind:
  driver = manualroute
  domains = nordwind.example
  route_list = * 127.0.0.1
  self = send
  transport = nordwind
piped:
  driver = accept
  domains = piped.example
  transport = piped
taken:
  driver = accept
  domains = taken.example
  transport = taken
refused:
  driver = redirect
  domains = refused.example
  allow_fail
  data = :fail: no mailbox here by that name
waits:
  driver = redirect
  domains = waits.example
  allow_defer
  data = :defer: not today
begin transports
acme:
  driver = smtp
  port = $acme_port
  hosts_require_tls = *
  tls_verify_hosts = *
  tls_verify_certificates = $acme/certs/tls.pem
  tls_verify_cert_hostnames =
nordwind:
  driver = smtp
  port = $nordwind_port
  hosts_avoid_tls = *
piped:
  driver = pipe
  command = $e --home $acme receive --stdin --recipient edi@acme.example
  return_path_add = true
  environment = EDIGATE_LIBEXEC=$EDIGATE_LIBEXEC
  return_fail_output = true
taken:
  driver = appendfile
  file = /dev/null
begin retry
* * F,4s,1s
CONF
(umask 077; echo secret >"$nordwind/private/smtp.pass")
set_all "$nordwind" smtp.reports all smtp.port "$exim_port" smtp.tls starttls smtp.ca "$dir/exim.pem" smtp.user edi smtp.password file:private/smtp.pass ||
    bail "settings"
up "$nordwind" && up "$acme" || bail "starting"
exim_logs() { grep -qE "$1" "$dir/exim/log/main"; }

for document in orders.edi po850.x12 invoice.xml; do
	drop "$nordwind" acme "$document" <"tests/documents/$document"
done
complete() { [ "$(count "$nordwind" dir=out state=complete)" = "$1" ]; }
try "three documents are complete through Exim" wait_for 60 complete 3
same=0
for document in orders.edi po850.x12 invoice.xml; do
	for file in "$acme"/inbox/nordwind/*; do cmp -s "$file" "tests/documents/$document" && same=$((same + 1)); done
done
is "they arrived byte for byte" $same 3
try "Exim saw TLS and a login" exim_logs '<= edi@nordwind.example .* P=esmtpsa X=TLS1.3.* A=[a-z]*:edi'
try "and gave them to our listener in chunks, over TLS that it verified" exim_logs '=> edi@acme.example .* X=TLS1.3.*CV=yes K '

n=3
for auth in plain login cram-md5; do
	n=$((n + 1))
	set_all "$nordwind" smtp.port "$exim_tls_port" smtp.tls implicit smtp.auth $auth && reload "$nordwind"
	order 90$n | drop "$nordwind" acme "$auth.edi"
	try "TLS from the first byte, AUTH $auth" wait_for 60 complete $n
	try "says Exim, too" exim_logs "<= edi@nordwind.example .* P=esmtpsa .* A=${auth%%-*}:edi"
done
sed '/^\(user\|password\|auth\) *=/d' "$nordwind/config.ini" >"$dir/config" && cat "$dir/config" >"$nordwind/config.ini"
set_all "$nordwind" smtp.port "$exim_port" smtp.tls none && reload "$nordwind"
order 907 | drop "$nordwind" acme clear.edi
try "in the clear" wait_for 60 complete 7
try "says Exim, too" exim_logs '<= edi@nordwind.example .* P=esmtp S='

# Its reports, and its pipe. All four at once: Exim gives up after four seconds.
id=5098765000010
for name in taken refused waits piped; do
	id=$((id + 1))
	order "9${id#50987650000}" | sed "s/5098765000007/$id/" | drop "$nordwind" "$name" "$name.edi"
done
told() { "$e" --home "$nordwind" trace "$1.edi" | grep -q "$2"; }
try "delivered: its report finds the document" wait_for 60 told taken dsn-delivered
try "failed" wait_for 60 told refused 'dsn-failed'
try "delayed" wait_for 60 told waits dsn-delayed
try "expired" wait_for 60 told waits dsn-failed
is "what was delivered waits for its receipt" \
    "$(state_of "$nordwind" name=taken.edi) $("$e" --home "$nordwind" list --json name=taken.edi | json transport)" \
    "awaiting-receipt delivered"
is "the others have failed" "$(state_of "$nordwind" name=refused.edi) $(state_of "$nordwind" name=waits.edi)" "failed failed"
piped() { "$e" --home "$acme" list --json dir=in 2>/dev/null | grep -q "PO-T-000914"; }
try "what Exim pipes is in ACME's hands" wait_for 60 piped
try "Exim saw it succeed" exim_logs '=> edi <edi@piped.example> .*T=piped'
note "$(grep -vE ' (Completed|Start|End) *' "$dir/exim/log/main" | tail -n 12)"
done_testing
