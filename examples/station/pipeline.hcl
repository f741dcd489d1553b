# How well can we say today what tomorrow's weather in Seattle will be? A weather station
# leaves a file a day; the days are checked in shards, put into one table, and each measure
# is forecast by the model of our choice. README.md goes through it. Needs a POSIX shell and
# awk, nothing else.

param "station" {
  type = object({
    files    = string       # which of the days
    measures = list(string) # what we forecast
    year     = int          # the year that we forecast, day by day
    limits   = object({ cold = number, hot = number })
  })
  file = "params.yaml"
  validation {
    condition = param.station.limits.cold < param.station.limits.hot
    error     = "cold must be below hot"
  }
}

param "model" {
  description = "how to forecast: one of the files in models/"
  type        = object({ kind = string, days = optional(int, 0), weight = optional(number, 0) })
  file        = "params.yaml"
  choices     = { mean = "models/mean.yaml", season = "models/season.yaml", blend = "models/blend.yaml" }
}

function "awk" {
  description = "The words of a command: a program, and what it finds in its variables."
  params      = { program = string, vars = optional(map(any), {}) }
  result      = concat(["awk", "-f", program], flatten([for name, value in vars : ["-v", "${name}=${value}"]]))
}

data "days" {
  path        = "data/days/"
  description = "Daily weather in Seattle, 2012 to 2015 (NOAA)"
}

stage "check" {
  description = "drop days that cannot be; a new file runs one of 16 shards"
  for_each    = shard(files(data.days, param.station.files), 16)
  inputs      = { program = "src/check.awk", days = each.files }
  outputs     = { days = "build/checked/${each.shard}.csv" }
  command     = "xargs ${awk(inputs.program, param.station.limits)} < ${argfile(inputs.days)} > ${outputs.days}"
}

stage "table" {
  description = "all days in one table, in order"
  inputs      = { program = "src/table.awk", shards = collect(stage.check[*].outputs.days, "build/checked") }
  outputs     = { days = "build/days.csv" }
  metrics     = { found = "build/found.json" }
  command     = "sort ${inputs.shards}/*.csv | ${awk(inputs.program, { found = metrics.found })} > ${outputs.days}"

  assert {
    condition = metrics.found.missing == 0
    error     = "days that are missing between the first one and the last: ${metrics.found.missing}"
  }
}

module "forecast" {
  source   = "forecast"
  for_each = grid({ measure = param.station.measures })
  params   = { days = stage.table.outputs.days, measure = each.measure, year = param.station.year, model = param.model }
  path     = "build/forecast/${each.measure}"
}

stage "report" {
  description = "how good the forecasts are, in a table"
  inputs      = { program = "src/report.awk", rows = module.forecast[*].outputs.row }
  outputs     = { page = "build/report.txt" }
  metrics     = { summary = { path = "build/summary.json", maximize = "mean_skill" } }
  command     = "${awk(inputs.program, { year = param.station.year, summary = metrics.summary })} ${inputs.rows} > ${outputs.page}"
}

stage "picture" {
  description = "the year as it was, and as it was forecast"
  inputs      = { program = "src/picture.awk", forecasts = module.forecast[*].outputs.days }
  outputs     = { picture = "build/year.svg" }
  command     = "${awk(inputs.program, { year = param.station.year })} ${inputs.forecasts} > ${outputs.picture}"
}

experiment "models" {
  description = "which model is best?"
  params      = { model = ["mean", "season", "blend"] }
  maximize    = "mean_skill"
}
