package dewar

import (
	"context"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// A training writes a line of its metrics file now and then, and takes hours. While
// it runs, the newest line is worth seeing; and when it ends too early, the lines
// so far are. A watcher looks at the files that an action is making, where it
// makes them. It looks twice a second and never at what it has seen: a command
// is not slower for being watched, and may write its file as it likes.

// Sample is the newest row of a series that a running action is writing.
type Sample struct {
	Instance graph.ID
	Output   int    // the index in its Outputs
	Name     string // of the output, with its group: "metrics.log"
	Row      int    // how many rows there are now
	Values   []NamedValue
}

// NamedValue is a cell of a row.
type NamedValue struct{ Name, Text string }

// PartialOutput is what an action had written of an output when it ended too early.
type PartialOutput struct {
	Path   string        `json:"path"`
	Digest digest.Digest `json:"digest"`
}

// watchEvery is how often a watcher looks.
const watchEvery = 500 * time.Millisecond

// watcher looks at the series of one execution.
type watcher struct {
	s       *session
	id      graph.ID
	tails   []*tail
	outputs []int // of each tail
	stop    chan struct{}
	stopped sync.WaitGroup
}

// watchSeries watches what e is going to write, if anybody wants to know and there is
// something. The watcher is nil otherwise.
func (s *session) watchSeries(id graph.ID, e *run.Execution) *watcher {
	x := &s.g.Instances[id]
	if s.samples == nil || x.Native {
		return nil
	}
	w := &watcher{s: s, id: id, stop: make(chan struct{})}
	for i, o := range x.Outputs {
		if isSeries(o) {
			w.tails = append(w.tails, newTail(s.p.host.FS, madeAt(x, e, o), o.Path))
			w.outputs = append(w.outputs, i)
		}
	}
	if len(w.tails) == 0 {
		return nil
	}
	w.stopped.Add(1)
	go w.loop()
	return w
}

// isSeries reports whether o is a table that grows by lines.
func isSeries(o graph.Output) bool {
	if o.Dir || o.Group != graph.Metrics && o.Group != graph.Plots {
		return false
	}
	switch strings.ToLower(path.Ext(o.Path)) {
	case ".jsonl", ".ndjson", ".csv", ".tsv":
		return true
	}
	return false
}

// madeAt is where a command makes o, on this machine.
func madeAt(x *graph.Instance, e *run.Execution, o graph.Output) string {
	if x.Isolation == graph.IsolationOff {
		return hostJoin(e.Workspace, o.At)
	}
	return hostJoin(filepath.Join(e.Dir, run.WorkDir), o.At)
}

func (w *watcher) loop() {
	defer w.stopped.Done()
	ticks, stop := w.s.p.host.Ticker(watchEvery)
	defer stop()
	for {
		select {
		case <-w.stop:
			return
		case <-ticks:
			w.look(false)
		}
	}
}

// look reports the newest row of each series that has a new one.
func (w *watcher) look(last bool) {
	for i, t := range w.tails {
		if values := t.next(last); values != nil {
			o := w.s.g.Instances[w.id].Outputs[w.outputs[i]]
			w.s.samples(Sample{Instance: w.id, Output: w.outputs[i], Name: string(o.Group) + "." + o.Name, Row: t.rows, Values: values})
		}
	}
}

// end looks a last time: the command has ended.
func (w *watcher) end() {
	if w == nil {
		return
	}
	close(w.stop)
	w.stopped.Wait()
	w.look(true)
}

// keepPartial keeps the series that an action wrote which has no result, and notes them
// in the record. Not being able to is no further failure.
func (s *session) keepPartial(id graph.ID, e *run.Execution) {
	x := &s.g.Instances[id]
	var list []PartialOutput
	for _, o := range x.Outputs {
		if !isSeries(o) || x.Native {
			continue
		}
		at := madeAt(x, e, o)
		if info, err := s.p.host.FS.Lstat(at); err != nil || !info.IsRegular() || info.Size == 0 {
			continue
		}
		f, err := s.p.host.FS.Open(at)
		if err != nil {
			continue
		}
		if d, err := s.p.store.PutReader(f); err == nil {
			list = append(list, PartialOutput{Path: o.Path, Digest: d})
		}
		_ = f.Close()
	}
	s.record.partial(id, list)
}

// keepInterrupted remembers an action that the person ended: what it said and the
// series that it wrote.
func (s *session) keepInterrupted(ctx context.Context, id graph.ID, e *run.Execution, log *commandLog) {
	if ctx.Err() == nil {
		return
	}
	s.record.add(id, InstanceRecord{Outcome: "interrupted", Log: s.keepLog(log)}, nil)
	s.keepPartial(id, e)
}

// partial adds series to the record of an instance that came to no result.
func (r *recorder) partial(id graph.ID, list []PartialOutput) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if rec, ok := r.instances[id]; ok && rec.Outcome != "executed" {
		rec.Partial = list
		r.instances[id] = rec
	}
}
