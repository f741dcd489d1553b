package eval

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawn draws expressions whose names are few, so that one loop often hides another's.
type drawn struct {
	t     *rapid.T
	names []string // of numbers, that are seen
}

func (d *drawn) pick(n int) int { return rapid.IntRange(0, n-1).Draw(d.t, "") }

// binding draws the names of a loop, and what sees them.
func (d *drawn) binding(body func(names string)) {
	before := d.names
	names := []string{[]string{"a", "b"}[d.pick(2)]}
	if d.pick(2) == 0 {
		names = []string{[]string{"b", "c"}[d.pick(2)], "a"}
	}
	d.names = append(slices.Clip(before), names...)
	body(strings.Join(names, ", "))
	d.names = before
}

func (d *drawn) number(depth int) string {
	switch n := d.pick(6); {
	case depth > 0 && n == 0:
		return fmt.Sprintf("(%s %s %s)", d.number(depth-1), []string{"+", "-", "*"}[d.pick(3)], d.number(depth-1))
	case depth > 0 && n == 1:
		return fmt.Sprintf("length(%s)", d.list(depth-1))
	case depth > 0 && n == 2:
		return fmt.Sprintf("(%s ? %s : %s)", d.truth(depth-1), d.number(depth-1), d.number(depth-1))
	case depth > 0 && n == 3:
		return fmt.Sprintf("concat(%s, [%d])[0]", d.list(depth-1), d.pick(5))
	case n > 3 && len(d.names) > 0:
		return d.names[d.pick(len(d.names))]
	}
	return fmt.Sprint(d.pick(4))
}

func (d *drawn) truth(depth int) string {
	if depth > 0 && d.pick(3) == 0 {
		return fmt.Sprintf("(%s && !%s)", d.truth(depth-1), d.truth(depth-1))
	}
	return fmt.Sprintf("(%s %s %s)", d.number(depth), []string{"<", ">=", "==", "!="}[d.pick(4)], d.number(depth))
}

// list draws a list of numbers.
func (d *drawn) list(depth int) (out string) {
	if depth == 0 {
		return fmt.Sprintf("[%s, %s]", d.number(0), d.number(0))
	}
	over := d.list(depth - 1)
	switch d.pick(5) {
	case 0:
		over = fmt.Sprintf("toset(%s)", over)
	case 1:
		over = fmt.Sprintf("range(%d)", d.pick(4))
	case 2:
		d.binding(func(names string) { over = fmt.Sprintf("flatten([for %s in %s : %s])", names, over, d.list(depth-1)) })
	case 3:
		d.binding(func(names string) {
			over = fmt.Sprintf("flatten(values({ for %s in %s : %s => %s... }))", names, over, d.number(depth-1), d.number(depth-1))
		})
	}
	d.binding(func(names string) {
		out = fmt.Sprintf("[for %s in %s : %s", names, over, d.number(depth-1))
		if d.pick(2) == 0 {
			out += " if " + d.truth(depth-1)
		}
	})
	return out + "]"
}

// TestLoops_drawn: any loops in loops are what hcl makes of them.
func TestLoops_drawn(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := &drawn{t: r}
		text := d.list(3)
		if ours, theirs, problems := expression(t, text); problems != "" || !ours.RawEquals(theirs) {
			r.Errorf("%s\nis      %#v\nand not %#v\n%s", text, ours, theirs, problems)
		}
	})
}
