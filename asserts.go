package dewar

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
	"golang.org/x/sync/errgroup"
)

// What a stage asserts of its results does not decide whether they are results: a
// model that is worse than it should be is what the command made, and is kept. So a
// run warns, and `dewar metrics check` is there for whoever wants an exit code. A
// run that warned certifies nothing, so the next one warns again; one that did
// not has nothing to look at while its certificate holds.

// warnUnmet warns of the results of a run that do not meet what their stages assert.
func (s *session) warnUnmet(sum run.Summary) {
	var ids []graph.ID
	for id := range sum.Results {
		if len(s.g.Instances[id].Asserts) > 0 && s.state[id].outputs != nil && madeOrThere(sum.Results[id].Kind) {
			ids = append(ids, graph.ID(id))
		}
	}
	found := make([][]exp.Assert, len(ids))
	var g errgroup.Group
	g.SetLimit(max(1, s.p.host.CPUs))
	for i, id := range ids {
		g.Go(func() error {
			found[i] = s.p.asserted(&s.g.Instances[id], s.resultReader(id))
			return nil
		})
	}
	_ = g.Wait() // what cannot be read is an assertion that is not met
	var all unmet
	for i, id := range ids {
		x := &s.g.Instances[id]
		for n, a := range found[i] {
			if !a.OK {
				all.add(unmetOf(s.g, x, x.Asserts[n], a))
			}
		}
	}
	s.unmet = len(all.list) > 0
	for _, d := range all.diagnostics() {
		s.note(d)
	}
}

// warnUnmetPoints warns of the results of a sweep likewise: each assertion once, with the
// points whose results do not meet it. They were checked when they were recorded.
func (s *session) warnUnmetPoints(b *bookkeeper) {
	var all unmet
	for i := range b.sw.Experiments {
		x := &b.sw.Experiments[i]
		for _, id := range b.of[i] {
			one := &x.Graph.Instances[id]
			if len(one.Asserts) == 0 {
				continue
			}
			for n, a := range b.writer.measured[b.sw.Union.IDs[i][id]].asserts {
				if a.OK {
					continue
				}
				u := unmetOf(x.Graph, one, one.Asserts[n], a)
				if len(b.sw.Experiments) > 1 {
					u.who = b.rep.Experiments[i].Name + ", " + u.who
					u.point, u.total = pointText(x.Set), len(b.sw.Experiments)
				}
				all.add(u)
			}
		}
	}
	for _, d := range all.diagnostics() {
		s.note(d)
	}
}

// madeOrThere reports whether an instance that ended so has results.
func madeOrThere(k run.EventKind) bool {
	return k == run.Executed || k == run.Restored || k == run.Unchanged
}

// resultReader reads what an instance has for a result: in the cache, or, if that has
// lost it, in the workspace that holds the same.
func (s *session) resultReader(id graph.ID) func(i int) outputReader {
	return func(i int) outputReader {
		return either{stored{s.p, s.state[id].outputs[i]}, lying{s.p.view, s.g.Instances[id].Outputs[i].Path}}
	}
}

// asserted checks what x asserts, and reads no more metrics than that asks for.
func (p *Project) asserted(x *graph.Instance, output func(i int) outputReader) []exp.Assert {
	content := metricContents{}
	for i, o := range x.Outputs {
		asked := func(a graph.Assert) bool { return slices.Contains(a.Metrics, o.Name) }
		if o.Group != graph.Metrics || !slices.ContainsFunc(x.Asserts, asked) {
			continue
		}
		b, err := output(i).read("")
		content.add(&o, b, err)
	}
	var out []exp.Assert
	for _, a := range x.Asserts {
		out = append(out, checked(x, a, content))
	}
	return out
}

// unmetAssert is an assertion that the results of one instance do not meet.
type unmetAssert struct {
	span      diag.Span
	subject   string
	condition string
	who       string // whose results
	text      string // what the pipeline says then
	point     string // "" if there is only one
	total     int    // points
}

// unmetOf describes an assertion that x does not meet.
func unmetOf(g *graph.Graph, x *graph.Instance, a graph.Assert, found exp.Assert) unmetAssert {
	u := unmetAssert{
		span: a.Span, subject: subject(x), condition: strings.Join(strings.Fields(a.Condition), " "),
		who: x.Ref(), text: found.Error, point: x.Key,
	}
	for _, st := range g.Stages {
		if x.Key != "" && st.Name == x.Stage {
			u.total = int(st.N)
		}
	}
	return u
}

// unmet gathers them. One assertion that many points do not meet is one message.
type unmet struct{ list []unmetAssert }

func (u *unmet) add(a unmetAssert) { u.list = append(u.list, a) }

// unmetShown is how many instances of one message are quoted.
const unmetShown = 5

// diagnostics are the messages, in the order in which they were first met.
func (u *unmet) diagnostics() diag.List {
	type about struct {
		span               diag.Span
		subject, condition string
	}
	var order []about
	by := map[about][]unmetAssert{}
	for _, a := range u.list {
		k := about{a.span, a.subject, a.condition}
		if by[k] == nil {
			order = append(order, k)
		}
		by[k] = append(by[k], a)
	}
	var out diag.List
	for _, k := range order {
		out = append(out, unmetMessage(by[k]))
	}
	return out
}

// unmetMessage is the message of one assertion.
func unmetMessage(list []unmetAssert) diag.Diagnostic {
	first := list[0]
	lines := []string{"This is not so: " + first.condition}
	d := diag.Diagnostic{Severity: diag.Warning, Code: "W-assert", Span: first.span, Subject: first.subject, Total: first.total}
	named := map[string]bool{"": true}
	for i, a := range list {
		if i < unmetShown {
			lines = append(lines, fmt.Sprintf("    %s: %s", a.who, strings.Join(strings.Fields(a.text), " ")))
		}
		if !named[a.point] {
			named[a.point] = true
			d.Instances = append(d.Instances, a.point)
		}
	}
	if n := len(list) - unmetShown; n > 0 {
		lines = append(lines, fmt.Sprintf("    and %d more", n))
	}
	lines = append(lines, "The results are kept all the same; `dewar metrics check` exits with 3 over it.")
	d.Detail = strings.Join(lines, "\n")
	return d
}
