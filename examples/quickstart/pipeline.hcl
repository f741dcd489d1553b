# Which exponential smoothing forecasts Seattle's temperature best, one day
# and one week ahead? Needs a POSIX shell and awk, nothing else.

param "forecast" {
  type = object({
    column  = string
    alpha   = list(number)
    horizon = list(int)
  })
  file = "params.yaml"
  validation {
    condition = alltrue([for a in param.forecast.alpha : a > 0 && a <= 1])
    error     = "every alpha must be above 0 and at most 1"
  }
}

data "weather" {
  path        = "data/seattle-weather.csv"
  description = "Daily weather in Seattle, 2012 to 2015 (NOAA)"
}

stage "clean" {
  description = "keep the dates and the column that we forecast"
  inputs      = { program = "src/clean.awk", weather = data.weather }
  outputs     = { series = "build/series.csv" }
  command     = "awk -f ${inputs.program} -v column=${param.forecast.column} ${inputs.weather} > ${outputs.series}"
}

stage "forecast" {
  description = "smooth the series and predict `horizon` days ahead"
  for_each    = grid({ alpha = param.forecast.alpha, horizon = param.forecast.horizon })
  inputs      = { program = "src/forecast.awk", series = stage.clean.outputs.series }
  outputs     = { forecast = "build/forecasts/${each.key}.csv" }
  command     = "awk -f ${inputs.program} -v alpha=${each.alpha} -v horizon=${each.horizon} ${inputs.series} > ${outputs.forecast}"
}

stage "score" {
  description = "mean absolute error of one forecast"
  for_each    = stage.forecast
  inputs      = { program = "src/score.awk", forecast = each.outputs.forecast }
  metrics     = { scores = "build/scores/${each.key}.json" }
  command     = "awk -f ${inputs.program} -v alpha=${each.alpha} -v horizon=${each.horizon} ${inputs.forecast} > ${metrics.scores}"
}

stage "report" {
  description = "all scores in one table, the best one marked"
  inputs      = { program = "src/report.sh", scores = stage.score[*].metrics.scores }
  outputs     = { page = { path = "build/report.txt", description = "the result of this example" } }
  command     = "sh ${inputs.program} ${inputs.scores} > ${outputs.page}"
}
