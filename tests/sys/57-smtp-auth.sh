#!/bin/sh
# SPDX-License-Identifier: ISC
# smtp-auth - our sender logs in at our listener, in every way that both know, at users kept in either way.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
home=$dir/home
ulid=01M84FFT47P8YAT0R6ER2TC4HF
free_port
"$e" --home "$home" init --org "Nordwind GmbH" --mail edi@nordwind.example --id 14:4012345000009 \
    --listen "127.0.0.1:$port" --smarthost "smtp://127.0.0.1:$port" >"$dir/init" || bail "setting up"
# The second one is what RFC 5803 makes of the password of the example in RFC 7677.
cat >"$home/private/users" <<'USERS'
acme:secret
user:SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=
USERS
printf 'secret\n' >"$home/private/secret"
printf 'pencil\n' >"$home/private/pencil"
chmod 600 "$home/private/users" "$home/private/secret" "$home/private/pencil"
set_all "$home" listen.users private/users smtp.tls starttls smtp.ca certs/tls.pem || bail "settings"
printf 'From: edi@acme.example\r\nSubject: logged in\r\n\r\nx\r\n' >"$home/spool/out/$ulid.eml"

mkfifo "$dir/in"
"$b/tool/fake/role" "$b/edigate-listen" "$home" "$port" <"$dir/in" >"$dir/listen.out" 2>"$dir/listen.log" &
listener=$!
helpers=$listener
exec 9>"$dir/in"
wait_for 60 grep -q event=started "$dir/listen.log" || bail "starting"

log_in() {	# what, user, password file, auth, wanted
	rm -f "$home"/spool/arrived/* "$dir/send.in"
	set_all "$home" smtp.user "$2" smtp.password "file:private/$3" smtp.auth "$4" || bail "settings"
	mkfifo "$dir/send.in"
	"$b/tool/fake/role" "$b/edigate-send" "$home" <"$dir/send.in" >"$dir/send.out" 2>"$dir/send.log" &
	sender=$!
	helpers="$listener $sender"
	exec 8>"$dir/send.in"
	echo "send 1 $ulid edi@acme.example edi@nordwind.example" >&8
	wait_for 60 grep -q '^sent 1 ' "$dir/send.out"
	got=$(sed -n 's/^sent 1 //p' "$dir/send.out")
	case $got in $5*) ok "$1" ;; *) not_ok "$1"; note "$got" ;; esac
	exec 8>&-
	kill $sender
	wait $sender 2>/dev/null
	helpers=$listener
}
for how in scram-sha-256-plus scram-sha-256 plain login auto; do
	log_in "$how, a password that both know" acme secret $how "accepted 250"
	is "the mail says so" "$(grep -c 'with ESMTPSA id' "$home"/spool/arrived/*.eml)" 1
	log_in "$how, one that the listener keeps derived" user pencil $how "accepted 250"
	log_in "$how, the wrong password" user secret $how "deferred 0 *535"
	log_in "$how, nobody of that name" nobody secret $how "deferred 0 *535"
done
log_in "auto takes the best" acme secret auto "accepted 250"
is "which is SCRAM, bound to the channel" "$(grep -c '^| C: AUTH SCRAM-SHA-256-PLUS \*\*\*' "$dir/send.out")" 1
is "nothing secret is told" "$(grep -ciE 'secret|c2VjcmV0|p=|v=' "$dir/send.out")" 0
printf 'Subject: binary\r\n\r\na\000b\nc\rd' >"$home/spool/out/$ulid.eml"
log_in "a mail of any bytes goes in chunks" acme secret auto "accepted 250"
is "and arrives as it was sent" "$(tail -c 7 "$home"/spool/arrived/*.eml | od -An -tx1 | tr -d ' \n')" "6100620a630d64"
log_in "cram-md5 is not offered" acme secret cram-md5 "deferred 0 *does not offer"
exec 9>&-
kill $listener
wait $listener 2>/dev/null
done_testing
