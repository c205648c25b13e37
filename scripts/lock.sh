#!/usr/bin/env bash
# Makes the lock files anew. Versions that still fit are kept: --upgrade takes the newest.
# uv resolves for every platform and writes no index address; npm is told the same by .npmrc.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [[ ! -x .make/uv/bin/uv ]]; then
    .venv/bin/python -m venv .make/uv
    .make/uv/bin/python -m pip install --quiet --disable-pip-version-check uv
fi

compile() {
    local lock=$1
    shift
    .make/uv/bin/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header \
        "$@" --output-file "$lock" pyproject.toml
}

compile requirements.lock --extra build "$@"
compile requirements-dev.lock --extra build --extra dev --constraint requirements.lock "$@"
scripts/npm.sh install --package-lock-only --no-audit --no-fund --loglevel error >/dev/null
