#!/bin/sh
# Makes the virtual environment once and runs the pipeline: ./run.sh [dewar run arguments]
set -eu
cd "$(dirname "$0")"
dewar=${DEWAR:-dewar}
if ! cmp -s requirements.txt .venv/requirements.txt; then
  python3 -m venv .venv
  .venv/bin/python -m pip install --quiet --requirement requirements.txt
  cp requirements.txt .venv/requirements.txt
fi
[ -d .dewar ] || "$dewar" init
exec "$dewar" run "$@"
