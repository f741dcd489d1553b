package graph

import (
	"slices"
	"strconv"
	"strings"
)

const argumentLabel = "argument "

// arguments returns where the arguments are: they follow each other.
func arguments(fields []Field) (from, to int) {
	is := func(f Field) bool { return strings.HasPrefix(f.Label, argumentLabel) }
	if from = slices.IndexFunc(fields, is); from < 0 {
		return 0, 0
	}
	for to = from; to < len(fields) && is(fields[to]); to++ {
	}
	return from, to
}

// diffArguments compares two argvs of unequal length: what both begin and end with has not
// changed, wherever it stands now, so that an option that is gone is one change.
// An argument is called by its place in new, one that was removed by that in old.
func diffArguments(old, new []Field) []Change {
	n := min(len(old), len(new))
	start := 0
	for start < n && old[start].Value == new[start].Value {
		start++
	}
	end := 0
	for end < n-start && old[len(old)-1-end].Value == new[len(new)-1-end].Value {
		end++
	}
	old, new = old[start:len(old)-end], new[start:len(new)-end]
	var changes []Change
	for i := range max(len(old), len(new)) {
		c := Change{Label: argumentLabel + strconv.Itoa(start+i)}
		if i < len(old) {
			c.Old = old[i].Value
		}
		if i < len(new) {
			c.New = new[i].Value
		}
		if i >= len(old) || i >= len(new) || c.Old != c.New {
			changes = append(changes, c)
		}
	}
	return changes
}
