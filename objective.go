package dewar

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/graph"
)

// CheckObjective looks, before hours of work, whether a sweep's objective is
// among the metrics. Which values a metrics file holds is only known once it was
// made, so this goes by what the workspace has; if that has nothing, the end of
// the sweep will tell.
func (p *Project) CheckObjective(sw *Sweep) error {
	if sw.Declared.Metric == "" || len(sw.Experiments) == 0 {
		return nil
	}
	d := diag.Diagnostic{Code: "E-objective-unknown", Span: sw.Declared.MetricSpan, Subject: fmt.Sprintf("experiment %q", sw.Declared.Block)}
	if !makesMetrics(sw.Experiments[0].Graph) {
		d.Detail = fmt.Sprintf("No stage makes metrics, so none makes %s. A stage declares its metrics files as metrics = { scores = \"scores.json\" }.", sw.Declared.Metric)
		return failure(d)
	}
	var names []string
	var all []exp.Field
	for _, m := range p.workspaceResults(sw.Dir).Metrics {
		if m.Error != "" {
			return nil // it may be there
		}
		for _, v := range m.Values {
			full := exp.MetricName(m.Path, v.Name)
			all = append(all, exp.Field{Name: full})
			if names = append(names, v.Name); v.Name == "" {
				names[len(names)-1] = m.Path + ":"
			}
		}
	}
	switch called := exp.MetricsCalled(all, sw.Declared.Metric); {
	case len(called) > 1:
		d.Detail = fmt.Sprintf("Several metrics are called %s: %s. Write the whole name of one: %q.", sw.Declared.Metric, strings.Join(called, ", "), called[0])
		return failure(d)
	case len(called) == 1 || len(names) == 0:
		return nil
	}
	d.Detail = fmt.Sprintf("No metrics file of the workspace has a value called %s.%s", sw.Declared.Metric, didYouMean(sw.Declared.Metric, names))
	return failure(d)
}

func makesMetrics(g *graph.Graph) bool {
	for i := range g.Instances {
		if slices.ContainsFunc(g.Instances[i].Outputs, func(o graph.Output) bool { return o.Group == graph.Metrics }) {
			return true
		}
	}
	return false
}
