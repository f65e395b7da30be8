# SPDX-License-Identifier: ISC
# tap.awk - count one program's output: "passed failed skipped". -v rc= its exit status.
# Test Anything Protocol, as cmocka and tests/lib.sh write it; a program that speaks no TAP is one test by itself.
/^[0-9]+\.\.[0-9]+/		{ split($1, plan, /\.\./); planned += plan[2] - plan[1] + 1; next }
/^(not )?ok .*# [Ss][Kk][Ii][Pp]/	{ skipped++; next }
/^ok( |$)/			{ passed++; next }
/^not ok( |$)/			{ failed++; next }
END {
	ran = passed + failed + skipped
	if (planned > ran)		# it ended before its last test
		failed += planned - ran
	else if (ran == 0 && rc == 0)
		passed = 1
	if (rc != 0 && failed == 0)
		failed = 1
	print passed + 0, failed + 0, skipped + 0
}
