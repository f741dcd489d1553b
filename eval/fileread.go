package eval

import (
	"fmt"
	"slices"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/space"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// file() and fileexists() look at the project while it is evaluated. What a stage makes
// is not there yet, or is what an earlier run left: a reference to it is refused at
// once, a path written as text when all outputs are known.

// readFile is a file that an expression asked for.
type readFile struct {
	path string // in the project
	at   hcl.Range
}

// readExpr is a call of a function that reads a file. Paths are relative to the
// pipeline in it, also where the command sees them relative to elsewhere.
type readExpr struct {
	hclsyntax.Expression
	ev *evaluator
}

func (e *readExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	before := e.ev.reading
	e.ev.reading = e.Range()
	v, ds := e.Expression.Value(ctx)
	e.ev.reading = before
	return v, ds
}

// readsFile reports whether a function of the language reads files by name.
func readsFile(name string) bool { return name == "file" || name == "fileexists" }

// reads notes that a file is read for its text, and says what marks that has: how it is
// named makes no dependency, but a secret stays one.
func (ev *evaluator) reads(marks cty.ValueMarks, p string) (cty.ValueMarks, error) {
	var o origins
	o.add(marks)
	if len(o.artifacts) > 0 {
		return nil, fault("E-file-output", ev.reading, nil, "This is %s, and nothing has run yet when expressions are evaluated. %s", ev.artifactName(o.artifacts[0]), readLater)
	}
	secret := secrecy(marks)
	if r := (readFile{p, ev.reading}); len(secret) == 0 && !slices.Contains(ev.files, r) {
		ev.files = append(ev.files, r)
	}
	return secret, nil
}

const readLater = "Have a command read it: name it in the inputs of a stage."

// filesMade reports files that were read and are what an instance makes.
func (ev *evaluator) filesMade(instances []graph.Instance) {
	if len(ev.files) == 0 {
		return
	}
	type made struct{ instance, output int }
	outputs := map[string]made{}
	for i := range instances {
		for k := range instances[i].Outputs {
			outputs[instances[i].Outputs[k].Path] = made{i, k}
		}
	}
	for _, f := range ev.files {
		for p := range space.Around(f.path) {
			if m, ok := outputs[p]; ok {
				x := &instances[m.instance]
				ev.reports.forget("E-call", lang.Span(f.at)) // that it is not there follows
				ev.reports.add(diag.Diagnostic{
					Code: "E-file-output", Span: lang.Span(f.at),
					Detail: fmt.Sprintf("Instance %s makes %q, and nothing has run yet when expressions are evaluated. %s", x.Ref(), p, readLater),
					Notes:  []diag.Note{{Span: x.Outputs[m.output].Span, Text: "the output is declared here"}},
				}, nil)
				break
			}
		}
	}
}
