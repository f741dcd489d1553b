# A training that takes its time, and loses none of it: it is shown while it
# runs, and goes on from its last checkpoint when it was interrupted.

param "data" {
  type = object({ rows = int, seed = int })
  file = "params.yaml"
}

param "train" {
  type = object({ epochs = int, rate = number, checkpoint_every = int })
  file = "params.yaml"
}

toolchain "python" {
  kind = "python"
}

pipeline {
  toolchains = [toolchain.python]
}

stage "data" {
  inputs  = { script = "src/make_data.py", dewar = "src/dewar.py" }
  params  = [param.data]
  outputs = { rows = "build/rows.csv" }
  command = ["python3", inputs.script, outputs.rows]
}

stage "train" {
  inputs = {
    script = "src/train.py"
    dewar  = "src/dewar.py"
    rows   = stage.data.outputs.rows
  }
  params  = [param.train]
  outputs = { model = "build/model.json" }
  metrics = {
    log    = "build/log.jsonl"
    scores = "build/scores.json"
  }
  scratch = { checkpoints = { path = "checkpoints/", scope = "key" } }
  command = ["python3", inputs.script, inputs.rows, "checkpoints", outputs.model, metrics.log, metrics.scores]
}
