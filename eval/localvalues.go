package eval

import (
	"maps"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// What locals are is asked for by who shows a pipeline to a person who writes it. It costs
// another walk over values that may be large, so an evaluation says it only if it is asked.

// Local is a local value as people see it.
type Local struct {
	Name   string
	Type   string // in the words of types, shortened; "" if it is hidden or null
	Text   string // strings as they are, others as JSON, shortened; "(sensitive)"
	Points int    // of a list of points: how many there are
	Axes   []LocalAxis
}

// LocalAxis is an axis of a local that is a list of points.
type LocalAxis struct {
	Name   string
	Values []string // the first of them, in the order of the points, each once
	Count  int
}

const (
	shownText  = 500 // bytes of a value that people are shown
	shownTypes = 4   // types of a tuple
	shownAxis  = 12  // values of an axis
)

// localValues lists the locals that have a value, in the order of the declarations. It comes
// last: what is wrong with one that nobody reads is nobody's mistake yet. Of a pipeline with
// mistakes, what locals make of stages is not asked for.
func (ev *evaluator) localValues(mistakes bool) []Local {
	var out []Local
	for _, a := range ev.pipe.Locals {
		if mistakes && ev.readsStages(a.Expr) {
			continue
		}
		v, ok := ev.local(a.Name, view{base: ev.dir})
		if !ok {
			continue
		}
		if l, ok := localOf(v); ok {
			l.Name = a.Name
			out = append(out, l)
		}
	}
	return out
}

// localOf says what a value is; ok is false if that is not known.
func localOf(v cty.Value) (l Local, ok bool) {
	bare, marks := bareValue(v)
	if len(secrecy(marks)) > 0 {
		return Local{Text: hidden}, true
	}
	if !bare.IsWhollyKnown() {
		return l, false
	}
	if bare.IsNull() {
		return Local{Text: "null"}, true
	}
	l.Type = cutText(typeText(bare.Type()))
	l.Text = beginning(bare)
	if isList(bare.Type()) {
		l.Points, l.Axes = axesOf(bare)
	}
	return l, true
}

// beginning is the text of a value, of a large one what it begins with.
func beginning(v cty.Value) string {
	if v.Type() == cty.String {
		return cutText(v.AsString())
	}
	if !isList(v.Type()) || v.LengthInt() <= shownText {
		return cutText(jsonText(v))
	}
	list := make([]cty.Value, 0, shownText)
	for it := v.ElementIterator(); it.Next() && len(list) < shownText; { // each takes two bytes or more
		_, e := it.Element()
		list = append(list, e)
	}
	return cutText(jsonText(cty.TupleVal(list)))
}

func cutText(s string) string {
	if len(s) <= shownText {
		return s
	}
	return strings.ToValidUTF8(s[:shownText], "") + "…"
}

// typeText is a type in the words of types. A list whose elements have one type is a list of
// that: nobody thinks of it as a tuple.
func typeText(t cty.Type) string {
	switch {
	case t.IsListType():
		return "list(" + typeText(t.ElementType()) + ")"
	case t.IsMapType():
		return "map(" + typeText(t.ElementType()) + ")"
	case t.IsSetType():
		return "set(" + typeText(t.ElementType()) + ")"
	case t.IsTupleType():
		return tupleText(t.TupleElementTypes())
	case t.IsObjectType():
		return objectText(t.AttributeTypes())
	case t.IsCapsuleType():
		return t.FriendlyName()
	}
	return wordOf(t)
}

func tupleText(types []cty.Type) string {
	same := len(types) > 0
	for _, t := range types {
		same = same && t.Equals(types[0])
	}
	if same {
		return "list(" + typeText(types[0]) + ")"
	}
	var words []string
	for _, t := range types[:min(len(types), shownTypes)] {
		words = append(words, typeText(t))
	}
	if len(types) > shownTypes {
		words = append(words, "…")
	}
	return "tuple([" + strings.Join(words, ", ") + "])"
}

func objectText(types map[string]cty.Type) string {
	names := slices.Sorted(maps.Keys(types))
	for i, n := range names {
		names[i] = n + " = " + typeText(types[n])
	}
	if len(names) == 0 {
		return "object({})"
	}
	return "object({ " + strings.Join(names, ", ") + " })"
}

// axesOf returns the axes of a list that for_each could be given: objects with the same
// names, each of them one text or number. There are none of anything else.
func axesOf(list cty.Value) (points int, axes []LocalAxis) {
	var seen []map[string]bool
	for it := list.ElementIterator(); it.Next(); {
		_, e := it.Element()
		if e.IsNull() || !e.Type().IsObjectType() {
			return 0, nil
		}
		if points == 0 {
			for _, n := range sortedNames(e.AsValueMap()) {
				axes, seen = append(axes, LocalAxis{Name: n}), append(seen, map[string]bool{})
			}
		}
		if points++; len(axes) == 0 || len(e.Type().AttributeTypes()) != len(axes) {
			return 0, nil
		}
		for i := range axes {
			if !axes[i].take(e, seen[i]) {
				return 0, nil
			}
		}
	}
	return points, axes
}

// take adds the value that a point has, unless it was seen; it reports whether there is one.
func (x *LocalAxis) take(point cty.Value, seen map[string]bool) bool {
	if !point.Type().HasAttribute(x.Name) || point.GetAttr(x.Name).IsNull() {
		return false
	}
	s, err := text(point.GetAttr(x.Name))
	if err != nil {
		return false
	}
	if !seen[s] {
		seen[s] = true
		if x.Count++; len(x.Values) < shownAxis {
			x.Values = append(x.Values, cutText(s))
		}
	}
	return true
}
