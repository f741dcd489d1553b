package main

import (
	"context"
	"fmt"
)

// evaluating is called where a pipeline is going to be evaluated, and what it returns when that
// is done. Evaluation may take long, does not look for interruptions, and writes nothing: so an
// interruption ends the process at once. What writes must not be called between the two.
func (c *cli) evaluating() (done func()) {
	stop := context.AfterFunc(c.ctx, func() {
		fmt.Fprintln(c.err, "interrupted")
		c.exit(exitInterrupted)
	})
	return func() { stop() }
}
