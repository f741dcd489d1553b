package dewar

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/exp"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// SweepReport is what running a sweep did.
type SweepReport struct {
	run.Summary
	Experiments []Finished // in the order of the sweep
	Failures    diag.List
	Warnings    diag.List
}

// Finished is what became of one experiment.
type Finished struct {
	Name  string // what it is called now; the name that was planned may have been taken
	Row   exp.Row
	Known bool // there was such an experiment, and nothing new to record
	Ended bool // false: it was not done when the run ended, and has no record
}

// SweepRunOptions say how to run a sweep, beside what RunOptions say.
type SweepRunOptions struct {
	RunOptions
	Note  string                  // for the record of each experiment
	Ended func(i int, f Finished) // an experiment is done and recorded; from one goroutine
}

// RunSweep runs all experiments as one graph: an action that several need is
// one action. The workspace and its lock are left alone. Each experiment is
// recorded as soon as it is done, so that what an interruption leaves is
// recorded too; the same sweep again takes the rest from where it was.
func (p *Project) RunSweep(ctx context.Context, sw *Sweep, o SweepRunOptions) (*SweepReport, error) {
	ids, forced, of, err := sw.selected(o.RunOptions)
	if err != nil {
		return nil, err
	}
	ev := sw.evaluation()
	s, diags := p.newSession(ctx, ev, ids, o.DryRun)
	if err := diags.Err(); err != nil {
		return nil, err
	}
	s.apart, s.progress, s.replay, s.slots = true, o.Progress, o.Replay, o.Parallel
	s.samples, s.notices, s.within = o.Samples, o.Notices, sw.within()
	if s.slots <= 0 {
		s.slots = p.host.CPUs
	}
	if missing := s.missingInputs(ctx, ids); len(missing) > 0 {
		return nil, failure(missing...)
	}
	if o.Pull != nil && !o.DryRun {
		s.pull = newPuller(p, o.Pull)
		defer s.pull.release()
	}
	s.record = p.newRecord(ev, o.RunOptions)
	s.record.rec.Sweep = sw.id(p)
	s.frozenNotice(ids)
	defer func() { _ = s.executor.close() }()
	if o.Strict && !o.DryRun {
		if err := s.requireIsolation(ids); err != nil {
			return nil, err
		}
	}
	rep := &SweepReport{Experiments: make([]Finished, len(sw.Experiments))}
	for i := range sw.Experiments {
		rep.Experiments[i].Name = sw.Experiments[i].Name
	}
	events := o.Events
	var b *bookkeeper
	if !o.DryRun {
		if b, err = s.keepBooks(ctx, sw, of, o, rep); err != nil {
			return nil, err
		}
		events = b.event
	}
	sum, runErr := run.Run(ctx, ev.Graph, s, run.Options{
		Select: ids, Parallel: s.slots, KeepGoing: o.KeepGoing, DryRun: o.DryRun,
		Force:     func(id graph.ID) bool { return forced[id] },
		Capacity:  p.capacity(),
		Durations: s.record.duration,
		Events:    events,
		Now:       p.host.Now,
	})
	var changed diag.List
	if b != nil {
		changed, runErr = also(runErr, b.close())
		changed = append(append(changed, s.withdraw(context.WithoutCancel(ctx), &sum)...), b.takeBack()...)
		if err := s.record.write(&Report{Summary: sum}); err != nil && runErr == nil {
			runErr = err
		}
		if err := p.index.Save(); err != nil && runErr == nil {
			runErr = err
		}
		s.warnUnmetPoints(b)
	}
	rep.Summary, rep.Failures, rep.Warnings = sum, append(s.failures(sum), changed...).Sorted(), s.notes
	return rep, runErr
}

// within says of an instance with which values it was tried; "" if all experiments have it.
func (sw *Sweep) within() func(graph.ID) string {
	if len(sw.Experiments) < 2 {
		return nil
	}
	var of map[graph.ID][]int // experiments; made when something has failed
	return func(id graph.ID) string {
		if of == nil {
			of = map[graph.ID][]int{}
			for i, ids := range sw.Union.IDs {
				for _, at := range ids {
					of[at] = append(of[at], i)
				}
			}
		}
		switch n := len(of[id]); {
		case n == 0 || n == len(sw.Experiments):
			return ""
		case n == 1:
			return pointText(sw.Experiments[of[id][0]].Set)
		default:
			return fmt.Sprintf("%s and %d more", pointText(sw.Experiments[of[id][0]].Set), n-1)
		}
	}
}

// frozenNotice warns of stages whose results a sweep does not make anew.
func (s *session) frozenNotice(ids []graph.ID) {
	var said []string
	for _, id := range ids {
		x := &s.g.Instances[id]
		if !x.Frozen || slices.Contains(said, x.Stage) {
			continue
		}
		said = append(said, x.Stage)
		s.note(diag.Diagnostic{
			Severity: diag.Warning, Code: "W-experiment-frozen", Span: x.Span, Subject: subject(x),
			Detail: "The stage is frozen: every experiment uses the outputs of the lock, whatever params it sets.",
		})
	}
}

// bookkeeper sees experiments come to their ends, and has them recorded. Its
// events come from the owner of the run; records are written by a goroutine of
// its own, since the owner must not wait for a disk.
type bookkeeper struct {
	s       *session
	sw      *Sweep
	of      [][]graph.ID
	o       SweepRunOptions
	rep     *SweepReport
	members [][]int32 // by instance of the union: the experiments that have it
	left    []int     // by experiment: instances that have not ended
	began   []time.Time
	results []run.Event // by instance: its end
	pending chan int
	ended   chan struct{}
	err     error
	writer  *recordWriter
}

func (s *session) keepBooks(ctx context.Context, sw *Sweep, of [][]graph.ID, o SweepRunOptions, rep *SweepReport) (*bookkeeper, error) {
	b := &bookkeeper{
		s: s, sw: sw, of: of, o: o, rep: rep,
		members: make([][]int32, len(sw.Union.Graph.Instances)),
		left:    make([]int, len(sw.Experiments)),
		began:   make([]time.Time, len(sw.Experiments)),
		results: make([]run.Event, len(sw.Union.Graph.Instances)),
		pending: make(chan int, len(sw.Experiments)), // never full: the owner does not wait
		ended:   make(chan struct{}),
	}
	var err error
	if b.writer, err = s.newRecordWriter(ctx, sw, o.RunOptions); err != nil {
		return nil, err
	}
	for i, own := range of {
		for _, id := range own {
			at := sw.Union.IDs[i][id]
			b.members[at] = append(b.members[at], int32(i))
		}
		b.left[i] = len(own)
		if len(own) == 0 {
			b.pending <- i
		}
	}
	go b.loop()
	return b, nil
}

// event notes an event and passes it on.
func (b *bookkeeper) event(e run.Event) {
	if b.o.Events != nil {
		b.o.Events(e)
	}
	b.s.record.event(e)
	switch e.Kind {
	case run.Started:
		for _, i := range b.members[e.ID] {
			if b.began[i].IsZero() {
				b.began[i] = e.Time
			}
		}
		return
	case run.Retrying:
		return
	}
	b.results[e.ID] = e
	for _, i := range b.members[e.ID] {
		if b.left[i]--; b.left[i] == 0 {
			b.pending <- int(i)
		}
	}
}

// loop records experiments until there will be no more.
func (b *bookkeeper) loop() {
	defer close(b.ended)
	for i := range b.pending {
		f, err := b.writer.write(b, i)
		if err != nil && b.err == nil {
			b.err = err
		}
		b.rep.Experiments[i] = f
		if f.Ended && b.o.Ended != nil {
			b.o.Ended(i, f)
		}
	}
}

// close waits for what is still to be recorded.
func (b *bookkeeper) close() error {
	close(b.pending)
	<-b.ended
	_, _, _ = b.writer.history.Rows() // so that the next list need not read the new records
	return b.err
}
