package eval

import (
	"sort"
	"strings"

	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/graph"
)

// build makes the graph of what was evaluated; every value is text by now.
func (ev *evaluator) build(instances []graph.Instance) *graph.Graph {
	g := &graph.Graph{Dir: ev.dir, Instances: instances}
	for _, st := range ev.order {
		g.Stages = append(g.Stages, graph.Stage{
			Name:        st.name,
			Description: st.description,
			Axes:        st.axes,
			Template:    st.template,
			Span:        st.block.Span,
			First:       st.first,
			N:           graph.ID(len(st.instances)),
		})
	}
	for _, b := range ev.pipe.Toolchains {
		g.Toolchains = append(g.Toolchains, ev.toolchains[b.Name].out)
	}
	sort.Slice(g.Toolchains, func(i, j int) bool { return g.Toolchains[i].Name < g.Toolchains[j].Name })
	for i := range ev.data {
		g.Data = append(g.Data, ev.data[i].graphData())
	}
	sort.Slice(g.Data, func(i, j int) bool { return g.Data[i].Name < g.Data[j].Name })
	for i := range ev.params.List {
		b := &ev.params.List[i]
		g.Params = append(g.Params, graph.Param{Name: b.Name, File: b.File, Sensitive: b.Sensitive, Leaves: leaves(b)})
	}
	sort.Slice(g.Params, func(i, j int) bool { return g.Params[i].Name < g.Params[j].Name })
	g.Overrides = ev.overrides()
	return g
}

// leaves lists what a param is made of. An absent optional is no part of it.
func leaves(b *param.Bound) []graph.ParamLeaf {
	var out []graph.ParamLeaf
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
		for _, l := range b.Leaves {
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
