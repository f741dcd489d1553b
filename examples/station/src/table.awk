# Puts a header before the days, and writes to `found` how many there are and how many
# are missing.
function number(date,  d) { # of a day: those that follow each other have numbers that do
  split(date, d, "-")
  if (d[2] < 3) { d[1]--; d[2] += 12 }
  return 365 * d[1] + int(d[1] / 4) + int((153 * d[2] - 457) / 5) + d[3]
}
BEGIN { FS = ","; print "date,precipitation,temp_max,temp_min,wind,weather" }
{ print; last = number($1); if (NR == 1) first = last }
END { printf "{\"days\": %d, \"missing\": %d}\n", NR, NR ? last - first + 1 - NR : 0 > found }
