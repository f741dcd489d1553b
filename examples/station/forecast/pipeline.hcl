# Forecasts one measure of a table of days, each day of a year from the days before it, and
# says how good that is. A pipeline by itself: whoever uses it as a module gives the params.

param "days" {
  description = "a table with the columns date and `measure`"
  type        = path
}

param "measure" {
  type = string
}

param "year" {
  type = int
}

param "model" {
  type = object({ kind = string, days = int, weight = number })
}

stage "forecast" {
  description = "forecast each day of the year from those before it"
  inputs      = { program = "forecast.awk", model = "models/${param.model.kind}.awk", days = param.days }
  outputs     = { days = "days.csv" }
  command     = <<-E
    awk -f ${inputs.program} -f ${inputs.model} -v measure=${param.measure} -v year=${param.year} \
      -v days=${param.model.days} -v weight=${param.model.weight} ${inputs.days} > ${outputs.days}
  E
}

stage "score" {
  description = "compare with saying that tomorrow is as today"
  inputs      = { program = "score.awk", days = stage.forecast.outputs.days }
  outputs     = { row = "row.txt" }
  metrics     = { score = "score.json" }
  command     = "awk -f ${inputs.program} -v row=${outputs.row} ${inputs.days} > ${metrics.score}"

  assert {
    condition = metrics.score[param.measure].skill > 0
    error     = "${param.measure}: saying that tomorrow is as today would be better"
  }
}

output "days" {
  description = "each day of the year: what was measured, the forecast, and what it was the day before"
  value       = stage.forecast.outputs.days
}

output "row" {
  description = "the mean error of the forecasts, that of saying that tomorrow is as today, and the skill"
  value       = stage.score.outputs.row
}
