package main

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/exp/frame"
	"github.com/dewar-build/dewar/exp/metric"
	"github.com/dewar-build/dewar/exp/table"
)

// The table of experiments: a row each, one column for every metric and every
// part of a param that some row has.

// defaultPrecision is how many decimals people are shown, as DVC shows.
const defaultPrecision = 5

// shownRow is a row to be shown: an experiment, the workspace or a commit.
type shownRow struct {
	exp.Row
	Kind  string
	Depth int
	Title string // after the name: the subject of a commit
}

// columnsOf are the columns of metrics or params that rows have, in the order in
// which they are first met, and the place of each by name.
type columnsOf struct {
	names []string
	at    map[string]int
}

func (c *columnsOf) meet(fields []exp.Field) {
	for _, f := range fields {
		if _, ok := c.at[f.Name]; !ok {
			if c.at == nil {
				c.at = map[string]int{}
			}
			c.at[f.Name] = len(c.names)
			c.names = append(c.names, f.Name)
		}
	}
}

// experimentTable builds the table. fixed are the columns before the metrics:
// the name, and what else there is to say of an experiment.
func experimentTable(rows []shownRow, precision int) *table.Table {
	var metrics, params columnsOf
	better := map[string]int8{}
	states, durations := false, false
	for i := range rows {
		metrics.meet(rows[i].Metrics)
		params.meet(rows[i].Params)
		for _, b := range rows[i].Better {
			better[b.Name] = direction(b.Higher)
		}
		states = states || unfinished(rows[i].State)
		durations = durations || rows[i].Seconds > 0
	}
	slices.Sort(params.names)
	for i, n := range params.names {
		params.at[n] = i
	}
	t := &table.Table{Columns: []table.Column{{Name: "Experiment", Header: "Experiment"}, {Name: "Created", Header: "Created"}}}
	if states {
		t.Columns = append(t.Columns, table.Column{Name: "State", Header: "State", Apart: true}) // the mean of those that are done is of those alone
	}
	if durations {
		t.Columns = append(t.Columns, table.Column{Name: "Duration", Header: "Duration", Numeric: true})
	}
	fixed := len(t.Columns)
	for i, h := range exp.ShortNames(metrics.names) {
		name := metrics.names[i]
		t.Columns = append(t.Columns, table.Column{Group: table.Metrics, Name: name, Header: h, Numeric: true, Better: betterOf(name, better)})
	}
	for _, name := range params.names {
		t.Columns = append(t.Columns, table.Column{Group: table.Params, Name: name, Header: name, Numeric: true})
	}
	for i := range rows {
		r := &rows[i]
		cells := make([]table.Cell, len(t.Columns))
		for n := range cells {
			cells[n].Absent = true
		}
		cells[0] = table.Cell{Text: r.Name, Show: r.Name + r.Title}
		if !r.Created.IsZero() {
			cells[1] = table.Cell{Text: r.Created.UTC().Format(time.RFC3339), Show: age(r.Created)}
		}
		if states {
			cells[2] = table.Cell{Text: string(r.State), Absent: r.State == "", Tone: stateTone(r.State)}
		}
		if durations && r.Seconds > 0 {
			text := strconv.FormatFloat(r.Seconds, 'f', -1, 64)
			cells[fixed-1] = table.Cell{Text: text, Show: seconds(time.Duration(r.Seconds * float64(time.Second))), Number: r.Seconds, IsNumber: true}
		}
		for _, f := range r.Metrics {
			c := cellOf(f.Value, precision)
			c.Partial = r.IsPartial(f.Name)
			cells[fixed+metrics.at[f.Name]] = c
		}
		if r.Problem != "" {
			markUnread(cells[fixed:fixed+len(metrics.names)], metrics.names, r.Problem)
		}
		for _, f := range r.Params {
			cells[fixed+len(metrics.names)+params.at[f.Name]] = cellOf(f.Value, precision)
		}
		t.Rows = append(t.Rows, table.Row{Cells: cells, Kind: r.Kind, Depth: r.Depth})
	}
	return t
}

// markUnread marks the metrics of a file that could not be read.
func markUnread(cells []table.Cell, names []string, problem string) {
	file, _, _ := strings.Cut(problem, ": ")
	for i := range cells {
		if cells[i].Absent && strings.HasPrefix(names[i], file+":") {
			cells[i] = table.Cell{Error: true}
		}
	}
}

// age is a moment as people see it. The hour is their own, as far as this
// machine knows it.
func age(t time.Time) string { return t.Local().Format("Jan 02 15:04") }

func stateTone(s exp.State) int8 {
	if unfinished(s) {
		return -1
	}
	return 0
}

// unfinished reports whether an experiment came to no end, or a bad one.
func unfinished(s exp.State) bool { return s == exp.Failed || s == exp.Interrupted }

func direction(higher bool) int8 {
	if higher {
		return 1
	}
	return -1
}

// betterOf says which values of a metric are better: what the pipeline says, or
// what its name tells.
func betterOf(name string, declared map[string]int8) int8 {
	if d, ok := declared[name]; ok {
		return d
	}
	_, leaf, _ := exp.CutMetric(name)
	switch metric.Guess(leaf) {
	case metric.Higher:
		return 1
	case metric.Lower:
		return -1
	}
	return 0
}

func cellOf(v frame.Value, precision int) table.Cell {
	switch v.Kind {
	case frame.Absent:
		return table.Cell{Absent: true}
	case frame.Number:
		return table.Cell{Text: v.Text, Show: metric.Format(v, precision), Number: v.Number, IsNumber: true}
	}
	return table.Cell{Text: v.Text}
}

// summaryOf is what an experiment set and measured, for a line of progress.
func summaryOf(r *exp.Row) string {
	var words []string
	for _, name := range r.Set {
		for _, f := range r.Params {
			if f.Name == name {
				words = append(words, name+"="+f.Value.Text)
			}
		}
	}
	text := ""
	if len(words) > 0 {
		text = "  " + strings.Join(words, " ")
	}
	const most = 4
	var full []string
	metrics := byImportance(r)
	for _, f := range metrics {
		full = append(full, f.Name)
	}
	words = nil
	for i, h := range exp.ShortNames(full) {
		if metrics[i].Value.Kind == frame.Number && len(words) < most {
			words = append(words, h+"="+metric.Format(metrics[i].Value, defaultPrecision))
		}
	}
	if len(words) > 0 {
		text += "  -> " + strings.Join(words, " ")
	}
	if r.Problem != "" {
		text += "  (" + r.Problem + ")"
	}
	return printable(text)
}

// byImportance returns the metrics with those first of which the pipeline says which is better.
func byImportance(r *exp.Row) []exp.Field {
	rank := make(map[string]int, len(r.Metrics))
	for i, b := range r.Better {
		if _, ok := rank[b.Name]; !ok {
			rank[b.Name] = i - len(r.Better)
		}
	}
	if len(r.Better) > 0 {
		for _, name := range exp.MetricsCalled(r.Metrics, r.Better[0].Name) { // an objective may be the end of a name
			rank[name] = -len(r.Better)
		}
	}
	out := slices.Clone(r.Metrics)
	slices.SortStableFunc(out, func(a, b exp.Field) int { return rank[a.Name] - rank[b.Name] })
	return out
}

// rowObject is an experiment as --json has it; spec/formats.md describes it.
type rowObject struct {
	Event    string       `json:"event,omitempty"`
	Name     string       `json:"name"`
	Kind     string       `json:"kind"`
	Planned  string       `json:"planned,omitempty"`
	Known    bool         `json:"known,omitempty"`
	Created  string       `json:"created,omitempty"`
	State    string       `json:"state,omitempty"`
	Commit   string       `json:"commit,omitempty"`
	Pipeline string       `json:"pipeline,omitempty"`
	Note     string       `json:"note,omitempty"`
	Seconds  float64      `json:"seconds,omitempty"`
	Cost     float64      `json:"cost,omitempty"`
	Problem  string       `json:"problem,omitempty"`
	Set      []string     `json:"set,omitempty"`
	Params   fieldsObject `json:"params"`
	Metrics  fieldsObject `json:"metrics"`
	Partial  []string     `json:"partial,omitempty"`
}

func rowJSON(r *exp.Row) rowObject {
	o := rowObject{
		Name: r.Name, Kind: table.Experiment, State: string(r.State), Commit: r.Commit, Pipeline: r.Pipeline, Note: r.Note,
		Seconds: r.Seconds, Cost: r.Cost, Problem: r.Problem, Set: r.Set, Params: r.Params, Metrics: r.Metrics, Partial: r.Partial,
	}
	if !r.Created.IsZero() {
		o.Created = r.Created.UTC().Format(time.RFC3339Nano)
	}
	return o
}

// fieldsObject is fields as a JSON object, in their order.
type fieldsObject []exp.Field

// MarshalJSON writes the object.
func (o fieldsObject) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, f := range o {
		if i > 0 {
			b = append(b, ',')
		}
		name, err := encode(f.Name)
		if err != nil {
			return nil, err
		}
		b = append(append(b, strings.TrimSpace(string(name))...), ':')
		b = append(b, exp.JSONOf(f.Value)...)
	}
	return append(b, '}'), nil
}

// unknownColumn is what to say of a column that is not there.
func unknownColumn(flag string, err error) error {
	return usage("E-usage", "%s: %s", flag, err)
}
