package lint

import (
	"path"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// duplicateInputs finds one path under two names in the inputs of a stage.
func (l *linter) duplicateInputs() {
	for _, b := range l.p.Stages {
		a := b.Attr("inputs")
		if a == nil {
			continue
		}
		var values []hclsyntax.Expression
		switch e := a.Expr.(type) {
		case *hclsyntax.ObjectConsExpr:
			for _, item := range e.Items {
				values = append(values, item.ValueExpr)
			}
		case *hclsyntax.TupleConsExpr:
			values = e.Exprs
		}
		first := map[string]diag.Span{}
		for _, v := range values {
			what := l.pathText(v)
			at, twice := first[what]
			switch {
			case what == "":
			case twice:
				l.report("W-input-twice", spanOf(v.Range()), b.Subject(), nil, "%s is an input twice. One is enough: use its name wherever the command needs it.", short(what)).
					note(at, "it is here first")
			default:
				first[what] = spanOf(v.Range())
			}
		}
	}
}

// pathText is what tells whether two inputs are one: a path cleaned, or a reference as
// it is written; "" of anything else.
func (l *linter) pathText(e hclsyntax.Expression) string {
	for e = unparen(e); ; e = unparen(e) { // "${x}" is x
		w, ok := e.(*hclsyntax.TemplateWrapExpr)
		if !ok {
			break
		}
		e = w.Wrapped
	}
	if s, ok := literalText(e); ok && s != "" {
		return path.Clean(s)
	}
	if t, ok := e.(*hclsyntax.ScopeTraversalExpr); ok && namesOf(t.Traversal) != nil {
		return l.text(t.SrcRange)
	}
	return ""
}

// cases finds paths that differ only in the case of letters, where one of them at
// least is an input: of outputs the graph's validation tells.
func (l *linter) cases() {
	if l.o.Graph == nil {
		return
	}
	first := map[string]spoken{}
	told := map[[2]string]bool{}
	for _, s := range l.spoken() {
		lower := strings.ToLower(s.path)
		other, ok := first[lower]
		if !ok {
			first[lower] = s
			continue
		}
		pair := [2]string{other.path, s.path}
		if other.path == s.path || other.output && s.output || told[pair] {
			continue
		}
		told[pair] = true
		if other.output { // the input is what to look at
			l.caseOf(s, other)
		} else {
			l.caseOf(other, s)
		}
	}
}

func (l *linter) caseOf(s, other spoken) {
	if _, ours := l.source(s.at.File); !ours {
		return // a module's: found where the module is looked at
	}
	l.report("W-path-case", s.at, s.subject, nil,
		"%q and %q differ only in the case of letters. On macOS and Windows they are one file; on Linux, one of them may not be there. Write them alike, or rename one.", s.path, other.path).
		note(other.at, other.path+" is here")
}

// spoken is a path that the pipeline speaks of.
type spoken struct {
	path    string
	output  bool
	at      diag.Span
	subject string
}

// spoken lists the paths of the graph, in its order.
func (l *linter) spoken() []spoken {
	var out []spoken
	for i := range l.o.Graph.Instances {
		x := &l.o.Graph.Instances[i]
		subject := `stage "` + x.Stage + `"`
		for j := range x.Inputs {
			if in := &x.Inputs[j]; in.Kind == graph.Workspace {
				out = append(out, spoken{in.Path, false, in.Span, subject})
			}
		}
		for j := range x.Outputs {
			out = append(out, spoken{x.Outputs[j].Path, true, x.Outputs[j].Span, subject})
		}
	}
	return out
}
