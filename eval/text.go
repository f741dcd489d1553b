package eval

import (
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/dewar-build/dewar/eval/number"
	"github.com/zclconf/go-cty/cty"
)

// text returns the one text of a scalar; v must be unmarked, known and not null.
func text(v cty.Value) (string, error) {
	switch v.Type() {
	case cty.String:
		return v.AsString(), nil
	case cty.Bool:
		if v.True() {
			return "true", nil
		}
		return "false", nil
	case cty.Number:
		s, err := number.Text(v)
		if err != nil {
			return "", fmt.Errorf("a number that is %w", err)
		}
		return s, nil
	default:
		return "", fmt.Errorf("%s, not a text or a number", kindOf(v))
	}
}

// kindOf says what a value is, for people.
func kindOf(v cty.Value) string {
	switch t := v.Type(); {
	case v.IsNull():
	case t.Equals(toolchainType):
		return "a toolchain"
	case t.Equals(collectionType):
		return "a collection, which has no path before it is an entry of inputs"
	case t.Equals(instanceType):
		return "the outputs of an instance"
	}
	return grid.TypeName(v)
}

// hidden is shown in place of a sensitive value.
const hidden = "(sensitive)"

// shown returns v as messages show it, shortened.
func shown(v cty.Value) (string, bool) {
	if marks := v.Marks(); len(secrecy(marks)) > 0 {
		return hidden, true
	}
	bare, deep := v.UnmarkDeep()
	if len(secrecy(deep)) > 0 {
		return hidden, true
	}
	if !bare.IsWhollyKnown() {
		return "", false
	}
	s := jsonText(bare)
	if n := 60; len([]rune(s)) > n {
		s = string([]rune(s)[:n]) + "…"
	}
	return s, true
}

// jsonText writes a value as JSON, numbers by their text, what has no JSON by its
// kind. v must be unmarked and known.
func jsonText(v cty.Value) string {
	var b strings.Builder
	writeJSON(&b, v)
	return b.String()
}

func writeJSON(b *strings.Builder, v cty.Value) {
	t := v.Type()
	switch {
	case v.IsNull():
		b.WriteString("null")
	case t == cty.String:
		b.WriteString(quoteJSON(v.AsString()))
	case t == cty.Number, t == cty.Bool:
		s, err := text(v)
		if err != nil {
			s = "null"
		}
		b.WriteString(s)
	case t.IsTupleType(), t.IsListType(), t.IsSetType():
		b.WriteByte('[')
		for i, e := range v.AsValueSlice() {
			if i > 0 {
				b.WriteByte(',')
			}
			writeJSON(b, e)
		}
		b.WriteByte(']')
	case t.IsObjectType(), t.IsMapType():
		m := v.AsValueMap()
		names := make([]string, 0, len(m))
		for n := range m {
			names = append(names, n)
		}
		sort.Strings(names)
		b.WriteByte('{')
		for i, n := range names {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(quoteJSON(n) + ":")
			writeJSON(b, m[n])
		}
		b.WriteByte('}')
	default:
		b.WriteString(strconv.Quote(kindOf(v)))
	}
}

// quoteJSON does not escape <, > and &: this text is for people and point keys.
func quoteJSON(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic("eval.quoteJSON: " + err.Error())
	}
	return strings.TrimSuffix(b.String(), "\n")
}
