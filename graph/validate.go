package graph

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
)

// Validate says what about g as a whole cannot work: outputs that collide or
// lie inside one another, plain paths that are outputs, cycles. g need not be
// executable for it; inputs are not looked at.
//
// Paths are sorted once and neighbours compared, so the cost is that of
// sorting, not of comparing pairs. A mistake in a template gives one message,
// however many points it has.
func Validate(g *Graph) diag.List {
	v := &validator{g: g, seen: map[string]int{}}
	v.collectOutputs()
	v.collisions()
	v.caseCollisions()
	v.reserved()
	v.plainInputs()
	v.dataApart()
	for i := range g.Instances {
		v.withinInstance(ID(i))
	}
	v.cycles()
	return v.list
}

// declared is one output of one instance.
type declared struct {
	id ID
	n  int // index in Outputs
}

type validator struct {
	g       *Graph
	outputs []declared     // sorted by path, as a walk meets them
	byPath  map[string]int // first in outputs
	list    diag.List      //
	seen    map[string]int // what was said already: index in list
}

func (v *validator) out(d declared) *Output { return &v.g.Instances[d.id].Outputs[d.n] }

func (v *validator) stage(id ID) string { return v.g.Instances[id].Stage }

// template is the name of an instance's stage, with the modules around it at all their points: a
// mistake in a module is one mistake, wherever it is used.
func (v *validator) template(id ID) string { return WithoutPoints(v.stage(id)) }

// report adds d, once for each mistake; further points are listed with it.
func (v *validator) report(mistake string, id ID, d diag.Diagnostic) {
	point := v.g.Instances[id].Key
	mistake = d.Code + "\x00" + mistake
	if i, said := v.seen[mistake]; said {
		if point != "" && !slices.Contains(v.list[i].Instances[max(0, len(v.list[i].Instances)-1):], point) {
			v.list[i].Instances = append(v.list[i].Instances, point)
		}
		return
	}
	d.Subject = fmt.Sprintf("stage %q", v.stage(id))
	if point != "" {
		d.Instances = []string{point}
	}
	v.seen[mistake] = len(v.list)
	v.list = append(v.list, d)
}

func (v *validator) collectOutputs() {
	for i := range v.g.Instances {
		for n := range v.g.Instances[i].Outputs {
			v.outputs = append(v.outputs, declared{ID(i), n})
		}
	}
	slices.SortStableFunc(v.outputs, func(a, b declared) int {
		return comparePaths(rooted(v.out(a).Path), rooted(v.out(b).Path))
	})
	v.byPath = make(map[string]int, len(v.outputs))
	for i, d := range v.outputs {
		if _, taken := v.byPath[v.out(d).Path]; !taken {
			v.byPath[v.out(d).Path] = i
		}
	}
}

// collisions compares each output with the nearest before it that is at the
// same path or around it.
func (v *validator) collisions() {
	var around []declared
	for _, d := range v.outputs {
		p := v.out(d).Path
		for len(around) > 0 && !under(rooted(p), rooted(v.out(around[len(around)-1]).Path)) {
			around = around[:len(around)-1]
		}
		if len(around) > 0 {
			if top := around[len(around)-1]; v.out(top).Path == p {
				v.collision(top, d)
				continue
			} else {
				v.nested(top, d)
			}
		}
		around = append(around, d)
	}
}

func (v *validator) collision(a, b declared) {
	x, y := v.out(a), v.out(b)
	d := diag.Diagnostic{
		Code: "E-output-collision",
		Span: y.Span,
	}
	other := diag.Note{Span: x.Span, Text: fmt.Sprintf("%s of %s is declared here", v.name(a), v.g.ref(a.id))}
	switch {
	case a.id == b.id:
		d.Detail = fmt.Sprintf("%s and %s are both %q. Each output needs a path of its own.", v.name(a), v.name(b), y.Path)
	case v.stage(a.id) == v.stage(b.id):
		d.Detail = fmt.Sprintf("%s is %q at %s and at %s. Put ${each.key} into the path, so that each point has its own.",
			v.name(b), y.Path, v.g.Instances[a.id].Key, v.g.Instances[b.id].Key)
		other.Span = diag.Span{}
	default:
		d.Detail = fmt.Sprintf("%s of %s and %s of %s are both %q. Give one of them another path.",
			v.name(a), v.g.ref(a.id), v.name(b), v.g.ref(b.id), y.Path)
	}
	if !other.Span.IsZero() {
		d.Notes = append(d.Notes, other)
	}
	v.report(v.template(a.id)+" "+v.template(b.id)+" "+v.name(a)+" "+v.name(b), b.id, d)
}

func (v *validator) nested(outer, inner declared) {
	x, y := v.out(outer), v.out(inner)
	v.report(v.template(outer.id)+" "+v.template(inner.id)+" "+v.name(outer)+" "+v.name(inner), inner.id, diag.Diagnostic{
		Code: "E-output-nested",
		Detail: fmt.Sprintf("%s of %s, %q, lies inside %s of %s, %q. Outputs are stored and replaced as a whole, so none can be part of another: move one, or declare only the outer one.",
			v.name(inner), v.g.ref(inner.id), y.Path, v.name(outer), v.g.ref(outer.id), x.Path),
		Span:  y.Span,
		Notes: []diag.Note{{Span: x.Span, Text: "the output around it"}},
	})
}

// name returns "outputs.model".
func (v *validator) name(d declared) string {
	o := v.out(d)
	return string(o.Group) + "." + o.Name
}

// caseCollisions warns of outputs that are one file where case does not count.
func (v *validator) caseCollisions() {
	first := make(map[string]declared, len(v.outputs))
	for _, d := range v.outputs {
		p := v.out(d).Path
		lower := strings.ToLower(p)
		other, taken := first[lower]
		if !taken {
			first[lower] = d
			continue
		}
		if v.out(other).Path == p {
			continue
		}
		v.report(v.template(other.id)+" "+v.template(d.id)+" "+v.name(d), d.id, diag.Diagnostic{
			Severity: diag.Warning,
			Code:     "W-output-case",
			Detail: fmt.Sprintf("%q of %s and %q of %s are the same file on filesystems that ignore case, as those of macOS and Windows do. Rename one of them.",
				v.out(other).Path, v.g.ref(other.id), p, v.g.ref(d.id)),
			Span: v.out(d).Span,
		})
	}
}

// reserved refuses outputs that would overwrite what describes the pipeline.
func (v *validator) reserved() {
	params := v.paramFiles()
	for _, d := range v.outputs {
		o := v.out(d)
		if what := v.reservedName(o, params); what != "" {
			v.report(v.template(d.id)+" "+v.name(d), d.id, diag.Diagnostic{
				Code:   "E-output-reserved",
				Detail: fmt.Sprintf("%s is %q, which is %s. Give the output another path.", v.name(d), o.Path, what),
				Span:   o.Span,
			})
		}
	}
}

func (v *validator) reservedName(o *Output, params map[string]bool) string {
	base := path.Base(o.Path)
	switch {
	case o.Path == ".":
		return "the project itself"
	case under(o.Path, ".dewar") || under(o.Path, ".git"):
		return "kept by dewar or git"
	case under(v.g.Dir, o.Path):
		return "the directory of the pipeline"
	case path.Dir(o.Path) == v.g.Dir && (base == "pipeline.hcl" || strings.HasSuffix(base, ".pipeline.hcl")):
		return "part of the pipeline"
	case path.Dir(o.Path) == v.g.Dir && base == "pipeline.lock":
		return "the lock"
	case params[o.Path]:
		return "a file that params are read from"
	}
	return ""
}

// paramFiles returns the files that params are read from.
func (v *validator) paramFiles() map[string]bool {
	files := make(map[string]bool, len(v.g.Params))
	for _, p := range v.g.Params {
		if p.File != "" {
			files[p.File] = true
		}
	}
	return files
}
