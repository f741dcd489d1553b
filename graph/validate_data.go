package graph

import (
	"fmt"
	"path"

	"github.com/dewar-build/dewar/diag"
)

// dataApart refuses outputs that lie inside tracked data, or around it: a run replaces an output as
// a whole, so what a person has put there would be in its way, and data that a run
// changes is never what the lock says.
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
		at[d.Path] = d
		for dir := d.Path; ; dir = path.Dir(dir) {
			if i, ok := v.byPath[dir]; ok {
				v.dataOutput(d, v.outputs[i])
				break
			}
			if dir == "." {
				break
			}
		}
	}
	for _, o := range v.outputs {
		for dir := path.Dir(v.out(o).Path); ; dir = path.Dir(dir) {
			if d := at[dir]; d != nil {
				v.dataOutput(d, o)
			}
			if dir == "." || dir == "/" {
				break
			}
		}
	}
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
