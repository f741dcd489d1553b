# Draws forecasts as SVG, one below the other: the days as they were (dots), and as they
# were forecast (a line).
BEGIN {
  FS = ","; width = 900; height = 200; left = 50
  split("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", month, " ")
}
FNR == 1 { measure[++panels] = $2; next }
{
  n = ++days[panels]
  date[n] = $1; was[panels, n] = $2; said[panels, n] = $3
  if (n == 1) low[panels] = high[panels] = $2
  if ($2 < low[panels]) low[panels] = $2
  if ($2 > high[panels]) high[panels] = $2
}
function x(i) { return left + i * (width - left) / 366 }
function y(p, v) { return p * height - (v - low[p]) / (high[p] - low[p] + 0.001) * (height - 50) }
END {
  printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n", width + 10, panels * height + 40
  print "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>"
  for (p = 1; p <= panels; p++) {
    printf "<text x=\"%d\" y=\"%d\" font-size=\"14\">%s in %d</text>\n", left, p * height - height + 35, measure[p], year
    for (line = 0; line < 4; line++) {
      v = low[p] + line * (high[p] - low[p]) / 3
      printf "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" fill=\"#666\">%.0f</text>\n", left - 8, y(p, v) + 4, v
      printf "<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/>\n", left, y(p, v), width
    }
    print "<g fill=\"#9ab\">"
    for (i = 1; i <= days[p]; i++) printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\"/>\n", x(i), y(p, was[p, i])
    printf "</g>\n<path fill=\"none\" stroke=\"#c33\" stroke-width=\"1.5\" d=\""
    for (i = 1; i <= days[p]; i++) printf "%s%.1f %.1f", i == 1 ? "M" : "L", x(i), y(p, said[p, i])
    print "\"/>"
  }
  for (i = 1; i <= days[1]; i++)
    if (substr(date[i], 9) == "01") printf "<text x=\"%.1f\" y=\"%d\" fill=\"#666\">%s</text>\n", x(i), panels * height + 22, month[substr(date[i], 6, 2) + 0]
  print "</svg>"
}
