package program

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/wire"
)

// errClosed is what a closed place says.
var errClosed = errors.New("the place is closed")

// call makes a request and returns its last answer. each is called with the
// answers before it; its error cancels the request. When ctx ends the request is
// cancelled too, and call returns when the program says that it has stopped: the
// file that it was given is ours again. A program that does not stop is ended.
func (c *conn) call(ctx context.Context, r wire.Request, each func(wire.Answer) error) (wire.Answer, error) {
	answers, err := c.ask(ctx, &r)
	if err != nil {
		return wire.Answer{}, err
	}
	w := waiting{conn: c, id: r.ID, each: each}
	return w.wait(ctx, answers)
}

// ask sends a request.
func (c *conn) ask(ctx context.Context, r *wire.Request) (<-chan wire.Answer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	answers := make(chan wire.Answer, queued)
	c.mu.Lock()
	if len(c.pending) == 0 {
		c.heard = time.Now() // nobody has waited until now
	}
	c.last++
	r.ID = c.last
	c.pending[r.ID] = answers
	c.mu.Unlock()
	line, err := wire.Line(r)
	if err == nil {
		err = c.send(ctx, line)
	}
	if err != nil {
		c.mu.Lock()
		delete(c.pending, r.ID)
		c.mu.Unlock()
		return nil, err
	}
	return answers, nil
}

func (c *conn) send(ctx context.Context, line []byte) error {
	select {
	case <-c.closing:
		return c.gone()
	default:
	}
	select {
	case c.queue <- line:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-c.closing:
		return c.gone()
	}
}

// gone says why there is no program any more, once it has ended.
func (c *conn) gone() error {
	<-c.dead
	return c.reason
}

// waiting is a request whose last answer has not come.
type waiting struct {
	conn    *conn
	id      uint64
	each    func(wire.Answer) error
	why     error            // it was cancelled
	overdue <-chan time.Time // it should have stopped by then
}

func (w *waiting) wait(ctx context.Context, answers <-chan wire.Answer) (wire.Answer, error) {
	for done := ctx.Done(); ; {
		select {
		case a := <-answers:
			if a.Last() {
				return w.end(a)
			}
			w.take(a)
		case <-done:
			done = nil
			w.cancel(ctx.Err())
		case <-w.overdue:
			_ = w.conn.kill(fmt.Errorf("it did not stop when it was told to: %w", remote.ErrUnreachable))
			w.overdue = nil
		case <-w.conn.dead:
			return w.bury(answers)
		}
	}
}

// take hands on an answer that is not the last.
func (w *waiting) take(a wire.Answer) {
	if w.each == nil || w.why != nil {
		return
	}
	if err := w.each(a); err != nil {
		w.cancel(err)
	}
}

func (w *waiting) cancel(why error) {
	if w.why != nil {
		return
	}
	w.why = why
	w.overdue = time.After(w.conn.command.grace())
	line, err := wire.Line(wire.Request{Op: wire.OpCancel, Of: w.id})
	if err != nil {
		return
	}
	// A program that does not even read is overdue in a moment.
	select {
	case w.conn.queue <- line:
	case <-w.overdue:
		_ = w.conn.kill(fmt.Errorf("it reads no requests: %w", remote.ErrUnreachable))
	case <-w.conn.closing:
	}
}

// end is the last answer, or the error in it.
func (w *waiting) end(a wire.Answer) (wire.Answer, error) {
	switch {
	case w.why != nil && (a.Error == nil || a.Error.Kind == wire.KindCancelled):
		return a, w.why
	case a.Error != nil:
		e := *a.Error
		e.Text = w.conn.clean.Text(e.Text)
		return a, e.Failure()
	}
	return a, nil
}

// bury looks whether the program answered before it died.
func (w *waiting) bury(answers <-chan wire.Answer) (wire.Answer, error) {
	for {
		select {
		case a := <-answers:
			if a.Last() {
				return w.end(a)
			}
			w.take(a)
			continue
		default:
		}
		if w.why != nil {
			return wire.Answer{}, w.why
		}
		return wire.Answer{}, w.conn.reason
	}
}
