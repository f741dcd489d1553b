package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"
)

// place is where a figure belongs.
type place struct {
	kind kind
	n    int
	when moment
	peer string
}

// outcome is a figure, or why there is none.
type outcome struct {
	spent
	why string
}

type results map[place]outcome

// entrant is a peer at one workload.
type entrant struct {
	peer
	work workload
	took []spent // of the moment
	out  bool    // it has failed, or would take too long
}

// How often is measured: as long as it is short.
var (
	rounds = map[moment]int{cold: 3, again: 5, changed: 3}
	short  = 3 * time.Second
)

// compare gives all peers the same work, in turn.
func (b *bench) compare(w workload) error {
	fmt.Fprintf(os.Stderr, "%s %s\n", thousands(w.n), w.kind)
	var all []*entrant
	for _, p := range b.peers {
		all = append(all, &entrant{peer: p, work: w})
	}
	for _, when := range []moment{cold, again, changed} {
		for _, e := range all {
			b.begin(e, w, when)
		}
		for round := range rounds[when] {
			for _, e := range all {
				if e.out || round > 0 && e.total() > short {
					continue
				}
				if err := b.turn(e, when, round); err != nil {
					return err
				}
			}
		}
		for _, e := range all {
			b.record(e, w, when)
		}
	}
	return b.empty(all)
}

// begin decides whether a peer takes part.
func (b *bench) begin(e *entrant, w workload, when moment) {
	e.took = nil
	guess := b.guess(e.peer, w, when)
	at := place{w.kind, w.n, when, e.name}
	switch reason, lacks := e.lacks[w.kind]; {
	case e.out:
		if b.results[at].why == "" {
			b.results[at] = outcome{why: "—"}
		}
		return
	case lacks:
		b.results[at] = outcome{why: reason}
	case guess > b.budget && e.name != "dewar": // it is what the others are compared with
		b.results[at] = outcome{why: b.beyond(e.peer, w, when)}
	case !b.ends.IsZero() && time.Now().Add(guess).After(b.ends):
		b.results[at] = outcome{why: "— no time left"}
	default:
		return
	}
	e.out = true // without a cold run there is nothing to run again
}

// guess predicts how long a moment takes.
func (b *bench) guess(p peer, w workload, when moment) time.Duration {
	known := b.known(p, w, when)
	var start time.Duration
	if nothing := b.known(p, w, again); len(nothing) > 0 {
		start = nothing[0].took
	}
	return predict(known, start, w.n)
}

// known is what smaller work of the kind took.
func (b *bench) known(p peer, w workload, when moment) []sized {
	var list []sized
	for at, o := range b.results {
		if at == (place{w.kind, at.n, when, p.name}) && at.n < w.n && o.why == "" {
			list = append(list, sized{at.n, o.wall})
		}
	}
	slices.SortFunc(list, func(a, b sized) int { return a.n - b.n })
	return list
}

// beyond says what the largest work took that was not too much.
func (b *bench) beyond(p peer, w workload, when moment) string {
	known := b.known(p, w, when)
	last := known[len(known)-1]
	return fmt.Sprintf("—, %s took %s", thousands(last.n), seconds(last.took))
}

// turn is one round of one peer.
func (b *bench) turn(e *entrant, when moment, round int) error {
	dir := b.project(e.name)
	at := place{e.work.kind, e.work.n, when, e.name}
	err := b.ready(e, when, round)
	var s spent
	if err == nil {
		s, err = b.measure(e.peer, e.work, b.limit(e.peer))
	}
	if err == nil {
		err = e.work.check(e.peer, dir)
	}
	switch {
	case err == nil:
		e.took = append(e.took, s)
		return nil
	case b.ctx.Err() != nil:
		return b.ctx.Err()
	case errors.Is(err, errSlow):
		b.results[at] = outcome{why: "— stopped after " + seconds(s.wall)}
	default:
		b.results[at] = outcome{why: "— fails: " + b.said(e.peer, err)}
		if e.name == "dewar" {
			b.broken = err
		}
	}
	fmt.Fprintf(os.Stderr, "  %-16s %-10s %s\n", when, e.name, b.results[at].why)
	e.out = true
	return nil
}

// limit is when a command is stopped that was guessed to be faster; dewar is
// never stopped.
func (b *bench) limit(p peer) time.Duration {
	if p.name == "dewar" {
		return 0
	}
	return 2 * b.budget
}

// ready makes a project what it has to be.
func (b *bench) ready(e *entrant, when moment, round int) error {
	switch when {
	case cold:
		return b.prepare(e.peer, e.work)
	case changed:
		dir := b.project(e.name)
		if err := e.work.change(dir, round); err != nil || e.work.kind != sweep {
			return err
		}
		if err := write(dir, e.write(e.work)); err != nil {
			return err
		}
		return b.unmeasured(dir, e.reload, e.work)
	}
	return nil
}

// total is how long a peer has been at it.
func (e *entrant) total() time.Duration {
	var sum time.Duration
	for _, s := range e.took {
		sum += s.wall
	}
	return sum
}

// record keeps the best of what was measured.
func (b *bench) record(e *entrant, w workload, when moment) {
	if e.out || len(e.took) == 0 {
		return
	}
	best := e.took[0]
	for _, s := range e.took[1:] {
		if s.wall < best.wall {
			best = s
		}
	}
	b.results[place{w.kind, w.n, when, e.name}] = outcome{spent: best}
	fmt.Fprintf(os.Stderr, "  %-16s %-10s %s (%s), best of %d\n", when, e.name, seconds(best.wall), seconds(best.cpu), len(e.took))
}

// empty takes away what was made, so that memory does not fill.
func (b *bench) empty(all []*entrant) error {
	for _, e := range all {
		if e.server != nil { // its project is emptied when the next begins
			continue
		}
		if err := removeAll(b.project(e.name)); err != nil {
			return err
		}
	}
	return nil
}

// seconds writes a time with two or three figures.
func seconds(d time.Duration) string {
	switch s := d.Seconds(); {
	case s < 0.00995:
		return fmt.Sprintf("%.1f ms", s*1e3)
	case s < 0.995:
		return fmt.Sprintf("%.0f ms", s*1e3)
	case s < 99.5:
		return fmt.Sprintf("%.3g s", s)
	default:
		return fmt.Sprintf("%.0f s", s)
	}
}
