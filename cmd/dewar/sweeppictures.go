package main

import (
	"slices"

	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/exp/frame"
	"github.com/dewar-build/dewar/exp/metric"
	"github.com/dewar-build/dewar/exp/plot"
	"github.com/dewar-build/dewar/exp/table"
)

// sweepCharts draws experiments as a whole: parallel coordinates over the params
// that vary, and a heat map of two if there are as many. What is drawn is the metric
// that the table is sorted by, or the first one that varies.
func sweepCharts(rows []shownRow, by string) []plot.Chart {
	s, params := sweepOf(rows)
	at := slices.IndexFunc(s.Metrics, func(a plot.Axis) bool { return by != "" && exp.MetricIs(a.Name, by) })
	if at < 0 {
		at = slices.IndexFunc(s.Metrics, varies)
	}
	if at < 0 || len(params) == 0 {
		return nil
	}
	var full []string
	for _, m := range s.Metrics {
		full = append(full, m.Name)
	}
	for i, h := range exp.ShortNames(full) { // as the table has them
		s.Metrics[i].Name = h
	}
	var out []plot.Chart
	name := s.Metrics[at].Name
	if p, err := s.ParallelCoordinates(name, params...); err == nil {
		out = append(out, p)
	}
	if len(params) > 1 {
		x, y := mostTried(s, params)
		if h, err := s.HeatMap(x, y, name); err == nil {
			out = append(out, h)
		}
	}
	return out
}

// mostTried returns the two params that have the most values: a map of others would
// show the mean of many experiments in few cells.
func mostTried(s plot.Sweep, params []string) (x, y string) {
	count := func(name string) int {
		seen := map[frame.Value]bool{}
		for _, a := range s.Params {
			if a.Name == name {
				for _, v := range a.Values {
					seen[v] = v.Kind != frame.Absent
				}
			}
		}
		return len(seen)
	}
	sorted := slices.Clone(params)
	slices.SortStableFunc(sorted, func(a, b string) int { return count(b) - count(a) })
	return sorted[0], sorted[1]
}

// sweepOf gathers the experiments among rows, and names the params that vary.
func sweepOf(rows []shownRow) (s plot.Sweep, params []string) {
	var kept []*shownRow
	var metrics, all columnsOf
	better := map[string]int8{}
	for i := range rows {
		if r := &rows[i]; r.Kind == table.Experiment && r.State == exp.Done {
			kept = append(kept, r)
			s.Experiments = append(s.Experiments, r.Name)
			metrics.meet(r.Metrics)
			all.meet(r.Params)
			for _, b := range r.Better {
				better[b.Name] = direction(b.Higher)
			}
		}
	}
	for _, name := range all.names {
		a := axisOf(name, kept, func(r *shownRow) []exp.Field { return r.Params })
		if varies(a) {
			params = append(params, name)
		}
		s.Params = append(s.Params, a)
	}
	for _, name := range metrics.names {
		a := axisOf(name, kept, func(r *shownRow) []exp.Field { return r.Metrics })
		switch betterOf(name, better) {
		case 1:
			a.Better = metric.Higher
		case -1:
			a.Better = metric.Lower
		}
		s.Metrics = append(s.Metrics, a)
	}
	return s, params
}

func axisOf(name string, rows []*shownRow, fields func(*shownRow) []exp.Field) plot.Axis {
	a := plot.Axis{Name: name, Values: make([]frame.Value, len(rows))}
	for i, r := range rows {
		for _, f := range fields(r) {
			if f.Name == name {
				a.Values[i] = f.Value
			}
		}
	}
	return a
}

// varies reports whether an axis has two values or more.
func varies(a plot.Axis) bool {
	var first frame.Value
	for _, v := range a.Values {
		if v.Kind == frame.Absent {
			continue
		}
		if first.Kind != frame.Absent && v != first {
			return true
		}
		first = v
	}
	return false
}
