package builtins

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// maxWidth bounds width and precision, so that no text is absurdly long.
const maxWidth = 1000

// formatText is format(). Numbers are written by %s and %v as everywhere else,
// which is why the standard library of cty does not do: it writes 1000000 as 1e+06.
func formatText(args []cty.Value) (cty.Value, error) {
	verb := regexp.MustCompile(`%([-+ #0]*)(\d*)(?:\.(\d*))?(.?)`)
	next := 1
	var failed error
	out := verb.ReplaceAllStringFunc(args[0].AsString(), func(m string) string {
		if m == "%%" || failed != nil {
			return "%"
		}
		if next >= len(args) {
			failed = function.NewArgErrorf(0, "the format has more verbs than there are values: nothing is left for %s", m)
			return ""
		}
		t, err := formatOne(m, args[next])
		if err != nil {
			failed = function.NewArgErrorf(next, "%s", err)
		}
		next++
		return t
	})
	if failed == nil && next < len(args) {
		failed = function.NewArgErrorf(next, "the format has no verb for this value")
	}
	return cty.StringVal(out), failed
}

// formatOne writes one value by a verb with its flags, as "%-5s".
func formatOne(verb string, v cty.Value) (string, error) {
	for _, digits := range regexp.MustCompile(`\d+`).FindAllString(verb, -1) {
		if len(strings.TrimLeft(digits, "0")) > 3 {
			return "", fmt.Errorf("the width in %s is over %d", verb, maxWidth-1)
		}
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
