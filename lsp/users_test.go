package lsp

import (
	"maps"
	"slices"
	"strings"
	"testing"

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
