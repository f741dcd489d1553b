# The classic four-stage pipeline. The scripts read params.yaml themselves,
# through src/config.py; each stage says which params it may see, and sees no
# others, so changing one reruns exactly the stages that declare it.

pipeline {
  toolchains = [toolchain.python]
}

toolchain "python" {
  kind = "python"
  path = ".venv"
}

param "base" {
  type = object({ random_seed = int })
  file = "params.yaml"
}

param "data" {
  type = object({ file_name = string })
  file = "params.yaml"
}

param "features" {
  type = object({ remove = list(string) })
  file = "params.yaml"
}

param "train" {
  type = object({
    C          = number
    max_iter   = optional(int, 1000)
    solver     = optional(string, "lbfgs")
    model_name = string
  })
  file = "params.yaml"
  validation {
    condition = param.train.C > 0
    error     = "C must be positive, got ${param.train.C}"
  }
}

data "penguins" {
  path        = "data/penguins.csv"
  description = "Palmer penguins, CC0"
}

stage "get_data" {
  description = "drop the rows without measurements"
  params      = [param.base, param.data]
  inputs      = { script = "src/get_data.py", config = "src/config.py", raw = data.penguins }
  outputs     = { data = "assets/data/" }
  command     = ["python3", inputs.script]
}

stage "featurize" {
  description = "make the features and split the rows"
  params      = [param.base, param.data, param.features]
  inputs      = { script = "src/featurize.py", config = "src/config.py", data = stage.get_data.outputs.data }
  outputs     = { features = "assets/features/" }
  command     = ["python3", inputs.script]
}

stage "train" {
  description = "train a logistic regression"
  params      = [param.base, param.data, param.train]
  inputs      = { script = "src/train.py", config = "src/config.py", features = stage.featurize.outputs.features }
  outputs     = { models = "assets/models/" }
  command     = ["python3", inputs.script]
}

stage "evaluate" {
  description = "measure it on rows it has not seen"
  params      = [param.base, param.data, param.train.model_name]
  inputs = {
    script   = "src/evaluate.py"
    config   = "src/config.py"
    features = stage.featurize.outputs.features
    models   = stage.train.outputs.models
  }
  metrics = {
    scores = {
      path     = "assets/metrics.json"
      cache    = false
      maximize = ["test_accuracy", "test_recall"]
      minimize = "test_log_loss"
    }
  }
  plots = {
    confusion = {
      path     = "assets/confusion.csv"
      template = "confusion"
      x        = "actual"
      y        = "predicted"
      title    = "Which penguin is taken for which"
    }
  }
  command = ["python3", inputs.script]

  assert {
    condition = metrics.scores.test_accuracy > 0.5
    error     = "of the penguins, ${metrics.scores.test_accuracy} are recognized: a guess does that"
  }
}

# dewar exp run -x search
experiment "search" {
  description = "every combination of a few values"
  params      = { train = { C = logspace(-2, 1, 4), solver = ["lbfgs", "newton-cg"] } }
  maximize    = "test_accuracy"
}

# dewar exp run -x random
experiment "random" {
  description = "a few of many combinations: the same ones on every machine"
  params = {
    features = { remove = [["year"], ["year", "island"], ["year", "sex"]] }
    train    = { C = logspace(-3, 3, 25), solver = ["lbfgs", "newton-cg"] }
  }
  search   = "random"
  budget   = 6
  seed     = 4
  minimize = "test_log_loss"
}
