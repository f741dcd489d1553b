package sandbox

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/sandbox/keeper"
)

// isolated runs x under a keeper. If an overlay cannot be mounted where
// executions live, it tries once more without.
func (e *Executor) isolated(ctx context.Context, x *run.Execution) (*run.Outcome, error) {
	k, err := e.kindOf(x)
	if err != nil {
		return nil, err
	}
	c, err := e.pool.get(k, 2*e.opt.Slots)
	if err != nil {
		return nil, err
	}
	defer func() { e.pool.put(c) }()
	for {
		copies := e.pool.copies()
		out, rep, err := e.attempt(ctx, c, x, copies)
		if err != nil {
			return nil, err
		}
		if rep.Overlay && !copies {
			e.pool.refuseOverlay()
			continue
		}
		if rep.Failed != "" {
			c.broken = true
			return nil, fmt.Errorf("sandbox: %s: %w", rep.Failed, syscall.Errno(rep.Errno))
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return out, nil
	}
}

// attempt asks the keeper once.
func (e *Executor) attempt(ctx context.Context, c *client, x *run.Execution, copies bool) (*run.Outcome, *keeper.Reply, error) {
	if c.points == nil {
		c.points = newPoints(e.opt.TempRoot)
	}
	p, err := e.plan(x, c.points, copies)
	if err != nil {
		return nil, nil, err
	}
	defer p.done()
	s, err := openStreams(x.Stdout, x.Stderr)
	if err != nil {
		return nil, nil, err
	}
	c.last++
	c.broken = true // until it has answered
	p.req.ID = c.last
	started := time.Now()
	files := []*os.File{s.out, s.err}
	if x.Stdin != nil {
		files = append(files, x.Stdin)
	}
	err = c.send(keeper.KindRun, p.req.Encode(nil), files...)
	s.close()
	if err != nil {
		s.wait()
		return nil, nil, fmt.Errorf("sandbox: ask a keeper: %w", c.lost(err))
	}
	w := startWatch(ctx, x.Timeout, e.opt.Grace,
		func() { c.kill(unix.SIGTERM) },
		func() { c.kill(unix.SIGKILL) },
		func() { c.proc.Kill() })
	rep, tr, err := c.await(x.Terminal)
	timedOut := w.stop()
	if err != nil {
		c.stop() // its end closes the pipes
		s.wait()
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, nil, err
	}
	c.broken = false
	s.wait()
	out := outcome(x, p, rep)
	out.Started, out.TimedOut = started, timedOut
	if tr != nil {
		out.Accesses = tr.accesses()
	}
	return out, rep, nil
}

// await reads until the action is over. A traced action's listener is served
// meanwhile, and its terminal.
func (c *client) await(person *run.Terminal) (*keeper.Reply, *tracer, error) {
	var tr *tracer
	var term *terminal
	for {
		kind, payload, fd, err := c.receive()
		switch {
		case err != nil:
			err = fmt.Errorf("sandbox: the keeper of the action: %w", c.lost(err))
		case kind == keeper.KindTrace && fd >= 0 && tr == nil:
			tr, fd = startTracer(fd), -1
			continue
		case kind == keeper.KindTerminal && fd >= 0 && term == nil && person != nil:
			term, fd = startTerminal(fd, person), -1
			continue
		case kind == keeper.KindDone:
			rep, derr := keeper.DecodeReply(payload)
			if tr != nil {
				tr.finish()
			}
			term.finish()
			return rep, tr, derr
		default:
			err = keeper.ErrWire
		}
		if fd >= 0 {
			unix.Close(fd)
		}
		if tr != nil {
			tr.finish()
		}
		term.abandon()
		return nil, nil, err
	}
}

// outcome reads a reply.
func outcome(x *run.Execution, p *plan, rep *keeper.Reply) *run.Outcome {
	out := &run.Outcome{
		Level: x.Level, Root: p.root, NotFound: rep.NotFound,
		Wall: time.Duration(rep.Wall), User: time.Duration(rep.User), Sys: time.Duration(rep.Sys), MaxRSS: int64(rep.MaxRSS),
	}
	if out.Level == "" {
		out.Level = graph.IsolationProject
	}
	if rep.Program != "" {
		out.Program = p.outside(rep.Program)
	}
	switch ws := syscall.WaitStatus(rep.Status); {
	case rep.Failed != "":
		return out
	case len(rep.NotFound) > 0:
		out.ExitCode = exitNotFound
		say(x.Stderr, notShown(x))
	case rep.NoExec != 0:
		out.ExitCode = exitNoExec
		cannotExecute(x.Stderr, rep.Program, syscall.Errno(rep.NoExec))
	case ws.Signaled():
		out.Signal = unix.SignalName(ws.Signal())
		out.ExitCode = 128 + int(ws.Signal())
	default:
		out.ExitCode = ws.ExitStatus()
	}
	p.done()
	out.Undeclared = undeclared(p.root, x, p.copied)
	return out
}
