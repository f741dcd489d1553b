package param

import "slices"

// trail is the way from a whole down to one of its parts, linked from the part upwards; nil is
// the whole. A file has far more parts than there is something to say of, so that only where
// there is, the way is written down. Whoever goes through a collection has one trail for all of
// its parts, made before the loop: so it stays on the stack.
type trail struct {
	above *trail
	name  string // of an entry
	index int    // of an element, from 1; 0: it is an entry
}

// path lists the names; an element is "[3]".
func (t *trail) path() []string {
	out := make([]string, 0, 4)
	for ; t != nil; t = t.above {
		if t.index > 0 {
			out = append(out, index("", t.index-1))
		} else {
			out = append(out, t.name)
		}
	}
	slices.Reverse(out)
	return out
}

// below writes the part of what is called whole as people do: whole.a[3].
func (t *trail) below(whole string) string {
	switch {
	case t == nil:
		return whole
	case t.index > 0:
		return index(t.above.below(whole), t.index-1)
	default:
		return member(t.above.below(whole), t.name)
	}
}
