package main

import (
	"errors"
	"io"
	"sync"

	"github.com/dewar-build/dewar/diag"
)

// results is where results go. It remembers what could not be written: half of a result must
// not pass for all of it.
type results struct {
	w io.Writer

	mu   sync.Mutex
	lost error
}

func (r *results) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lost != nil {
		return 0, r.lost
	}
	n, err := r.w.Write(b)
	r.lost = err
	return n, err
}

// delivered says if results were lost, and how to exit then: what did well otherwise failed.
func (c *cli) delivered(out *results, err error, code int) int {
	if out.lost == nil {
		return code
	}
	if c.json || !errors.Is(err, out.lost) { // else it was said
		c.json = false // where that goes nothing arrives
		c.say(diag.List{{Code: "E-environment", Detail: out.lost.Error() + "."}})
	}
	if code == exitDone || code == exitStale {
		return exitUsage
	}
	return code
}
