package run

import (
	"context"
	"errors"

	"github.com/dewar-build/dewar/graph"
)

// How instances come to an end, and what that means for others.

// none is no instance.
const none graph.ID = -1

// fresh returns a Result that names no other instance.
func fresh() Result { return Result{Cause: none, Same: none} }

// failed handles the error of a worker.
func (s *scheduler) failed(r *report) {
	x := &s.instances[r.id]
	result := fresh()
	result.Err = r.err
	if r.verb == doExecute && !x.began.IsZero() {
		result.Wall = r.time.Sub(x.began)
	}
	switch {
	case s.ctx.Err() != nil && isInterrupt(s.ctx, r.err):
		result.Err = nil
		s.end(r.id, Interrupted, result)
	case r.verb == doExecute && !s.stopped && s.ctx.Err() == nil && !isFinal(r.err) && int(x.attempts) <= s.g.Instances[r.id].Retries:
		s.emit(Event{Kind: Retrying, ID: r.id, Time: r.time, Wall: result.Wall, Attempt: int(x.attempts), Cause: none, Same: none, Err: r.err})
		x.state = queued
		s.queue.push(r.id)
	default:
		s.end(r.id, Failed, result)
	}
}

// isInterrupt reports whether err is only the echo of ctx's end.
func isInterrupt(ctx context.Context, err error) bool {
	return errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))
}

// end brings id to its end, and sets going what waited for it.
func (s *scheduler) end(id graph.ID, kind EventKind, r Result) {
	s.finish(id, kind, r)
	if kind == Failed {
		s.failFollowers(id)
		s.blame(id)
		return
	}
	if s.stopped || kind == Interrupted {
		return
	}
	s.wakeFollowers(id)
	for _, d := range s.edges.Dependants(id) {
		x := &s.instances[d]
		if x.state != waiting {
			continue
		}
		if x.waits--; x.waits == 0 {
			s.begin(d)
		}
	}
}

// finish records the end of id, and tells of it.
func (s *scheduler) finish(id graph.ID, kind EventKind, r Result) {
	x, kept := &s.instances[id], &s.summary.Results[id]
	x.state = done
	s.left--
	s.summary.count(kind)
	kept.Kind, kept.Attempts, kept.Wall, kept.Err = kind, int(x.attempts), r.Wall, r.Err
	kept.Cause, kept.Same = r.Cause, r.Same
	s.emit(Event{Kind: kind, ID: id, Time: s.o.Now(), Wall: r.Wall, Attempt: kept.Attempts, Cause: kept.Cause, Same: kept.Same, Err: r.Err})
}

func (s *scheduler) emit(e Event) { s.o.Events(e) }

// failFollowers ends those that are the same action as id: it would fail again.
func (s *scheduler) failFollowers(id graph.ID) {
	followers := s.followers[id]
	delete(s.followers, id)
	for _, f := range followers {
		if s.instances[f].state == following {
			s.finish(f, Failed, Result{Err: s.summary.Results[id].Err, Cause: none, Same: id})
			if s.o.KeepGoing {
				s.blame(f)
			}
		}
	}
}

// blame skips what cannot be done because id failed: all that depends on it
// or, unless the run keeps going, everything that is not under way.
func (s *scheduler) blame(id graph.ID) {
	if !s.o.KeepGoing {
		s.stop(Skipped, id)
		return
	}
	stack := []graph.ID{id}
	for len(stack) > 0 {
		x := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, d := range s.edges.Dependants(x) {
			if s.instances[d].state == waiting {
				s.finish(d, Skipped, Result{Cause: id, Same: none})
				stack = append(stack, d)
			}
		}
	}
}

// stop ends, as kind, everything that no worker has in hand. What they have
// goes on, and is recorded when it ends.
func (s *scheduler) stop(kind EventKind, cause graph.ID) {
	if s.stopped {
		return
	}
	s.stopped, s.stopKind, s.cause = true, kind, cause
	taken := s.pool.light.takeAll(nil) // given out, and begun by nobody
	s.active -= len(taken)
	for _, a := range append(taken, s.ready...) {
		s.skip(a.id)
	}
	s.ready = nil
	for i := range s.instances {
		switch s.instances[i].state {
		case waiting, following, queued:
			s.skip(graph.ID(i))
		}
	}
}

// skip ends id because the run was stopped.
func (s *scheduler) skip(id graph.ID) {
	s.finish(id, s.stopKind, Result{Cause: s.cause, Same: none})
}

func (s *scheduler) wakeFollowers(leader graph.ID) {
	waiting, any := s.followers[leader]
	if !any {
		return
	}
	delete(s.followers, leader)
	for _, id := range waiting {
		if s.instances[id].state == following {
			s.lead(id, s.summary.Results[id].Key)
		}
	}
}
