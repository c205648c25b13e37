#!/usr/bin/env bash
# Makes ready what a target of the Makefile needs. Says nothing and takes no time where all is there.
#
#   scripts/setup.sh run      .venv with what the program needs
#   scripts/setup.sh dev      the same with what the quick checks need
#   scripts/setup.sh test     that, the tests' JavaScript packages, and from the system's packages
#                             PostgreSQL, Chromium, fonts and libical
#
# PYTHON names another Python than python3. APT=no leaves the system's packages alone.
# With CI=true whatever is missing for the tests is an error; elsewhere those tests are skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PYTHON=${PYTHON:-python3}
MADE=.make # stamps: each holds the fingerprint of what its step was made from
mkdir -p "$MADE"

say() { printf '%s\n' "$*"; }
die() { printf '%s\n' "$@" >&2; exit 1; }

# step NAME FINGERPRINT WORDS COMMAND...: runs COMMAND unless it last succeeded with this fingerprint.
# What COMMAND prints goes to a log (some pip configurations print a warning per package) and is
# shown only if it fails.
step() {
    local name=$1 fingerprint=$2 words=$3 log=$MADE/$1.log
    shift 3
    if [[ -f $MADE/$name && $(<"$MADE/$name") == "$fingerprint" ]]; then return; fi
    say "$words ..."
    local start=$SECONDS
    rm -f "$MADE/$name"
    if ! "$@" >"$log" 2>&1 9>&-; then # a service that starts must not keep our lock
        tail -n 20 "$log" >&2
        die "" "That did not work: $words. The last lines are above, all of them in $log."
    fi
    printf '%s' "$fingerprint" >"$MADE/$name"
    say "  $name done in $((SECONDS - start)) s"
}

sum() { cat "$@" | "$PYTHON" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'; }

# ------------------------------------------------------------------------------ the system's packages
may_use_apt() {
    [[ ${APT:-yes} != no ]] && command -v apt-get >/dev/null || return 1
    [[ $(id -u) == 0 ]] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }
}

as_root() { if [[ $(id -u) == 0 ]]; then "$@"; else sudo -n "$@"; fi; }

apt_get() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 "$@" </dev/null; }

# The lists have a lock of their own, for which apt-get does not wait by itself. A source of the
# machine's that does not answer must not stop us: what matters is whether the install succeeds.
apt_update() {
    local tries=0 words
    until words=$(apt_get update 2>&1); do
        printf '%s\n' "$words"
        if [[ $words != *"Could not get lock"* ]] || ((++tries > 100)); then return 0; fi
        sleep 3
    done
    printf '%s\n' "$words"
}

apt_install() { apt_update && apt_get install -y --no-install-recommends "$@"; }

command_for() { # what a person types to install these packages
    local root='sudo '
    if [[ $(id -u) == 0 ]] || ! command -v sudo >/dev/null; then root=; fi
    printf '%sapt-get update && %sapt-get install %s' "$root" "$root" "$*"
    if [[ -z $root && $(id -u) != 0 ]]; then printf '    (as root)'; fi
}

# ------------------------------------------------------------------------------ Python
need_python() {
    command -v "$PYTHON" >/dev/null || die "Python 3.11 or newer is needed, and $PYTHON is not there."
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        die "Python 3.11 or newer is needed; $PYTHON is $("$PYTHON" -V 2>&1). Name another one: make PYTHON=python3.12 ..."
}

can_make_venv() { "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; }

venv_works() { # this folder's name is written into an environment, so it does not outlive a move
    [[ -x .venv/bin/python && -f .venv/bin/pip ]] && grep -q -F "$PWD/.venv/bin/python" .venv/bin/pip &&
        .venv/bin/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

need_venv() {
    if venv_works; then return; fi
    if ! can_make_venv; then
        may_use_apt || die "Python's venv module is not installed. Install it, then start again:" \
            "" "    $(command_for python3-venv)"
        step apt-venv "$(date +%s)" "Installing python3-venv from the system's packages" apt_install python3-venv
    fi
    rm -f "$MADE/python" "$MADE/project"
    step venv "$(date +%s)" "Making the environment .venv" "$PYTHON" -m venv --clear .venv
}

pip_install() {
    .venv/bin/python -m pip install --disable-pip-version-check --no-input --no-deps --progress-bar off "$@"
}

# need_packages LOCK: what LOCK names, and nothing that it does not
need_packages() {
    local have=
    if [[ -f $MADE/python ]]; then have=$(<"$MADE/python"); fi
    # The tests' lock holds all that the program's does.
    if [[ $1 == requirements.lock && $have == "$(sum requirements-dev.lock)" ]]; then return; fi
    step python "$(sum "$1")" "Installing $(grep -c '==' "$1") Python packages of $1 (under a minute)" \
        pip_install --require-hashes -r "$1"
}

need_project() {
    step project "$(sum pyproject.toml)" "Installing jicanet itself, editable" \
        pip_install --no-build-isolation -e .
}

# ------------------------------------------------------------------------------ what only the tests need
first_of() { local name; for name; do command -v "$name" && return; done; return 1; }

is_there() {
    case $1 in
        PostgreSQL) first_of initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ;;
        Chromium) first_of chromium chromium-browser google-chrome >/dev/null ;;
        fonts) compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular*' >/dev/null &&
            compgen -G '/usr/share/fonts/truetype/noto/NotoSans-Regular*' >/dev/null ;;
        libical) compgen -G '/usr/lib/*/libical.so.*' >/dev/null ;;
    esac
}

packages_of() {
    case $1 in
        PostgreSQL) echo postgresql ;;
        Chromium) echo chromium ;;
        fonts) echo fonts-noto-core fonts-noto-cjk ;;
        libical) echo libical3 ;;
    esac
}

need_system() {
    local part missing=() packages=()
    for part in PostgreSQL Chromium fonts libical; do
        if ! is_there "$part"; then
            missing+=("$part")
            read -ra names <<<"$(packages_of "$part")"
            packages+=("${names[@]}")
        fi
    done
    if ((${#missing[@]} == 0)); then return; fi
    if may_use_apt; then
        step apt "$(date +%s)" "Installing for the tests from the system's packages (about a minute): ${packages[*]}" \
            apt_install "${packages[@]}"
        return
    fi
    local list
    list=$(printf ', %s' "${missing[@]}")
    if [[ ${CI:-} == true ]]; then die "Missing here, and CI must run every test: ${list:2}."; fi
    say "Not installed, so the tests that need them are skipped: ${list:2}. To run all: $(command_for "${packages[@]}")"
}

need_node_packages() {
    if [[ ! -d node_modules ]]; then rm -f "$MADE/node"; fi
    step node "$(sum package-lock.json)" "Installing the tests' JavaScript packages" \
        scripts/npm.sh ci --ignore-scripts --no-audit --no-fund
}

# ------------------------------------------------------------------------------
mode=${1:-run}
if command -v flock >/dev/null; then # two makes at once set up one after the other
    exec 9>"$MADE/lock"
    flock 9
fi
need_python
need_venv
if [[ $mode == test ]]; then
    # The system's packages come while pip works: a minute of each. Whatever happens, apt ends first.
    trap wait EXIT
    need_system &
    system=$!
fi
case $mode in
    run) need_packages requirements.lock ;;
    dev | test) need_packages requirements-dev.lock ;;
    *) die "scripts/setup.sh run | dev | test, not $mode" ;;
esac
need_project
if [[ $mode == test ]]; then
    need_node_packages
    wait "$system"
fi
