package sandbox

import (
	"errors"
	"runtime"
	"sync"
)

var errClosed = errors.New("sandbox: closed")

// pool keeps the keepers that have nothing to do. How many there are at all
// is bounded by the slots: one a slot of each kind.
type pool struct {
	mu      sync.Mutex
	idle    []*client
	all     map[*client]bool
	asks    chan func()   // to the thread that starts keepers; nil before the first
	quit    chan struct{} // closed with the pool
	closed  bool
	refused bool // overlayfs does not work on the filesystem of executions
}

// get returns a keeper with or without the host's network.
func (p *pool) get(network bool) (*client, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, errClosed
	}
	for i, c := range p.idle {
		if c.network == network {
			p.idle = append(p.idle[:i], p.idle[i+1:]...)
			p.mu.Unlock()
			return c, nil
		}
	}
	if p.asks == nil {
		p.asks, p.quit = make(chan func()), make(chan struct{})
		go starter(p.asks, p.quit)
	}
	p.mu.Unlock()
	return p.start(network)
}

// starter is the thread that all keepers are children of. It ends with the
// pool; see startClient.
func starter(asks chan func(), quit chan struct{}) {
	runtime.LockOSThread()
	for {
		select {
		case f := <-asks:
			f()
		case <-quit:
			return
		}
	}
}

func (p *pool) start(network bool) (*client, error) {
	type started struct {
		c   *client
		err error
	}
	answer := make(chan started, 1)
	ask := func() {
		c, err := startClient(network)
		answer <- started{c, err}
	}
	select {
	case p.asks <- ask:
	case <-p.quit:
		return nil, errClosed
	}
	s := <-answer
	if s.err != nil {
		return nil, s.err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		s.c.stop()
		return nil, errClosed
	}
	if p.all == nil {
		p.all = make(map[*client]bool)
	}
	p.all[s.c] = true
	return s.c, nil
}

// put gives a keeper back. One that is broken is ended; the next get starts another.
func (p *pool) put(c *client) {
	p.mu.Lock()
	if !c.broken && !p.closed {
		p.idle = append(p.idle, c)
		p.mu.Unlock()
		return
	}
	delete(p.all, c)
	p.mu.Unlock()
	c.stop()
}

// copies reports whether to do without overlayfs; refuseOverlay says so.
func (p *pool) copies() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.refused
}

func (p *pool) refuseOverlay() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refused = true
}

// close ends all keepers, also those that are busy.
func (p *pool) close() {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return
	}
	p.closed = true
	all := p.all
	p.all, p.idle = nil, nil
	quit := p.quit
	p.mu.Unlock()
	for c := range all {
		c.stop()
	}
	if quit != nil {
		close(quit)
	}
}
