#!/bin/sh
# SPDX-License-Identifier: ISC
# clients - mail programs of others hand us a partner's documents in the clear, over STARTTLS with a login, and under TLS from the
# first byte with a login; and mails of nothing and of sixty megabytes.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
. tests/peers.sh
python=/usr/bin/python3
sys_begin
make_pair "$dir" || bail "setting up"
free_port; tls_port=$port
(umask 077; echo 'nordwind:secret' >"$acme/private/users")
set_all "$acme" listen.users private/users listen.tls_address "127.0.0.1:$tls_port" listen.size_max 61M || bail "settings"
up "$acme" || bail "starting"
ca=$acme/certs/tls.pem

signed() {	# number
	order "$1" >"$dir/$1.edi"
	{ printf 'Content-Type: application/EDIFACT\r\nContent-Transfer-Encoding: base64\r\n\r\n'; base64 "$dir/$1.edi" | sed 's/$/\r/'; } >"$dir/entity"
	{
		printf 'From: edi@nordwind.example\nTo: edi@acme.example\nSubject: order %s\nMessage-ID: <order-%s@nordwind.example>\nDate: %s\n' \
		    "$1" "$1" "$(date -R)"
		openssl cms -sign -md sha256 -binary -in "$dir/entity" -signer "$nordwind/certs/edi.pem" -inkey "$nordwind/private/edi.key"
	} | sed 's/\r$//' >"$dir/$1.eml"
}
filed() {
	for file in "$acme"/inbox/nordwind/*; do cmp -s "$file" "$dir/$1.edi" && return 0; done
	return 1
}
n=1000
by() {	# client, how, wanted in Received; the command of that name does it, given how and a mail
	n=$((n + 1))
	signed $n
	try "$1 delivers: $2" "by_$1" "$2" "$dir/$n.eml"
	try "it is filed, byte for byte" wait_for 60 filed $n
	try "and came with $3" grep -qrF "with $3" $(grep -rlF "<order-$n@" "$acme/spool/in" "$acme/spool/arrived")
}
each_way() {	# client
	by "$1" clear ESMTP
	by "$1" starttls ESMTPSA
	by "$1" tls ESMTPSA
}

by_swaks() {
	case $1 in
	clear)	 set -- "$2" --server "127.0.0.1:$acme_port" ;;
	starttls) set -- "$2" --server "127.0.0.1:$acme_port" -tls --tls-verify --tls-ca-path "$ca" -a PLAIN -au nordwind -ap secret ;;
	tls)	 set -- "$2" --server "127.0.0.1:$tls_port" -tlsc -a LOGIN -au nordwind -ap secret ;;
	esac
	mail=$1
	shift
	swaks --silent 2 --from edi@nordwind.example --to edi@acme.example --data "@$mail" "$@"
}
if command -v swaks >/dev/null && perl -MNet::SSLeay -e1 2>/dev/null; then
	each_way swaks
else
	skip "swaks delivers" "swaks or libnet-ssleay-perl is not installed"
fi

cat >"$dir/deliver.py" <<'PYTHON'
import smtplib, ssl, sys
how, mail, clear_port, tls_port, ca = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
s = smtplib.SMTP_SSL("127.0.0.1", int(tls_port), context=context) if how == "tls" else smtplib.SMTP("127.0.0.1", int(clear_port))
if how == "starttls":
    s.starttls(context=context)
if how != "clear":
    s.login("nordwind", "secret")
s.sendmail("edi@nordwind.example", ["edi@acme.example"], open(mail, "rb").read().replace(b"\n", b"\r\n"))
s.quit()
PYTHON
by_smtplib() { $python "$dir/deliver.py" "$1" "$2" "$acme_port" "$tls_port" "$ca"; }
if [ -x $python ]; then
	each_way smtplib
else
	skip "smtplib delivers" "python3 is not installed"
fi

cat >"$dir/nodemailer.js" <<'JS'
const [how, mail, clearPort, tlsPort, ca] = process.argv.slice(2);
const fs = require("fs");
const transport = require("nodemailer").createTransport({
	host: "127.0.0.1", port: how === "tls" ? tlsPort : clearPort, secure: how === "tls",
	requireTLS: how === "starttls", ignoreTLS: how === "clear", tls: { ca: fs.readFileSync(ca) },
	auth: how === "clear" ? undefined : { user: "nordwind", pass: "secret" },
});
const envelope = { from: "edi@nordwind.example", to: ["edi@acme.example"] };
transport.sendMail({ envelope, raw: fs.readFileSync(mail) }).then(() => transport.close(), e => { console.error(e); process.exit(1); });
JS
by_nodemailer() { NODE_PATH=$unpacked/node_modules node "$dir/nodemailer.js" "$1" "$2" "$acme_port" "$tls_port" "$ca"; }
if has_node nodemailer; then
	each_way nodemailer
else
	skip "nodemailer delivers" "nodejs is not installed, or nodemailer is not in build/peers"
fi

by_curl() {
	case $1 in
	clear)	 set -- "$2" --url "smtp://127.0.0.1:$acme_port" ;;
	starttls) set -- "$2" --url "smtp://127.0.0.1:$acme_port" --ssl-reqd --cacert "$ca" --user nordwind:secret ;;
	tls)	 set -- "$2" --url "smtps://127.0.0.1:$tls_port" --cacert "$ca" --user nordwind:secret ;;
	esac
	mail=$1
	shift
	curl -sS --mail-from edi@nordwind.example --mail-rcpt edi@acme.example --crlf --upload-file "$mail" "$@"
}
if command -v curl >/dev/null; then
	each_way curl
else
	skip "curl delivers" "curl is not installed"
fi

by_msmtp() {
	mail=$2
	case $1 in
	clear)	 set -- --port="$acme_port" --tls=off ;;
	starttls) set -- --port="$acme_port" --tls=on --tls-starttls=on --auth=plain ;;
	tls)	 set -- --port="$tls_port" --tls=on --tls-starttls=off --auth=login ;;
	esac
	[ "$2" = --tls=off ] || set -- "$@" --tls-trust-file="$ca" --user=nordwind --passwordeval="echo secret"
	msmtp --host=127.0.0.1 --from=edi@nordwind.example "$@" edi@acme.example <"$mail"
}
if command -v msmtp >/dev/null; then
	each_way msmtp
else
	skip "msmtp delivers" "msmtp is not installed"
fi

# Of any size. What is no document of a partner's lies in quarantine/, as it came.
if [ -x $python ]; then
	cat >"$dir/sizes.py" <<'PYTHON'
import smtplib, ssl, sys
folder, clear_port, tls_port, ca = sys.argv[1:]
line = b"." + b"x" * 59 + b"\r\n"
head = b"From: a@b.example\r\nTo: edi@acme.example\r\nSubject: %s\r\n\r\n"
def one(s, name, mail):
    open(f"{folder}/{name}", "wb").write(mail)
    s.mail("a@b.example", ["size=%d" % len(mail)])
    s.rcpt("edi@acme.example")
    assert s.docmd("DATA")[0] == 354
    s.sock.sendall(mail.replace(b"\n.", b"\n..") + b".\r\n")
    answer = s.getreply()
    assert answer[0] == 250, answer
plain = smtplib.SMTP("127.0.0.1", int(clear_port))
plain.ehlo()
tls = smtplib.SMTP_SSL("127.0.0.1", int(tls_port), context=ssl.create_default_context(cafile=ca))
tls.ehlo()
one(plain, "nothing", b"")
one(plain, "empty", head % b"empty")
one(tls, "one", head % b"one" + b"\r\n")
for s, name in ((plain, "large"), (tls, "large-tls")):
    top = head % name.encode()
    one(s, name, top + line * ((60_000_000 - len(top)) // len(line)))
code = tls.docmd("MAIL FROM:<a@b.example> SIZE=70000000")[0]
assert code == 552, code
PYTHON
	mkdir "$dir/sizes"
	try "mails of nothing, of a byte or two, of 60 MB" $python "$dir/sizes.py" "$dir/sizes" "$acme_port" "$tls_port" "$ca"
	kept() {	# name: the mail is a file's end, behind our trace fields
		size=$(stat -c %s "$dir/sizes/$1")
		for file in "$acme"/quarantine/*.eml; do
			[ "$(stat -c %s "$file")" -lt $((size + 2048)) ] && tail -c "$size" "$file" | cmp -s - "$dir/sizes/$1" &&
			    { [ "$size" -gt 0 ] || [ "$(stat -c %s "$file")" -lt 600 ]; } && return 0
		done
		return 1
	}
	for name in nothing empty one large large-tls; do
		try "kept byte for byte: $name, $(stat -c %s "$dir/sizes/$name") bytes" wait_for 60 kept $name
	done
	rm -f "$dir"/sizes/large*
else
	skip "mails of nothing and of 60 MB" "python3 is not installed"
fi
done_testing
