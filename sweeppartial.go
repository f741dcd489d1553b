package dewar

import (
	"bytes"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/graph"
)

// partialOf reads the metrics that an instance had written when it failed or was
// interrupted, once for all experiments that share it.
func (w *recordWriter) partialOf(x *graph.Instance, at graph.ID) []exp.Metrics {
	m, ok := w.measured[at]
	if !ok {
		if rec, found := w.s.record.of(at); found {
			m.metrics = w.s.p.measurePartial(x, rec.Partial)
		}
		w.measured[at] = m
	}
	return m.metrics
}

// measurePartial reads the metrics among series of x that were kept. Half a file may
// be none at all: what cannot be read is left out, and is no problem.
func (p *Project) measurePartial(x *graph.Instance, kept []PartialOutput) []exp.Metrics {
	var out []exp.Metrics
	for _, k := range kept {
		i := slices.IndexFunc(x.Outputs, func(o graph.Output) bool { return o.Group == graph.Metrics && o.Path == k.Path })
		if i < 0 {
			continue
		}
		b, err := p.store.ReadAll(k.Digest, maxMetrics)
		m := metricsOf(x, &x.Outputs[i], k.Path, wholeRows(b), err)
		if m.Partial = true; m.Error == "" && len(m.Values) > 0 {
			out = append(out, m)
		}
	}
	return out
}

// wholeRows leaves out the end of a row that was not written to its end.
func wholeRows(b []byte) []byte { return b[:bytes.LastIndexByte(b, '\n')+1] }

// replace removes the record of an experiment that failed or was interrupted, and was now
// tried again: r is what became of it, and takes over the name and the note. Of several, it
// is the newest.
func (w *recordWriter) replace(x *PlannedExperiment, r *exp.Record) error {
	for i, row := range slices.Backward(w.begun) {
		if !x.called(row.Name) || !w.s.p.continues(&row, x.Graph, w.sw.Dir) {
			continue
		}
		w.begun = slices.Delete(w.begun, i, i+1)
		if r.Note == "" {
			r.Note = row.Note
		}
		return w.history.Remove(&row)
	}
	return nil
}

// called reports whether an experiment of this name may be an earlier one of x. One whose
// name was made up had a number behind it if the name was taken by then.
func (x *PlannedExperiment) called(name string) bool {
	number, numbered := strings.CutPrefix(name, x.Name+"-")
	return name == x.Name || !x.given && numbered && strings.Trim(number, "0123456789") == ""
}

// continues reports whether an evaluation is that of an experiment which failed or was
// interrupted: the same pipeline under the same overrides.
func (p *Project) continues(row *exp.Row, g *graph.Graph, dir string) bool {
	if row.State == exp.Done || row.Pipeline != dir {
		return false
	}
	was, err := p.history().Read(row.ID)
	return err == nil && slices.Equal(was.Overrides, recordedOverrides(g))
}

// recordedOverrides are the overrides of an evaluation, as records have them.
func recordedOverrides(g *graph.Graph) []exp.Override {
	out := []exp.Override{}
	for _, o := range g.Overrides {
		out = append(out, exp.Override{Name: o.Name, Text: o.Text})
	}
	return out
}
