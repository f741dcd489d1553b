package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
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

// notOfInterruption leaves out failures that only say that there was an interruption. Another may be why
// the person interrupted, or is about what could not be put back.
func notOfInterruption(l diag.List) diag.List {
	ends := []string{context.Canceled.Error(), "signal: interrupt", "signal: terminated", "signal: killed"}
	return slices.DeleteFunc(slices.Clone(l), func(d diag.Diagnostic) bool {
		return slices.ContainsFunc(ends, func(how string) bool { return strings.Contains(d.Detail, how) })
	})
}
