package program

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/wire"
)

// A conn is a program that runs. Three goroutines serve it: one writes
// requests, so that a program that does not read holds up nobody; one reads
// answers and hands each to the request that it belongs to; one waits for the end of
// the process. dead is closed after the last of them, when the reason is known.
type conn struct {
	command Command
	cmd     *exec.Cmd
	name    string // what the program calls itself
	clean   *wire.Cleaner
	stderr  tail
	queue   chan []byte
	closing chan struct{} // closed by close: no more requests
	once    sync.Once
	dead    chan struct{}
	release func() bool // stops listening to the context of Open

	mu      sync.Mutex
	pending map[uint64]chan wire.Answer
	last    uint64 // id
	reason  error  // the first thing that went wrong; final once dead is closed
	over    bool   // the process has ended: its id may be somebody else's
	heard   time.Time
}

// queued is how many answers to one request may wait for whoever asked; a list
// whose reader is slower than that holds up the others.
const queued = 256

func start(ctx context.Context, command Command, secrets map[string]string) (*conn, error) {
	c := &conn{
		command: command, cmd: command.command(), clean: wire.NewCleaner(secrets),
		queue: make(chan []byte), closing: make(chan struct{}), dead: make(chan struct{}),
		pending: map[uint64]chan wire.Answer{}, heard: time.Now(),
	}
	c.cmd.Stderr = &c.stderr
	c.cmd.WaitDelay = command.grace() // for what it started and left behind with our pipe
	out, theirs, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	c.cmd.Stdout = theirs
	in, err := c.cmd.StdinPipe()
	if err == nil {
		err = c.cmd.Start()
	}
	_ = theirs.Close()
	if err != nil {
		_ = out.Close()
		return nil, fmt.Errorf("start %s: %w", command.Path, err)
	}
	go c.serve(in, out)
	c.release = context.AfterFunc(ctx, func() { _ = c.kill(ctx.Err()) })
	if err := c.hello(ctx); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *conn) hello(ctx context.Context) error {
	late := time.AfterFunc(c.command.hello(), func() {
		_ = c.kill(fmt.Errorf("it said nothing for %v: %w", c.command.hello(), remote.ErrUnreachable))
	})
	defer late.Stop()
	a, err := c.call(ctx, wire.Request{Op: wire.OpHello, Versions: []int{wire.Version}}, nil)
	switch {
	case err != nil:
		return err
	case a.Version != wire.Version:
		return c.kill(violation("it speaks version %d of the protocol, not %d", a.Version, wire.Version))
	}
	c.name = c.clean.Text(a.Program)
	return nil
}

// serve runs until the process has ended and all that it said is read.
func (c *conn) serve(in io.WriteCloser, out *os.File) {
	var all sync.WaitGroup
	all.Go(func() { c.write(in) })
	read := make(chan struct{})
	all.Go(func() {
		defer close(read)
		if err := c.read(wire.NewReader(out)); err != nil {
			_ = c.kill(err)
		}
	})
	gone := make(chan struct{})
	all.Go(func() { c.watch(gone) })
	ended := c.cmd.Wait()
	c.mu.Lock()
	c.over = true
	c.mu.Unlock()
	close(gone)
	select {
	case <-read:
	case <-time.After(c.command.grace()): // somebody else holds our pipe
	}
	_ = out.Close()
	c.closeQueue()
	all.Wait()
	c.mu.Lock()
	if c.reason == nil {
		c.reason = c.died(ended)
	}
	c.mu.Unlock()
	close(c.dead)
}

// write writes requests until there are none any more, and then closes the
// program's standard input: that is how it hears that it should end.
func (c *conn) write(in io.WriteCloser) {
	defer in.Close()
	for {
		select {
		case line := <-c.queue:
			if _, err := in.Write(line); err != nil {
				return
			}
		case <-c.closing:
			return
		}
	}
}

func (c *conn) read(in *wire.Reader) error {
	for {
		var a wire.Answer
		switch err := in.Read(&a); {
		case errors.Is(err, io.EOF), errors.Is(err, os.ErrClosed):
			return nil
		case err != nil:
			return err
		}
		c.mu.Lock()
		c.heard = time.Now()
		answers := c.pending[a.ID]
		if a.Last() {
			delete(c.pending, a.ID)
		}
		c.mu.Unlock()
		switch {
		case a.ID == 0: // a sign of life
		case answers == nil:
			return violation("it answers a request %d that nobody made", a.ID)
		default:
			answers <- a
		}
	}
}

// watch ends a program that says nothing while something is pending.
func (c *conn) watch(gone <-chan struct{}) {
	silence := c.command.silence()
	every := time.NewTicker(silence / 4)
	defer every.Stop()
	for {
		select {
		case <-gone:
			return
		case now := <-every.C:
			c.mu.Lock()
			dead := len(c.pending) > 0 && now.Sub(c.heard) > silence
			c.mu.Unlock()
			if dead {
				_ = c.kill(fmt.Errorf("it said nothing for %v: %w", silence, remote.ErrUnreachable))
			}
		}
	}
}

func violation(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{wire.ErrLine}, args...)...)
}

// kill ends the program for a reason, and returns what is said of it. The first reason counts.
func (c *conn) kill(reason error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reason == nil {
		c.reason = c.ended(reason)
	}
	if !c.over {
		end(c.cmd)
	}
	return c.reason
}

// died is the reason of a program that ended by itself.
func (c *conn) died(err error) error {
	if err == nil {
		err = errors.New("it ended before it was told to")
	}
	return c.ended(err)
}

// ended says which program ended, why, and what it last said.
func (c *conn) ended(why error) error {
	if errors.Is(why, context.Canceled) || errors.Is(why, context.DeadlineExceeded) {
		return why
	}
	if said := c.clean.Text(c.stderr.lastLines()); said != "" {
		return fmt.Errorf("%s: %w; it said: %s", c.command.Path, why, said)
	}
	return fmt.Errorf("%s: %w", c.command.Path, why)
}

func (c *conn) closeQueue() { c.once.Do(func() { close(c.closing) }) }

// close ends the program, by force if it does not go, and waits for it.
func (c *conn) close() {
	if c.release != nil {
		c.release()
	}
	c.mu.Lock()
	if c.reason == nil {
		c.reason = errClosed
	}
	c.mu.Unlock()
	c.closeQueue()
	select {
	case <-c.dead:
	case <-time.After(c.command.grace()):
		_ = c.kill(errClosed)
		<-c.dead
	}
}
