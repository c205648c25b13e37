#!/usr/bin/env bash
# Runs the tests:  scripts/tests.sh quick | all [pytest's arguments]
# `all` runs what can share the machine on two cores at once, then what is marked `alone`, one by one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mode=$1
shift

# Tests make their own settings: a person's must not reach them.
for name in HOST PORT "${!JICANET_@}"; do unset "$name"; done

if [[ $mode == quick ]]; then exec .venv/bin/pytest -q tests/domain tests/docs "$@"; fi

failed=0
.venv/bin/pytest -q -n 2 --dist worksteal -m 'not alone' "$@" || failed=$?
alone=0
.venv/bin/pytest -q -m alone "$@" || alone=$?
if ((alone != 0 && alone != 5)); then failed=$alone; fi # 5: no test is marked so
exit "$failed"
