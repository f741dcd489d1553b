package lsp

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/lsp/wire"
	"github.com/google/go-cmp/cmp"
)

const shop = `
-- .dewar/config.hcl --
-- pipeline.hcl --
-- used/pipeline.hcl --
param "lang" {
  type    = string
  default = "en"
}
param "depth" {
  type    = int
  default = 3
}
stage "make" {
  outputs = { model = "m-${param.lang}-${param.depth}" }
  command = ["touch", outputs.model]
}
output "model" {
  value = stage.make.outputs.model
}
-- user/pipeline.hcl --
module "m" {
  source = "../used"
  params = { lang = "de" }
}
`

const gridText = `stage "t" {
  for_each = grid({ C = [1, 2], d = [3, 4] })
  outputs  = { m = "m-${each.key}" }
  command  = ["touch", outputs.m, each.C]
}
`

// What a rename cannot find it refuses to break.
func TestRename_proves(t *testing.T) {
	e := start(t, shop)
	for _, c := range []struct {
		name, text, at, to string
		want               string // the text with the new name, if it is renamed
		refused            string
	}{
		{
			name: "axis in the for of a module", to: "x", at: "grid({ |n",
			text: "module \"m\" {\n  source   = \"used\"\n  for_each = [for p in grid({ n = [\"a\", \"b\"] }) : p if p.n != \"c\"]\n  params   = { lang = each.n }\n}\n",
			want: "module \"m\" {\n  source   = \"used\"\n  for_each = [for p in grid({ x = [\"a\", \"b\"] }) : p if p.x != \"c\"]\n  params   = { lang = each.x }\n}\n",
		}, {
			name: "a param of one line", to: "q", at: "\"|p\"", refused: "needs the attribute type",
			text: "param \"p\" { file = \"params.yaml\" }\nstage \"s\" {\n  command = [\"echo\", param.p]\n}\n",
		}, {
			name: "a name without quotes", to: "b", at: "stage |a",
			text: "stage a {\n  outputs = { x = \"x\" }\n  command = [\"echo\", outputs.x]\n}\nlocals {\n  l = stage.a.outputs.x\n}\n",
			want: "stage b {\n  outputs = { x = \"x\" }\n  command = [\"echo\", outputs.x]\n}\nlocals {\n  l = stage.b.outputs.x\n}\n",
		},
		{
			name: "a name of for gets in between", to: "x", at: "params = { |a",
			text:    "function \"f\" {\n  params = { a = number, l = list(number) }\n  result = [for x in l : x + a]\n}\nlocals {\n  v = f(1, [1])\n}\n",
			refused: "something else has that name",
		}, {
			name: "what a for with the same name goes over", to: "l", at: "params = { |n",
			text: "function \"f\" {\n  params = { n = list(number) }\n  result = [for n in n : n + 1]\n}\nlocals {\n  v = f([1])\n}\n",
			want: "function \"f\" {\n  params = { l = list(number) }\n  result = [for n in l : n + 1]\n}\nlocals {\n  v = f([1])\n}\n",
		}, {
			name: "a conditional over lines", to: "z", at: "params = { |a",
			text: "function \"f\" {\n  params = { a = number, b = bool }\n  result = (b ?\n  a :\n  2)\n}\nlocals {\n  v = f(1, true)\n}\n",
			want: "function \"f\" {\n  params = { z = number, b = bool }\n  result = (b ?\n  z :\n  2)\n}\nlocals {\n  v = f(1, true)\n}\n",
		}, {
			name: "axis of a module", to: "lang", at: "grid({ |n",
			text: "module \"m\" {\n  source   = \"used\"\n  for_each = grid({ n = [\"a\", \"b\"] })\n  params   = { lang = each.n }\n}\n",
			want: "module \"m\" {\n  source   = \"used\"\n  for_each = grid({ lang = [\"a\", \"b\"] })\n  params   = { lang = each.lang }\n}\n",
		}, {
			name: "axis of a module that is picked by", to: "lang", at: "grid({ |n",
			text: "module \"m\" {\n  source   = \"used\"\n  for_each = grid({ n = [\"a\", \"b\"] })\n  params   = { lang = each.n }\n}\nstage \"s\" {\n  inputs  = { x = pick(module.m, { n = \"a\" }).outputs.model }\n  command = [\"cat\", inputs.x]\n}\n",
			want: "module \"m\" {\n  source   = \"used\"\n  for_each = grid({ lang = [\"a\", \"b\"] })\n  params   = { lang = each.lang }\n}\nstage \"s\" {\n  inputs  = { x = pick(module.m, { lang = \"a\" }).outputs.model }\n  command = [\"cat\", inputs.x]\n}\n",
		}, {
			name: "own axes with the names of another's", to: "lr", at: "grid({ |C",
			text: gridText + "stage \"u\" {\n  for_each = distinct([for p in stage.t : { C = p.C }])\n  command  = [\"echo\", each.C]\n}\n",
			want: strings.ReplaceAll(strings.Replace(gridText, "{ C", "{ lr", 1), "each.C", "each.lr") + "stage \"u\" {\n  for_each = distinct([for p in stage.t : { C = p.lr }])\n  command  = [\"echo\", each.C]\n}\n",
		}, {
			name: "own axes of a list", to: "lr", at: "grid({ |C",
			text: "stage \"t\" {\n  for_each = grid({ C = [1, 2] })\n  command  = [\"echo\", each.C]\n}\nstage \"u\" {\n  for_each = [for p in stage.t : { C = p.C }]\n  command  = [\"echo\", each.C]\n}\n",
			want: "stage \"t\" {\n  for_each = grid({ lr = [1, 2] })\n  command  = [\"echo\", each.lr]\n}\nstage \"u\" {\n  for_each = [for p in stage.t : { C = p.lr }]\n  command  = [\"echo\", each.C]\n}\n",
		}, {
			name: "what is filtered", to: "lr", at: "grid({ |C",
			text: gridText + "locals {\n  c = [for x in where(stage.t, { d = 3 }) : x.C]\n}\nstage \"u\" {\n  command = concat([\"echo\"], local.c)\n}\n",
			want: strings.ReplaceAll(strings.Replace(gridText, "{ C", "{ lr", 1), "each.C", "each.lr") + "locals {\n  c = [for x in where(stage.t, { d = 3 }) : x.lr]\n}\nstage \"u\" {\n  command = concat([\"echo\"], local.c)\n}\n",
		}, {
			name: "axis of a local", to: "lr", at: "grid({ |C",
			text: "locals {\n  g = grid({ C = [1, 2], d = [3] })\n  few = [for p in local.g : p if p.C > 1]\n}\nstage \"t\" {\n  for_each = local.g\n  key      = \"c${each.C}\"\n  outputs  = { m = \"m-${each.key}\" }\n  command  = [\"touch\", outputs.m, each.C]\n}\nstage \"u\" {\n  for_each = local.few\n  inputs   = { m = where(stage.t, { C = 2 })[*].outputs.m }\n  command  = [\"echo\", each.C]\n}\n",
			want: "locals {\n  g = grid({ lr = [1, 2], d = [3] })\n  few = [for p in local.g : p if p.lr > 1]\n}\nstage \"t\" {\n  for_each = local.g\n  key      = \"c${each.lr}\"\n  outputs  = { m = \"m-${each.key}\" }\n  command  = [\"touch\", outputs.m, each.lr]\n}\nstage \"u\" {\n  for_each = local.few\n  inputs   = { m = where(stage.t, { lr = 2 })[*].outputs.m }\n  command  = [\"echo\", each.lr]\n}\n",
		}, {
			name: "axis of a local, from a stage over what is made of it", to: "lr", at: "\"echo\", each.|C",
			text: "locals {\n  g = grid({ C = [1, 2], d = [3] })\n  few = [for p in local.g : p if p.C > 1]\n}\nstage \"t\" {\n  for_each = local.g\n  key      = \"c${each.C}\"\n  outputs  = { m = \"m-${each.key}\" }\n  command  = [\"touch\", outputs.m, each.C]\n}\nstage \"u\" {\n  for_each = local.few\n  inputs   = { m = where(stage.t, { C = 2 })[*].outputs.m }\n  command  = [\"echo\", each.C]\n}\n",
			want: "locals {\n  g = grid({ lr = [1, 2], d = [3] })\n  few = [for p in local.g : p if p.lr > 1]\n}\nstage \"t\" {\n  for_each = local.g\n  key      = \"c${each.lr}\"\n  outputs  = { m = \"m-${each.key}\" }\n  command  = [\"touch\", outputs.m, each.lr]\n}\nstage \"u\" {\n  for_each = local.few\n  inputs   = { m = where(stage.t, { lr = 2 })[*].outputs.m }\n  command  = [\"echo\", each.lr]\n}\n",
		}, {
			name: "a local that is a list of points", to: "all", at: "  |g = grid",
			text: "locals {\n  g = grid({ C = [1, 2], d = [3] })\n  few = [for p in local.g : p if p.C > 1]\n}\nstage \"t\" {\n  for_each = local.g\n  key      = \"c${each.C}\"\n  outputs  = { m = \"m-${each.key}\" }\n  command  = [\"touch\", outputs.m, each.C]\n}\nstage \"u\" {\n  for_each = local.few\n  inputs   = { m = where(stage.t, { C = 2 })[*].outputs.m }\n  command  = [\"echo\", each.C]\n}\n",
			want: "locals {\n  all = grid({ C = [1, 2], d = [3] })\n  few = [for p in local.all : p if p.C > 1]\n}\nstage \"t\" {\n  for_each = local.all\n  key      = \"c${each.C}\"\n  outputs  = { m = \"m-${each.key}\" }\n  command  = [\"touch\", outputs.m, each.C]\n}\nstage \"u\" {\n  for_each = local.few\n  inputs   = { m = where(stage.t, { C = 2 })[*].outputs.m }\n  command  = [\"echo\", each.C]\n}\n",
		}, {
			name: "axis of a local that a module has", to: "x", at: "grid({ |n",
			text: "locals {\n  g = grid({ n = [\"a\", \"b\"] })\n}\nmodule \"m\" {\n  source   = \"used\"\n  for_each = local.g\n  params   = { lang = each.n }\n}\n",
			want: "locals {\n  g = grid({ x = [\"a\", \"b\"] })\n}\nmodule \"m\" {\n  source   = \"used\"\n  for_each = local.g\n  params   = { lang = each.x }\n}\n",
		}, {
			name: "axis of points that are written out", to: "lr", at: "concat([{ |C",
			text: "stage \"t\" {\n  for_each = concat([{ C = 1, d = 2 }], [for p in grid({ C = [3], d = [4] }) : p])\n  command  = [\"echo\", each.C]\n}\n",
			want: "stage \"t\" {\n  for_each = concat([{ lr = 1, d = 2 }], [for p in grid({ lr = [3], d = [4] }) : p])\n  command  = [\"echo\", each.lr]\n}\n",
		}, {
			name: "a param that a command finds under its name", to: "q", at: "param \"|p\"",
			text:    "param \"p\" {\n  type    = int\n  default = 1\n}\nstage \"s\" {\n  params  = { \"run.yaml\" = [param.p] }\n  command = [\"cat\", \"run.yaml\"]\n}\n",
			refused: "other points or commands",
		}, {
			name: "an axis that would hide another", to: "lr", at: "grid({ |C",
			text:    strings.Replace(gridText, "[1, 2]", "[1]", 1) + "stage \"u\" {\n  for_each = [for p in stage.t : merge(p, { lr = 5 })]\n  command  = [\"echo\", each.lr, each.d]\n}\n",
			refused: "other points",
		}, {
			name: "a text with mistakes", to: "tt", at: "stage \"|t\"",
			text:    gridText + "locals {\n  x = param.nope\n}\n",
			refused: "while the pipeline has mistakes",
		}, {
			name: "a stage in a pipeline with modules", to: "tt", at: "stage \"|t\"",
			text: gridText + "module \"m\" {\n  source = \"used\"\n}\nstage \"u\" {\n  inputs  = { a = stage.t[*].outputs.m, b = module.m.outputs.model }\n  command = [\"cat\", inputs.b]\n}\n",
			want: strings.Replace(gridText, "\"t\"", "\"tt\"", 1) + "module \"m\" {\n  source = \"used\"\n}\nstage \"u\" {\n  inputs  = { a = stage.tt[*].outputs.m, b = module.m.outputs.model }\n  command = [\"cat\", inputs.b]\n}\n",
		}, {
			name: "a module", to: "n", at: "module \"|m\"",
			text: "module \"m\" {\n  source   = \"used\"\n  for_each = grid({ n = [\"a\", \"b\"] })\n  params   = { lang = each.n }\n}\nstage \"s\" {\n  inputs  = { x = module.m[*].outputs.model }\n  command = [\"ls\"]\n}\n",
			want: "module \"n\" {\n  source   = \"used\"\n  for_each = grid({ n = [\"a\", \"b\"] })\n  params   = { lang = each.n }\n}\nstage \"s\" {\n  inputs  = { x = module.n[*].outputs.model }\n  command = [\"ls\"]\n}\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			e.t = t
			if e.version["pipeline.hcl"] == 0 {
				e.open("pipeline.hcl", c.text)
			} else {
				e.change("pipeline.hcl", c.text)
			}
			if got := e.codes("pipeline.hcl"); c.want != "" && len(got) > 0 && strings.HasPrefix(got[0], "E-") {
				t.Fatalf("the text is none: %+v", e.said["pipeline.hcl"])
			}
			var got workspaceEdit
			failure := e.try("textDocument/rename", renameParams{e.at("pipeline.hcl", find(t, c.text, c.at)), c.to}, &got)
			switch {
			case c.refused != "" && (failure == nil || !strings.Contains(failure.Message, c.refused)):
				t.Errorf("got %v\n%s", failure, apply(c.text, got.Changes[e.uri("pipeline.hcl")]))
			case c.refused == "" && failure != nil:
				t.Error(failure)
			case c.refused == "":
				if diff := cmp.Diff(c.want, apply(c.text, got.Changes[e.uri("pipeline.hcl")])); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

// A rename that nobody waits for is not evaluated to its end.
func TestRename_cancelled(t *testing.T) {
	d := newDesk(t, "")
	d.opens("file:///p/pipeline.hcl", "param \"p\" {\n  type    = int\n  default = 1\n}\nlocals {\n  l = [for i in range(1000) : i]\n}\nstage \"s\" {\n  pass_env = [\"X\"]\n  command  = [\"s\", param.p, local.l[0]]\n}\n")
	d.rest()
	asked := 0
	d.host.LookupEnv = func(string) (string, bool) { asked++; return "", false }
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, cancelled := range []bool{false, true} {
		if cancelled {
			cancel()
		}
		asked = 0
		answer, err := d.rename(ctx, renameParams{placeParams{documentID{URI: "file:///p/pipeline.hcl"}, position{0, 8}}, "q"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := answer.(*later).work(); err != nil {
			t.Fatal(err)
		}
		if (asked == 0) != cancelled {
			t.Errorf("cancelled: %v, and the environment is asked %d times", cancelled, asked)
		}
	}
}

// A rename of a text that was changed meanwhile is none of this text.
func TestRename_changed(t *testing.T) {
	s, _ := typist(t, 2)
	still := s.unchanged()
	if !still() {
		t.Error("nothing was changed")
	}
	d := s.open["/p/pipeline.hcl"]
	s.open["/p/pipeline.hcl"] = &openDocument{newDocument(d.text + "\n"), d.uri, 2}
	if still() {
		t.Error("a text was changed")
	}
}

// An answer that took long is none if the text is another by then, and a mistake of ours
// in it ends the request alone.
func TestAwait(t *testing.T) {
	for _, c := range []struct {
		l    later
		code int // of the error
	}{
		{later{func() (any, error) { return "x", nil }, func() bool { return true }}, 0},
		{later{func() (any, error) { return "x", nil }, func() bool { return false }}, wire.ContentModified},
		{later{func() (any, error) { panic("x") }, func() bool { return true }}, wire.InternalError},
		{later{func() (any, error) { return nil, errors.New("x") }, func() bool { return true }}, wire.RequestFailed},
	} {
		d := newDesk(t, "")
		done := false
		d.await(t.Context(), &wire.Message{ID: json.RawMessage("1"), Method: "m"}, &c.l, func() { done = true })
		<-d.inbox.ready
		d.turn()
		m, err := wire.Read(bufio.NewReader(&d.out))
		if err != nil {
			t.Fatal(err)
		}
		if code := codeOf(m.Error); code != c.code || !done {
			t.Errorf("got %+v, want %d", m, c.code)
		}
	}
}

func codeOf(e *wire.Error) int {
	if e == nil {
		return 0
	}
	return e.Code
}
