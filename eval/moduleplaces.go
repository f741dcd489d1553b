package eval

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/space"
	"github.com/dewar-build/dewar/graph"
)

// Where several pipelines put what they make into one workspace, they can be in each other's
// way although each is sound by itself. That is the mistake of who uses them, and is
// reported at the text that says where a module's outputs are put. What collides inside
// of one pipeline, graph.Validate finds.

// put is an output at its place in the workspace.
type put struct {
	in   *instance
	o    *graph.Output
	path string
}

func (p put) name() string {
	return fmt.Sprintf("%s.%s of %s", p.o.Group, p.o.Name, p.in.ref())
}

// ref is the name of an instance in the whole.
func (in *instance) ref() string {
	if in.key == "" {
		return in.st.fullName()
	}
	return in.st.fullName() + "@" + in.key
}

// outputPlaces reports outputs that are in the way of other pipelines or their text.
func (ev *evaluator) outputPlaces() {
	written := ev.writtenFiles()
	ev.broughtPlaces(written)
	at := map[string]put{}
	said := map[[2]string]bool{}
	var all []put
	for _, st := range ev.allStages(nil) {
		for _, in := range st.instances {
			for i := range in.out {
				p := put{in, &in.out[i], st.ev.space.PlaceOf(in.out[i].Path)}
				if what := written.At(p.path); what != "" {
					st.frame.in = in
					st.ev.errorf(&st.frame, "E-output-reserved", p.o.Span, "%s.%s lies at %s, which is %s. Give the output another path.", p.o.Group, p.o.Name, quoteJSON(p.path), what)
					st.frame.in = nil
				}
				if len(ev.family.kids) == 0 {
					continue
				}
				if other, taken := at[p.path]; taken {
					between(other, p, said)
				} else {
					at[p.path] = p
				}
				all = append(all, p)
			}
		}
	}
	for _, kid := range ev.family.kids {
		kid.givenOutputs(at)
	}
	for _, p := range all {
		for dir := range space.Around(path.Dir(p.path)) {
			if outer, ok := at[dir]; ok {
				between(outer, p, said)
			}
		}
	}
}

// between reports two outputs of different pipelines of which one is where the other is, or
// around it: once for each two modules.
func between(a, b put, said map[[2]string]bool) {
	if a.in.st.ev == b.in.st.ev {
		return
	}
	x, y := part(a.in.st.ev, b.in.st.ev), part(b.in.st.ev, a.in.st.ev)
	if y == nil {
		x, y, a, b = y, x, b, a // the one that is in a module can move
	}
	id := [2]string{"", y.prefixOf()}
	if x != nil {
		id[0] = x.prefixOf()
	}
	if said[id] {
		return
	}
	said[id] = true
	m := y.module
	d := diag.Diagnostic{Code: "E-output-collision", Span: m.block.Span, Subject: m.block.Subject()}
	if at := m.block.Attr("path"); at != nil {
		d.Span = at.Span
	}
	how := fmt.Sprintf("%s and %s are both at %s.", capital(a.name()), b.name(), quoteJSON(a.path))
	if a.path != b.path {
		d.Code = "E-output-nested"
		how = fmt.Sprintf("%s is at %s and %s at %s: one lies inside the other, and outputs are stored and replaced as a whole.", capital(a.name()), quoteJSON(a.path), b.name(), quoteJSON(b.path))
	}
	switch {
	case x == nil:
		d.Detail = fmt.Sprintf("%s Give module %s another path.", how, m.name)
		d.Notes = []diag.Note{{Span: a.o.Span, Text: "the other output"}}
	case x.module == m:
		d.Detail = how + " Put ${each.key} into the path of the module, so that what it makes at each point has a place of its own."
	default:
		d.Detail = fmt.Sprintf("%s Give module %s or module %s another path.", how, x.module.name, m.name)
		d.Notes = []diag.Note{{Span: x.module.block.Span, Text: "the other module"}}
	}
	y.by.reports.add(d, nil)
}

// givenOutputs reports plain paths that a module was given and has among its inputs, and that
// are what a stage makes: at the text that gave them.
func (ev *evaluator) givenOutputs(at map[string]put) {
	if len(ev.used.texts) == 0 {
		return
	}
	for _, st := range ev.order {
		for _, in := range st.instances {
			for i := range in.in {
				x := &in.in[i]
				if x.Kind != graph.Workspace || x.Data != "" {
					continue
				}
				u, given := ev.used.givenAt(x.Path)
				p, made := putAround(at, x.Path)
				if u != nil && made {
					u.by.reports.add(diag.Diagnostic{
						Code: "E-input-is-output", Span: u.texts[given], Subject: u.module.block.Subject(),
						Detail: fmt.Sprintf("The module is given the path %s, and %s is made by %s. Give it %s: then that is made first, and what reads it runs again when it changes.", quoteJSON(given), quoteJSON(p.path), p.in.ref(), p.reference(u.by)),
						Notes:  []diag.Note{{Span: x.Span, Text: "it is read here"}, {Span: p.o.Span, Text: "the output is declared here"}},
					}, nil)
				}
			}
		}
	}
}

// givenAt returns the outermost use that was given p, or a directory around it, as text.
func (u *use) givenAt(p string) (by *use, given string) {
	for ; u != nil; u = u.by.used {
		for dir := range space.Around(p) {
			if !u.texts[dir].IsZero() {
				by, given = u, dir
				break
			}
		}
	}
	return by, given
}

// putAround returns the output that is p or around it.
func putAround(at map[string]put, p string) (put, bool) {
	for dir := range space.Around(p) {
		if o, ok := at[dir]; ok {
			return o, true
		}
	}
	return put{}, false
}

// reference is how a pipeline refers to the output.
func (p put) reference(by *evaluator) string {
	st := p.in.st
	if st.ev != by {
		return "the output of the module that makes it"
	}
	name := st.name
	if st.template {
		name += "[*]"
	}
	if strings.Trim(p.o.Name, "0123456789") == "" {
		return fmt.Sprintf("stage.%s.%s[%s]", name, p.o.Group, p.o.Name)
	}
	return fmt.Sprintf("stage.%s.%s.%s", name, p.o.Group, p.o.Name)
}

// part is the use by which ev is part of the innermost pipeline that holds to as well; nil if
// ev is that itself.
func part(ev, to *evaluator) *use {
	var u *use
	for ; !ev.space.Holds(to.space); ev = ev.used.by {
		u = ev.used
	}
	return u
}

// prefixOf names a use, all points of it together.
func (u *use) prefixOf() string { return u.by.prefix() + u.module.name }

// writtenFiles are those that a pipeline and its modules were read from.
func (ev *evaluator) writtenFiles() *space.Written {
	sources := diag.SourceMap{}
	var dirs []string
	for _, e := range append([]*evaluator{ev}, ev.family.kids...) {
		e.ownSources(sources)
		dirs = append(dirs, e.dir)
	}
	return space.NewWritten(dirs, slices.Collect(maps.Keys(sources)))
}
