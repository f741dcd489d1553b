# What is normal is the mean of the years before, `days` before and after the same day.
# `weight` is how much of what yesterday was above or below that is left today.
function normal(i,  y, d, sum, n) {
  for (y = i - 365; y > -days; y -= 365)
    for (d = y - days; d <= y + days; d++)
      if (d > 0) { sum += value[d]; n++ }
  return sum / n
}
function forecast(i) {
  return normal(i) + (weight ? weight * (value[i - 1] - normal(i - 1)) : 0)
}
