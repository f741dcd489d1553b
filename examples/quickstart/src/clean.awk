# Prints "date,value" for the column named by -v column=NAME.
BEGIN { FS = OFS = "," }
NR == 1 {
  for (i = 1; i <= NF; i++) if ($i == column) at = i
  if (!at) { print "no column called " column > "/dev/stderr"; exit 1 }
  print "date", column
  next
}
$at != "" { print $1, $at }
