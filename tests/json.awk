# SPDX-License-Identifier: ISC
# json.awk - field(LINE, KEY): a member of one of our own flat JSON objects, as text; empty when it is not there.
function field(line, key,    at, rest) {
	at = index(line, "\"" key "\":")
	if (at == 0)
		return ""
	rest = substr(line, at + length(key) + 3)
	sub(/^ */, "", rest)
	if (rest !~ /^"/) {
		sub(/[,}].*/, "", rest)
		return rest
	}
	rest = substr(rest, 2)
	at = match(rest, /(^|[^\\])"/)
	rest = substr(rest, 1, at == 1 && substr(rest, 1, 1) == "\"" ? 0 : at)
	gsub(/\\"/, "\"", rest)
	return rest
}
