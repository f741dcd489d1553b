package eval

import (
	"strings"

	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/fs"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Where a value goes from one pipeline to another, the paths in it are translated. What a
// reference to a stage or to data makes is rendered for whoever asks; here is the rest:
// values that are kept (params, points), and functions that find files where their own
// pipeline is. A text is translated if it is known to be a path: by its mark, by the type
// of the param, or since such a function made it. Any other text is a text.

// crosses reports whether a view is that of another pipeline.
func (ev *evaluator) crosses(vw view) bool { return vw.to != nil && vw.to != ev }

// rebased renders the paths in a value of ours for a view; other values stay as they are.
func (ev *evaluator) rebased(v cty.Value, vw view) cty.Value {
	if vw.base == ev.dir && vw.to == nil {
		return v
	}
	bare, marks := v.Unmark()
	if !bare.IsNull() && bare.IsKnown() && bare.Type().IsTupleType() && bare.LengthInt() > 0 { // the files of a shard
		list := bare.AsValueSlice()
		for i := range list {
			list[i] = ev.rebased(list[i], vw)
		}
		return cty.TupleVal(list).WithMarks(marks)
	}
	if bare.IsNull() || !bare.IsKnown() || bare.Type() != cty.String {
		return v
	}
	if s, ok := ev.translated(bare.AsString(), marks, vw); ok {
		return cty.StringVal(s).WithMarks(marks)
	}
	return v
}

// translated is a text of ours that is the path of what one of its marks is of, or a path
// inside of that, as a view wants it. The longest such path counts, whatever the order of
// the marks.
func (ev *evaluator) translated(s string, marks cty.ValueMarks, vw view) (out string, ok bool) {
	best := -1
	for m := range marks {
		if _, text := m.(placeMark); text && !ev.crosses(vw) {
			continue // to its own pipeline it is the text that was written
		}
		here, there, is := ev.places(m, ev.asker(vw))
		if !is {
			continue
		}
		sub, inside := strings.CutPrefix(s, rel(ev.dir, here))
		if !inside || sub != "" && sub[0] != '/' || len(here) < best {
			continue
		}
		if at := rel(vw.base, there) + sub; len(here) > best || at < out {
			best, out = len(here), at
		}
	}
	return out, best >= 0
}

// placed marks a path that the pipeline wrote, so that it can be translated. What is no
// path of the project, or is one of its user's that it was not given, stays the text that it is.
func (ev *evaluator) placed(v cty.Value) cty.Value {
	bare, _ := v.Unmark()
	if bare.IsNull() || !bare.IsKnown() || bare.Type() != cty.String {
		return v
	}
	p, err := fs.CleanProjectPath(ev.dir, bare.AsString())
	if err != nil || !ev.space.Allows(p) {
		return v
	}
	return v.Mark(placeMark{ev.space.Real(p)})
}

// paramFor is param for a view: paths in it are rendered for that, those which a module
// block gave and, for another pipeline, those that the param's type says are some.
func (ev *evaluator) paramFor(name string, vw view) (cty.Value, bool) {
	v, ok := ev.param(name)
	if !ok || vw.base == ev.dir && vw.to == nil || ev.used == nil && !ev.crosses(vw) {
		return v, ok
	}
	ty := ev.byParam[name].Type
	out, err := cty.TransformWithTransformer(v, &crossing{ev: ev, view: vw, isPath: func(at cty.Path) bool {
		return ev.crosses(vw) && ty.Along(at) == param.KindPath
	}})
	return out, err == nil
}

// crossing renders the paths in a value for a view.
type crossing struct {
	ev     *evaluator
	view   view
	isPath func(cty.Path) bool // a text without any mark is a path
}

// Enter implements cty.Transformer.
func (c *crossing) Enter(_ cty.Path, v cty.Value) (cty.Value, error) { return v, nil }

// Exit implements cty.Transformer.
func (c *crossing) Exit(at cty.Path, v cty.Value) (cty.Value, error) {
	if v.Type() != cty.String {
		return v, nil
	}
	_, marks := v.Unmark()
	var o origins
	if o.add(marks); o.empty() && c.isPath(at) {
		v = c.ev.placed(v)
	}
	return c.ev.rebased(v, c.view), nil
}

// findsFiles reports whether a function of the language lists files.
func findsFiles(name string) bool { return name == "glob" || name == "files" }

// findExpr is a call of one of those for another pipeline: it looks where its own pipeline
// is, and what it finds is rendered for who asks.
type findExpr struct {
	hclsyntax.Expression
	ev   *evaluator
	view view
	text bool // what it finds are plain texts
}

func (e *findExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, ds := e.Expression.Value(ctx)
	if ds.HasErrors() {
		return v, ds
	}
	out, err := cty.TransformWithTransformer(v, &crossing{ev: e.ev, view: e.view, isPath: func(cty.Path) bool { return e.text }})
	if err != nil {
		panic("eval.findExpr: " + err.Error())
	}
	return out, ds
}
