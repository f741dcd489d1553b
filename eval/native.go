package eval

import (
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/zclconf/go-cty/cty"
)

// native is an action built into dewar: "copy", "concat", "fetch" of a file of the web, or a
// template whose text is filled in here. Its paths are relative to the project, so it runs there.
type native struct {
	ev   *evaluator
	fr   *frame
	x    *compiled
	span diag.Span
}

func (ev *evaluator) native(a *lang.Attr, fr *frame, vw view) *native {
	return &native{ev: ev, fr: fr, x: ev.compile(a.Expr, fr, vw, ""), span: spanOf(a)}
}

const nativeAdvice = "A native action is \"copy\", \"concat\", { kind = \"template\", text = \"…\" }, or { kind = \"fetch\", url = \"…\", sha256 = \"…\" }."

func (n *native) at(x *graph.Instance, in *instance) {
	v, ok := n.x.value()
	if !ok {
		return
	}
	bare, marks := v.UnmarkDeep()
	if !n.ev.public(marks, n.fr, n.span, "native") || !bare.IsWhollyKnown() || in.unknown || in.broken {
		return
	}
	what, args, ok := n.read(bare)
	if !ok {
		n.ev.errorf(n.fr, "E-native", n.span, "%s", nativeAdvice)
		return
	}
	if !n.shape(what, in) {
		return
	}
	if what == "fetch" {
		if problem := badDownload(args[0], args[1]); problem != "" {
			n.ev.errorf(n.fr, "E-native", n.span, "%s", problem)
			return
		}
	}
	n.ev.depend(in, marks, "native", n.span)
	x.Native, x.WorkingDir = true, n.ev.space.Root()
	dst := n.ev.space.Bare(in.out[0].At)
	switch what {
	case "copy":
		x.Args = []string{"native:copy", n.ev.space.Bare(in.sources()[0]), dst}
	case "concat":
		x.Args = append([]string{"native:concat", dst}, n.ev.space.Bares(in.sources())...)
	case "template", "fetch":
		x.Args = append([]string{"native:" + what, dst}, args...)
	}
	x.Display = shorten(what + " to " + dst)
}

// nativeArgs are what a native action says beside its kind, by kind.
var nativeArgs = map[string][]string{"copy": nil, "concat": nil, "template": {"text"}, "fetch": {"url", "sha256"}}

// read returns the kind of the action and what more it says, in the order of nativeArgs.
func (n *native) read(v cty.Value) (what string, args []string, ok bool) {
	if s, ok := stringOf(v); ok {
		return s, nil, s == "copy" || s == "concat"
	}
	if v.IsNull() || !isObject(v.Type()) {
		return "", nil, false
	}
	m := v.AsValueMap()
	what, ok = stringOf(m["kind"])
	names, known := nativeArgs[what]
	if !ok || !known || len(m) != 1+len(names) {
		return "", nil, false
	}
	for _, name := range names {
		s, ok := stringOf(m[name])
		if !ok {
			return "", nil, false
		}
		args = append(args, s)
	}
	return what, args, true
}

// shape checks that the action has the inputs and outputs that it takes.
func (n *native) shape(what string, in *instance) bool {
	sources := in.sources()
	switch {
	case len(in.out) != 1:
		n.ev.errorf(n.fr, "E-native", n.span, "The native action %s makes one output, and the stage declares %d.", what, len(in.out))
	case what == "copy" && len(sources) != 1:
		n.ev.errorf(n.fr, "E-native", n.span, "The native action copy takes one input, and the stage declares %d.", len(sources))
	case what == "concat" && len(sources) == 0:
		n.ev.errorf(n.fr, "E-native", n.span, "The native action concat takes inputs, and the stage declares none.")
	case what == "fetch" && len(sources) > 0:
		n.ev.errorf(n.fr, "E-native", n.span, "The native action fetch takes no inputs, and the stage declares %d.", len(sources))
	case what != "copy" && in.out[0].Dir:
		n.ev.errorf(n.fr, "E-native", n.span, "The native action %s makes a file: write its output without a slash at the end.", what)
	default:
		return true
	}
	return false
}

// sources are the paths of the declared inputs, in their order.
func (in *instance) sources() []string {
	var out []string
	if in.inputs == nil {
		return nil
	}
	for i := range in.inputs.list {
		out = append(out, in.inputs.list[i].paths...)
	}
	return out
}
