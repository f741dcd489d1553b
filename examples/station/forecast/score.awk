# Prints the skill as JSON: by how much the mean error of the forecasts is less than that of
# saying that tomorrow is as today. Writes both errors and the skill to `row` as well.
function size(x) { return x < 0 ? -x : x }
BEGIN { FS = "," }
NR == 1 { measure = $2; next }
{ error += size($2 - $3); today += size($2 - $4); n++ }
END {
  skill = 1 - error / today
  printf "{\"%s\": {\"skill\": %.4f}}\n", measure, skill
  printf "%s %.4f %.4f %.4f\n", measure, error / n, today / n, skill > row
}
