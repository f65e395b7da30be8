#!/bin/sh
# SPDX-License-Identifier: ISC
# stress - the small edition of `make stress`, with few enough documents for every run.
exec tests/sys/stress "${1:-build/opt}" "${STRESS_DOCUMENTS:-150}"
