package dewar

import (
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/graph"
)

// BoundParams binds the params of a pipeline and evaluates nothing else. The sources are never nil.
func (p *Project) BoundParams(o EvalOptions) (*param.Params, diag.Sources, diag.List) {
	params, sources, diags := eval.ReadParams(p.request(o))
	return params, eitherSources{sources, p.sources(nil)}, diags
}

// ModulesReading returns the modules that are given one of the leaves of params, or have points
// because of it; stages that do are what ReadersOf returns.
func (p *Project) ModulesReading(o EvalOptions, leaves []string) []string {
	return eval.ModulesReading(p.request(o), leaves)
}

// Params are the params of an evaluation, as results have them.
func (ev *Evaluation) Params() []exp.Param { return paramsOf(ev.Graph.Params) }

// ShownParams are bound params, as results have them.
func ShownParams(params *param.Params) []exp.Param { return paramsOf(eval.ParamsOf(params)) }

// ParamReader is a stage that reads a part of a param.
type ParamReader struct {
	Stage     string   `json:"stage"`
	Instances []string `json:"instances"` // those of the stage that do
}

// ReadersOf returns the stages that read one of the leaves of params, named as uses name
// them ("param.train.C"), in the order of the graph. A branch that is never taken counts.
func ReadersOf(g *graph.Graph, leaves []string) []ParamReader {
	var out []ParamReader
	for i := range g.Instances {
		x := &g.Instances[i]
		if strings.Contains(x.Stage, "/") || !slices.ContainsFunc(x.Uses, func(u graph.Use) bool { return slices.Contains(leaves, u.Name) }) {
			continue // of a module: it has params of its own
		}
		if n := len(out); n == 0 || out[n-1].Stage != x.Stage {
			out = append(out, ParamReader{Stage: x.Stage})
		}
		last := &out[len(out)-1]
		last.Instances = append(last.Instances, x.Ref())
	}
	return out
}
