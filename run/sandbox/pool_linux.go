package sandbox

import (
	"errors"
	"runtime"
	"sync"
)

var errClosed = errors.New("sandbox: closed")

// pool keeps the keepers that have nothing to do. There are as many as are busy at once, and some of
// other kinds: a keeper is of use to actions of its own kind only.
type pool struct {
	mu       sync.Mutex
	idle     []*client // the latest used last
	all      map[*client]bool
	starting int             // keepers that are not in all yet
	used     map[kind]uint64 // when a keeper of a kind was asked for last
	clock    uint64
	asks     chan func()   // to the thread that starts keepers; nil before the first
	quit     chan struct{} // closed with the pool
	closed   bool
	refused  bool // overlayfs does not work on the filesystem of executions
}

// get returns a keeper of a kind. If it has to be started and there would be more than most, idle
// ones of another are ended.
func (p *pool) get(k kind, most int) (*client, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, errClosed
	}
	if p.used == nil {
		p.used, p.all = make(map[kind]uint64), make(map[*client]bool)
	}
	p.clock++
	p.used[k] = p.clock
	for i := len(p.idle) - 1; i >= 0; i-- {
		if c := p.idle[i]; c.kind == k {
			p.idle = append(p.idle[:i], p.idle[i+1:]...)
			p.mu.Unlock()
			return c, nil
		}
	}
	if p.asks == nil {
		p.asks, p.quit = make(chan func()), make(chan struct{})
		go starter(p.asks, p.quit)
	}
	p.starting++
	var over []*client
	for len(p.idle) > 0 && len(p.all)+p.starting > most {
		over = append(over, p.retire())
	}
	p.mu.Unlock()
	for _, c := range over {
		c.stop()
	}
	return p.start(k)
}

// retire takes out an idle keeper of the kind that has not been asked for the longest.
func (p *pool) retire() *client {
	oldest := 0
	for i, c := range p.idle {
		if p.used[c.kind] < p.used[p.idle[oldest].kind] {
			oldest = i
		}
	}
	c := p.idle[oldest]
	p.idle = append(p.idle[:oldest], p.idle[oldest+1:]...)
	p.forget(c)
	return c
}

// forget drops a keeper that is being ended, and its kind if it was the last.
func (p *pool) forget(c *client) {
	delete(p.all, c)
	for other := range p.all {
		if other.kind == c.kind {
			return
		}
	}
	delete(p.used, c.kind)
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

func (p *pool) start(k kind) (*client, error) {
	type started struct {
		c   *client
		err error
	}
	answer := make(chan started, 1)
	ask := func() {
		c, err := startShaped(k)
		answer <- started{c, err}
	}
	select {
	case p.asks <- ask:
	case <-p.quit:
		return nil, errClosed
	}
	s := <-answer
	p.mu.Lock()
	defer p.mu.Unlock()
	p.starting--
	if s.err != nil {
		return nil, s.err
	}
	if p.closed {
		s.c.stop()
		return nil, errClosed
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
	p.forget(c)
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
