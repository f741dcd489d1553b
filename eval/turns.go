package eval

import (
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// A for expression is short to write and may take for ever: loops inside of each other multiply,
// and a loop at every point multiplies with the points. So turns are counted in each value, which
// would else take all memory, and over all of an evaluation, which would else take hours.

// mayTurn says what is wrong if as many more turns of the loop are too many. That is said once:
// a loop with too many turns at one point has them at the next as well.
func (e *loopExpr) mayTurn(more int) hcl.Diagnostics {
	f := e.ev.family
	value, all := e.ev.turns+more > maxTurns, f.turns+more > allTurns
	switch {
	case e.refused || all && f.refused:
		return poisoned()
	case value:
		e.refused = true
		return fault("E-value-many", e.Range(), nil, "This for expression, with those around and inside of it, has more than %d turns. Nothing that large can be run: use fewer values.", maxTurns)
	case all:
		f.refused = true
		return fault("E-loop-turns", e.Range(), e.longest(), "All for expressions together take more than %d turns, counted at each point where they are evaluated. This one was evaluated %d times and has taken %d so far. Put into a local what is the same each time, which is then evaluated once, or use fewer values or fewer points.", allTurns, e.times, e.turns)
	}
	return nil
}

// counted counts one more turn, if there may be one.
func (e *loopExpr) counted() hcl.Diagnostics {
	if ds := e.mayTurn(1); ds != nil {
		return ds
	}
	f := e.ev.family
	e.turns++
	e.ev.turns++
	f.turns++
	if f.longest == nil || f.longest.turns < e.turns {
		f.longest = e
	}
	f.going()
	return nil
}

// longest notes the loop that has taken the most turns, if it is another one.
func (e *loopExpr) longest() []diag.Note {
	l := e.ev.family.longest
	if l == nil || l == e {
		return nil
	}
	return []diag.Note{{Span: lang.Span(l.Range()), Text: "most turns were taken here"}}
}

// least is how many turns come of so many values, with those of loops that are sure to follow
// at each of them: known before the first, it tells what would take long to find out.
func (e *loopExpr) least(values int, ctx *hcl.EvalContext) int {
	turns := values
	for inner := e.always(); inner != nil && 0 < values && turns <= maxTurns; inner = inner.always() {
		over, ds := inner.over.Value(ctx) // the same at each turn, and kept
		over, _ = over.Unmark()
		if ds.HasErrors() || over.IsNull() || !over.IsKnown() || !over.CanIterateElements() {
			break // whoever takes the turns says so
		}
		values *= over.LengthInt()
		turns += values
	}
	return turns
}

// always returns a loop over the same values that is evaluated at each turn, or nil.
func (e *loopExpr) always() *loopExpr {
	if e.cond != nil {
		return nil
	}
	for body := e.value; ; {
		switch b := body.(type) {
		case *hclsyntax.ParenthesesExpr:
			body = b.Expression
		case *boxExpr:
			body = b.Expression
		case *hclsyntax.FunctionCallExpr: // as flatten
			if len(b.Args) != 1 {
				return nil
			}
			body = b.Args[0]
		case *loopExpr:
			if !b.fixed {
				return nil
			}
			return b
		default:
			return nil
		}
	}
}
