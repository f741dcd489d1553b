package eval

import (
	"bytes"
	"fmt"
	"sort"

	"github.com/dewar-build/dewar/diag"
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
	if p == "." {
		ev.errorf(fr, "E-path-reserved", span, "%s is the whole project, with everything that stages make. Name what the command reads, or use glob(\"src/**\").", label)
		return none, false
	}
	in := graph.Input{Label: label, At: p, Kind: graph.Workspace, Path: p, Span: span}
	var o origins
	o.add(marks)
	switch found, ok := ev.origin(&in, &o, p); {
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
		out := ev.outputOf(m)
		found = ev.artifactName(m)
		sub, is := within(out.Path, p)
		if !is || sub != "" && !out.Dir || len(out.Path) <= best {
			continue
		}
		best = len(out.Path)
		*in = graph.Input{Label: in.Label, At: p, Kind: graph.Artifact, From: m.instance, Output: int(m.output), Sub: sub, Span: in.Span}
	}
	for _, m := range o.files {
		if m.path == p {
			in.Kind, in.Path = graph.Workspace, p
			if m.data >= 0 {
				in.Data, in.Reference = ev.data[m.data].block.Name, true
			}
			return "", true
		}
		found = m.path
	}
	for _, m := range o.data {
		d := &ev.data[m.index]
		if _, is := within(d.out.Path, p); is && len(d.out.Path) > best {
			best = len(d.out.Path)
			*in = graph.Input{Label: in.Label, At: p, Kind: graph.Workspace, Path: p, Data: d.block.Name, Reference: true, Span: in.Span}
		}
		found = "data." + d.block.Name
	}
	return found, best >= 0
}

// instanceAt returns an instance by id; points of all stages are known by then.
func (ev *evaluator) instanceAt(id graph.ID) *instance {
	i := sort.Search(len(ev.order), func(i int) bool { return ev.order[i].first > id }) - 1
	for i > 0 && len(ev.order[i].instances) == 0 {
		i--
	}
	return ev.order[i].instances[id-ev.order[i].first]
}

func (ev *evaluator) outputOf(m artifactMark) *graph.Output {
	return &ev.instanceAt(m.instance).out[m.output]
}

func (ev *evaluator) artifactName(m artifactMark) string {
	o := ev.outputOf(m)
	return fmt.Sprintf("stage.%s.%s.%s", ev.instanceAt(m.instance).st.name, o.Group, o.Name)
}

// depend adds what the marks of a value make it depend on: a path in a command is a
// dependency even if no input says so.
func (ev *evaluator) depend(in *instance, marks cty.ValueMarks, label string, span diag.Span) {
	var o origins
	o.add(marks)
	if o.empty() {
		return
	}
	for _, m := range o.artifacts {
		if m.instance == in.id() {
			continue // what a stage makes is never its own input
		}
		p := ev.outputOf(m).Path
		in.depend(graph.Input{Label: label, At: p, Kind: graph.Artifact, From: m.instance, Output: int(m.output), Span: span})
	}
	for _, m := range o.data {
		d := &ev.data[m.index]
		in.depend(graph.Input{Label: label, At: d.out.Path, Kind: graph.Workspace, Path: d.out.Path, Data: d.block.Name, Reference: true, Span: span})
	}
	for _, m := range o.files {
		x := graph.Input{Label: label, At: m.path, Kind: graph.Workspace, Path: m.path, Span: span}
		if m.data >= 0 {
			x.Data, x.Reference = ev.data[m.data].block.Name, true
		}
		in.depend(x)
	}
}

// depend adds an input; sortInputs finds out whether it was there already.
func (in *instance) depend(x graph.Input) { in.in = append(in.in, x) }

func sameSource(a, b *graph.Input) bool {
	return a.Kind == b.Kind && a.Path == b.Path && a.From == b.From && a.Output == b.Output && a.Sub == b.Sub && bytes.Equal(a.Bytes, b.Bytes)
}
