# Simple exponential smoothing. The level after each day is the forecast for
# the day `horizon` days later. Prints "date,actual,forecast".
BEGIN { FS = OFS = ","; OFMT = CONVFMT = "%.6f" }
NR == 1 { print "date", "actual", "forecast"; next }
{
  n++
  level[n] = n == 1 ? $2 : alpha * $2 + (1 - alpha) * level[n - 1]
  if (n > horizon) print $1, $2, level[n - horizon]
}
