# Exponential smoothing: the level after each day, mixed with the same day a year
# before, is the forecast for the day `horizon` days later. It begins in the second
# year. Prints "date,actual,forecast,today": the last is the value `horizon` days
# before, which is what somebody says who has no idea.
BEGIN { FS = OFS = ","; OFMT = CONVFMT = "%.6f" }
NR == 1 { print "date", "actual", "forecast", "today"; next }
{
  n++
  value[n] = $2
  level[n] = n == 1 ? $2 : alpha * $2 + (1 - alpha) * level[n - 1]
  if (n > 365) print $1, $2, (1 - season) * level[n - horizon] + season * value[n - 365], value[n - horizon]
}
