package eval

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// pointKey names one point.
func (ev *evaluator) pointKey(st *stage, in *instance, at *attrs) bool {
	if at.has("key") {
		if ev.readsOwnKey(st) {
			return false
		}
		k, ok := at.text("key", "")
		if !ok {
			return false
		}
		if k == "" {
			ev.errorf(&st.frame, "E-point-key", st.block.Attr("key").Span, "The point key is empty.")
			return false
		}
		in.key, in.custom = encodeKey(k), true
		return true
	}
	k, err := inheritedKey(in)
	if err == nil {
		in.key = k
		return true
	}
	code := "E-point-value"
	var needed *grid.KeyNeededError
	if errors.As(err, &needed) {
		code = "E-point-key-needed"
	}
	detail := capital(err.Error()) + "."
	if needed != nil {
		detail = fmt.Sprintf("The axis %s has a value that is %s, which has no short text. Name the points on the %s, as key = %s.", needed.Axis, needed.Type, st.block.Kind, proposedKey(in))
	}
	ev.errorf(&st.frame, code, lang.Span(st.block.Attr("for_each").Expr.Range()), "%s", detail)
	return false
}

// proposedKey is a key for a point that needs one: of an object, an attribute that has
// a text.
func proposedKey(in *instance) string {
	var parts []string
	for _, a := range in.point.Axes {
		ref := "each." + a.Name
		bare, _ := a.Value.Unmark()
		switch t := bare.Type(); {
		case t.IsPrimitiveType():
			parts = append(parts, fmt.Sprintf("%s=${%s}", a.Name, ref))
		case isObject(t):
			parts = append(parts, fmt.Sprintf("%s=${%s.%s}", a.Name, ref, telling(bare)))
		default:
			parts = append(parts, fmt.Sprintf("%s=${join(\"-\", %s)}", a.Name, ref))
		}
	}
	return `"` + strings.Join(parts, ",") + `"`
}

// telling returns the name of the attribute that most likely tells an object from
// others: a text, else a number, else what people call such things.
func telling(v cty.Value) string {
	attrs := v.AsValueMap()
	names := slices.Sorted(maps.Keys(attrs))
	for _, t := range []cty.Type{cty.String, cty.Number} {
		for _, n := range names {
			if bare, _ := attrs[n].Unmark(); bare.Type() == t && !bare.IsNull() && hclsyntax.ValidIdentifier(n) {
				return n
			}
		}
	}
	return "name"
}

// readsOwnKey reports a key made of itself.
func (ev *evaluator) readsOwnKey(st *stage) bool {
	for _, r := range lang.Refs(st.block.Attr("key").Expr) {
		if r.Root == "each" && r.Name == "key" {
			in := st.frame.in
			st.frame.in = nil
			ev.errorf(&st.frame, "E-stratum", r.Span, "key cannot use each.key: it is what it makes. Use the axes.")
			st.frame.in = in
			return true
		}
	}
	return false
}

// inheritedKey is the parent's point key, if that was given by hand, with the axes
// that came on top; else it is made of the axes.
func inheritedKey(in *instance) (string, error) {
	if in.parent == nil || !in.parent.custom {
		if in.parent != nil && len(in.parent.point.Axes) == len(in.point.Axes) && samePoint(in.parent.point, in.point) {
			return in.parent.key, nil
		}
		return in.point.Key()
	}
	in.custom = true
	var more grid.Point
	for _, a := range in.point.Axes {
		if old := in.parent.point.Get(a.Name); old == cty.NilVal || !old.RawEquals(a.Value) {
			more.Axes = append(more.Axes, a)
		}
	}
	if len(more.Axes) == 0 {
		return in.parent.key, nil
	}
	k, err := more.Key()
	return in.parent.key + "," + k, err
}

func samePoint(a, b grid.Point) bool {
	if len(a.Axes) > 0 && &a.Axes[0] == &b.Axes[0] {
		return true
	}
	for i := range a.Axes {
		if a.Axes[i].Name != b.Axes[i].Name || !a.Axes[i].Value.RawEquals(b.Axes[i].Value) {
			return false
		}
	}
	return true
}

// encodeKey makes a given text a point key: = and , stay, other bytes are
// escaped as in made ones.
func encodeKey(s string) string {
	out, from := "", 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] != '=' && s[i] != ',' {
			continue
		}
		out += grid.EncodeValue(s[from:i])
		if i < len(s) {
			out += s[i : i+1]
		}
		from = i + 1
	}
	return out
}

// sameKey reports two instances with one point key.
func (ev *evaluator) sameKey(st *stage, a, b *instance) {
	st.frame.in = nil
	span := lang.Span(st.block.Attr("for_each").Expr.Range())
	advice := "Leave one of them out, or name them apart with key = …"
	if at := st.block.Attr("key"); at != nil {
		span, advice = at.Span, "Put into key what tells them apart."
	}
	ev.errorf(&st.frame, "E-point-key-duplicate", span, "Two points have the point key %s: %s and %s. %s", a.key, describe(a), describe(b), advice)
}

// describe writes a point for messages, strings quoted: 1 and "1" have one text.
func describe(in *instance) string {
	s := ""
	for i, a := range in.point.Axes {
		if i > 0 {
			s += ", "
		}
		s += a.Name + " = " + jsonText(a.Value)
	}
	return "{ " + s + " }"
}
