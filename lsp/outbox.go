package lsp

import (
	"errors"
	"io"
	"sync"
	"time"
)

// maxUnread is how much may wait for a client that does not read: it is gone then.
const maxUnread = 256 << 20

// patience is how long the end of a session waits for the client to read what is left.
const patience = 5 * time.Second

// errUnread is a client that does not read what it asked for.
var errUnread = errors.New("the client does not read its answers")

// outbox writes what it is given, in this order, without letting anybody wait: a client
// that does not read must not keep the server from seeing that it is gone.
type outbox struct {
	w      io.Writer
	failed func(error) // called once
	ready  chan struct{}
	done   chan struct{} // closed when everything is written, or nothing can be

	mu     sync.Mutex
	list   [][]byte
	size   int
	closed bool
	err    error
}

func newOutbox(w io.Writer, failed func(error)) *outbox {
	return &outbox{w: w, failed: failed, ready: make(chan struct{}, 1), done: make(chan struct{})}
}

// Write keeps a copy of p for writing.
func (b *outbox) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil && b.size+len(p) > maxUnread {
		b.err = errUnread
	}
	if b.err != nil {
		return 0, b.err
	}
	b.list = append(b.list, append([]byte(nil), p...))
	b.size += len(p)
	b.wake()
	return len(p), nil
}

func (b *outbox) wake() {
	select {
	case b.ready <- struct{}{}:
	default:
	}
}

// close says that nothing more comes.
func (b *outbox) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.wake()
}

// run writes until the end.
func (b *outbox) run() {
	defer close(b.done)
	for range b.ready {
		list, last := b.take()
		for _, p := range list {
			if _, err := b.w.Write(p); err != nil {
				b.fail(err)
				return
			}
			b.written(len(p))
		}
		if last {
			return
		}
	}
}

func (b *outbox) take() (list [][]byte, last bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	list, b.list = b.list, nil
	return list, b.closed
}

func (b *outbox) written(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.size -= n
}

func (b *outbox) fail(err error) {
	b.mu.Lock()
	b.err = err
	b.mu.Unlock()
	b.failed(err)
}
