# sh report.sh PAGE SUMMARY CURVE SCORES...
# Of the scores in JSON files it makes a page with the best first per horizon, the
# summary of the best ones, and a curve of all.
set -eu
page=$1 summary=$2 curve=$3
shift 3
scores=$(cat "$@" | tr -d '{}",' | awk '{ print $4, $6, $2, $8 }' | sort -k1,1n -k2,2n)

echo "$scores" | awk '
  BEGIN { print "Mean absolute error of the forecast, in degrees" }
  $1 != horizon {
    horizon = $1; best = 1
    printf "\n%s day%s ahead\n", horizon, horizon == 1 ? "" : "s"
  }
  {
    bar = ""
    for (i = 0; i < $2 * 10; i++) bar = bar "#"
    printf "  alpha %-4s %.3f  %s%s\n", $3, $2, bar, best ? "  <- best" : ""
    best = 0
  }' >"$page"

echo "$scores" | awk '
  $1 != horizon { horizon = $1; n++; skill += $4; mae = mae sprintf("%s\"%s\": %s", n > 1 ? ", " : "", horizon, $2) }
  END { printf "{\"skill\": %.4f, \"mae\": {%s}}\n", skill / n, mae }' >"$summary"

echo "$scores" | sort -k3,3n -k1,1n | awk '
  !($1 in seen) { seen[$1]; head = head ",horizon " $1 }
  $3 != alpha { rows = rows "\n" $3; alpha = $3 }
  { rows = rows "," $2 }
  END { print "alpha" head rows }' >"$curve"
