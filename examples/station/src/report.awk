# Makes a table of scores, and writes the mean skill to `summary`.
BEGIN { print "Seattle in " year ", forecast a day ahead\n\n  measure     error  as today  skill" }
{
  bar = ""
  for (i = 0; i < $4 * 100; i++) bar = bar "#"
  printf "  %-9s %7.2f %9.2f %6.2f  %s\n", $1, $2, $3, $4, bar
  skill += $4
}
END { printf "{\"mean_skill\": %.4f}\n", skill / NR > summary }
