#!/bin/sh
# SPDX-License-Identifier: ISC
# vet - what is held before it is sent or filed: numbers used again, tests in production, several partners in one file.
# And what is only told of: numbers that are left out.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
up "$nordwind" && up "$acme" || bail "starting"
held() { [ "$(count "$1" state=held)" = "$2" ]; }
complete() { [ "$(count "$nordwind" dir=out state=complete)" = "$1" ]; }

# ---- out
order 41 | drop "$nordwind" acme first.edi
try "an order goes through" wait_for 60 complete 1
order 41 | drop "$nordwind" acme again.edi
order 41 | sed 's/QTY+21:[0-9]*/QTY+21:77/' | drop "$nordwind" acme other.edi
try "the same number again is held, with any content" wait_for 60 held "$nordwind" 2
is "it says what went before" "$("$e" --home "$nordwind" show "$("$e" --home "$nordwind" list --json name=again.edi | json id)" |
    sed -n 's/^why *//p')" "interchange T00000041 went out before as document 1, byte for byte"
is "and whether it is the same" "$("$e" --home "$nordwind" show "$("$e" --home "$nordwind" list --json name=other.edi | json id)" |
    sed -n 's/^why *//p')" "interchange T00000041 went out before as document 1, with other content"
try "a person can let it go" "$e" --home "$nordwind" release "$("$e" --home "$nordwind" list --json name=other.edi | json id)"
try "ACME holds it then, and tells nobody" wait_for 60 held "$acme" 1
order 42 | awk '/^UNB/ { sub(/[^+]*$/, "T00000042++++++1'"'"'") } { print }' | drop "$nordwind" acme test.edi
{ order 43; order 44 | sed "s/^UNB+UNOC:3+4012345000009:14+5098765000007/UNB+UNOC:3+4012345000009:14+5098765000999/"; } |
    drop "$nordwind" acme two.edi
try "a test, and a file for two partners, are held" wait_for 60 held "$nordwind" 3
is "the test, because of the mode" "$("$e" --home "$nordwind" show "$("$e" --home "$nordwind" list --json name=test.edi | json id)" |
    sed -n 's/^why *//p')" "it is a test, and with partner 'acme' we are in production (mode)"
is "the file, because of the others in it" "$("$e" --home "$nordwind" show "$("$e" --home "$nordwind" list --json name=two.edi | json id)" |
    sed -n 's/^why *//p')" "it has 2 interchanges, not all of them between the same two: a file for each is wanted"

# ---- in
order 45 | drop "$nordwind" acme gap.edi
try "after 41 comes 45" wait_for 60 grep -q 'event=number-gap .*control=T00000045 missing=3' "$acme.log"
try "that stands in its timeline" sh -c "'$e' --home '$acme' trace $("$e" --home "$acme" list --json number=PO-T-000045 | json id) |
    grep -q 'T00000045 came after T41: 3 between them have not come'"
set_all "$acme" partner.nordwind.mode test partner.nordwind.gaps ignore && reload "$acme" || bail "reloading"
order 48 | drop "$nordwind" acme production.edi
try "production is held where we test" wait_for 60 held "$acme" 2
is "because of the mode" "$("$e" --home "$acme" show "$("$e" --home "$acme" list --json state=held | json id)" | sed -n 's/^why *//p')" \
    "it is no test, and with partner 'nordwind' we are in test (mode)"
try "a person can let it in" "$e" --home "$acme" release "$("$e" --home "$acme" list --json state=held | json id)"
filed() { ls "$acme/inbox/nordwind" | grep -q PO-T-000048; }
try "then it is filed" wait_for 60 filed
is "no gap was told of" "$(grep -c 'event=number-gap' "$acme.log")" 1
done_testing
