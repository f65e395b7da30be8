# SPDX-License-Identifier: ISC
# timeline.awk - the steps of two gateways side by side, in the order of their time. For ./demo.
# usage: awk -v left=N -v right=N -v width=COLUMNS -v counts=FILE -f tests/json.awk -f tests/timeline.awk LIST TRACE LIST TRACE
# LIST is what `edigate list --json` says, TRACE what `edigate trace --follow --json` said so far: first of the left gateway,
# then of the right one. The first N lines of a trace were shown before; how many there are now goes into FILE.
function is_fault(event) {
	return event ~ /^(quarantined|mdn-negative|refused|gave-up|dsn-failed|invalid|held|mdn-disputed|deferred|uncertain)$/
}
# The text of a step without what stands beside it anyway. The whole of it: edigate trace.
function brief(event, text) {
	if (event == "claimed" || event == "spooled" || event == "retried")
		return ""
	if (event == "opened")
		return (text ~ /enveloped/ ? "decrypted, " : "") (text ~ /signed/ ? "verified" : "not signed")
	if (event == "packed") {
		sub(/^[^;]*; /, "", text)
		sub(/(, receipt asked)? as .*/, "", text)
	} else if (event == "accepted" || event == "receipt-sent") {
		return substr(text, 1, 3) (match(text, /TLSv[0-9.]+/) ? " over " substr(text, RSTART, RLENGTH) : " without TLS")
	} else if (event == "filed") {
		sub(/^.*, /, "", text)
	} else if (event == "mdn-ok") {
		sub(/^[^:]*: processed, /, "", text)
		sub(/signed by CN=/, "by ", text)
	} else if (event == "deferred") {
		sub(/ \([^)]*\)/, "", text)
	}
	return text
}
function put(time, side, color, text) {
	sub(/ +$/, "", text)
	printf "%s%-12s%s  %*s%s%s%s\n", dim, time, plain, side == 2 ? 0 : half + 2, "", color, text, plain
}
FNR == 1	{ do file++; while (ARGV[file] != FILENAME) }	# an empty file has no first line
file % 2 == 1 {
	id = field($0, "id")
	state[file, id] = field($0, "state")
	label[file, id] = field($0, "kind") != "document" ? "-" : \
	    field($0, "type") == "" ? field($0, "subject") : field($0, "type") " " field($0, "number")
	next
}
held[file]	{ next }
FNR <= (file == 2 ? left : right)	{ seen[file] = FNR; next }
{
	doc = field($0, "doc")
	name = label[file - 1, doc]
	# What a mail is will be known in a moment: it and all behind it wait for the next call.
	if (state[file - 1, doc] == "" || (state[file - 1, doc] == "spooled" && name != "-")) {
		held[file] = 1
		next
	}
	seen[file] = FNR
	event = field($0, "event")
	if (name == "-" || event ~ /^(queued|sending|attempt|note|matched|receipt-queued)$/)
		next
	time = field($0, "time")
	for (i = ++n; i > 1 && at[i - 1] > time; i--) {
		at[i] = at[i - 1]; what[i] = what[i - 1]; side[i] = side[i - 1]; event_of[i] = event_of[i - 1]
	}
	text = brief(event, field($0, "text"))
	at[i] = time
	side[i] = file
	event_of[i] = event
	what[i] = sprintf("%-20s  %s", name, event) (text == "" ? "" : ": ") text
}
END {
	half = int((width - 16) / 2)
	for (i = 1; i <= n; i++) {
		time = substr(at[i], 12, 12)
		color = is_fault(event_of[i]) ? red : event_of[i] ~ /^(mdn-ok|filed)$/ ? green : ""
		# Faults are told in full, on as many lines as it takes; the rest on one.
		for (text = what[i]; length(text) > half && is_fault(event_of[i]); time = "") {
			for (k = half; k > 30 && substr(text, k, 1) != " "; k--)
				;
			put(time, side[i], color, substr(text, 1, k))
			text = sprintf("%22s", "") substr(text, k + 1)
		}
		put(time, side[i], color, length(text) > half ? substr(text, 1, half - 3) "..." : text)
	}
	print seen[2] + 0, seen[4] + 0 >counts
}
