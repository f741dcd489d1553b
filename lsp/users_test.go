package lsp

import (
	iofs "io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/fs"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// used is a module, two pipelines that use it, and one that uses one of those.
const used = `
-- .dewar/config.hcl --
-- params.yaml --
lang: fr
-- used/pipeline.hcl --
param "lang" {
  type = string
  file = "../params.yaml"
}
stage "make" {
  outputs = { model = "m-${param.lang}" }
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
module "n" {
  source   = "../used"
  for_each = grid({ lang = ["en", "it"] })
  params   = {
    "lang" = each.lang
  }
}
stage "all" {
  inputs  = { one = module.m.outputs.model, more = module.n[*].outputs.model }
  outputs = { list = "list" }
  command = ["sh", "-c", "echo ${inputs.one} > ${outputs.list}"]
}
output "list" {
  value = stage.all.outputs.list
}
-- silent/pipeline.hcl --
module "m" {
  source = "../used/"
}
stage "all" {
  inputs  = { one = module.m.outputs.model }
  command = ["cat", inputs.one]
}
-- top/pipeline.hcl --
module "u" {
  source = "../user"
}
stage "all" {
  inputs  = { one = module.u.outputs.list }
  command = ["cat", inputs.one]
}
`

// instances is a module with instances, and all ways to name what they have.
const instances = `
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
  value = stage.make.outputs.model
}
-- user/pipeline.hcl --
module "m" {
  source   = "../used"
  for_each = grid({ L = ["a", "b"] })
  params   = { lang = each.L }
}
stage "over" {
  for_each = module.m
  inputs   = { x = each.outputs.model }
  outputs  = { made = "o-${each.key}" }
  command  = ["echo", each.L, inputs.x]
}
stage "again" {
  for_each = stage.over
  inputs   = { x = each.outputs.made, y = each.from.outputs.model }
  command  = ["echo", inputs.x, each.L]
}
stage "few" {
  inputs  = {
    a = [for x in module.m : x.outputs.model if x.L == "a"]
    b = [for x in where(module.m, { L = "b" }) : x.outputs.model]
    c = pick(module.m, { L = "a" }).outputs.model
    d = where(module.m, { L = "a" })[*].outputs.model
    e = module.m[*].outputs.model
  }
  command = ["ls"]
}
`

// given is a module that gives its instances.
const given = `
-- .dewar/config.hcl --
-- used/pipeline.hcl --
stage "make" {
  for_each = grid({ C = [1, 2] })
  outputs = { model = "m-${each.C}" }
  command = ["touch", outputs.model]
}
output "all" {
  value = stage.make[*]
}
-- user/pipeline.hcl --
module "m" {
  source = "../used"
}
stage "s" {
  inputs  = { x = [for p in module.m.outputs.all : p.outputs.model if p.C == 1] }
  command = ["cat", "list"]
}
`

func archived(archive string) map[string]string {
	out := map[string]string{}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		out[f.Name] = string(f.Data)
	}
	return out
}

// What a module takes and gives has its name in the pipelines that use it too.
func TestRename_users(t *testing.T) {
	for _, c := range []struct {
		name     string
		archive  string
		file, at string
		to       string
		replaced map[string][]string // by file, olds and news
		refused  string
	}{
		{
			name: "a param", archive: used, file: "used/pipeline.hcl", at: "param \"l|ang", to: "tongue",
			replaced: map[string][]string{
				"used/pipeline.hcl": {"param \"lang\"", "param \"tongue\"", "param.lang", "param.tongue", "params.yaml\"", "params.yaml\"\n  key = \"lang\""},
				"user/pipeline.hcl": {"{ lang = \"de\"", "{ tongue = \"de\"", "\"lang\" =", "\"tongue\" ="},
			},
		}, {
			name: "a param, from a user", archive: used, file: "user/pipeline.hcl", at: "{ l|ang = \"de\"", to: "tongue",
			replaced: map[string][]string{
				"used/pipeline.hcl": {"param \"lang\"", "param \"tongue\"", "param.lang", "param.tongue", "params.yaml\"", "params.yaml\"\n  key = \"lang\""},
				"user/pipeline.hcl": {"{ lang = \"de\"", "{ tongue = \"de\"", "\"lang\" =", "\"tongue\" ="},
			},
		}, {
			name: "an output", archive: used, file: "used/pipeline.hcl", at: "output \"|model", to: "file",
			replaced: map[string][]string{
				"used/pipeline.hcl":   {"output \"model\"", "output \"file\""},
				"user/pipeline.hcl":   {"outputs.model", "outputs.file"},
				"silent/pipeline.hcl": {"outputs.model", "outputs.file"},
			},
		}, {
			name: "an output, from a user", archive: used, file: "silent/pipeline.hcl", at: "outputs.|model", to: "file",
			replaced: map[string][]string{
				"used/pipeline.hcl":   {"output \"model\"", "output \"file\""},
				"user/pipeline.hcl":   {"outputs.model", "outputs.file"},
				"silent/pipeline.hcl": {"outputs.model", "outputs.file"},
			},
		}, {
			name: "what a user does not write out", archive: strings.Replace(used, "params = { lang = \"de\" }", "params = merge({ lang = \"de\" }, {})", 1),
			file: "used/pipeline.hcl", at: "param \"l|ang", to: "tongue", refused: "user/pipeline.hcl would have a mistake then",
		}, {
			name: "a user with mistakes", archive: used + "locals {\n  x = param.nope\n}\n", file: "used/pipeline.hcl", at: "param \"l|ang", to: "tongue",
			refused: "Nothing can be renamed while top/pipeline.hcl has mistakes",
		}, {
			name: "a name that is taken", archive: strings.Replace(used, "stage \"make\"", "param \"tongue\" {\n  default = 1\n}\nstage \"make\"", 1),
			file: "user/pipeline.hcl", at: "{ l|ang = \"de\"", to: "tongue", refused: "There is a param tongue already",
		}, {
			name: "a module that is not here", archive: strings.Replace(used, "source = \"../used/\"", "source = \"../nowhere\"", 1),
			file: "silent/pipeline.hcl", at: "outputs.|model", to: "file", refused: "none of this project",
		}, {
			name: "a user without quotes", archive: strings.Replace(used, "module \"m\" {\n  source = \"../used/\"", "module m {\n  source = \"../used/\" # here", 1),
			file: "used/pipeline.hcl", at: "output \"|model", to: "file",
			replaced: map[string][]string{
				"used/pipeline.hcl":   {"output \"model\"", "output \"file\""},
				"user/pipeline.hcl":   {"outputs.model", "outputs.file"},
				"silent/pipeline.hcl": {"outputs.model", "outputs.file"},
			},
		}, {
			name: "an output of instances", archive: instances, file: "used/pipeline.hcl", at: "output \"|model", to: "file",
			replaced: map[string][]string{
				"used/pipeline.hcl": {"output \"model\"", "output \"file\""},
				"user/pipeline.hcl": {"outputs.model", "outputs.file"},
			},
		}, {
			name: "an axis of a module", archive: instances, file: "user/pipeline.hcl", at: "grid({ |L", to: "lang",
			replaced: map[string][]string{
				"user/pipeline.hcl": {"{ L = ", "{ lang = ", "each.L", "each.lang", "x.L", "x.lang"},
			},
		}, {
			name: "an axis of a module, from a stage over it", archive: instances, file: "user/pipeline.hcl", at: "echo\", each.|L", to: "lang",
			replaced: map[string][]string{
				"user/pipeline.hcl": {"{ L = ", "{ lang = ", "each.L", "each.lang", "x.L", "x.lang"},
			},
		}, {
			name: "a module with instances", archive: instances, file: "user/pipeline.hcl", at: "module \"|m", to: "all",
			replaced: map[string][]string{
				"user/pipeline.hcl": {"module \"m\"", "module \"all\"", "module.m", "module.all"},
			},
		}, {
			name: "names that a command is given", archive: strings.Replace(used, `["cat", inputs.one]`, `["cat", inputs.one, join("", keys(module.m.outputs))]`, 1),
			file: "used/pipeline.hcl", at: "output \"|model", to: "file", refused: "silent/pipeline.hcl would have other points or commands then",
		}, {
			name: "an axis of instances that are given out", archive: given, file: "used/pipeline.hcl", at: "grid({ |C", to: "rate",
			refused: "user/pipeline.hcl would have a mistake then",
		}, {
			name: "an entry of instances that are given out", archive: given, file: "used/pipeline.hcl", at: "outputs = { |model", to: "file",
			refused: "user/pipeline.hcl would have a mistake then",
		}, {
			name: "an axis of instances that is not named outside", archive: strings.Replace(given, " if p.C == 1", "", 1), file: "used/pipeline.hcl", at: "grid({ |C", to: "rate",
			replaced: map[string][]string{"used/pipeline.hcl": {"grid({ C", "grid({ rate", "each.C", "each.rate"}},
		}, {
			name: "a source in brackets", archive: strings.Replace(used, `"../used/"`, `("../used")`, 1),
			file: "used/pipeline.hcl", at: "output \"|model", to: "file", refused: "the source of the module m in silent/pipeline.hcl is no plain text",
		}, {
			name: "a template", archive: strings.Replace(used, `"../used/"`, `"${"../used"}"`, 1),
			file: "used/pipeline.hcl", at: "output \"|model", to: "file", refused: "is no plain text",
		}, {
			name: "a source that is worked out", archive: strings.Replace(used, `"../used/"`, `"../x" == "" ? "" : "../used"`, 1),
			file: "used/pipeline.hcl", at: "output \"|model", to: "file", refused: "is no plain text",
		}, {
			name: "a source with an escape", archive: strings.Replace(used, `"../used/"`, `"../us\u0065d"`, 1),
			file: "user/pipeline.hcl", at: "{ l|ang = \"de\"", to: "tongue", refused: "is no plain text",
		}, {
			name: "a source in Git", archive: strings.Replace(used, `"../used/"`, `{ project = "https://example.org/x.git", rev = "0123456789012345678901234567890123456789" }`, 1),
			file: "used/pipeline.hcl", at: "output \"|model", to: "file",
			replaced: map[string][]string{
				"used/pipeline.hcl": {"output \"model\"", "output \"file\""},
				"user/pipeline.hcl": {"outputs.model", "outputs.file"},
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := start(t, c.archive)
			files := archived(c.archive)
			text := files[c.file]
			e.open(c.file, text)
			at := e.at(c.file, find(t, text, c.at))
			var got workspaceEdit
			failure := e.try("textDocument/rename", renameParams{at, c.to}, &got)
			if c.refused != "" {
				if failure == nil || !strings.Contains(failure.Message, c.refused) {
					t.Errorf("got %v", failure)
				}
				return
			}
			if failure != nil {
				t.Fatal(failure)
			}
			for _, name := range slices.Sorted(maps.Keys(files)) {
				want := strings.NewReplacer(c.replaced[name]...).Replace(files[name])
				if diff := cmp.Diff(want, apply(files[name], got.Changes[e.uri(name)])); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
			}
			var ready prepareResult
			if e.ask("textDocument/prepareRename", at, &ready); ready.Placeholder == "" {
				t.Error("an editor would not ask for it")
			}
		})
	}
}

// wide is a project with a directory that holds very many.
type wide struct{ fs.FS }

func (w wide) ReadDir(name string) ([]fs.Entry, error) {
	if name != "/p/data" {
		return w.FS.ReadDir(name)
	}
	return slices.Repeat([]fs.Entry{{Name: "d", Type: iofs.ModeDir}}, maxUsers), nil
}

// Where not all pipelines are looked at, nothing is renamed that others may name.
func TestRename_unseen(t *testing.T) {
	d := newDesk(t, "-- data/x --\n")
	d.opens("file:///p/pipeline.hcl", "param \"p\" {\n  default = 1\n}\nstage \"s\" {\n  command = [\"echo\", param.p]\n}\n")
	ask := func(line int) error {
		_, err := d.rename(t.Context(), renameParams{placeParams{documentID{URI: "file:///p/pipeline.hcl"}, position{line, 8}}, "q"})
		return err
	}
	if err := ask(0); err != nil {
		t.Fatal(err)
	}
	d.host.FS = wide{d.host.FS}
	if err := ask(0); err == nil || !strings.Contains(err.Error(), "more than 20000 directories") {
		t.Errorf("a param is renamed: %v", err)
	}
	if err := ask(3); err != nil {
		t.Errorf("a stage, which no other pipeline names: %v", err)
	}
}

// What a module takes and gives is found from both sides.
func TestUsers_found(t *testing.T) {
	e := start(t, used)
	files := archived(used)
	for _, c := range []struct {
		file, at   string
		references map[string]int
		line       int // of the declaration in used/pipeline.hcl
		hover      string
	}{
		{"used/pipeline.hcl", "param \"l|ang", map[string]int{"used": 2, "user": 2}, 0, "**param.lang**: string"},
		{"user/pipeline.hcl", "{ l|ang = \"de\"", map[string]int{"used": 2, "user": 2}, 0, "**param.lang**: string"},
		{"used/pipeline.hcl", "output \"|model", map[string]int{"used": 1, "user": 2, "silent": 1}, 8, "**output model**"},
		{"silent/pipeline.hcl", "outputs.|model", map[string]int{"used": 1, "user": 2, "silent": 1}, 8, "**output model**"},
	} {
		if e.version[c.file] == 0 {
			e.open(c.file, files[c.file])
		}
		at := e.at(c.file, find(t, files[c.file], c.at))
		var found []location
		p := referenceParams{placeParams: at}
		p.Context.IncludeDeclaration = true
		e.ask("textDocument/references", p, &found)
		got := map[string]int{}
		for _, l := range found {
			dir, _, _ := strings.Cut(strings.TrimPrefix(l.URI, uriOf(e.dir)+"/"), "/")
			got[dir]++
		}
		if diff := cmp.Diff(c.references, got); diff != "" {
			t.Errorf("%s %s: %s", c.file, c.at, diff)
		}
		var declared []location
		e.ask("textDocument/definition", at, &declared)
		if len(declared) != 1 || declared[0].URI != e.uri("used/pipeline.hcl") || declared[0].Range.Start.Line != c.line {
			t.Errorf("%s %s: it is declared at %v", c.file, c.at, declared)
		}
		var h hoverResult
		e.ask("textDocument/hover", at, &h)
		if !strings.HasPrefix(h.Contents.Value, c.hover) {
			t.Errorf("%s %s: hover says %q", c.file, c.at, h.Contents.Value)
		}
	}
}
