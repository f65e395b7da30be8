#!/bin/sh
# SPDX-License-Identifier: ISC
# hooks - programs of the operator's that run when a document reaches a state: what they are given, what becomes of those that
# fail, write without end or may not be trusted; and the command that runs them by hand.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
sys_begin
make_pair "$dir" || bail "setting up"
up "$nordwind" && up "$acme" || bail "starting"
hook() {	# event, name; the script is on stdin
	mkdir -p "$acme/hooks.d/$1" && { echo '#!/bin/sh'; cat; } >"$dir/hook" && chmod 755 "$dir/hook" &&
	    mv "$dir/hook" "$acme/hooks.d/$1/$2"
}
goes() { order "$1" | drop "$nordwind" acme "order-$1.edi"; wait_for 60 has_state "$nordwind" complete "name=order-$1.edi"; }
in_of() { "$e" --home "$acme" list --json "number=PO-T-$(printf '%06d' "$1")" | json id; }
told() { "$e" --home "$acme" trace "$1" | grep -q "$2"; }

# What a hook is given.
hook filed 10-store <<END
cat >"$dir/json"; env >"$dir/env"; cp "\$EDIGATE_FILE" "$dir/copy"
END
hook filed 20-second <<END
cat "$dir/env" >"$dir/order-of-hooks"
END
echo 'this is no hook' >"$acme/hooks.d/filed/README"
goes 1
id=$(in_of 1)
try "hooks run when a document is filed" wait_for 60 has_state "$acme" handed-over "number=PO-T-000001"
try "and are named on the timeline" told "$id" "2 hooks for 'filed'"
is "the file itself is handed over" "$(cmp "$dir/copy" "$acme"/inbox/nordwind/*PO-T-000001* && echo same)" same
is "it is given the document as JSON" "$(json number <"$dir/json")" "PO-T-000001"
is "one line of it" "$(wc -l <"$dir/json")" 1
for line in EDIGATE_EVENT=filed "EDIGATE_ID=$id" EDIGATE_DIRECTION=in EDIGATE_PARTNER=nordwind EDIGATE_TYPE=ORDERS \
    EDIGATE_NUMBER=PO-T-000001 "EDIGATE_HOME=$acme"; do
	try "and in its environment: ${line%%=*}" grep -qxF "$line" "$dir/env"
done
is "where nothing else stands" "$(grep -cvE '^(EDIGATE_[A-Z]*|PATH|PWD|SHLVL|OLDPWD|_)=' "$dir/env")" 0
try "in the order of their names" cmp "$dir/env" "$dir/order-of-hooks"

# A hook that fails gates nothing, and is run again with the same delivery id.
hook filed 15-fails <<END
echo "\$EDIGATE_DELIVERY" >>"$dir/deliveries"
[ -e "$dir/well" ] || { echo "the ERP is away" >&2; exit 3; }
END
goes 2
id=$(in_of 2)
try "the document of a failing hook is complete for its sender" has_state "$nordwind" complete name=order-2.edi
try "what it wrote is on the timeline" wait_for 60 told "$id" "15-fails: exit status 3: the ERP is away"
: >"$dir/well"
try "it is run again, and then it is handed over" wait_for 90 has_state "$acme" handed-over "number=PO-T-000002"
is "by the same delivery id" "$(sort -u "$dir/deliveries" | wc -l)" 1

# Output without end, and one that everybody may write.
hook filed 15-fails <<END
head -c 3000000 /dev/zero | tr '\\0' x
END
goes 3
try "three megabytes of output do no harm" wait_for 60 has_state "$acme" handed-over "number=PO-T-000003"
chmod o+w "$acme/hooks.d/filed/15-fails"
goes 4
id=$(in_of 4)
try "a hook that everybody may write is not run" wait_for 60 told "$id" "may be written by everybody"
rm "$acme/hooks.d/filed/15-fails"

# By hand.
ask() { said=$("$e" --home "$acme" hook test "$@" 2>&1); status=$?; }
ask filed
is "hook test: the newest document in that state" "$status" 0
case $said in *"PO-T-000004"*"10-store: exit status 0"*"20-second: exit status 0"*) ok "says what ran" ;; *) is "says what ran" "$said" "..." ;; esac
try "EDIGATE_DELIVERY tells that it is a test" grep -q '^EDIGATE_DELIVERY=.*-test$' "$dir/env"
ask filed "$(in_of 1)"
case $said in *"PO-T-000001"*) ok "hook test: a document that is named" ;; *) is "hook test: a document that is named" "$said" "..." ;; esac
hook filed 05-no <<END
echo no; exit 4
END
ask filed "$(in_of 1)"
is "hook test: one that fails" "$status" 1
case $said in *"no
05-no: exit status 4"*) ok "shows what it wrote and how it ended" ;; *) is "shows how it ended" "$said" "..." ;; esac
case $said in *10-store*) not_ok "and runs none behind it" ;; *) ok "and runs none behind it" ;; esac
ask complete "$(in_of 1)"
is "hook test: no hooks for that event" "$status" 66
ask filled
is "hook test: an event that is none" "$status" 64
case $said in *"did you mean 'filed'"*) ok "and what was meant" ;; *) is "and what was meant" "$said" "..." ;; esac
rm "$acme/hooks.d/filed/05-no"
try "what failed is handed over in the end" wait_for 120 has_state "$acme" handed-over "number=PO-T-000004"

# A mail that nobody takes: one word about it, however many attempts there are.
down "$acme"
mkdir -p "$nordwind/hooks.d/delayed" && printf '#!/bin/sh\necho "$EDIGATE_EVENT $EDIGATE_STATE" >>"%s"\n' "$dir/delayed" \
    >"$nordwind/hooks.d/delayed/10-tell" && chmod 755 "$nordwind/hooks.d/delayed/10-tell"
set_all "$nordwind" retry.max 1s retry.notice 1s && reload "$nordwind" || bail "settings"
order 900 | drop "$nordwind" acme late.edi
late() { "$e" --home "$nordwind" list --json name=late.edi | json id; }
attempts() { [ "$("$e" --home "$nordwind" trace "$(late)" | grep -c 'attempt [0-9]')" -ge "$1" ]; }
try "a mail that nobody takes: hooks.d/delayed runs" wait_for 60 grep -qx "delayed deferred" "$dir/delayed"
try "the next attempts" wait_for 60 attempts 5
is "say nothing new" "$(wc -l <"$dir/delayed") $("$e" --home "$nordwind" trace "$(late)" | grep -c 'delayed: nobody has taken it')" "1 1"
try "until it is no longer wanted" wait_for 60 "$e" --home "$nordwind" cancel --reason gone --yes "$(late)"
for home in "$nordwind" "$acme"; do
	try "${home##*/} ends" down "$home"
	try "${home##*/} is in order" "$b/tool/sys/doctor" "$home" quiet
done
done_testing
