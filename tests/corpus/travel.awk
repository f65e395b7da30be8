# SPDX-License-Identifier: ISC
# travel.awk - joins what was sent with what arrived, by Message-ID: "class, file, arrived file, state, reason", tabs between.
# usage: awk -v home=DIR -f tests/json.awk -f tests/corpus/travel.awk NAMES IN.json OUT.json
FNR == 1	{ do file++; while (ARGV[file] != FILENAME) }
function id(line,    s) { s = field(line, "message_id"); gsub(/[<>]/, "", s); return s }
file == 1	{ split($0, part, "\t"); class[part[1]] = part[2]; from[part[1]] = part[3]; next }
file == 2	{ arrived[id($0)] = home "/" field($0, "path"); next }
{
	name = field($0, "name")
	printf "%s\t%s\t%s\t%s\t%s\n", class[name], from[name], arrived[id($0)] == "" ? "-" : arrived[id($0)], \
	    field($0, "state"), field($0, "reason")
}
