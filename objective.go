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
		called = ofAllPoints(sw.Experiments[0].Graph, called)
		d.Detail = fmt.Sprintf("Several metrics are called %s: %s. Write the whole name of one, or what tells it apart: %q.", sw.Declared.Metric, someOf(called, 5), exp.ShortNames(called)[0])
		return failure(d)
	case len(called) == 1 || len(names) == 0:
		return nil
	}
	d.Detail = fmt.Sprintf("No metrics file of the workspace has a value called %s.%s", sw.Declared.Metric, didYouMean(sw.Declared.Metric, names))
	return failure(d)
}

// ofAllPoints puts those metrics first that a stage without points makes: what an experiment is judged by
// is seldom what one of its points has.
func ofAllPoints(g *graph.Graph, names []string) []string {
	var files []string
	for i := range g.Instances {
		if x := &g.Instances[i]; strings.ContainsRune(x.Ref(), '@') {
			continue
		}
		for _, o := range g.Instances[i].Outputs {
			if o.Group == graph.Metrics {
				files = append(files, o.Path)
			}
		}
	}
	var first, rest []string
	for _, name := range names {
		if slices.ContainsFunc(files, func(f string) bool { return strings.HasPrefix(name, f+":") }) {
			first = append(first, name)
		} else {
			rest = append(rest, name)
		}
	}
	return append(first, rest...)
}

// someOf lists names, and of more than most how many more there are.
func someOf(names []string, most int) string {
	if more := len(names) - most; more > 1 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), more)
	}
	return strings.Join(names, ", ")
}

func makesMetrics(g *graph.Graph) bool {
	for i := range g.Instances {
		if slices.ContainsFunc(g.Instances[i].Outputs, func(o graph.Output) bool { return o.Group == graph.Metrics }) {
			return true
		}
	}
	return false
}
