# Prints for each day of `year` the measure, its forecast and what it was the day before.
# A model is a function: forecast(i) is made of value[1] … value[i - 1].
BEGIN { FS = OFS = ","; CONVFMT = OFMT = "%.3f" }
NR == 1 {
  for (i = 1; i <= NF; i++) if ($i == measure) column = i
  if (!column) { print "no column called " measure > "/dev/stderr"; exit 1 }
  print "date", measure, "forecast", "today"
  next
}
{ value[++n] = $column }
substr($1, 1, 4) == year && n > 365 { print $1, $column, forecast(n), value[n - 1]; said++ }
END { if (column && !said) { print year " and a year before it are not there" > "/dev/stderr"; exit 1 } }
