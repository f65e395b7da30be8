#!/bin/sh
# SPDX-License-Identifier: ISC
# postfix - the mail server that most companies have takes our mail (STARTTLS, AUTH) and hands it to our listener.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
PATH=$PATH:/usr/sbin:/sbin
if ! command -v postfix >/dev/null || ! command -v saslpasswd2 >/dev/null; then
	skip "Postfix takes and delivers our mail" "postfix and sasl2-bin are not installed"
	done_testing
fi
if [ "$(id -u)" != 0 ]; then
	skip "Postfix takes and delivers our mail" "only root may start Postfix"
	done_testing
fi
sys_begin
# Postfix runs as root and as its own users, the gateways as nobody: from a copy that all of them can reach.
chmod 755 "$dir"
mkdir "$dir/bin"
cp "$b"/edigate* "$dir/bin/"
cat >"$dir/edigate" <<SH
#!/bin/sh
exec setpriv --reuid=nobody --regid=$(id -g nobody) --clear-groups env -u EDIGATE_LIBEXEC HOME=/ "$dir/bin/edigate" "\$@"
SH
chmod 755 "$dir/edigate"
chown nobody "$dir"
e=$dir/edigate
make_pair "$dir" || bail "setting up"

# A Postfix of our own: one port, a queue below $dir, one user, nothing of the system's configuration.
free_port
postfix_port=$port
etc=$dir/postfix
mkdir -p "$etc/sasl" "$dir/queue" "$dir/data"
chown postfix "$dir/data"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$etc/tls.key" -out "$etc/tls.pem" -days 30 -subj /CN=postfix.example \
    -addext subjectAltName=IP:127.0.0.1 2>/dev/null
cat >"$etc/main.cf" <<CF
compatibility_level = 3.6
queue_directory = $dir/queue
data_directory = $dir/data
maillog_file = $dir/postfix.maillog
maillog_file_prefixes = $dir
myhostname = postfix.example
mydestination =
mynetworks =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_tls_cert_file = $etc/tls.pem
smtpd_tls_key_file = $etc/tls.key
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_local_domain = postfix.example
cyrus_sasl_config_path = $etc/sasl
smtp_tls_security_level = may
transport_maps = inline:{ {acme.example = smtp:[127.0.0.1]:$acme_port}, {nordwind.example = smtp:[127.0.0.1]:$nordwind_port} }
CF
cat >"$etc/master.cf" <<CF
127.0.0.1:$postfix_port inet n - n - - smtpd
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
relay     unix - - n - - smtp
error     unix - - n - - error
retry     unix - - n - - error
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
CF
printf 'pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: %s\nmech_list: PLAIN LOGIN\n' "$etc/sasldb2" >"$etc/sasl/smtpd.conf"
echo 'pass word: with "everything"' | tr -d '\n' | saslpasswd2 -p -c -f "$etc/sasldb2" -u postfix.example nordwind
chmod 644 "$etc/sasldb2" "$etc/tls.key"
stop_postfix() { postfix -c "$etc" stop >/dev/null 2>&1; }
trap 'stop_postfix; sys_end' EXIT
if ! postfix -c "$etc" start >"$dir/postfix.log" 2>&1; then
	note "$(cat "$dir/postfix.log" "$dir/postfix.maillog" 2>/dev/null)"
	bail "starting Postfix"
fi

printf '%s\n' 'pass word: with "everything"' >"$nordwind/private/smtp.pass"
chmod 600 "$nordwind/private/smtp.pass"
chown nobody "$nordwind/private/smtp.pass"
set_all "$nordwind" smtp.port "$postfix_port" smtp.ca "$etc/tls.pem" smtp.user nordwind@postfix.example \
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

try "its delivery reports are joined to the documents" grep -q 'delivery report for document' "$nordwind.log"

# It takes a mail that ACME then refuses: its bounce is recognised, and the document knows.
set_all "$nordwind" partner.acme.address nobody@acme.example >/dev/null
kill -HUP "$(cat "$nordwind.pid")"
order 77 | drop "$nordwind" acme bounced.edi
bounced() { [ "$("$e" --home "$nordwind" list --json name=bounced.edi | json transport)" = bounced ]; }
try "a bounce is matched to its document" wait_for 60 bounced
done_testing
