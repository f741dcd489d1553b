package run

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
)

// verb is what a worker is to do, or has done.
type verb uint8

const (
	doResolve verb = iota
	doRestore
	doShare
	doExecute
	doBegin // reports only: an execution has its tokens and begins
)

// assignment is work for a worker.
type assignment struct {
	verb    verb
	id      graph.ID
	from    graph.ID         // doShare
	attempt int              // doExecute
	needs   []graph.Resource // doExecute, for Tokens
}

// report is what a worker says of an assignment.
type report struct {
	assignment
	key   digest.Digest
	found Found
	err   error
	bug   *bug
	time  time.Time // doBegin, doExecute
}

// bug is a panic of the driver on a worker's goroutine. It is raised again on
// the goroutine of Run, where it can be recovered.
type bug struct {
	value any
	stack []byte
}

func (b *bug) String() string { return fmt.Sprintf("%v\n\n%s", b.value, b.stack) }

// pool is the workers of one Run: some for light work, as many as need be for
// executions, whose number the queue limits.
type pool struct {
	ctx     context.Context
	driver  Driver
	tokens  Tokens
	now     func() time.Time
	light   mailbox[assignment]
	reports mailbox[report]
	workers sync.WaitGroup
}

func newPool(ctx context.Context, d Driver, o Options, workers int) *pool {
	p := &pool{ctx: ctx, driver: d, tokens: o.Tokens, now: o.Now}
	p.light.init()
	p.reports.init()
	for range workers {
		p.workers.Go(func() {
			for {
				a, ok := p.light.take()
				if !ok {
					return
				}
				p.reports.putOne(p.do(a))
			}
		})
	}
	return p
}

// close waits for the workers; there must be no work left.
func (p *pool) close() {
	p.light.close()
	p.workers.Wait()
}

func (p *pool) execute(a assignment) {
	p.workers.Go(func() { p.reports.putOne(p.do(a)) })
}

func (p *pool) do(a assignment) (r report) {
	r.assignment = a
	defer func() {
		if v := recover(); v != nil {
			r.bug = &bug{v, debug.Stack()}
		}
	}()
	switch a.verb {
	case doResolve:
		r.key, r.err = p.driver.Resolve(p.ctx, a.id)
	case doRestore:
		r.found, r.err = p.driver.Restore(p.ctx, a.id)
	case doShare:
		r.err = p.driver.Share(p.ctx, a.id, a.from)
	case doExecute:
		r.err = p.attempt(a)
		r.time = p.now()
	}
	return r
}

// attempt executes, once the machine has room.
func (p *pool) attempt(a assignment) error {
	if p.tokens != nil {
		release, err := p.tokens.Acquire(p.ctx, a.needs)
		if err != nil {
			return err
		}
		defer release()
	}
	begun := report{assignment: a, time: p.now()}
	begun.verb = doBegin
	p.reports.putOne(begun)
	return p.driver.Execute(p.ctx, a.id, a.attempt)
}
