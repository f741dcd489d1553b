package lsp

import (
	"strings"
	"testing"
)

// told is a project with one of everything that has something to tell.
const told = `
-- .dewar/config.hcl --
-- used/pipeline.hcl --
param "lang" {
  type = string
}
stage "make" {
  outputs = { model = "m-${param.lang}" }
  command = ["touch", outputs.model]
}
output "model" {
  value       = stage.make.outputs.model
  description = "What is learned."
}
-- pipeline.hcl --
`

const toldText = `param "token" {
  type      = string
  sensitive = true
  default   = "hunter2"
}

function "half" {
  description = "Halves."
  params      = { x = number }
  result      = x / 2
  type        = number
}

locals {
  grid   = grid({ C = [0.1, half(2)], solver = ["saga", "lbfgs", "sag"] })
  scale  = { low = 1, high = 10 }
  many   = [for i in range(5000) : "element ${i}"]
  secret = "Bearer ${param.token}"
  made   = stage.train[*].outputs.model
}

module "m" {
  source   = "used"
  for_each = grid({ L = ["a", "b"] })
  params   = { lang = each.L }
}

stage "train" {
  description = "Learns."
  for_each    = local.grid
  inputs      = { lang = pick(module.m, { L = "a" }).outputs.model }
  outputs     = { model = "build/${each.key}.bin" }
  metrics     = { scores = "build/${each.key}.json" }
  command     = ["python3", inputs.lang, outputs.model, metrics.scores, local.scale.low]
}

stage "all" {
  inputs  = { models = local.made }
  outputs = { page = "page.html" }
  command = ["cat", stage.train[*].outputs.model, outputs.page]
}
`

// What has a value shows it, and what makes something where that is.
func TestHover_values(t *testing.T) {
	e := start(t, told)
	text := toldText
	e.open("pipeline.hcl", text)
	if codes := e.codes("pipeline.hcl"); len(codes) > 0 && strings.HasPrefix(codes[0], "E-") {
		t.Fatalf("%+v", e.said["pipeline.hcl"])
	}
	for _, c := range []struct {
		at   string
		want []string
	}{
		{"= local.|grid", []string{"**local.grid**: list(object({ C = number, solver = string }))\n", "grid = grid({", "\n6 points\n\n- `C`: 0.1, 1\n- `solver`: saga, lbfgs, sag"}},
		{"  gr|id   =", []string{"**local.grid**: list(", "6 points"}},
		{"grid({ C = [0.1, half(2)], sol|ver", []string{"**solver**, an axis of local grid\n\nsaga, lbfgs, sag"}},
		{"local.sc|ale", []string{"**local.scale**: object({ high = number, low = number })\n", "- `local.scale` = `{\"high\":10,\"low\":1}`"}},
		{"|many ", []string{"**local.many**: list(string)\n", "- `local.many` = `[\"element 0\",\"element 1\","}},
		{"|secret =", []string{"**local.secret**\n", "- `local.secret` = `(sensitive)`"}},
		{"local.ma|de }", []string{"**local.made**: list(string)\n", "build/C=0.1,solver=saga.bin"}},
		{"stage.tr|ain[*].outputs.model, outputs.page", []string{"**stage train**", "6 instances", "- `outputs.model`: `build/C=0.1,solver=saga.bin`, …\n- `metrics.scores`: `build/C=0.1,solver=saga.json`, …", "Learns."}},
		{"\"a|ll\"", []string{"**stage all**\n\n- `outputs.page`: `page.html`"}},
		{"inputs.la|ng", []string{"**inputs.lang** of stage train", "pick(module.m", "- `inputs.lang`: `m/"}},
		{"command = [\"cat\", stage.train[*].outputs.mo|del", []string{"**outputs.model** of stage train", "build/${each.key}.bin", "- `outputs.model`: `build/C=0.1,solver=saga.bin`, …"}},
		{"module.|m,", []string{"**module m**\n\nused: 2 points, 2 instances\n\n- `outputs.model`: `stage.make.outputs.model` – What is learned."}},
		{"ha|lf(2)", []string{"half(x number) number", "x / 2", "Halves."}},
	} {
		var h hoverResult
		e.ask("textDocument/hover", e.at("pipeline.hcl", find(t, text, c.at)), &h)
		for _, want := range c.want {
			if !strings.Contains(h.Contents.Value, want) {
				t.Errorf("%s: %q is not in\n%s", c.at, want, h.Contents.Value)
			}
		}
		if strings.Contains(h.Contents.Value, "hunter2") || len(h.Contents.Value) > 1000 {
			t.Errorf("%s: %s", c.at, h.Contents.Value)
		}
	}
	long := text + "locals {\n  long = [\n" + strings.Repeat("    \"something\",\n", 500) + "  ]\n}\n"
	e.change("pipeline.hcl", long)
	var h hoverResult
	e.ask("textDocument/hover", e.at("pipeline.hcl", find(t, long, "  lo|ng =")), &h)
	if len(h.Contents.Value) > 2000 || !strings.Contains(h.Contents.Value, "…\n```") {
		t.Errorf("got %s", h.Contents.Value)
	}
}

// Without values there is what the text says.
func TestHover_mistakes(t *testing.T) {
	e := start(t, told)
	text := toldText + "stage \"bad\" {\n  command = [param.nope]\n}\n"
	e.open("pipeline.hcl", text)
	for _, c := range []struct{ at, want string }{
		{"\"tr|ain\"", "- `outputs.model`: `\"build/${each.key}.bin\"`"},
		{"local.ma|de }", "made = stage.train[*].outputs.model"},
	} {
		var h hoverResult
		e.ask("textDocument/hover", e.at("pipeline.hcl", find(t, text, c.at)), &h)
		if !strings.Contains(h.Contents.Value, c.want) {
			t.Errorf("%s: got %s", c.at, h.Contents.Value)
		}
	}
}
