# Prints the days that can be, without the headers of their files; the others it names.
BEGIN { FS = "," }
FNR == 1 { next }
$4 > $3 || $4 < cold || $3 > hot { print FILENAME ": this cannot be: " $0 > "/dev/stderr"; next }
{ print }
