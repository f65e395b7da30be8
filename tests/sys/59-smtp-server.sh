#!/bin/sh
# SPDX-License-Identifier: ISC
# smtp-server - a server of the npm registry takes our mail: STARTTLS, TLS from the first byte, in the clear; with every AUTH it has, small
# mails and one of sixty megabytes.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
. tests/peers.sh
if ! has_node smtp-server; then
	skip "smtp-server takes our mail" "nodejs is not installed, or smtp-server is not in build/peers"
	done_testing
fi
sys_begin
make_pair "$dir" || bail "setting up"
for how in starttls tls clear; do free_port; eval "${how}_port=$port"; done
make_tls node
mkdir "$dir/taken"
cat >"$dir/server.js" <<'JS'
const [folder, cert, key, starttlsPort, tlsPort, clearPort] = process.argv.slice(2);
const fs = require("fs");
const { SMTPServer } = require("smtp-server");
let n = 0;
const common = {
	cert: fs.readFileSync(cert), key: fs.readFileSync(key), size: 70e6, authMethods: ["PLAIN", "LOGIN", "CRAM-MD5"], logger: false,
	onAuth(auth, session, done) {
		const right = auth.method === "CRAM-MD5" ? auth.validatePassword("secret") : auth.password === "secret";
		console.log("auth", auth.method, auth.username, right, session.secure);
		done(right && auth.username === "edi" ? null : new Error("no"), { user: auth.username });
	},
	onData(stream, session, done) {
		const name = `${folder}/${++n}`;
		stream.pipe(fs.createWriteStream(name + ".part")).on("finish", () => {
			fs.renameSync(name + ".part", name + ".eml");
			console.log("mail", session.secure, session.user || "-", JSON.stringify(session.envelope.rcptTo[0].dsn || {}));
			done(null, "kept");
		});
	},
};
const listen = (port, how) => new Promise(done => new SMTPServer({ ...common, ...how }).listen(port, "127.0.0.1", done));
Promise.all([listen(starttlsPort, {}), listen(tlsPort, { secure: true }),
	listen(clearPort, { authOptional: true, disabledCommands: ["AUTH", "STARTTLS"] })]).then(() => console.log("ready"));
JS
NODE_PATH=$unpacked/node_modules node "$dir/server.js" "$dir/taken" "$dir/node.pem" "$dir/node.key" \
    "$starttls_port" "$tls_port" "$clear_port" >"$dir/server.log" 2>&1 &
helpers="$helpers $!"
wait_for 60 grep -q ready "$dir/server.log" || bail "starting smtp-server"
(umask 077; echo secret >"$nordwind/private/smtp.pass")
set_all "$nordwind" smtp.ca "$dir/node.pem" smtp.user edi smtp.password file:private/smtp.pass smtp.port "$starttls_port" smtp.tls starttls ||
    bail "settings"
up "$nordwind" || bail "starting"
accepted() { has_state "$nordwind" awaiting-receipt "name=$1"; }
logged() { grep -q "$1" "$dir/server.log"; }

order 1 | drop "$nordwind" acme starttls.edi
try "smtp-server takes our mail over STARTTLS, with a login" wait_for 60 accepted starttls.edi
n=1
for auth in plain login cram-md5; do
	n=$((n + 1))
	set_all "$nordwind" smtp.port "$tls_port" smtp.tls implicit smtp.auth $auth && reload "$nordwind"
	order $n | drop "$nordwind" acme $auth.edi
	try "under TLS from the first byte, AUTH $auth" wait_for 60 accepted $auth.edi
	try "it says so, too" logged "^auth $(echo $auth | tr a-z A-Z) edi true true"
done
# Random bytes in base64, signed and encrypted in base64: 60 MB of mail.
head -c 20000000 /dev/zero | openssl enc -aes-128-ctr -K 00 -iv 00 2>/dev/null | base64 -w 0 | fold -w 60 |
    awk 'BEGIN { print "UNB+UNOC:3+4012345000009:14+5098765000007:14+261123:1000+LARGE00001'"'"'"; print "UNH+1+ORDERS:D:96A:UN'"'"'" }
	{ print "FTX+AAI+++" $0 "'"'"'"; n++ } END { print "UNT+" n + 2 "+1'"'"'"; print "UNZ+1+LARGE00001'"'"'" }' >"$dir/large.edi"
drop "$nordwind" acme large.edi <"$dir/large.edi"
try "a document of $(stat -c %s "$dir/large.edi") bytes" wait_for 120 accepted large.edi
sed '/^\(user\|password\|auth\) *=/d' "$nordwind/config.ini" >"$dir/config" && cat "$dir/config" >"$nordwind/config.ini"
set_all "$nordwind" smtp.port "$clear_port" smtp.tls none && reload "$nordwind"
order 9 | drop "$nordwind" acme clear.edi
try "in the clear" wait_for 60 accepted clear.edi
try "it says so, too" logged '^mail false - '
is "all of them are there" "$(ls "$dir/taken" | grep -c '\.eml$')" 6
same() {	# each mail that was taken is one of ours
	for taken in "$dir/taken"/*.eml; do
		for ours in "$nordwind"/spool/out/*.eml; do cmp -s "$taken" "$ours" && echo same; done
	done | wc -l
}
is "byte for byte" "$(same)" 6
note "the largest mail has $(stat -c %s "$dir/taken"/*.eml | sort -n | tail -n 1) bytes"
note "$(grep -c . "$dir/server.log") lines of smtp-server: $(tail -n 2 "$dir/server.log" | tr '\n' ' ')"
echo wrong >"$nordwind/private/smtp.pass"
set_all "$nordwind" smtp.user edi smtp.password file:private/smtp.pass smtp.port "$tls_port" smtp.tls implicit && reload "$nordwind"
order 10 | drop "$nordwind" acme wrong.edi
refused() { "$e" --home "$nordwind" trace wrong.edi 2>/dev/null | grep -q 'AUTH.*535'; }
try "a wrong password is told" wait_for 60 refused
is "and nothing more was taken" "$(ls "$dir/taken" | grep -c '\.eml$')" 6
done_testing
