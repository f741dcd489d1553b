package remotetest

import (
	"sync"
	"time"
)

// Clock is a clock for tests. Waits of up to Patience end at once, and the time
// is later then; longer ones end when Advance has passed them.
type Clock struct {
	Patience time.Duration

	mu    sync.Mutex
	now   time.Time
	waits []wait
	begun int        // how many waits there were
	more  *sync.Cond // begun has grown
}

type wait struct {
	until time.Time
	c     chan time.Time
}

// NewClock returns a clock that stands at some moment.
func NewClock(patience time.Duration) *Clock {
	c := &Clock{Patience: patience, now: time.Unix(1_700_000_000, 0)}
	c.more = sync.NewCond(&c.mu)
	return c
}

// Now returns the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// After returns a channel that hears of the time once d has passed.
func (c *Clock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := make(chan time.Time, 1)
	if d <= c.Patience {
		c.now = c.now.Add(d)
		ch <- c.now
		return ch
	}
	c.waits = append(c.waits, wait{c.now.Add(d), ch})
	c.begun++
	c.more.Broadcast()
	return ch
}

// WaitFor returns when n waits longer than Patience have begun, since the clock was made.
func (c *Clock) WaitFor(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.begun < n {
		c.more.Wait()
	}
}

// Advance lets time pass.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	rest := c.waits[:0]
	for _, w := range c.waits {
		if w.until.After(c.now) {
			rest = append(rest, w)
			continue
		}
		w.c <- c.now
	}
	c.waits = rest
}
