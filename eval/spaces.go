package eval

import (
	"path"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
)

// Each pipeline has a space of paths: what its expressions compute with, and what its
// commands find. Of a pipeline that stands for itself it is the project. Of a module it is
// the project too, but its outputs are seen in its own directory, where it makes them,
// while they are put somewhere else in the workspace. Of a module from Git it is that
// project, which is kept in ours: what it is given from outside is seen in a directory of
// its own there.
//
// So a path has as many forms as there are pipelines that see it, and where it goes from
// one to another it is translated, by the mark that says what it is.

// root is the directory of the project that the pipeline is of.
func (ev *evaluator) root() string {
	if ev.used == nil {
		return "."
	}
	return ev.used.module.root
}

// asker is whose paths a view wants.
func (ev *evaluator) asker(vw view) *evaluator {
	if vw.to == nil {
		return ev
	}
	return vw.to
}

// outward is where the user of a module sees what is made at p.
func (ev *evaluator) outward(p string) string {
	sub, ok := within(ev.dir, p)
	if !ok {
		return p // and that was reported
	}
	return path.Join(ev.used.out, sub)
}

// madeAt is where to sees what one of our stages makes at p: where the nearest pipeline that
// both are part of sees it.
func (ev *evaluator) madeAt(p string, to *evaluator) string {
	if ev == to {
		return p
	}
	at := ev
	for !at.holds(to) {
		p, at = at.outward(p), at.used.by
	}
	return to.guest(at, p)
}

// holds reports whether to is the pipeline itself or part of it.
func (ev *evaluator) holds(to *evaluator) bool {
	for ; to != nil; to = to.used.by {
		if to == ev {
			return true
		}
		if to.used == nil {
			return false
		}
	}
	return false
}

// placeOf is where in the workspace what is made at p is put.
func (ev *evaluator) placeOf(p string) string {
	for ; ev.used != nil; ev = ev.used.by {
		p = ev.outward(p)
	}
	return p
}

// pathOf is where the pipeline sees an artifact.
func (ev *evaluator) pathOf(m artifactMark) string {
	in := ev.instanceAt(m.instance)
	return in.st.ev.madeAt(in.out[m.output].Path, ev)
}

// seenBy is where to sees tracked data. The pipeline that declares external data sees it under
// its name there, and another by what the data is called from it.
func (d *data) seenBy(to *evaluator) string {
	switch {
	case d.at != "" && to.root() == d.ev.root():
		return d.at
	case d.out.Host == "":
		return to.seen(d.out.Path)
	}
	name := d.block.Name
	if to != d.ev {
		name = to.called(d.out.Name)
	}
	return path.Join(to.root(), graph.External, name, path.Base(d.out.Path))
}

// called is the directory of external data of a name in the whole: as a part of the
// pipeline has it, or what it is a part of.
func (ev *evaluator) called(name string) string {
	if ev.used == nil {
		return externalName(name, "")
	}
	for _, own := range []string{ev.used.prefix, ev.used.names} {
		if rest, is := strings.CutPrefix(name, own); is {
			return externalName(rest, "")
		}
	}
	return externalName(name, ".")
}

// externalName is one name of a directory for data of a name, no two the same: neither
// names of blocks nor point keys have a dot or two @ in the places where they are here.
func externalName(name, above string) string {
	if above == "" && !strings.Contains(name, "/") {
		return name
	}
	return "data." + above + strings.ReplaceAll(name, "/", "@@")
}

// places returns where we and where to see what a mark is of.
func (ev *evaluator) places(mark any, to *evaluator) (here, there string, ok bool) {
	switch m := mark.(type) {
	case artifactMark:
		return ev.pathOf(m), to.pathOf(m), true
	case dataMark:
		d := ev.family.data[m.index]
		return d.seenBy(ev), d.seenBy(to), true
	case fileMark:
		return ev.fileAt(m), to.fileAt(m), true
	case placeMark:
		return ev.seen(m.path), to.seen(m.path), true
	}
	return "", "", false
}

// bare is a path of the pipeline as its commands see it: in the project that it is of.
func (ev *evaluator) bare(p string) string {
	sub, ok := within(ev.root(), p)
	switch {
	case !ok:
		return p
	case sub == "":
		return "."
	}
	return sub
}

// unbare is the workspace's file behind a path in the project that the pipeline is of.
func (ev *evaluator) unbare(p string) string { return ev.real(path.Join(ev.root(), p)) }

func (ev *evaluator) bares(paths []string) []string {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = ev.bare(p)
	}
	return out
}

// outside makes an instance that was evaluated one of the graph: its name and the places
// of its outputs are those of the whole, and what its command sees is as if there were no
// other pipeline.
func (ev *evaluator) outside(x *graph.Instance) {
	if ev.used == nil {
		return
	}
	x.Outputs = append([]graph.Output(nil), x.Outputs...)
	for i := range x.Outputs {
		o := &x.Outputs[i]
		o.Path, o.At = ev.placeOf(o.Path), ev.bare(o.At)
	}
	if ev.root() == "." {
		return
	}
	x.WorkingDir = ev.bare(x.WorkingDir)
	for i := range x.Inputs {
		x.Inputs[i].At = ev.bare(x.Inputs[i].At)
	}
	for i := range x.Params {
		x.Params[i].Path = ev.bare(x.Params[i].Path)
	}
	for i := range x.Scratch {
		if x.Scratch[i].Path != "" {
			x.Scratch[i].Path = ev.bare(x.Scratch[i].Path)
		}
	}
}

// modulePath is where the outputs of a module are put.
func (ev *evaluator) modulePath(m *module, in *instance) (string, bool) {
	fr := &m.st.frame
	s := m.name
	if m.st.template {
		s = path.Join(m.name, in.key)
	}
	span := m.block.Span
	if a := m.block.Attr("path"); a != nil {
		span = a.Span
		var ok bool
		if s, ok = ev.attrs(m.block, fr, view{base: ev.dir}).text("path", s); !ok {
			return "", false
		}
	}
	p, _, ok := ev.path(fr, s, span, "The path of a module")
	if !ok {
		return "", false
	}
	if _, own := within(ev.dir, p); ev.used != nil && !own {
		ev.errorf(fr, "E-module-outside", span, "The path of module %s, %s, is not in the directory of the pipeline that uses it, which is a module itself. What a module makes lies in it.", m.name, quoteJSON(s))
		return "", false
	}
	return p, true
}

// mayMake reports an output that does not lie in the directory of its module.
func (ev *evaluator) mayMake(fr *frame, p, label string, at diag.Span) bool {
	if ev.used == nil {
		return true
	}
	if sub, own := within(ev.dir, p); own && sub != "" {
		return true
	}
	ev.errorf(fr, "E-module-outside", at, "%s is %s, which is not in the directory of the pipeline. A pipeline that is used as a module makes what it makes there, so that its user can say where that is put.", label, quoteJSON(rel(ev.dir, p)))
	return false
}
