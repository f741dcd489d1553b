package eval

import (
	"sort"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/grid"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/zclconf/go-cty/cty"
)

// state is how far a stratum of a declaration is.
type state uint8

const (
	waiting state = iota
	working       // it is being evaluated: asking for it again is a circle
	good
	failed // and that is reported
)

// stage is a stage under evaluation.
type stage struct {
	ev       *evaluator
	module   *module // these are the points of a module; nil: a stage
	name     string
	block    *lang.Block
	template bool
	frame    frame

	pointState  state
	inputState  state
	outputState state

	unknown     bool        // Validate only: its points are not known
	candidate   int         // points before when
	instances   []*instance // those that exist, in point order
	axes        []string
	index       *grid.Index
	tuples      map[view]cty.Value
	first       graph.ID // of its instances, in the order in which evaluation met them
	placed      graph.ID // the same in the graph
	readsOthers bool     // it refers to modules, or to params that a module block gave
	description string
	reads       map[string]bool // stages that it refers to, by the syntax
}

// instance is a stage at one point.
type instance struct {
	st      *stage
	pos     int
	key     string
	point   grid.Point
	axes    []graph.Axis
	parent  *instance // with for_each over instances
	extras  *extras   // what each has besides; nil: nothing
	unknown bool      // Validate only: it stands for all points
	broken  bool      // its inputs or outputs failed
	custom  bool      // key was given
	shares  bool      // in is that of other points too

	in     []graph.Input
	inputs *slots         // until it is finished
	out    []graph.Output // sorted by Path
	groups [3]slots       // outputs, metrics, plots

	values map[view]cty.Value
}

func (st *stage) subject() string { return st.block.Subject() }

// total is how many points messages count.
func (st *stage) total() int {
	if st.pointState != good {
		return st.candidate
	}
	return len(st.instances)
}

func (in *instance) id() graph.ID { return in.st.first + graph.ID(in.pos) }

// noSlots are those of an attribute that is not there.
var noSlots = &slots{}

// slots returns the entries of inputs, outputs, metrics or plots.
func (in *instance) slots(attr string) *slots {
	if attr == string(inputsGroup) {
		if in.inputs == nil {
			return noSlots
		}
		return in.inputs
	}
	return in.made(graph.Group(attr))
}

func (in *instance) made(g graph.Group) *slots {
	switch g {
	case graph.Metrics:
		return &in.groups[1]
	case graph.Plots:
		return &in.groups[2]
	default:
		return &in.groups[0]
	}
}

// axis returns the value that each.name has besides the fixed names.
func (in *instance) axis(name string) cty.Value {
	if v := in.extra(name); v != cty.NilVal {
		return v
	}
	return in.point.Get(name)
}

// names lists what each has, for messages.
func (in *instance) names() []string {
	names := []string{"key"}
	if in.parent != nil {
		names = append(names, "outputs", "metrics", "plots")
		if in.parent.parent != nil {
			names = append(names, "from")
		}
	}
	for _, a := range in.point.Axes {
		names = append(names, a.Name)
	}
	for n := range in.allExtras() {
		if in.point.Get(n) == cty.NilVal {
			names = append(names, n)
		}
	}
	sort.Strings(names)
	return names
}

// instanceValue returns an instance as an object: its axes, key, outputs, metrics,
// plots and from. While points are made, its outputs are a token.
func (ev *evaluator) instanceValue(in *instance, vw view) (cty.Value, bool) {
	if v, ok := in.values[vw]; ok {
		return v, true
	}
	m := make(map[string]cty.Value, len(in.point.Axes)+5)
	for _, a := range in.point.Axes {
		m[a.Name] = ev.rebased(a.Value, vw)
	}
	for n, v := range in.allExtras() {
		m[n] = ev.rebased(v, vw)
	}
	m["key"] = cty.StringVal(in.key)
	if vw.points {
		token := cty.CapsuleVal(instanceType, in)
		m["outputs"], m["metrics"], m["plots"] = token, token, token
	} else {
		if in.st.module != nil {
			v, ok := ev.moduleOutputs(in, vw)
			if !ok {
				return cty.DynamicVal, false
			}
			m["outputs"] = v
		} else if !ev.outputs(in.st) || in.broken {
			return cty.DynamicVal, false
		}
		for _, g := range []graph.Group{graph.Outputs, graph.Metrics, graph.Plots} {
			if in.st.module != nil {
				break
			}
			m[string(g)] = ev.groupValue(in, g, vw, true)
		}
	}
	if in.parent != nil {
		from, ok := ev.instanceValue(in.parent, vw)
		if !ok {
			return cty.DynamicVal, false
		}
		m["from"] = from
	}
	v := cty.ObjectVal(m)
	if in.values == nil {
		in.values = map[view]cty.Value{}
	}
	in.values[vw] = v
	return v, true
}

// eachValue returns each as an object: the parent's, with the point's own axes and key.
func (ev *evaluator) eachValue(in *instance, vw view) (cty.Value, bool) {
	m := map[string]cty.Value{}
	if in.parent != nil {
		v, ok := ev.instanceValue(in.parent, vw)
		if !ok {
			return cty.DynamicVal, false
		}
		m = v.AsValueMap()
	}
	for _, a := range in.point.Axes {
		m[a.Name] = ev.rebased(a.Value, vw)
	}
	for n, v := range in.allExtras() {
		m[n] = ev.rebased(v, vw)
	}
	m["key"] = cty.StringVal(in.key)
	return cty.ObjectVal(m), true
}

// tuple returns all instances of a stage, made once for each view.
func (ev *evaluator) tuple(st *stage, vw view) (cty.Value, bool) {
	if v, ok := st.tuples[vw]; ok {
		return v, true
	}
	list := make([]cty.Value, len(st.instances))
	for i, in := range st.instances {
		v, ok := ev.instanceValue(in, vw)
		if !ok {
			return cty.DynamicVal, false
		}
		list[i] = v
	}
	if st.tuples == nil {
		st.tuples = map[view]cty.Value{}
	}
	st.tuples[vw] = cty.TupleVal(list)
	return st.tuples[vw], true
}

func whenNote(st *stage) []diag.Note {
	if a := st.block.Attr("when"); a != nil {
		return []diag.Note{{Span: a.Span, Text: "it depends on this"}}
	}
	return nil
}
