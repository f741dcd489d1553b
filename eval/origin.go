package eval

import (
	"bytes"
	"fmt"
	"path"
	"sort"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/space"
	"github.com/dewar-build/dewar/graph"
	"github.com/zclconf/go-cty/cty"
)

// resolveInput says what a path in inputs stands for. A list that functions put
// together carries the marks of all its paths on each; the one whose path this is counts.
func (ev *evaluator) resolveInput(fr *frame, s string, marks cty.ValueMarks, label string, span diag.Span) (graph.Input, bool) {
	var none graph.Input
	if !ev.public(marks, fr, span, label) {
		return none, false
	}
	p, _, ok := ev.path(fr, s, span, label)
	if !ok {
		return none, false
	}
	if p == ev.space.Root() {
		ev.errorf(fr, "E-path-reserved", span, "%s is the whole project, with everything that stages make. Name what the command reads, or use glob(\"src/**\").", label)
		return none, false
	}
	in := graph.Input{Label: label, At: p, Kind: graph.Workspace, Path: ev.space.Real(p), Span: span}
	var o origins
	o.add(marks)
	switch found, ok := ev.origin(&in, &o, p); {
	case !ok && found == "" && ev.space.Forbidden(p):
		ev.errorf(fr, "E-path-escape", span, "%s is %s, %s.", label, quoteJSON(s), notGiven)
		return none, false
	case ok || o.empty():
		return in, true
	case found != "":
		ev.errorf(fr, "E-input-origin", span, "%s is the path %s, which is made of %s but is neither that nor inside it. Write a path as text if it is a file of the workspace.", label, quoteJSON(s), found)
		return none, false
	}
	return in, true
}

// origin makes in the artifact, the data or the file that p is, if one of o is it.
// Otherwise it names one of o.
func (ev *evaluator) origin(in *graph.Input, o *origins, p string) (found string, ok bool) {
	best := -1 // the longest path that p is in wins, whatever the order of marks
	for _, m := range o.artifacts {
		out, at := ev.outputOf(m), ev.pathOf(m)
		sub, is := space.Within(at, p)
		if !is || sub != "" && !out.Dir || len(at) <= best {
			continue
		}
		best = len(at)
		*in = graph.Input{Label: in.Label, At: p, Kind: graph.Artifact, From: m.instance, Output: int(m.output), Sub: sub, Span: in.Span}
	}
	for _, m := range o.files {
		if ev.fileAt(m) == p {
			in.Kind, in.Path = graph.Workspace, m.path
			if m.data >= 0 {
				in.Data, in.Reference = ev.family.data[m.data].out.Name, true
			}
			return "", true
		}
		found = m.path
	}
	for _, m := range o.data {
		d := ev.family.data[m.index]
		at := d.seenBy(ev)
		if sub, is := space.Within(at, p); is && len(at) > best {
			best = len(at)
			*in = graph.Input{Label: in.Label, At: p, Kind: graph.Workspace, Path: path.Join(d.out.Path, sub), Data: d.out.Name, Reference: true, Span: in.Span}
		}
		found = "data." + d.block.Name
	}
	for _, m := range o.places {
		if _, is := space.Within(ev.space.Seen(m.path), p); best < 0 && is {
			return "", true
		}
	}
	if found == "" && best < 0 && len(o.artifacts) > 0 {
		found = ev.artifactName(o.artifacts[len(o.artifacts)-1])
	}
	return found, best >= 0
}

// instanceAt returns an instance by id; its points are known, or nobody could name it.
func (ev *evaluator) instanceAt(id graph.ID) *instance {
	all := ev.family.stages
	st := all[sort.Search(len(all), func(i int) bool { return all[i].first > id })-1]
	return st.instances[id-st.first]
}

func (ev *evaluator) outputOf(m artifactMark) *graph.Output {
	return &ev.instanceAt(m.instance).out[m.output]
}

func (ev *evaluator) artifactName(m artifactMark) string {
	o, st := ev.outputOf(m), ev.instanceAt(m.instance).st
	if st.ev != ev {
		return fmt.Sprintf("%s.%s of stage %s", o.Group, o.Name, st.fullName())
	}
	return fmt.Sprintf("stage.%s.%s.%s", st.name, o.Group, o.Name)
}

// depend adds what the marks of a value make it depend on: a path in a command is a
// dependency even if no input says so.
func (ev *evaluator) depend(in *instance, marks cty.ValueMarks, label string, span diag.Span) {
	var o origins
	o.add(marks)
	if o.empty() {
		return
	}
	ev.dependOn(in, &o, label, span)
}

func (ev *evaluator) dependOn(in *instance, o *origins, label string, span diag.Span) {
	for _, f := range o.argfiles {
		in.depend(f.input(label, span))
	}
	for _, m := range o.artifacts {
		if m.instance == in.id() {
			continue // what a stage makes is never its own input
		}
		p := ev.pathOf(m)
		in.depend(graph.Input{Label: label, At: p, Kind: graph.Artifact, From: m.instance, Output: int(m.output), Span: span})
	}
	for _, m := range o.data {
		d := ev.family.data[m.index]
		in.depend(graph.Input{Label: label, At: d.seenBy(ev), Kind: graph.Workspace, Path: d.out.Path, Data: d.out.Name, Reference: true, Span: span})
	}
	for _, m := range o.files {
		x := graph.Input{Label: label, At: ev.fileAt(m), Kind: graph.Workspace, Path: m.path, Span: span}
		if m.data >= 0 {
			x.Data, x.Reference = ev.family.data[m.data].out.Name, true
		}
		in.depend(x)
	}
}

// depend adds an input; sortInputs finds out whether it was there already.
func (in *instance) depend(x graph.Input) { in.in = append(in.in, x) }

func sameSource(a, b *graph.Input) bool {
	return a.Kind == b.Kind && a.Path == b.Path && a.From == b.From && a.Output == b.Output && a.Sub == b.Sub && bytes.Equal(a.Bytes, b.Bytes)
}
