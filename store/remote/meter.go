package remote

import (
	"sync"
	"time"
)

// meter counts what was done, and one goroutine of it tells the caller.
type meter struct {
	mu     sync.Mutex
	now    Progress
	news   chan struct{} // holds one
	closed chan struct{}
	ended  sync.WaitGroup
}

// between is how much time is between two reports at least.
const between = 100 * time.Millisecond

// newMeter starts the goroutine; end ends it. Without anybody to tell there is none.
func newMeter(opt Options) *meter {
	m := &meter{news: make(chan struct{}, 1), closed: make(chan struct{})}
	if opt.Progress == nil {
		return m
	}
	m.ended.Go(func() {
		for {
			select {
			case <-m.news:
				opt.Progress(m.state())
			case <-m.closed:
				p := m.state()
				p.End = true
				opt.Progress(p)
				return
			}
			select {
			case <-opt.Clock.After(between):
			case <-m.closed:
			}
		}
	})
	return m
}

func (m *meter) end() { close(m.closed); m.ended.Wait() }

func (m *meter) state() Progress {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

func (m *meter) change(f func(p *Progress)) {
	m.mu.Lock()
	f(&m.now)
	m.mu.Unlock()
	select {
	case m.news <- struct{}{}:
	default: // it has not got to the last one yet
	}
}

func (m *meter) phase(ph Phase) { m.change(func(p *Progress) { p.Phase = ph }) }
func (m *meter) final()         { m.change(func(p *Progress) { p.Final = true }) }
func (m *meter) total(objects, bytes int64) {
	m.change(func(p *Progress) { p.Total.add(objects, bytes) })
}
func (m *meter) done(objects, bytes int64) {
	m.change(func(p *Progress) { p.Done.add(objects, bytes) })
}

// object counts the bytes of one object under way, and takes them back when it
// has to begin again.
func (m *meter) object() *counted { return &counted{m: m} }

type counted struct {
	m  *meter
	mu sync.Mutex
	n  int64
}

func (c *counted) add(n int64) {
	c.mu.Lock()
	c.n += n
	c.mu.Unlock()
	c.m.done(0, n)
}

// become says how many bytes it is really.
func (c *counted) become(n int64) {
	c.mu.Lock()
	more := n - c.n
	c.n = n
	c.mu.Unlock()
	if more != 0 {
		c.m.done(0, more)
	}
}

// finish says that the object is done, and has size bytes.
func (c *counted) finish(size int64) {
	c.become(size)
	c.m.done(1, 0)
}
