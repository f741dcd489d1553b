# Prints a table of the scores in the JSON files given, best first per horizon.
set -eu
cat "$@" | tr -d '{}",' | awk '{ print $4, $6, $2 }' | sort -k1,1n -k2,2n | awk '
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
  }'
