package main

import (
	"fmt"
	"strings"

	"github.com/dewar-build/dewar"
)

const (
	mostAlike = 10 // instances of a stage that one verdict is printed of one by one
	mostKinds = 3  // of more: instances with reasons of their own that are printed
)

// printPlannedGroup prints instances of one stage with one verdict: all, or of very many
// the first of each kind of reason, and how many more there are.
func (c *cli) printPlannedGroup(g []dewar.Planned) {
	if len(g) <= mostAlike {
		for _, x := range g {
			c.printPlanned(x)
		}
		return
	}
	seen := map[string]bool{}
	shown := 0
	for _, x := range g {
		kind := kindOfReasons(x)
		if !seen[kind] && shown < mostKinds {
			c.printPlanned(x)
			shown++
		}
		seen[kind] = true
	}
	why := " likewise"
	if len(seen) > shown {
		why = ", not all for these reasons: --json has them"
	}
	c.printf("%-11s and %d more instances of %s%s\n", g[0].Verdict, len(g)-shown, stageOf(g[0].Ref), why)
}

// printVanished prints instances that are in the lock and no longer in the pipeline: of
// very many of a stage the first.
func (c *cli) printVanished(word string, refs []string, end string) {
	for len(refs) > 0 {
		n := 1
		for n < len(refs) && stageOf(refs[n]) == stageOf(refs[0]) {
			n++
		}
		shown := n
		if n > mostAlike {
			shown = 1
		}
		for _, ref := range refs[:shown] {
			c.printf("%-11s %s%s\n", word, ref, end)
		}
		if n > shown {
			c.printf("%-11s and %d more instances of %s\n", word, n-shown, stageOf(refs[0]))
		}
		refs = refs[n:]
	}
}

// kindOfReasons is the same for instances that are to be executed for reasons that read
// alike.
func kindOfReasons(x dewar.Planned) string {
	var b strings.Builder
	if x.Err != nil {
		fmt.Fprintf(&b, "error %T", x.Err)
	} else if x.Cause != "" {
		b.WriteString("cause " + stageOf(x.Cause))
	}
	for _, r := range x.Reasons {
		fmt.Fprintf(&b, "\x00%s %t %t", r.Label, r.Old == "", r.New == "")
	}
	return b.String()
}
