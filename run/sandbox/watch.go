package sandbox

import (
	"context"
	"sync"
	"time"
)

// patience is how long a keeper may take to report after its processes have been killed.
const patience = 10 * time.Second

// watch ends an action that takes too long or is no longer wanted: politely,
// after a grace not, and in the end whatever looks after it as well.
type watch struct {
	terminate, kill, abandon func()

	mu       sync.Mutex
	timers   []*time.Timer
	unhook   func() bool
	over     bool // the action has ended
	ending   bool // it has been told to
	timedOut bool
}

func startWatch(ctx context.Context, timeout, grace time.Duration, terminate, kill, abandon func()) *watch {
	w := &watch{terminate: terminate, kill: kill, abandon: abandon}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unhook = context.AfterFunc(ctx, func() { w.end(false, grace/6) })
	if timeout > 0 {
		w.timers = append(w.timers, time.AfterFunc(timeout, func() { w.end(true, grace) }))
	}
	return w
}

// end begins to end the action. It may be called again, in more of a hurry.
func (w *watch) end(timeout bool, grace time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over {
		return
	}
	if !w.ending {
		w.ending, w.timedOut = true, timeout
		w.terminate()
	}
	w.timers = append(w.timers,
		time.AfterFunc(grace, func() { w.unlessOver(w.kill) }),
		time.AfterFunc(grace+patience, func() { w.unlessOver(w.abandon) }))
}

func (w *watch) unlessOver(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.over {
		f()
	}
}

// stop says that the action has ended, and reports whether that was for its timeout.
func (w *watch) stop() (timedOut bool) {
	w.unhook()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	for _, t := range w.timers {
		t.Stop()
	}
	return w.timedOut
}
