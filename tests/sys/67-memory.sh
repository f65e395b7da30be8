#!/bin/sh
# SPDX-License-Identifier: ISC
# memory - what pack and unpack take of it at their peak, for documents of any size, compressed, signed and encrypted.
# MEMORY_SIZES (bytes) and MEMORY_SECONDS (for each) are for larger ones by hand: 2 GB take about 20 GB of disk.
b=${1:-build/opt}
. tests/lib.sh
. tests/gateway.sh
LIMIT_KIB=16384
sizes=${MEMORY_SIZES:-1000 1000000 30000000} seconds=${MEMORY_SECONDS:-120}
sys_begin
make_pair "$dir" || bail "setting up"
for home in "$nordwind" "$acme"; do
	set_all "$home" gateway.workers 1 listen.size_max 16G || bail "settings"
done

# An order of about so many bytes, that does not compress to nothing.
large() {	# bytes, number
	awk -v want="$1" -v number="$2" 'BEGIN {
		printf "UNB+UNOC:3+4012345000009:14+5098765000007:14+261120:1030+M%05d\047\n", number
		printf "UNH+1+ORDERS:D:96A:UN:EAN008\047\nBGM+220+PO-%05d+9\047\nDTM+137:20261120:102\047\n", number
		segments = 4
		for (n = 250; n < want; segments += 2) {
			line = sprintf("LIN+%d++%013d:EN\047\nQTY+21:%d:PCE\047\n", ++lines, (lines * 7919 * 104729) % 9999999999999, lines * 31 % 977)
			printf "%s", line
			n += length(line)
		}
		printf "UNS+S\047\nCNT+2:%d\047\nUNT+%d+1\047\nUNZ+1+M%05d\047\n", lines, segments + 2, number
	}'
}

# VmHWM of a role, in KiB.
peak() {	# home, role
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$(sed -n "s/^$2\(\.[0-9]*\)* \([0-9]*\) .*/\2/p" "$1/run/roles" | head -n 1)/status"
}
holds() { [ "$1" -gt 0 ] && [ "$1" -le "$LIMIT_KIB" ]; }

set_all "$nordwind" partner.acme.send 'compress sign encrypt' || bail "settings"
up "$nordwind" && up "$acme" || bail "starting"
number=0
for size in $sizes; do
	number=$((number + 1))
	large "$size" "$number" >"$dir/$number.edi"
	drop "$nordwind" acme "$number.edi" <"$dir/$number.edi"
	complete() { [ "$(state_of "$nordwind" "name=$number.edi" dir=out)" = complete ]; }
	try "$size bytes: complete, with a receipt" wait_for "$seconds" complete
	filed=
	for file in "$acme"/inbox/nordwind/*; do
		cmp -s "$file" "$dir/$number.edi" && filed=yes
	done
	is "$size bytes: arrived byte for byte" "$filed" yes
	for place in "$nordwind pack" "$acme unpack"; do
		peak=$(peak ${place})
		note "$size bytes: ${place##* } took $peak KiB at its peak"
		try "$size bytes: ${place##* } keeps to $LIMIT_KIB KiB" holds "${peak:-0}"
	done
	rm -f "$dir/$number.edi"
done

# One of many messages, that is filed message by message; one with a message too large for that, which is filed whole.
parts() {	# messages, bytes of each, control number
	printf 'UNB+UNOC:3+4012345000009:14+5098765000007:14+261120:1030+%s\047\n' "$3"
	awk -v messages="$1" -v want="$2" -v control="$3" 'BEGIN {
		for (m = 1; m <= messages; m++) {
			printf "UNH+%d+ORDERS:D:96A:UN:EAN008\047\nBGM+220+PO-%s-%d+9\047\nDTM+137:20261120:102\047\n", m, control, m
			for (lines = n = 0; n < want; n += length(line)) {
				line = sprintf("LIN+%d++%013d:EN\047\nQTY+21:1:PCE\047\n", ++lines, m * lines)
				printf "%s", line
			}
			printf "UNS+S\047\nCNT+2:%d\047\nUNT+%d+%d\047\n", lines, 2 * lines + 6, m
		}
		printf "UNZ+%d+%s\047\n", messages, control
	}'
}
files() { [ "$(ls "$acme/inbox/nordwind" | wc -l)" = "$1" ]; }
rm -f "$acme"/inbox/nordwind/*
set_all "$acme" partner.nordwind.split message && reload "$acme" || bail "reloading"
parts 12 900000 S1 | drop "$nordwind" acme many.edi
try "an interchange of 12 messages is split" wait_for "$seconds" files 12
try "unpack keeps to $LIMIT_KIB KiB" holds "$(peak "$acme" unpack)"
parts 2 9000000 S2 | drop "$nordwind" acme two.edi
try "one with messages of 9 MB is filed whole" wait_for "$seconds" files 13
note "unpack took $(peak "$acme" unpack) KiB at its peak"
try "unpack keeps to $LIMIT_KIB KiB" holds "$(peak "$acme" unpack)"
done_testing
