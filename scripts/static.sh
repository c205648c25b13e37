#!/usr/bin/env bash
# Checks form, lint, types and import contracts; quiet where all is well.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

check() {
    local words=$1 output
    shift
    output=$("$@" 2>&1) && return
    printf '%s\n\nNot in order: %s (%s)\n' "$output" "$words" "$*" >&2
    return 1
}

failed=0
check "form; make format mends it" .venv/bin/ruff format --check . || failed=1
check lint .venv/bin/ruff check . || failed=1
check types .venv/bin/mypy || failed=1
check "import contracts" .venv/bin/lint-imports --no-logo || failed=1
if ((failed == 0)); then echo "Form, lint, types and import contracts are in order."; fi
exit "$failed"
