package builtins

import (
	"fmt"
	"math/big"
	"strings"
	"unicode/utf8"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// maxWidth bounds width and precision, so that no text is absurdly long.
const maxWidth = 1000

// formatText is format(). Numbers are written by %s and %v as everywhere else,
// which is why the standard library of cty does not do: it writes 1000000 as 1e+06.
func formatText(args []cty.Value) (cty.Value, error) {
	var b strings.Builder
	next := 1
	for rest := args[0].AsString(); rest != ""; {
		plain, after, found := strings.Cut(rest, "%")
		b.WriteString(plain)
		if !found {
			break
		}
		if strings.HasPrefix(after, "%") {
			b.WriteByte('%')
			rest = after[1:]
			continue
		}
		n := verbLength(after)
		verb := "%" + after[:n]
		rest = after[n:]
		if next >= len(args) {
			return cty.DynamicVal, function.NewArgErrorf(0, "the format has more verbs than there are values: nothing is left for %s", verb)
		}
		t, err := formatOne(verb, args[next])
		if err != nil {
			return cty.DynamicVal, function.NewArgErrorf(next, "%s", err)
		}
		b.WriteString(t)
		next++
	}
	if next < len(args) {
		return cty.DynamicVal, function.NewArgErrorf(next, "the format has no verb for this value")
	}
	return cty.StringVal(b.String()), nil
}

// formatList is formatlist(): format() once for each position of the lists.
func formatList(args []cty.Value) (cty.Value, error) {
	n := -1
	lists := make([][]cty.Value, len(args))
	for i, a := range args[1:] {
		bare, _ := a.Unmark()
		if !bare.IsKnown() {
			return cty.DynamicVal, errUnknown
		}
		if bare.IsNull() || !isList(bare) {
			continue
		}
		all, err := elements(args, i+1)
		if err != nil {
			return cty.DynamicVal, err
		}
		if lists[i+1] = all; all == nil {
			lists[i+1] = []cty.Value{}
		}
		if n >= 0 && n != len(all) {
			return cty.DynamicVal, function.NewArgErrorf(i+1, "the lists must be equally long: one has %d elements, this has %d", n, len(all))
		}
		n = len(all)
	}
	if n < 0 {
		n = 1
	}
	out := make([]cty.Value, n)
	for k := range out {
		one, marks := make([]cty.Value, len(args)), []cty.ValueMarks{}
		for i, a := range args {
			if lists[i] != nil {
				a = lists[i][k]
			}
			bare, m := a.UnmarkDeep()
			if !bare.IsWhollyKnown() {
				return cty.DynamicVal, errUnknown
			}
			one[i], marks = bare, append(marks, m)
		}
		v, err := formatText(one)
		if err != nil {
			return cty.DynamicVal, err
		}
		out[k] = v.WithMarks(marks...)
	}
	return listOf(out), nil
}

// verbLength returns the length of the flags, width, precision and letter that
// a text begins with.
func verbLength(text string) int {
	n := 0
	skip := func(set string) {
		for n < len(text) && strings.IndexByte(set, text[n]) >= 0 {
			n++
		}
	}
	skip("-+ #0")
	skip("0123456789")
	if n < len(text) && text[n] == '.' {
		n++
		skip("0123456789")
	}
	_, letter := utf8.DecodeRuneInString(text[n:])
	return n + letter
}

// tooWide reports whether a verb has a number over maxWidth.
func tooWide(verb string) bool {
	n := 0
	for _, c := range verb {
		if c < '0' || c > '9' {
			n = 0
			continue
		}
		if n = n*10 + int(c-'0'); n > maxWidth {
			return true
		}
	}
	return false
}

// formatOne writes one value by a verb with its flags, as "%-5s".
func formatOne(verb string, v cty.Value) (string, error) {
	if tooWide(verb) {
		return "", fmt.Errorf("the width in %s is over %d", verb, maxWidth)
	}
	switch verb[len(verb)-1] {
	case 's', 'v':
		t, err := shown(v)
		return fmt.Sprintf(verb[:len(verb)-1]+"s", t), err
	case 'q':
		t, err := shown(v)
		return fmt.Sprintf(verb, t), err
	case 't':
		if v.IsNull() || v.Type() != cty.Bool {
			return "", fmt.Errorf("%s needs a bool, not %s", verb, grid.TypeName(v))
		}
		return fmt.Sprintf(verb, v.True()), nil
	case 'd', 'x', 'X', 'o', 'b':
		i, err := wholeOf(verb, v)
		return fmt.Sprintf(verb, i), err
	case 'f', 'e', 'E', 'g', 'G':
		if v.IsNull() || v.Type() != cty.Number {
			return "", fmt.Errorf("%s needs a number, not %s", verb, grid.TypeName(v))
		}
		f, _ := v.AsBigFloat().Float64()
		return fmt.Sprintf(verb, f), nil
	}
	return "", fmt.Errorf("%s is no verb; there are %%s %%v %%q %%d %%f %%e %%g %%x %%o %%b %%t and %%%%", verb)
}

// shown is the text of a scalar, or JSON.
func shown(v cty.Value) (string, error) {
	if !v.IsNull() && v.Type().IsPrimitiveType() {
		return grid.Text(v)
	}
	return jsonText(v)
}

func wholeOf(verb string, v cty.Value) (*big.Int, error) {
	if v.IsNull() || v.Type() != cty.Number {
		return new(big.Int), fmt.Errorf("%s needs a whole number, not %s", verb, grid.TypeName(v))
	}
	i, accuracy := v.AsBigFloat().Int(nil)
	if accuracy != big.Exact {
		return i, fmt.Errorf("%s needs a whole number, not %s; %%s writes any number", verb, displayNumber(v))
	}
	return i, nil
}
