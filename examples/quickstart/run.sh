#!/bin/sh
# Builds dewar, runs this example and shows its result, then an experiment. Needs Go, a
# shell and awk.
set -eu
cd "$(dirname "$0")"
if [ -z "${DEWAR:-}" ]; then
  (cd ../.. && go build -o bin/dewar ./cmd/dewar)
  DEWAR=../../bin/dewar
fi
"$DEWAR" init >&2
"$DEWAR" run "$@"
cat build/report.txt
echo
"$DEWAR" exp run -q -x season
