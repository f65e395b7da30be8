#!/bin/sh
# SPDX-License-Identifier: ISC
# online - partner test, check --online and doctor --online: what they say of a mail server that is well, away, has another
# certificate, or does not let us in; and that they send nothing.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
ask() { said=$("$e" --home "$nordwind" "$@" 2>&1); status=$?; }
says() {	# what, status, words, arguments...
	what=$1 wanted=$2 words=$3
	shift 3
	ask "$@"
	is "$what: exit status" "$status" "$wanted"
	case $said in *"$words"*) ok "$what: says so" ;; *) is "$what: says so" "$said" "...$words..." ;; esac
}

says "nobody answers" 1 "Connection refused" partner test acme
says "check --online" 78 "Connection refused" check --online
says "doctor --online" 1 "FAIL  online" doctor --online
up "$acme" || bail "starting"
says "a server that is well" 0 "ready for mail" partner test acme
case $said in *"TLSv1."*"certificate verified"*) ok "and what protects it" ;; *) is "and what protects it" "$said" TLS ;; esac
case $said in *EHLO*) not_ok "without the dialogue" ;; *) ok "without the dialogue" ;; esac
says "with the dialogue when it is asked for" 0 "STARTTLS" partner test --smtp acme
says "check --online" 0 "0 errors" check --online
says "doctor --online" 0 "ok    online" doctor --online
set_all "$nordwind" smtp.ca "$nordwind/certs/tls.pem"
says "a certificate that nobody vouches for" 1 "certificate" partner test acme
set_all "$nordwind" smtp.ca "$acme/certs/tls.pem" smtp.user somebody smtp.password file:private/smtp.pass
(umask 077; echo wrong >"$nordwind/private/smtp.pass")
says "a server that does not let us in" 1 "AUTH" partner test acme
case $said in *wrong*) not_ok "the password is not shown" ;; *) ok "the password is not shown" ;; esac
says "a partner that is none" 67 "no partner 'acmee'" partner test acmee
is "nothing was sent" "$(count "$acme" kind=all)" 0
try "acme ends" down "$acme"
done_testing
