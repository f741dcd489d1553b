package dewar

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lock"
	"github.com/dewar-build/dewar/run"
)

// recordWriter writes the records of one sweep. What experiments share, it finds
// out once. It belongs to one goroutine.
type recordWriter struct {
	s        *session
	sw       *Sweep
	args     []string
	git      *exp.Git
	env      exp.Environment
	known    map[string]exp.Row // experiments that there are, by content
	begun    []exp.Row          // those that failed or were interrupted, in the order of their records
	history  *exp.History
	measured map[graph.ID]measured
	ran      map[graph.ID]ranOnce
	expanded map[string][]exp.Source // by path and content of an input
	read     []exp.Source            // what the evaluation read
}

func (s *session) newRecordWriter(ctx context.Context, sw *Sweep, o RunOptions) (*recordWriter, error) {
	rows, err := s.p.Experiments()
	if err != nil {
		return nil, err
	}
	w := &recordWriter{
		s: s, sw: sw, args: o.Select, history: s.p.history(), known: map[string]exp.Row{},
		measured: map[graph.ID]measured{}, ran: map[graph.ID]ranOnce{}, expanded: map[string][]exp.Source{},
		env: s.p.environment(s.g, s.bindings),
	}
	for _, r := range rows {
		if r.State == exp.Done {
			w.known[r.Content] = r
		} else {
			w.begun = append(w.begun, r)
		}
	}
	if w.git, err = s.p.gitState(ctx); err != nil {
		return nil, err
	}
	if w.read, err = s.p.keepRead(sw.trace, paramsFiles(s.g), sw.secretFiles()); err != nil {
		return nil, err
	}
	return w, nil
}

// write records experiment i, if it is done and there is no such record. One that was
// interrupted is recorded if there is something of its metrics to be seen.
func (w *recordWriter) write(b *bookkeeper, i int) (Finished, error) {
	x := &w.sw.Experiments[i]
	f := Finished{Name: x.Name}
	r := w.empty(x)
	r.Note = b.o.Note
	var entries []lock.Entry
	var last run.Event
	partial := false
	for _, id := range b.of[i] {
		at := w.sw.Union.IDs[i][id]
		e := b.results[at]
		if e.Time.After(last.Time) {
			last = e
		}
		switch e.Kind {
		case run.Failed:
			if r.State == exp.Done {
				r.State = exp.Failed
			}
			r.Failures = append(r.Failures, failuresOf(&x.Graph.Instances[id], e.Err)...)
		case run.Interrupted:
			r.State = exp.Interrupted
		}
		r.Instances = append(r.Instances, w.instance(&x.Graph.Instances[id], at, e))
		r.Cost += r.Instances[len(r.Instances)-1].Seconds
		st := &w.s.state[at]
		if st.outputs == nil {
			written := w.partialOf(&x.Graph.Instances[id], at)
			r.Metrics = append(r.Metrics, written...)
			partial = partial || len(written) > 0
			continue
		}
		entries = append(entries, entryOf(&x.Graph.Instances[id], st, st.outputs))
		found := w.metricsOf(&x.Graph.Instances[id], at)
		r.Metrics = append(r.Metrics, found.metrics...)
		r.Asserts = append(r.Asserts, found.asserts...)
	}
	if r.State == exp.Done && len(entries) < len(b.of[i]) {
		return f, nil // something of another experiment stopped the run before this one was done
	}
	if r.State == exp.Interrupted && !partial {
		return f, nil
	}
	w.complete(r, x.Graph, entries, b.of[i])
	if began := b.began[i]; !began.IsZero() {
		r.Seconds = last.Time.Sub(began).Seconds()
	}
	f.Ended = true
	if row, ok := w.known[r.Content]; ok && r.State == exp.Done && !x.given {
		f.Row, f.Name, f.Known = row, row.Name, true
		return f, w.replace(x, r)
	}
	if err := w.replace(x, r); err != nil {
		return f, err
	}
	if err := w.history.Add(r); err != nil {
		return f, err
	}
	f.Row, f.Name = r.Row(), r.Name
	if r.State == exp.Done {
		w.known[r.Content] = f.Row
	}
	return f, nil
}

// instance is what became of one instance. How long its command ran is also
// known of what was restored.
func (w *recordWriter) instance(x *graph.Instance, at graph.ID, e run.Event) exp.Instance {
	out := exp.Instance{Instance: x.Ref(), Outcome: outcomeOf(e.Kind)}
	st := &w.s.state[at]
	if st.key.IsZero() {
		return out
	}
	out.Action = st.key.String()
	ran, ok := w.ran[at]
	if !ok {
		ran = w.lookUp(st.kept(x), at)
		w.ran[at] = ran
	}
	out.Seconds, out.Log = ran.seconds, ran.log
	return out
}

// ranOnce is what is known of the time that a command ran, be it in another run.
type ranOnce struct {
	seconds float64
	log     string
}

func (w *recordWriter) lookUp(key digest.Digest, at graph.ID) ranOnce {
	var out ranOnce
	var log digest.Digest
	if rec, ok := w.s.record.of(at); ok {
		out.seconds, log = rec.Seconds, rec.Log
	} else if res, err := w.s.p.store.Result(key); err == nil && res != nil {
		out.seconds, log = res.Wall.Seconds(), res.Log
	}
	if !log.IsZero() && log != digest.Empty {
		out.log = log.String()
	}
	return out
}

// outcomeOf is what terms.md calls the end of an instance.
func outcomeOf(k run.EventKind) string {
	switch k {
	case run.Executed:
		return "executed"
	case run.Restored:
		return "restored"
	case run.Unchanged:
		return "unchanged"
	case run.Failed:
		return "failed"
	case run.Interrupted:
		return "interrupted"
	}
	return "skipped"
}

// metricsOf reads the metrics that an instance made, once for all experiments
// that share it.
func (w *recordWriter) metricsOf(x *graph.Instance, at graph.ID) measured {
	m, ok := w.measured[at]
	if !ok {
		m = w.s.p.measure(x, func(i int) outputReader { return stored{w.s.p, w.s.state[at].outputs[i]} })
		w.measured[at] = m
	}
	return m
}

// sources are the files of the workspace that an experiment was made of: what the
// evaluation read, and what its instances took from the workspace. Tracked data
// is in the lock's part of the record.
func (w *recordWriter) sources(g *graph.Graph, own []graph.ID) []exp.Source {
	seen := map[string]bool{}
	out := slices.Clone(w.read)
	for _, f := range out {
		seen[f.Path] = true
	}
	for _, id := range own {
		x := &g.Instances[id]
		for i := range x.Inputs {
			in := &x.Inputs[i]
			if in.Kind != graph.Workspace || in.Data != "" || in.Reference {
				continue
			}
			for _, f := range w.expand(in.Path) {
				if !seen[f.Path] {
					seen[f.Path] = true
					out = append(out, f)
				}
			}
		}
	}
	out = slices.DeleteFunc(out, func(f exp.Source) bool { return inModules(f.Path) }) // their commit says what they are
	slices.SortFunc(out, func(a, b exp.Source) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// expand lists the files at or below a path of the workspace, as the run saw it.
func (w *recordWriter) expand(at string) []exp.Source {
	if list, ok := w.expanded[at]; ok {
		return list
	}
	c, err := w.s.workspace(context.Background(), at, false)
	var list []exp.Source
	if err == nil {
		list = w.s.files(at, c)
	}
	w.expanded[at] = list
	return list
}

// files lists the files of a content that stands at a path.
func (s *session) files(at string, c digest.Content) []exp.Source {
	switch c.Kind {
	case digest.File:
		return []exp.Source{{Path: at, Digest: c.Digest.String(), Exec: c.Exec}}
	case digest.Directory:
		dir, err := s.dir(c.Digest)
		if err != nil {
			return nil
		}
		var out []exp.Source
		for _, f := range dir.Files {
			out = append(out, exp.Source{Path: path.Join(at, f.Name), Digest: f.Digest.String(), Exec: f.Exec})
		}
		for _, d := range dir.Dirs {
			out = append(out, s.files(path.Join(at, d.Name), digest.Content{Kind: digest.Directory, Digest: d.Digest})...)
		}
		return out
	}
	return nil
}

// failuresOf is what a failed instance had to say.
func failuresOf(x *graph.Instance, err error) []exp.Failure {
	if err == nil {
		return []exp.Failure{{Instance: x.Ref(), Code: "E-environment"}}
	}
	var out []exp.Failure
	for _, d := range asDiagnostics(x, err) {
		out = append(out, exp.Failure{Instance: x.Ref(), Code: d.Code, Detail: d.Detail})
	}
	return out
}

// paramsOf lists every part of every param of an evaluation.
func paramsOf(params []graph.Param) []exp.Param {
	out := []exp.Param{}
	for _, p := range params {
		for _, l := range p.Leaves {
			value := json.RawMessage(l.Value)
			if p.Sensitive || l.Value == "" {
				value = json.RawMessage("null")
			}
			out = append(out, exp.Param{Name: l.Name, Value: value, Origin: l.Origin})
		}
	}
	slices.SortFunc(out, func(a, b exp.Param) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// paramsFiles are the files that params of g come from.
func paramsFiles(g *graph.Graph) []string {
	var out []string
	for _, p := range g.Params {
		if p.File != "" && !slices.Contains(out, p.File) {
			out = append(out, p.File)
		}
	}
	return out
}

// lockLines are the lines of a lock, without its header.
func lockLines(l *lock.Lock) []exp.RawLine {
	out := []exp.RawLine{}
	for i, line := range strings.Split(strings.TrimSuffix(string(l.Bytes()), "\n"), "\n") {
		if i > 0 {
			out = append(out, exp.RawLine(line))
		}
	}
	return out
}

// lockOf reads the lines again.
func lockOf(r *exp.Record) (*lock.Lock, error) {
	text := fmt.Appendf(nil, "{\"dewar_lock\":%d}\n", lock.Version)
	for _, line := range r.Lock {
		text = append(append(text, line...), '\n')
	}
	l, problems, err := lock.Read(text)
	if err == nil && len(problems) > 0 {
		err = errors.New(problems[0].Text)
	}
	if err != nil {
		return nil, fmt.Errorf("read what experiment %s made: %w", r.Name, err)
	}
	return l, nil
}

// contentName says what an experiment is: the commit, the overrides, and the action
// key of every instance. An experiment that has the same is the same.
func contentName(r *exp.Record) string {
	w := digest.NewWriter()
	commit := ""
	if r.Git != nil {
		commit = r.Git.Commit
	}
	fmt.Fprintf(w, "%q %q\n", r.Pipeline, commit)
	for _, o := range r.Overrides {
		fmt.Fprintf(w, "set %q %q\n", o.Name, o.Text)
	}
	for _, x := range r.Instances {
		fmt.Fprintf(w, "%q %s\n", x.Instance, x.Action)
	}
	return w.Digest().Hex()
}

// secretFiles are those of all experiments. A file of --params may hold a sensitive
// param's value that another layer hides, so of those none is kept where there is one.
func (sw *Sweep) secretFiles() []string {
	out := secretFiles(sw.Union.Graph)
	if slices.ContainsFunc(sw.Union.Graph.Params, func(p graph.Param) bool { return p.Sensitive }) {
		out = append(out, sw.files...)
	}
	return out
}
