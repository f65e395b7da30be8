#!/bin/sh
# SPDX-License-Identifier: ISC
# others - software that we did not write reads our mails and hands us its own.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
free_port
"$b/tool/bench/sink" "$port" "$(mkdir -p "$dir/mails" && echo "$dir/mails")" >"$dir/sink.log" &
helpers="$helpers $!"
set_all "$nordwind" smtp.port "$port" smtp.tls none partner.acme.send sign
up "$nordwind" && up "$acme" || bail "starting"

cp tests/documents/invoice.xml "$dir/invoice.xml"
drop "$nordwind" acme "Rechnung März.xml" <"$dir/invoice.xml"
one() { [ -s "$dir/mails/000001.eml" ]; }
try "a mail goes out" wait_for 60 one
mail=$dir/mails/000001.eml

# openssl(1) verifies what we sign, and finds the document in it.
try "openssl cms -verify takes the signature" openssl cms -verify -in "$mail" -CAfile "$nordwind/certs/edi.pem" -purpose any -out "$dir/inner"
if command -v python3 >/dev/null; then
	cat >"$dir/read.py" <<'PYTHON'
import email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
part = [p for p in m.walk() if p.get_content_type() in ("application/xml", "application/edifact")][0]
sys.stdout.buffer.write(part.get_payload(decode=True))
print(m.get_content_type(), part.get_filename(), m["From"].addresses[0].addr_spec, sep="\n", file=sys.stderr)
assert not m.defects and not part.defects, (m.defects, part.defects)
PYTHON
	python3 "$dir/read.py" "$mail" >"$dir/payload" 2>"$dir/said"
	is "Python's email package reads it without a defect" $? 0
	is "and finds the document, byte for byte" "$(cmp "$dir/payload" "$dir/invoice.xml" 2>&1)" ""
	is "under its name" "$(sed -n 2p "$dir/said")" "Rechnung März.xml"
else
	skip "Python's email package reads it" "python3 is not installed"
fi
if command -v mutt >/dev/null && script -qec true /dev/null >/dev/null 2>&1; then
	awk 'BEGIN { print "From edi@nordwind.example Mon Nov 23 10:00:00 2026" } { sub(/\r$/, ""); print }' "$mail" >"$dir/mbox"
	# It wants a terminal, and one that nobody hangs up: script(1) makes it, a FIFO keeps it open.
	mkfifo "$dir/keys"
	exec 8<>"$dir/keys"
	cat >"$dir/muttrc" <<-RC
		set crypt_use_gpgme=no crypt_verify_sig=no wait_key=no pipe_decode=no quit=yes shell=/bin/sh folder=$dir
		push "<view-attachments><pipe-entry>cat >$dir/mutt.out<enter><exit><quit>"
	RC
	HOME=$dir TERM=xterm timeout 60 script -qec "mutt -n -F $dir/muttrc -R -f $dir/mbox" /dev/null <&8 >"$dir/mutt.log" 2>&1
	is "mutt saves the document, byte for byte" "$(cmp "$dir/mutt.out" "$dir/invoice.xml" 2>&1)" ""
else
	skip "mutt saves the document" "mutt is not installed, or there is no terminal to be had"
fi

# Their mail to us: signed by openssl(1), handed over by each of them.
signed() {	# number
	order "$1" >"$dir/theirs-$1.edi"
	{ printf 'Content-Type: application/EDIFACT\r\nContent-Transfer-Encoding: base64\r\n\r\n'; base64 "$dir/theirs-$1.edi" | sed 's/$/\r/'; } >"$dir/entity"
	{
		printf 'From: edi@nordwind.example\nTo: edi@acme.example\nSubject: order %s\nMessage-ID: <order-%s@nordwind.example>\nDate: %s\n' \
		    "$1" "$1" "$(date -R)"
		openssl cms -sign -md sha256 -binary -in "$dir/entity" -signer "$nordwind/certs/edi.pem" -inkey "$nordwind/private/edi.key"
	} | sed 's/\r$//' >"$dir/theirs-$1.eml"
}
filed() {
	for file in "$acme"/inbox/nordwind/*; do
		cmp -s "$file" "$dir/theirs-$1.edi" && return 0
	done
	return 1
}
signed 1
if command -v swaks >/dev/null && perl -MNet::SSLeay -e1 2>/dev/null; then
	try "swaks delivers over STARTTLS" swaks --silent 2 -tls --server "127.0.0.1:$acme_port" --from edi@nordwind.example --to edi@acme.example --data "@$dir/theirs-1.eml"
	try "and it is filed, byte for byte" wait_for 60 filed 1
	swaks --silent 3 --server "127.0.0.1:$acme_port" --from a@b.example --to stranger@elsewhere.example >"$dir/swaks.out" 2>&1
	is "swaks may not relay" $? 24
else
	skip "swaks delivers over STARTTLS" "swaks or libnet-ssleay-perl is not installed"
fi
signed 2
if command -v python3 >/dev/null; then
	try "Python's smtplib delivers" python3 -c '
import smtplib, sys
s = smtplib.SMTP("127.0.0.1", int(sys.argv[1]))
s.starttls()
s.sendmail("edi@nordwind.example", ["edi@acme.example"], open(sys.argv[2]).read())
s.quit()' "$acme_port" "$dir/theirs-2.eml"
	try "and it is filed, byte for byte" wait_for 60 filed 2
else
	skip "Python's smtplib delivers" "python3 is not installed"
fi
signed 3
if command -v msmtp >/dev/null; then
	try "msmtp delivers" sh -c "msmtp --host=127.0.0.1 --port=$acme_port --tls=off --from=edi@nordwind.example edi@acme.example <'$dir/theirs-3.eml'"
	try "and it is filed, byte for byte" wait_for 60 filed 3
else
	skip "msmtp delivers" "msmtp is not installed"
fi
signed 4
if command -v curl >/dev/null; then
	try "curl delivers" curl -sS --url "smtp://127.0.0.1:$acme_port" --mail-from edi@nordwind.example --mail-rcpt edi@acme.example --crlf --upload-file "$dir/theirs-4.eml"
	try "and it is filed, byte for byte" wait_for 60 filed 4
else
	skip "curl delivers" "curl is not installed"
fi
signed 5
try "a mail server's pipe delivers" sh -c "'$e' --home '$acme' receive --stdin --sender edi@nordwind.example --recipient edi@acme.example <'$dir/theirs-5.eml'"
try "and it is filed, byte for byte" wait_for 60 filed 5
done_testing
