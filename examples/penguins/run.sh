#!/bin/sh
# Makes the virtual environment once, runs this example and shows its metrics.
# Needs Go and Python 3.11 or later. ./run.sh [arguments of dewar run]
set -eu
cd "$(dirname "$0")"
if [ -z "${DEWAR:-}" ]; then
  (cd ../.. && go build -o bin/dewar ./cmd/dewar)
  DEWAR=$(cd ../.. && pwd)/bin/dewar
fi
if ! cmp -s requirements.txt .venv/requirements.txt; then
  python3 -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
  cp requirements.txt .venv/requirements.txt
fi
"$DEWAR" init >&2
"$DEWAR" run "$@"
cat assets/metrics.json
