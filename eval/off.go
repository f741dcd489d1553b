package eval

import (
	"path"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/space"
	"github.com/dewar-build/dewar/graph"
)

// A stage with isolation = "off" has no input root: it works in the workspace, and finds and
// makes things where they lie there and nowhere else.

// refuseOff reports what such a stage cannot have.
func (r *rest) refuseOff(in *instance) {
	ev, fr := r.ev, &r.st.frame
	if ev.used != nil {
		fr.in = nil // it is no matter of points
		ev.errorf(fr, "E-attribute-value", r.offSpan(), "Stage %q is part of a module and has isolation = \"off\". Such a stage works in the workspace itself, where what a module makes does not lie. Isolate it, or move it to the pipeline that uses the module.", r.st.name)
		fr.in = in
		return
	}
	if ev.refuseUnplaced(in) {
		return
	}
	moved := func(what, at, lies string, span diag.Span) {
		ev.errorf(fr, "E-attribute-value", span, "%s lies at %s and is to stand at %s. The stage works in the workspace itself (isolation = \"off\"), where nothing stands anywhere else: leave out at, or isolate the stage.", what, quoteJSON(rel(ev.dir, lies)), quoteJSON(rel(ev.dir, at)))
	}
	for i := range in.out {
		if o := &in.out[i]; o.At != o.Path {
			moved(string(o.Group)+"."+o.Name, o.At, o.Path, o.Span)
		}
	}
	for i := range in.in {
		x := &in.in[i]
		lies := x.At
		switch x.Kind {
		case graph.Workspace:
			lies = x.Path
		case graph.Artifact:
			lies = path.Join(ev.pathOf(artifactMark{x.From, int32(x.Output)}), x.Sub)
		}
		if _, elsewhere := space.Within(space.Kept, lies); elsewhere {
			ev.errorf(fr, "E-attribute-value", x.Span, "%s lies in a pipeline from Git, and the stage works in the workspace itself (isolation = \"off\"), where that is not. Isolate the stage.", x.Label)
		} else if lies != x.At {
			moved(x.Label, x.At, lies, x.Span)
		}
	}
}

// refuseUnplaced reports what a stage in the workspace itself cannot have, and whether there
// is any: nothing may write there what the command then finds.
func (ev *evaluator) refuseUnplaced(in *instance) bool {
	for i := range in.in {
		x := &in.in[i]
		if x.Kind == graph.Collected || x.Kind == graph.Literal && strings.HasPrefix(ev.space.Bare(x.At), argfileAt+"/") {
			ev.errorf(&in.st.frame, "E-collect-off", x.Span, "The stage works in the workspace itself (isolation = \"off\"), and there is no %s there: collect and argfile are for stages with an input root of their own. Isolate the stage, or give it the paths themselves: inputs = { NAME = [path, …] }.", x.At)
			return true
		}
	}
	return false
}

// offSpan is where the level was written, if not in the pipeline block.
func (r *rest) offSpan() diag.Span {
	if a := r.st.block.Attr("isolation"); a == nil && r.ev.pipe.Settings != nil {
		if a := r.ev.pipe.Settings.Attr("isolation"); a != nil {
			return a.Span
		}
	}
	return r.levelSpan()
}
