# Prints as JSON how good a forecast is: its mean absolute error, and its skill, by
# how much it is better than saying that everything stays as it is.
function size(x) { return x < 0 ? -x : x }
BEGIN { FS = "," }
NR > 1 { error += size($2 - $3); idle += size($2 - $4); n++ }
END { printf "{\"alpha\": %s, \"horizon\": %s, \"mae\": %.4f, \"skill\": %.4f}\n", alpha, horizon, error / n, 1 - error / idle }
