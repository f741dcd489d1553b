package param

import (
	"fmt"
	"strconv"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/number"
	"golang.org/x/text/unicode/norm"
)

// checker compares one layer of a param with its type. What is absent is no
// mistake here: another layer may have it.
type checker struct {
	subject   string      // "param.train"
	sensitive bool        // do not show values
	notes     []diag.Note // where it is declared
}

// check returns what in t is not of type ty.
func (c checker) check(ty Type, t *Tree) diag.List {
	var out diag.List
	if t.Shape != Null {
		c.walk(ty, t, nil, &out)
	}
	for i := range out {
		out[i].Notes = append(out[i].Notes, c.notes...)
	}
	return out
}

// walk checks a part that is not null.
func (c checker) walk(ty Type, t *Tree, at *trail, out *diag.List) {
	switch ty.Kind {
	case KindAny:
		c.any(t, at, out)
	case KindList, KindSet:
		if c.shaped(ty, t, Sequence, at, out) {
			part := trail{above: at}
			for i, item := range t.Items {
				part.index = i + 1
				c.element(*ty.Elem, item, &part, out)
			}
		}
	case KindTuple:
		c.tuple(ty, t, at, out)
	case KindMap:
		if c.shaped(ty, t, Mapping, at, out) {
			part := trail{above: at}
			for i := range t.Entries {
				part.name = t.Entries[i].Name
				c.element(*ty.Elem, t.Entries[i].Value, &part, out)
			}
		}
	case KindObject:
		c.object(ty, t, at, out)
	default:
		c.scalar(ty, t, at, out)
	}
}

// element checks a part that has no name of its own to be absent under.
func (c checker) element(ty Type, t *Tree, at *trail, out *diag.List) {
	if t.Shape == Null && ty.Kind != KindAny {
		*out = append(*out, report("E-param-type", t.Span, "%s must be %s, not null: null means absent, and an element cannot be absent.", at.below(c.subject), ty.article()))
		return
	}
	if t.Shape != Null {
		c.walk(ty, t, at, out)
	}
}

func (c checker) tuple(ty Type, t *Tree, at *trail, out *diag.List) {
	if !c.shaped(ty, t, Sequence, at, out) {
		return
	}
	if len(t.Items) != len(ty.Elems) {
		*out = append(*out, report("E-param-type", t.Span, "%s must have %d elements, it has %d.", at.below(c.subject), len(ty.Elems), len(t.Items)))
		return
	}
	part := trail{above: at}
	for i, item := range t.Items {
		part.index = i + 1
		c.element(ty.Elems[i], item, &part, out)
	}
}

func (c checker) object(ty Type, t *Tree, at *trail, out *diag.List) {
	if !c.shaped(ty, t, Mapping, at, out) {
		return
	}
	part := trail{above: at}
	for i := range t.Entries {
		e := &t.Entries[i]
		f := ty.field(norm.NFC.String(e.Name))
		if f == nil {
			*out = append(*out, c.unknown(ty, *e, at))
		} else if e.Value.Shape != Null {
			part.name = e.Name
			c.walk(f.Type, e.Value, &part, out)
		}
	}
}

func (c checker) unknown(ty Type, e Entry, at *trail) diag.Diagnostic {
	names := make([]string, len(ty.Fields))
	for i, f := range ty.Fields {
		names[i] = f.Name
	}
	return report("E-param-unknown-key", e.Span, "%s has no %s.%s Declare it in the type of the param, or remove it here.", at.below(c.subject), e.Name, nearestOrAll(e.Name, names))
}

// shaped checks that t is a sequence or a mapping, as ty wants.
func (c checker) shaped(ty Type, t *Tree, want Shape, at *trail, out *diag.List) bool {
	if t.Shape != want {
		*out = append(*out, c.mismatch(ty, t, at, ""))
	}
	return t.Shape == want
}

func (c checker) scalar(ty Type, t *Tree, at *trail, out *diag.List) {
	switch ty.Kind {
	case KindString, KindPath:
		c.text(ty, t, at, out)
	case KindBool:
		if t.Shape != Boolean {
			*out = append(*out, c.mismatch(ty, t, at, boolAdvice(t)))
		}
	default:
		c.number(ty, t, at, out)
	}
}

func (c checker) text(ty Type, t *Tree, at *trail, out *diag.List) {
	if t.Shape != String {
		*out = append(*out, c.mismatch(ty, t, at, textAdvice(t)))
		return
	}
	if norm.NFC.IsNormalString(t.Text) {
		return
	}
	if ty.Kind == KindPath {
		*out = append(*out, report("E-path-nfc", t.Span, "%s is a path whose letters are not in the composed form NFC of Unicode, so it would become the name of another file here. Rename the file.", at.below(c.subject)))
	} else {
		*out = append(*out, report("W-param-nfc", t.Span, "%s has letters that are not in the composed form NFC of Unicode; expressions see them composed.", at.below(c.subject)))
	}
}

func (c checker) number(ty Type, t *Tree, at *trail, out *diag.List) {
	if t.Shape != Numeral {
		*out = append(*out, c.mismatch(ty, t, at, numberAdvice(t)))
		return
	}
	if digits, ok := number.Short(t.Text); ok && (digits || ty.Kind != KindInt) {
		return
	}
	v, err := number.Parse(t.Text)
	switch {
	case t.Text == ".inf" || t.Text == "-.inf" || t.Text == ".nan":
		*out = append(*out, c.mismatch(ty, t, at, " Infinities and NaN are no numbers here."))
	case err != nil:
		*out = append(*out, c.mismatch(ty, t, at, " It is out of range."))
	case ty.Kind == KindInt && !v.AsBigFloat().IsInt():
		*out = append(*out, c.mismatch(ty, t, at, ""))
	}
}

// any checks what even an undeclared part must be: values that there are.
func (c checker) any(t *Tree, at *trail, out *diag.List) {
	switch t.Shape {
	case Numeral:
		c.number(Type{Kind: KindNumber}, t, at, out)
	case String:
		c.text(Type{Kind: KindString}, t, at, out)
	case Foreign:
		*out = append(*out, report("E-param-type", t.Span, "%s is %s; params have no such values. Quote it to make it a string.", at.below(c.subject), t.Text))
	case Sequence:
		part := trail{above: at}
		for i, item := range t.Items {
			part.index = i + 1
			c.any(item, &part, out)
		}
	case Mapping:
		part := trail{above: at}
		for i := range t.Entries {
			part.name = t.Entries[i].Name
			c.any(t.Entries[i].Value, &part, out)
		}
	}
}

func (c checker) mismatch(ty Type, t *Tree, at *trail, advice string) diag.Diagnostic {
	if c.sensitive {
		advice = "" // it may quote the value
	}
	return report("E-param-type", t.Span, "%s must be %s, not %s.%s", at.below(c.subject), ty.article(), c.describe(t), advice)
}

// describe says what t is: the string "high".
func (c checker) describe(t *Tree) string {
	var kind, text string
	switch t.Shape {
	case Null:
		return "null"
	case Boolean:
		kind, text = "the bool", t.Text
	case Numeral:
		kind, text = "the number", t.Text
		if t.raw != "" {
			text = t.raw
		}
	case String:
		kind, text = "the string", strconv.Quote(t.Text)
	case Foreign:
		return t.Text
	case Sequence:
		return "a list"
	default:
		return "an object"
	}
	if c.sensitive {
		return "another kind of value (sensitive)"
	}
	return kind + " " + shorten(text)
}

// article names a type in a sentence.
func (t Type) article() string {
	switch t.Kind {
	case KindInt:
		return "an int (a whole number)"
	case KindObject:
		return "an object"
	case KindAny:
		return "a value"
	case KindList, KindSet, KindMap:
		return "a " + t.Kind.String() + " of " + t.Elem.Kind.String()
	case KindTuple:
		return fmt.Sprintf("a tuple of %d", len(t.Elems))
	default:
		return "a " + t.Kind.String()
	}
}

func textAdvice(t *Tree) string {
	if t.Shape != Numeral && t.Shape != Boolean && t.Shape != Foreign || t.Layer == Flag {
		return ""
	}
	if t.raw == "" || t.Shape == Foreign {
		return " Quote it to make it a string."
	}
	return " Quote it to make it a string: " + strconv.Quote(t.raw) + "."
}

func numberAdvice(t *Tree) string {
	if t.Shape != String || t.Layer == Flag {
		return ""
	}
	if _, err := number.Parse(t.Text); err == nil {
		return " Remove the quotes: " + t.Text + "."
	}
	return ""
}

func boolAdvice(t *Tree) string {
	switch t.Text {
	case "yes", "Yes", "YES", "on", "On", "ON", "True", "TRUE":
		return " Write true."
	case "no", "No", "NO", "off", "Off", "OFF", "False", "FALSE":
		return " Write false."
	}
	return ""
}

func index(name string, i int) string { return name + "[" + strconv.Itoa(i) + "]" }

func member(name, part string) string {
	if isWord(part) {
		return name + "." + part
	}
	return name + "[" + strconv.Quote(part) + "]"
}
