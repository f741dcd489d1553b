package eval

import (
	"slices"
	"sort"
	"strings"

	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/graph"
)

// build makes the graph of what was evaluated; every value is text by now.
func (ev *evaluator) build(instances []graph.Instance) *graph.Graph {
	g := &graph.Graph{Dir: ev.dir, Instances: instances}
	ev.family.renumber(instances)
	for _, st := range ev.allStages(nil) {
		g.Stages = append(g.Stages, graph.Stage{
			Name:        st.fullName(),
			Description: st.description,
			Axes:        st.axes,
			Template:    st.template,
			Span:        st.block.Span,
			First:       st.placed,
			N:           graph.ID(len(st.instances)),
		})
	}
	g.Idle = ev.idleModules(nil)
	sort.Strings(g.Idle)
	g.Toolchains = ev.allToolchains(nil)
	sort.Slice(g.Toolchains, func(i, j int) bool { return g.Toolchains[i].Name < g.Toolchains[j].Name })
	g.Data = ev.family.allData()
	sort.Slice(g.Data, func(i, j int) bool { return g.Data[i].Name < g.Data[j].Name })
	g.Params = ParamsOf(&ev.params)
	g.Overrides = ev.overrides()
	return g
}

// ParamsOf returns bound params as a graph has them, sorted by name.
func ParamsOf(params *param.Params) []graph.Param {
	var out []graph.Param
	for i := range params.List {
		b := &params.List[i]
		out = append(out, graph.Param{Name: b.Name, File: b.File, Sensitive: b.Sensitive, Chosen: chosen(b), Leaves: leaves(b)})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

// chosen is the file that was chosen for a param.
func chosen(b *param.Bound) string {
	if b.Choice == nil {
		return ""
	}
	return b.Choice.File
}

// leaves lists what a param is made of, its choice first. An absent optional is no part of it.
func leaves(b *param.Bound) []graph.ParamLeaf {
	var out []graph.ParamLeaf
	if c := b.Choice; c != nil {
		x := graph.ParamLeaf{Name: b.Name, Origin: c.Origin, Path: c.At, Set: c.Layer >= param.ParamsFile}
		if !b.Sensitive {
			x.Value = jsonText(c.Value)
		}
		out = append(out, x)
	}
	out = slices.Grow(out, len(b.Leaves))
	for _, l := range b.Leaves {
		if l.Value.IsNull() {
			continue
		}
		x := graph.ParamLeaf{Name: plainName(b, l), Origin: l.Origin, Set: l.Layer >= param.ParamsFile}
		if !b.Sensitive {
			x.Value = jsonText(l.Value)
		}
		if b.File != "" {
			x.Path = append(append([]string{}, b.Key...), l.Path...)
		}
		out = append(out, x)
	}
	return out
}

// plainName is the name of a leaf as -p takes it: train.C.
func plainName(b *param.Bound, l param.Leaf) string {
	return strings.TrimPrefix(b.LeafName(l), "param.")
}

// overrides lists what -p and --params changed.
func (ev *evaluator) overrides() []graph.Override {
	var out []graph.Override
	for i := range ev.params.List {
		b := &ev.params.List[i]
		all := b.Leaves
		if b.Choice != nil {
			all = append([]param.Leaf{b.Choice.Leaf}, all...)
		}
		for _, l := range all {
			o := graph.Override{Name: plainName(b, l), Text: l.Text}
			switch l.Layer {
			case param.Flag:
				o.Origin = "-p"
			case param.ParamsFile:
				o.Origin = l.Origin
				if at := strings.LastIndexByte(o.Origin, ':'); at > 0 {
					o.Origin = o.Origin[:at]
				}
			default:
				continue
			}
			out = append(out, o)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}
