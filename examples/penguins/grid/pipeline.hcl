# The same scripts, with their hard-coded paths, over a grid: `at` says where a
# script finds or makes a file, `override` puts a point's value in the params
# file that it reads. get_data and featurize are the same actions as in
# ../pipeline.hcl, so their results are taken from the cache; and so are those of the
# experiments there that were made of the same points.

pipeline {
  toolchains = [toolchain.python]
}

toolchain "python" {
  kind = "python"
  path = "../.venv"
}

param "base" {
  type = object({ random_seed = int })
  file = "../params.yaml"
}

param "data" {
  type = object({ file_name = string })
  file = "../params.yaml"
}

param "features" {
  type = object({ remove = list(string) })
  file = "../params.yaml"
}

param "train" {
  type = object({ C = number, max_iter = int, solver = string, model_name = string })
  file = "../params.yaml"
}

data "penguins" {
  path = "../data/penguins.csv"
}

locals {
  config = "../src/config.py"
}

stage "get_data" {
  working_dir = ".."
  params      = [param.base, param.data]
  inputs      = { script = "../src/get_data.py", config = local.config, raw = data.penguins }
  outputs     = { data = { path = "build/data/", at = "../assets/data/" } }
  command     = ["python3", inputs.script]
}

stage "featurize" {
  working_dir = ".."
  params      = [param.base, param.data, param.features]
  inputs = {
    script = "../src/featurize.py"
    config = local.config
    data   = { path = stage.get_data.outputs.data, at = "../assets/data/" }
  }
  outputs = { features = { path = "build/features/", at = "../assets/features/" } }
  command = ["python3", inputs.script]
}

stage "train" {
  for_each    = grid({ C = [0.01, 0.1, 1, 10], solver = ["lbfgs", "newton-cg"] })
  working_dir = ".."
  params = [
    param.base,
    param.data,
    override(param.train.C, each.C),
    override(param.train.solver, each.solver),
    param.train.max_iter,
    param.train.model_name,
  ]
  inputs = {
    script   = "../src/train.py"
    config   = local.config
    features = { path = stage.featurize.outputs.features, at = "../assets/features/" }
  }
  outputs = { models = { path = "build/models/${each.key}/", at = "../assets/models/" } }
  command = ["python3", inputs.script]
}

stage "evaluate" {
  for_each    = stage.train
  working_dir = ".."
  params      = [param.base, param.data, param.train.model_name]
  inputs = {
    script   = "../src/evaluate.py"
    config   = local.config
    features = { path = stage.featurize.outputs.features, at = "../assets/features/" }
    models   = { path = each.outputs.models, at = "../assets/models/" }
  }
  metrics = { scores = { path = "build/scores/${each.key}.json", at = "../assets/metrics.json" } }
  plots   = { confusion = { path = "build/confusion/${each.key}.csv", at = "../assets/confusion.csv", template = "confusion" } }
  command = ["python3", inputs.script]
}

stage "compare" {
  description = "the points with the best accuracy first"
  inputs      = { scores = stage.evaluate[*].metrics.scores, script = "compare.py" }
  outputs     = { table = "build/compare.txt" }
  command     = concat(["python3", inputs.script, outputs.table], inputs.scores)
}
