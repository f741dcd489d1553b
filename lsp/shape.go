package lsp

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/graph"
)

// What a pipeline means is written as lines here, without the name that a rename changes:
// those of before and after must be the same.

// inPaths are the kinds whose names are in those of instances, and so in paths.
var inPaths = []string{"stage", "axis", "module"}

// ofParams are the kinds of what has values from params files.
var ofParams = []string{"param", "part"}

// differs says what is another thing afterwards: params, or stages and points; "" if all are
// the same but for names. own says that it is the pipeline in which the name is declared.
func (r *renaming) differs(was, is *graph.Graph, own bool) string {
	old, now := "", ""
	if own && slices.Contains(ofParams, r.old.kind) {
		old, now = r.old.dotted(), r.new.dotted()
	}
	switch {
	case !slices.Equal(values(was, old), values(is, now)):
		return "values of params"
	case !slices.Equal(r.shape(was, r.old.name), r.shape(is, r.new.name)):
		return "points or commands"
	}
	return ""
}

// shape is a line for each instance: its stage, the values of its point, how many files it
// reads and makes, and its command with all that it sees if no name may be in it.
func (r *renaming) shape(g *graph.Graph, name string) []string {
	var out []string
	for i := range g.Instances {
		x := &g.Instances[i]
		stage := x.Stage
		switch {
		case r.old.kind == "stage" && stage == name:
			stage = "" // the one that is renamed
		case r.old.kind == "module" || strings.HasPrefix(r.old.owner, ofModule) || strings.HasPrefix(r.old.owner, ofLocal):
			stage = stage[strings.LastIndexByte(stage, '/')+1:] // the module's name and point are before it
		}
		var values []string
		for _, a := range x.Point {
			values = append(values, a.Value)
		}
		slices.Sort(values)
		line := fmt.Sprintf("%s %q %d %d %d", stage, values, len(x.Inputs), len(x.Outputs), len(x.Args))
		if !slices.Contains(inPaths, r.old.kind) {
			line += seen(x)
		}
		if slices.Contains(ofParams, r.old.kind) {
			line += asserted(x)
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

// seen is what the command of an instance sees: a params file that is written for it has the
// names of params in it, and a file of the workspace that is edited has others then.
func seen(x *graph.Instance) string {
	var b strings.Builder
	fmt.Fprintf(&b, " %q %q", x.Args, x.Env)
	for i := range x.Inputs {
		in := &x.Inputs[i]
		fmt.Fprintf(&b, " %q %q %x", in.At, in.Path, sha256.Sum256(in.Bytes))
	}
	for i := range x.Outputs {
		fmt.Fprintf(&b, " %q %q", x.Outputs[i].Path, x.Outputs[i].At)
	}
	return b.String()
}

// asserted is what the conditions on results of an instance see of locals: they are evaluated
// when there are results, so that no mistake is found in them before.
func asserted(x *graph.Instance) string {
	var b strings.Builder
	for _, a := range x.Asserts {
		var scope map[string]json.RawMessage
		if json.Unmarshal([]byte(a.Scope), &scope) == nil {
			fmt.Fprintf(&b, " %s", scope["local"])
		}
	}
	return b.String()
}

// values is a line for each part of a param: its name, and its value. What is called name, or
// is a part of that, is called nothing.
func values(g *graph.Graph, name string) []string {
	var out []string
	for _, p := range g.Params {
		for _, l := range p.Leaves {
			rest, ok := strings.CutPrefix(l.Name, name)
			if name == "" || !ok || rest != "" && rest[0] != '.' && rest[0] != '[' {
				rest = l.Name
			}
			out = append(out, rest+" "+l.Value)
		}
	}
	slices.Sort(out)
	return out
}

// reader is a stage whose command reads a file that is edited, as one of the workspace, and
// that file; the names that it looks for there are not known.
func (r *renaming) reader(g *graph.Graph, p *pipeline) (stage, file string) {
	for _, t := range r.params {
		file := p.rel(t.path)
		for i := range g.Instances {
			for _, in := range g.Instances[i].Inputs {
				if in.Kind == graph.Workspace && (in.Path == "." || in.Path == file || strings.HasPrefix(file, in.Path+"/")) {
					return g.Instances[i].Stage, file
				}
			}
		}
	}
	return "", ""
}
