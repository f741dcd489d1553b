package exp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	iofs "io/fs"
	"slices"
	"strings"
	"time"

	"github.com/dewar-build/dewar/exp/frame"
	"github.com/dewar-build/dewar/fs"
	"golang.org/x/sync/errgroup"
)

// Row is what lists show of an experiment.
type Row struct {
	ID       string
	Name     string
	Note     string
	Pipeline string
	Created  time.Time
	Seconds  float64
	Cost     float64
	State    State
	Sweep    string
	Commit   string
	Content  string
	Problem  string   // what of its results could not be read; "" if nothing
	Set      []string // the params that it set, sorted
	Params   []Field  // sorted by name
	Metrics  []Field  // "path:name", by path, then in the order of the file
	Better   []Better // directions that the pipeline declares
	Partial  []string // paths of metrics of which only the beginning was written
}

// Field is a named value.
type Field struct {
	Name  string
	Value frame.Value
}

// Better says of a metric whether more of it is better.
type Better struct {
	Name   string // as in Row.Metrics
	Higher bool
}

// IsPartial reports whether the metric with this full name comes from a file of
// which only the beginning was written: how it would have ended, nobody knows.
func (r *Row) IsPartial(name string) bool {
	return slices.ContainsFunc(r.Partial, func(path string) bool { return strings.HasPrefix(name, path+":") })
}

// Rows returns all experiments, in the order in which they were recorded, and
// the ids of records that cannot be read.
func (h *History) Rows() (rows []Row, unreadable []string, err error) {
	entries, err := h.FS.ReadDir(h.path("records"))
	if errors.Is(err, iofs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("list experiments: %w", err)
	}
	cached, size := h.cachedRows()
	var missing []int
	rows = make([]Row, 0, len(entries))
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name, ".json")
		if !ok {
			continue
		}
		row, known := cached[id]
		if !known {
			row.ID = id
			missing = append(missing, len(rows))
		}
		rows = append(rows, row)
	}
	if len(missing) > 0 {
		unreadable = h.readRows(rows, missing)
		rows = slices.DeleteFunc(rows, func(r Row) bool { return slices.Contains(unreadable, r.ID) })
	}
	if len(missing) > len(unreadable) || size > len(rows)+len(rows)/2+16 {
		h.keepRows(rows)
	}
	return rows, unreadable, h.applyLabels(rows)
}

// readRows fills in rows from their records.
func (h *History) readRows(rows []Row, missing []int) (unreadable []string) {
	var g errgroup.Group
	g.SetLimit(4)
	bad := make([]bool, len(missing))
	for i, at := range missing {
		g.Go(func() error {
			r, err := h.Read(rows[at].ID)
			if err != nil {
				bad[i] = true
				return nil
			}
			rows[at] = r.Row()
			return nil
		})
	}
	_ = g.Wait()
	for i, at := range missing {
		if bad[i] {
			unreadable = append(unreadable, rows[at].ID)
		}
	}
	return unreadable
}

// applyLabels puts later names and notes in place.
func (h *History) applyLabels(rows []Row) error {
	entries, err := h.FS.ReadDir(h.path("labels"))
	if errors.Is(err, iofs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("list experiments: %w", err)
	}
	for _, e := range entries {
		id, ok := strings.CutSuffix(e.Name, ".json")
		at, found := slices.BinarySearchFunc(rows, id, func(r Row, id string) int { return strings.Compare(r.ID, id) })
		if !ok || !found {
			continue
		}
		if l := h.Label(id); l != nil {
			rows[at].Name, rows[at].Note = l.Name, l.Note
		}
	}
	return nil
}

// Row returns what lists show of a record.
func (r *Record) Row() Row {
	row := Row{
		ID: r.ID, Name: r.Name, Note: r.Note, Pipeline: r.Pipeline, Created: r.Created, Seconds: r.Seconds, Cost: r.Cost,
		State: r.State, Sweep: r.Sweep, Content: r.Content,
	}
	if r.Git != nil {
		row.Commit = r.Git.Commit
	}
	for _, o := range r.Overrides {
		row.Set = append(row.Set, o.Name)
	}
	for _, p := range r.Params {
		row.Params = append(row.Params, Field{p.Name, ValueOf(p.Value)})
	}
	for _, m := range r.Metrics {
		if m.Error != "" && row.Problem == "" {
			row.Problem = m.Path + ": " + m.Error
		}
		if m.Partial {
			row.Partial = append(row.Partial, m.Path)
		}
		for _, v := range m.Values {
			row.Metrics = append(row.Metrics, Field{MetricName(m.Path, v.Name), ValueOf(v.Value)})
		}
		for _, n := range m.Maximize {
			row.Better = append(row.Better, Better{MetricName(m.Path, n), true})
		}
		for _, n := range m.Minimize {
			row.Better = append(row.Better, Better{MetricName(m.Path, n), false})
		}
	}
	return row
}

// MetricName is the full name of a value of a metrics file.
func MetricName(path, name string) string { return path + ":" + name }

// ValueOf reads JSON.
func ValueOf(raw json.RawMessage) frame.Value {
	s := bytes.TrimSpace(raw)
	switch {
	case len(s) == 0 || string(s) == "null":
		return frame.Value{}
	case string(s) == "true" || string(s) == "false":
		return frame.Boolean(s[0] == 't')
	case s[0] == '"':
		var text string
		if json.Unmarshal(s, &text) == nil {
			return frame.Str(text)
		}
	case s[0] == '-' || s[0] >= '0' && s[0] <= '9':
		var f float64
		if json.Unmarshal(s, &f) == nil {
			return frame.Value{Kind: frame.Number, Number: f, Text: string(s)}
		}
	case s[0] == '[' || s[0] == '{':
		if json.Valid(s) {
			return frame.Structure(string(s))
		}
	}
	return frame.Str(string(s))
}

// JSONOf writes a value as JSON.
func JSONOf(v frame.Value) json.RawMessage {
	switch v.Kind {
	case frame.Absent:
		return json.RawMessage("null")
	case frame.Number, frame.Bool, frame.JSON:
		return json.RawMessage(v.Text)
	}
	b, err := json.Marshal(v.Text)
	if err != nil {
		return json.RawMessage("null")
	}
	return b
}

// cachedRows returns the rows that the cache has, by id, and how many lines it
// is long.
func (h *History) cachedRows() (map[string]Row, int) {
	b, err := fs.ReadFile(h.FS, h.path("rows"))
	if err != nil {
		return nil, 0
	}
	first, body, _ := bytes.Cut(b, []byte("\n"))
	if string(first) != rowsHead(body) {
		return nil, 0
	}
	rest := string(body) // one copy that all rows share
	n := strings.Count(rest, "\n")
	rows := make(map[string]Row, n)
	for len(rest) > 0 {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		if row, ok := parseRow(line); ok {
			rows[row.ID] = row
		}
	}
	return rows, n
}

// keepRows writes the cache. Failing to is no failure.
func (h *History) keepRows(rows []Row) {
	b := make([]byte, 0, 512*len(rows))
	for i := range rows {
		b = appendRow(b, &rows[i])
	}
	_ = fs.WriteFile(h.FS, h.path("rows"), append([]byte(rowsHead(b)+"\n"), b...))
}
