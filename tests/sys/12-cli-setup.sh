#!/bin/sh
# SPDX-License-Identifier: ISC
# cli-setup - the commands that need no running gateway: init, check, partner, cert, config, version, help.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
h=$dir/nordwind

# What a command prints on both channels is in $said, its exit status in $status.
run() {
	said=$("$e" "$@" 2>&1 </dev/null)
	status=$?
}
fails() {	# what, status, words it must say, arguments...
	what=$1 wanted=$2 words=$3
	shift 3
	run "$@"
	is "$what: exit status" "$status" "$wanted"
	case $said in
	*"$words"*) ok "$what: says why" ;;
	*) is "$what: says why" "$said" "...$words..." ;;
	esac
}
works() {	# what, words it must say, arguments...
	what=$1 words=$2
	shift 2
	fails "$what" 0 "$words" "$@"
}
mode() { stat -c %a "$1"; }
# A listing of everything with its bytes: to see that nothing was changed.
snapshot() { (cd "$1" && find . -type f ! -name '*.sock' | LC_ALL=C sort | xargs sha256sum); }

# ---- init
works "init" "created $h" --home "$h" init --org "Nordwind GmbH" --mail edi@nordwind.example --id 14:4012345000009 \
    --id ZZ:NORDWIND --smarthost smtps://edi%40nordwind.example@smtp.example.net:465 --listen 127.0.0.1:23050
for folder in outbox inbox sent failed status quarantine spool/tmp spool/arrived spool/in spool/out db certs/partners \
    private hooks.d run partners.d; do
	[ -d "$h/$folder" ] && ok "init makes $folder" || not_ok "init makes $folder"
done
is "private is the owner's alone" "$(mode "$h/private")" 700
is "so is the key" "$(mode "$h/private/edi.key")" 600
is "and the TLS key" "$(mode "$h/private/tls.key")" 600
is "the ERP's group may drop files" "$(mode "$h/outbox")" 770
is "the settings have the name" "$("$e" --home "$h" config get gateway.name)" "Nordwind GmbH"
is "both ids" "$("$e" --home "$h" config get gateway.ids)" "14:4012345000009, ZZ:NORDWIND"
is "the relay" "$("$e" --home "$h" config get smtp.host) $("$e" --home "$h" config get smtp.port) $("$e" --home "$h" config get smtp.tls)" \
    "smtp.example.net 465 implicit"
is "the user, decoded" "$("$e" --home "$h" config get smtp.user)" edi@nordwind.example
before=$(snapshot "$h")
fails "init a second time" 73 "exists already" --home "$h" init --org X --mail x@nordwind.example
is "init a second time changes nothing" "$(snapshot "$h")" "$before"
fails "init without a name" 64 "--org NAME is needed" --home "$dir/x" init --mail edi@acme.example
fails "init without an address" 64 "--mail ADDR is needed" --home "$dir/x" init --org X
fails "init with half an address" 64 "--mail ADDR is needed" --home "$dir/x" init --org X --mail edi@
fails "init with an id without qualifier" 64 "has no qualifier" --home "$dir/x" init --org X --mail edi@acme.example --id 5098
fails "init with a password in the URL" 64 "password does not belong here" --home "$dir/x" init --org X \
    --mail edi@acme.example --smarthost smtps://u:secret@smtp.example.net
fails "init with a strange URL" 64 "is no mail server" --home "$dir/x" init --org X --mail edi@acme.example --smarthost ftp://x
fails "init listening on no port" 64 "has no port" --home "$dir/x" init --org X --mail edi@acme.example --listen localhost
[ ! -e "$dir/x" ] && ok "a refused init makes nothing" || not_ok "a refused init makes nothing"
works "init by EDIGATE_HOME" "created" --home "$dir/acme" init --org "ACME Ltd" --mail edi@acme.example --id 14:5098765000007 \
    --smarthost mx
is "--home behind the command is the same" "$("$e" config get smtp.host --home "$dir/acme")" mx
is "--home=DIR too" "$("$e" config get smtp.host --home="$dir/acme")" mx
is "and EDIGATE_HOME" "$(EDIGATE_HOME=$dir/acme "$e" config get smtp.host)" mx
is "the option wins" "$(EDIGATE_HOME=$dir/acme "$e" --home "$h" config get smtp.host)" smtp.example.net
is "values with quotes and comment signs survive" "$("$e" --home "$dir/odd" init --org 'Smith "&" Sons ; # Ltd' \
    --mail a@b.example >/dev/null && "$e" --home "$dir/odd" config get gateway.name)" 'Smith "&" Sons ; # Ltd'

# ---- check
printf 'secret\n' >"$h/private/smtp.pass" && chmod 600 "$h/private/smtp.pass"
run --home "$h" check
is "check: no errors" "$status" 0
cp "$h/config.ini" "$dir/config.ini"
printf '[smtp]\nstarttsl = yes\n' >>"$h/config.ini"
fails "check finds a mistyped key" 78 'unknown key "starttsl"' --home "$h" check
cp "$dir/config.ini" "$h/config.ini"
cp "$dir/acme/private/edi.key" "$h/private/edi.key"
fails "check finds the wrong key" 78 "none of the private keys belongs to this certificate" --home "$h" check
rm "$h/private/edi.key"
run --home "$h" check
is "check finds no key" "$status" 78
cp "$dir/acme/private/edi.key" "$h/private/edi.key"
cp "$dir/acme/certs/edi.pem" "$h/certs/edi.pem"
run --home "$h" check
is "check is content again" "$status" 0
fails "check without a home" 78 "" --home "$dir/nowhere" check

# ---- partner
"$e" --home "$dir/acme" partner card >"$dir/acme.edipartner"
is "a card holds no private key" "$(grep -c PRIVATE "$dir/acme.edipartner")" 0
is "its name is a slug" "$(grep '^\[' "$dir/acme.edipartner")" '[partner "acme"]'
is "--as gives another" "$("$e" --home "$dir/acme" partner card --as acme-ltd | grep '^\[')" '[partner "acme-ltd"]'
g=$dir/globex
"$e" --home "$g" init --org "Globex Corp" --mail edi@globex.example --id ZZ:GLOBEX >/dev/null
fails "partner add asks, and nobody is there" 64 "say --yes" --home "$g" partner add "$dir/acme.edipartner"
[ ! -e "$g/partners.d/acme.ini" ] && ok "nothing was written" || not_ok "nothing was written"
works "partner add" "written" --home "$g" partner add --yes "$dir/acme.edipartner"
for made in partners.d/acme.ini certs/partners/acme.pem outbox/acme inbox/acme; do
	[ -e "$g/$made" ] && ok "partner add makes $made" || not_ok "partner add makes $made"
done
is "no other files beside" "$(ls -A "$g/partners.d")" acme.ini
is "nothing of the trial is left" "$(ls -A "$g" | grep check)" ""
fails "partner add twice" 73 "exists already" --home "$g" partner add --yes "$dir/acme.edipartner"
fails "the same address under another name" 65 "is an address of partner 'acme'" --home "$g" partner add --yes \
    --as acme2 "$dir/acme.edipartner"
fails "the same id under another name" 65 "is an id of partner 'acme'" --home "$g" partner add --yes acme3 \
    --mail other@acme.example --cert "$dir/acme/certs/edi.pem" --id 14:5098765000007
"$e" --home "$g" partner card >"$dir/globex.edipartner"
fails "our own card" 65 "our own address" --home "$g" partner add --yes "$dir/globex.edipartner"
fails "no card at all" 65 "is no partner card" --home "$g" partner add --yes "$dir/config.ini"
fails "a card that is not there" 66 "No such file" --home "$g" partner add --yes "$dir/nothing.edipartner"
sed 's/edi@acme.example/edi@acme/; s/acme"/acme"/; s/@acme$/ @acme/' "$dir/acme.edipartner" >"$dir/bad.edipartner"
fails "a card with a bad address" 65 "is no mail address" --home "$g" partner add --yes "$dir/bad.edipartner"
sed 's/"acme"/"..\/..\/etc"/' "$dir/acme.edipartner" >"$dir/evil.edipartner"
fails "a card with a name that is a path" 65 "want lower-case" --home "$g" partner add --yes "$dir/evil.edipartner"
fails "a name that is a path" 64 "want lower-case" --home "$g" partner add --yes ../x --mail a@b.example \
    --cert "$dir/acme/certs/edi.pem"
fails "a certificate that is none" 65 "" --home "$g" partner add --yes x --mail a@b.example --cert "$dir/config.ini"
before=$(snapshot "$g")
"$e" --home "$dir/acme" partner card --as other | sed 's/^ids.*/ids = 14:1, 14:1/; s/edi@acme/other@acme/' >"$dir/twice.edipartner"
run --home "$g" partner add --yes "$dir/twice.edipartner"
[ "$status" = 0 ] || is "settings that are wrong are not kept" "$(snapshot "$g")" "$before"
works "partner add from its parts" "written" --home "$g" partner add --yes nordwind --mail edi@nordwind.example \
    --cert "$h/certs/edi.pem" --id 14:4012345000009 --id ZZ:NORDWIND --name "Nordwind GmbH"
is "partner list has both" "$("$e" --home "$g" partner list | awk 'NR > 1 { print $1 }' | tr '\n' ' ' | sed 's/other //')" "acme nordwind "
is "partner list --json: a line each" "$("$e" --home "$g" partner list --json | grep -c '^{"v":1,')" \
    "$("$e" --home "$g" partner list | awk 'END { print NR - 1 }')"
works "partner show" "edi@nordwind.example" --home "$g" partner show nordwind
is "partner show --json" "$("$e" --home "$g" partner show --json nordwind | json name)" "Nordwind GmbH"
fails "partner show of nobody" 67 "did you mean 'acme'" --home "$g" partner show acne
fails "partner remove asks" 64 "say --yes" --home "$g" partner remove nordwind
touch "$g/inbox/nordwind/kept.edi"
works "partner remove" "removed" --home "$g" partner remove --yes nordwind
[ ! -e "$g/partners.d/nordwind.ini" ] && [ ! -e "$g/outbox/nordwind" ] && ok "settings and the empty folder are gone" ||
    not_ok "settings and the empty folder are gone"
[ -e "$g/inbox/nordwind/kept.edi" ] && ok "a folder with files stays" || not_ok "a folder with files stays"
fails "partner remove of nobody" 67 "no partner" --home "$g" partner remove --yes nordwind

# ---- cert
is "cert list names owners" "$("$e" --home "$g" cert list | awk 'NR > 1 { print $1 }' | sort -u | tr '\n' ' ' | sed 's/other //')" "acme own "
is "cert list --json has days" "$("$e" --home "$g" cert list --json | json days_left)" 1094
fails "cert new does not overwrite" 73 "exists already" --home "$g" cert new
rm "$g/private/edi.key" "$g/certs/edi.pem"
works "cert new" "RSA 3072" --home "$g" cert new
is "the new key is the owner's alone" "$(mode "$g/private/edi.key")" 600

# ---- config
works "config set" "" --home "$g" config set smtp.host smtp.example.net
is "config get reads it" "$("$e" --home "$g" config get smtp.host)" smtp.example.net
grep -q '^; config.ini' "$g/config.ini" && ok "comments stay" || not_ok "comments stay"
before=$(snapshot "$g")
fails "config set of nonsense" 78 "nothing was changed" --home "$g" config set smtp.port many
fails "config set of a mistyped key" 64 'did you mean "host"' --home "$g" config set smtp.hosst x
fails "config set for nobody" 67 "no partner" --home "$g" config set partner.nobody.send sign
fails "config set without a value" 64 "more arguments" --home "$g" config set smtp.host
is "they changed nothing" "$(snapshot "$g")" "$before"
works "config set of a partner" "" --home "$g" config set partner.acme.send "sign encrypt"
grep -q '^send = ' "$g/partners.d/acme.ini" && ok "it stands in the partner's file" || not_ok "it stands in the partner's file"
fails "config get of nothing" 64 "no setting" --home "$g" config get smtp.nothing
works "config show --origin" "config.ini:" --home "$g" config show --origin
is "config show: one line a setting" "$("$e" --home "$g" config show | grep -c '^smtp.host = smtp.example.net$')" 1

# ---- usage
works "version" "edigate " version
is "version --json" "$("$e" version --json | json name)" edigate
works "help" "  partner add" help
works "help of a command" "usage: edigate send" help send
works "help of two words" "usage: edigate partner add" help partner add
for name in $("$e" help | sed -n 's/^  \([a-z]*\)  .*/\1/p') "partner add" "db check" "config set"; do
	works "$name --help has examples" "examples" $name --help
done
chmod 500 "$g" "$g/partners.d"
fails "config set where we may not write" 73 "nothing was changed" --home "$g" config set smtp.port 25
chmod 700 "$g" "$g/partners.d"
fails "no command" 64 "usage: edigate"
fails "a mistyped command" 64 "did you mean 'status'" statsu
fails "an abbreviation" 64 "unknown command 'stat'" stat
fails "a noun alone" 64 "partner card" partner
fails "a mistyped second word" 64 "did you mean 'partner list'" partner lits
fails "a mistyped option" 64 "did you mean '--json'" list --jsno
fails "an option without its value" 64 "needs a value" send --to
fails "a value for a flag" 64 "takes no value" list --json=yes
fails "an argument too many" 64 "does not know what to do" version now
fails "an unknown option before the command" 64 "only --home DIR" --verbose list
fails "list before anything ran" 69 "nothing recorded" --home "$g" list
fails "status before anything ran" 69 "not running" --home "$g" status
is "no colour without a terminal" "$("$e" --home "$g" status | grep -c "$(printf '\033')")" 0
"$e" help >/dev/full 2>/dev/null
is "an output that cannot be written is an error" $? 74
done_testing
