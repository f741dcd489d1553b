# Which exponential smoothing forecasts Seattle's temperature best, one day
# and one week ahead? Needs a POSIX shell and awk, nothing else.

param "forecast" {
  type = object({
    column  = string
    alpha   = list(number)
    horizon = list(int)
    season  = number
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
  command     = "awk -f ${inputs.program} -v alpha=${each.alpha} -v horizon=${each.horizon} -v season=${param.forecast.season} ${inputs.series} > ${outputs.forecast}"
}

stage "score" {
  description = "the error of one forecast"
  for_each    = stage.forecast
  inputs      = { program = "src/score.awk", forecast = each.outputs.forecast }
  outputs     = { scores = "build/scores/${each.key}.json" }
  command     = "awk -f ${inputs.program} -v alpha=${each.alpha} -v horizon=${each.horizon} ${inputs.forecast} > ${outputs.scores}"
}

stage "report" {
  description = "all scores in one table, the best ones marked"
  inputs      = { program = "src/report.sh", scores = stage.score[*].outputs.scores }
  outputs     = { page = { path = "build/report.txt", description = "the result of this example" } }
  metrics     = { summary = { path = "build/summary.json", maximize = "skill" } }
  plots = {
    curve = {
      path    = "build/curve.csv"
      x       = "alpha"
      y       = [for h in param.forecast.horizon : "horizon ${h}"]
      y_label = "mean absolute error"
      title   = "How far off we are"
    }
  }
  command = "sh ${inputs.program} ${outputs.page} ${metrics.summary} ${plots.curve} ${inputs.scores}"

  assert {
    condition = metrics.summary.skill > 0
    error     = "saying that all stays as it is today would be better than this"
  }
}

experiment "season" {
  description = "does it help to look at the same day a year before?"
  params      = { forecast = { column = ["temp_max", "temp_min"], season = linspace(0, 0.4, 5) } }
  search      = "grid"
  maximize    = "skill"
}
