package graph

import (
	"fmt"
	"iter"
	"path"

	"github.com/dewar-build/dewar/diag"
)

// dataApart refuses outputs that lie inside tracked data, or around it: a run replaces an output as
// a whole, so what a person has put there would be in its way, and data that a run
// changes is never what the lock says. Data inside other data is refused as well: the lock could
// say two things of it, and a check-out would write both.
func (v *validator) dataApart() {
	if len(v.g.Data) == 0 {
		return
	}
	at := make(map[string]*Data, len(v.g.Data))
	for i := range v.g.Data {
		d := &v.g.Data[i]
		if d.Host != "" {
			continue
		}
		if other := at[d.Path]; other != nil {
			v.dataNested(other, d)
			continue
		}
		at[d.Path] = d
		for dir := range upward(d.Path) {
			if i, ok := v.byPath[dir]; ok {
				v.dataOutput(d, v.outputs[i])
				break
			}
		}
	}
	for i := range v.g.Data {
		for dir := range upward(path.Dir(v.g.Data[i].Path)) {
			if outer := at[dir]; outer != nil && v.g.Data[i].Host == "" {
				v.dataNested(outer, &v.g.Data[i])
				break
			}
		}
	}
	for _, o := range v.outputs {
		for dir := range upward(path.Dir(v.out(o).Path)) {
			if d := at[dir]; d != nil {
				v.dataOutput(d, o)
			}
		}
	}
}

// upward are a path and the directories around it, the nearest first.
func upward(p string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for yield(p) && p != "." && p != "/" {
			p = path.Dir(p)
		}
	}
}

func (v *validator) dataNested(outer, inner *Data) {
	d := diag.Diagnostic{
		Code: "E-data-nested",
		Detail: fmt.Sprintf("data.%s, %q, lies inside data.%s, %q. Data is stored, written and moved as a whole, so none can be part of another: leave out one of the blocks.",
			inner.Name, inner.Path, outer.Name, outer.Path),
		Span:  inner.Span,
		Notes: []diag.Note{{Span: outer.Span, Text: "the data around it"}},
	}
	if inner.Path == outer.Path {
		d.Detail = fmt.Sprintf("data.%s and data.%s are both %q. One block tracks it: leave out the other.", outer.Name, inner.Name, inner.Path)
		d.Notes[0].Text = "the other block"
	}
	v.list = append(v.list, d)
}

func (v *validator) dataOutput(d *Data, o declared) {
	x := v.out(o)
	how := "is"
	switch {
	case d.Path == x.Path:
	case under(d.Path, x.Path):
		how = "lies inside"
	default:
		how = "holds"
	}
	v.report(d.Name+" "+v.stage(o.id)+" "+v.name(o), o.id, diag.Diagnostic{
		Code: "E-data-output",
		Detail: fmt.Sprintf("data.%s, %q, %s %s of %s, %q. A run replaces outputs as a whole, and what a pipeline begins with is nobody's output: give one of them another path.",
			d.Name, d.Path, how, v.name(o), v.g.ref(o.id), x.Path),
		Span:  d.Span,
		Notes: []diag.Note{{Span: x.Span, Text: "the output"}},
	})
}
