#!/bin/sh
# SPDX-License-Identifier: ISC
# dsn - who asks by NOTIFY what became of a mail is told, once, when it has been filed or refused; a stranger never is.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
if ! command -v python3 >/dev/null; then
	skip "delivery reports" "python3 is not installed"
	done_testing
fi
sys_begin
make_pair "$dir" || bail "setting up"
set_all "$nordwind" smtp.reports all || bail "setting the reports"
up "$nordwind" && up "$acme" || bail "starting"
told() { "$e" --home "$1" trace "$2" | grep -qE "$3"; }
reports() { grep -l 'report-type=delivery-status' "$acme"/spool/out/*.eml 2>/dev/null | wc -l; }
reported() { [ "$(reports)" -ge "$1" ]; }

# Gateway to gateway: all of RFC 3461 is offered and used, beside the receipt.
order 1 | drop "$nordwind" acme one.edi
try "what was delivered is told, beside its receipt" wait_for 60 told "$nordwind" one.edi 'dsn-delivered.*report of .*2\.0\.0'
try "and is complete" wait_for 60 has_state "$nordwind" complete name=one.edi
id=$("$e" --home "$acme" list --json --limit 1 dir=in kind=document | json id)
try "the receiver's story says what was asked" told "$acme" "$id" 'asked for: NOTIFY=SUCCESS,FAILURE,DELAY RET=HDRS ENVID='
try "and what was sent" wait_for 60 told "$acme" "$id" 'delivery report sent'
is "one report was made" "$(reports)" 1
report=$(grep -l 'report-type=delivery-status' "$acme"/spool/out/*.eml)
envid=$(sed -n 's/^Original-Envelope-Id: \(.*\)\r$/\1/p' "$report")
is "it is about the mail that was sent" "$(ls "$nordwind/spool/out/$envid.eml")" "$nordwind/spool/out/$envid.eml"
try "with its header, and nothing of its body" sh -c "grep -q '^Content-Type: text/rfc822-headers' '$report' && ! grep -q '^UNB' '$report'"
is "to the return path, from nobody" "$("$e" --home "$acme" show --json "$id" |
    python3 -c 'import json,sys; print([(t.get("sender", ""), t["recipient"]) for t in json.load(sys.stdin)["transmissions"] if t["kind"] == "report"])')" \
    "[('', 'edi@nordwind.example')]"

# The same mail again, as others say it. say MAIL-OPTIONS RCPT-OPTIONS SENDER FILE
cat >"$dir/say.py" <<'PY'
import smtplib, sys
port, sender, mail, rcpt, name = sys.argv[1:6]
with smtplib.SMTP("127.0.0.1", int(port)) as s:
    s.ehlo("mx.nordwind.example")
    assert s.has_extn("dsn")
    for cmd in ("MAIL FROM:<%s> %s" % (sender, mail), "RCPT TO:<edi@acme.example> %s" % rcpt):
        code, text = s.docmd(cmd.strip())
        if code != 250:
            sys.exit("%d %s" % (code, text.decode()))
    code, text = s.data(open(name, "rb").read())
    sys.exit(0 if code == 250 else "%d" % code)
PY
say() { python3 "$dir/say.py" "$acme_port" "$@"; }
mail=$nordwind/spool/out/$envid.eml
sed 's/^Message-ID: <.*>/Message-ID: <changed@nordwind.example>/; s/DAY/XDAY/; /^Content-Disposition: attachment/,/^--/{ s/^[A-Za-z0-9+\/]\{8\}/AAAAAAAA/; }' "$mail" >"$dir/bad.eml"
quarantined() { [ "$(ls "$acme/quarantine" 2>/dev/null | grep -c '\.eml$')" -ge "$1" ]; }
ids() { "$e" --home "$acme" list --json --limit 1 dir=in | json id; }

try "a stranger asks about a mail that is not his" say stranger@elsewhere.example ENVID=x NOTIFY=SUCCESS,FAILURE "$mail"
duplicates() { [ "$("$e" --home "$acme" list --json --limit 0 state=duplicate | wc -l)" -ge "$1" ]; }
try "it is a duplicate" wait_for 60 duplicates 1
try "and he is told nothing" told "$acme" "$(ids)" 'none is sent: its return path is no address'
try "a broken mail from who knows whom" say edi@nordwind.example RET=FULL NOTIFY=FAILURE "$dir/bad.eml"
try "is refused" wait_for 60 quarantined 1
try "and answered with nothing" told "$acme" "$(ids)" 'none is sent: neither its signature nor its session'
is "so there is still one report" "$(reports)" 1
try "the partner asks, and says ORCPT" say edi@nordwind.example ENVID=again+2B1 "NOTIFY=SUCCESS ORCPT=rfc822;old+40acme.example" "$mail"
try "is told of the duplicate" wait_for 60 reported 2
try "with both as he said them" sh -c "grep -hq '^Original-Envelope-Id: again+1' '$acme'/spool/out/*.eml && grep -hq '^Original-Recipient: rfc822; old@acme.example' '$acme'/spool/out/*.eml"
try "NEVER" say edi@nordwind.example ENVID=never NOTIFY=NEVER "$mail"
try "is taken" wait_for 60 duplicates 3
try "nobody cannot be told" say '' ENVID=null NOTIFY=SUCCESS "$mail"
try "but may ask" wait_for 60 duplicates 4
is "two reports" "$(reports)" 2

# From the partner's own network a broken mail may be answered; whole, when that was asked for.
set_all "$acme" partner.nordwind.network 127.0.0.0/8 && reload "$acme" || bail "reading the settings"
sed 's/^Message-ID: <.*>/Message-ID: <changed-2@nordwind.example>/' "$dir/bad.eml" >"$dir/worse.eml"
try "a broken mail from the partner's network" say edi@nordwind.example "RET=FULL ENVID=broken" NOTIFY=FAILURE "$dir/worse.eml"
try "is answered" wait_for 60 reported 3
failed=$(grep -l '^Action: failed' "$acme"/spool/out/*.eml)
try "failed, and why, and the mail with it" sh -c "grep -q '^Diagnostic-Code: x-edigate; ' '$failed' && grep -q '^Content-Type: message/rfc822' '$failed' && grep -q '<changed-2@nordwind.example>' '$failed'"
note "$(sed -n '/^Reporting-MTA/,/^--/p' "$failed" | head -n 12)"
"$e" --home "$acme" retry "$(ids)" >/dev/null
again() { "$e" --home "$acme" trace "$(ids)" | grep -c ' quarantined  ' | grep -qx 2; }
try "looked at again, and refused again" wait_for 60 again
is "is no news" "$(reports)" 3
down "$nordwind" && down "$acme" || bail "stopping"
try "both databases are sound" sh -c "'$e' --home '$acme' db check && '$e' --home '$nordwind' db check"
done_testing
