#!/bin/sh
# Builds dewar, runs this example and shows its result. Needs Go, a shell and awk. The
# station's days are those of quickstart, a file each.
set -eu
cd "$(dirname "$0")"
if [ -z "${DEWAR:-}" ]; then
  (cd ../.. && go build -o bin/dewar ./cmd/dewar)
  DEWAR=../../bin/dewar
fi
if [ ! -d data/days ]; then
  mkdir -p data/days
  awk -F, 'NR == 1 { head = $0; next } { file = "data/days/" $1 ".csv"; print head "\n" $0 > file; close(file) }' ../quickstart/data/seattle-weather.csv
fi
"$DEWAR" init >&2
"$DEWAR" run "$@"
cat build/report.txt
