package frame

import (
	"math"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/eval/number"
)

// Kind says what a value is.
type Kind uint8

const (
	Absent Kind = iota // there is no value
	Number             // a finite number
	Bool               // true or false
	Text               // anything else, "nan" and "inf" among it
	JSON               // a list or an object, as a param may be; no cell of a table that is read
)

// Value is a value of a cell. Two values are the same if they are equal.
type Value struct {
	Kind   Kind
	Number float64 // of a Number, the nearest float64; 0 otherwise
	Text   string  // canonical; of a Number exact, even if no float64 is; its JSON if it is one; "" if absent
}

func (v Value) String() string { return v.Text }

// exact is up to where every integer is a float64 and no other integer's.
const exact = 1 << 53

// Num is the value of a float64. One that is not finite is a Text: nan, inf, -inf.
func Num(x float64) Value {
	switch {
	case math.IsNaN(x):
		return Str("nan")
	case math.IsInf(x, 1):
		return Str("inf")
	case math.IsInf(x, -1):
		return Str("-inf")
	}
	return Value{Kind: Number, Number: x + 0, Text: floatText(x)}
}

// floatText is number.Text of the shortest decimal of x. The first two cases are
// what it comes to for nearly all; tables have many numbers.
func floatText(x float64) string {
	abs := math.Abs(x)
	switch {
	case abs < exact && x == math.Trunc(x):
		return strconv.FormatInt(int64(x), 10)
	case abs >= 1e-6 && abs < exact:
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return canonical(strconv.FormatFloat(x, 'g', -1, 64))
}

// canonical is number.Text of a number in range.
func canonical(s string) string {
	v, err := number.Parse(s)
	if err != nil {
		return s
	}
	text, err := number.Text(v)
	if err != nil {
		return s
	}
	return text
}

// Str is the value of a text.
func Str(s string) Value { return Value{Kind: Text, Text: s} }

// Structure is the value of a list or an object, given as JSON.
func Structure(json string) Value { return Value{Kind: JSON, Text: json} }

// Boolean is the value of a truth.
func Boolean(b bool) Value { return Value{Kind: Bool, Text: strconv.FormatBool(b)} }

// numeral reads a decimal number. An integer keeps all its digits.
func numeral(s string) (Value, bool) {
	if s == "" || strings.Trim(s, "0123456789+-.eE") != "" {
		return Value{}, false
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil { // no number, or beyond all float64
		return Value{}, false
	}
	digits := strings.TrimLeft(s, "+-")
	switch whole := !strings.ContainsAny(digits, ".eE"); {
	case math.Abs(x) < exact, !whole && len(s) > 400:
		return Num(x), true
	case whole:
		digits = strings.TrimLeft(digits, "0")
		if x < 0 {
			digits = "-" + digits
		}
		return Value{Kind: Number, Number: x, Text: digits}, true
	default:
		return Value{Kind: Number, Number: x, Text: canonical(s)}, true
	}
}

// cell types what stands in a cell of a text table, as programs write it: spaces
// around what is no text do not count.
func cell(s string) Value {
	bare := strings.TrimSpace(s)
	if bare == "" {
		return Value{}
	}
	if v, ok := numeral(bare); ok {
		return v
	}
	if len(bare) <= len("-infinity") {
		switch strings.ToLower(bare) {
		case "true":
			return Boolean(true)
		case "false":
			return Boolean(false)
		case "nan", "+nan", "-nan":
			return Str("nan")
		case "inf", "+inf", "infinity", "+infinity":
			return Str("inf")
		case "-inf", "-infinity":
			return Str("-inf")
		}
	}
	return Str(s)
}
