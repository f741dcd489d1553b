#!/bin/sh
# Builds dewar, runs this example and shows its result. Needs Go and Python 3.8 or
# later, nothing else. Interrupt it with Ctrl-C and run it again: it goes on.
set -eu
cd "$(dirname "$0")"
if [ -z "${DEWAR:-}" ]; then
  (cd ../.. && go build -o bin/dewar ./cmd/dewar)
  DEWAR=../../bin/dewar
fi
cp ../../python/dewar/__init__.py src/dewar.py # one file, which may be copied into any project
"$DEWAR" init >&2
"$DEWAR" run "$@"
cat build/scores.json
