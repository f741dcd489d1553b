function forecast(i) {
  while (seen < i - 1) sum += value[++seen]
  return sum / seen
}
