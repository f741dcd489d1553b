# Prints the mean absolute error of a forecast as JSON.
BEGIN { FS = "," }
NR > 1 { e = $2 - $3; sum += e < 0 ? -e : e; n++ }
END { printf "{\"alpha\": %s, \"horizon\": %s, \"mae\": %.4f}\n", alpha, horizon, sum / n }
