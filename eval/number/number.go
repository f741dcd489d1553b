// Package number gives every number of the language one text, so that
// equality, point keys, arguments and JSON agree on every machine.
//
// cty carries 512-bit floats: 0.1 from text, 0.1 from a float64 and 0.3/3
// are three numbers there, and the last has 154 digits. Here a number is either
// an exact integer or a float64, and which of the two can be told from its value
// alone, so that where a number came from does not matter.
//
// It knows cty and nothing of ours; eval, builtins and param import it.
package number

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// maxBits is the precision that cty gives to numbers read from text. An
// integer beyond it may have been rounded already, so it counts as a float64.
const (
	maxBits   = 512
	maxDigits = 155 // no integer of maxBits has more

	shortDigits = 18 // integers of so many characters fit an int64
)

// Errors of numbers that have no text.
var (
	ErrSyntax   = errors.New("not a decimal number")
	ErrInfinite = errors.New("not a finite number")
	ErrRange    = errors.New("too large for a float64")
	ErrLong     = errors.New("integer of more than 512 bits")
)

// Text returns the canonical text of a known, unmarked number.
//
//   - An integer of at most 512 bits is its exact decimal digits; -0 is 0.
//   - Any other number is rounded to the nearest float64 and written with the
//     fewest digits that read back as that float64: as plain decimals when its
//     decimal exponent is from -6 up to 20 ("0.000001", "123.5"), below it
//     as "d.ddde-7". That is what ECMAScript prints.
//   - An integer of more than 512 bits is such another number, always written
//     as "d.ddde+300"; but one that Parse is given in digits is an error there.
//
// Text is a fixed point: Text(Parse(Text(v))) is Text(v). Infinities and
// numbers outside the range of float64 are errors.
func Text(v cty.Value) (string, error) {
	if v.Type() != cty.Number || v.IsNull() || !v.IsKnown() {
		panic("number.Text: not a known number")
	}
	return text(v.AsBigFloat())
}

func text(f *big.Float) (string, error) {
	if f.IsInf() {
		return "", ErrInfinite
	}
	if f.IsInt() && f.MantExp(nil) <= maxBits {
		if i, acc := f.Int64(); acc == big.Exact {
			return strconv.FormatInt(i, 10), nil
		}
		i, _ := f.Int(nil)
		return i.String(), nil
	}
	x, _ := f.Float64()
	return shortest(x)
}

// shortest returns the text of the number nearest to what is not an exact integer.
func shortest(x float64) (string, error) {
	switch {
	case math.IsNaN(x):
		return "", ErrInfinite
	case math.IsInf(x, 0):
		return "", ErrRange
	case x == 0:
		return "0", nil
	}
	sci := strconv.FormatFloat(x, 'e', -1, 64) // "-d.ddde-07"
	mant, e, _ := strings.Cut(sci, "e")
	exp, err := strconv.Atoi(e)
	if err != nil {
		panic("number.shortest: " + err.Error())
	}
	switch {
	case exp >= -6 && exp < 21, exp > 0 && math.Abs(x) < math.Ldexp(1, maxBits):
		// What rounds to a long integer reads back as an exact integer, whose
		// text has no exponent; so it gets none here either.
		return strconv.FormatFloat(x, 'f', -1, 64), nil
	case exp < 0:
		return mant + "e" + strconv.Itoa(exp), nil
	default:
		return mant + "e+" + strconv.Itoa(exp), nil
	}
}

// Parse reads a decimal number ("10", "-0.5", "1e-3", ".5", "1.") exactly if it
// is an integer, and otherwise as the number that its float64 has for a text.
// Infinities, NaN, hexadecimals and underscores are errors.
func Parse(s string) (cty.Value, error) {
	digits, ok := scan(s)
	if !ok {
		return cty.NilVal, fmt.Errorf("%q: %w", s, ErrSyntax)
	}
	if digits && len(s) <= shortDigits {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			panic("number.Parse: " + err.Error())
		}
		return cty.NumberIntVal(n), nil
	}
	if digits { // an integer as written
		if len(strings.TrimLeft(s, "+-0")) > maxDigits {
			return cty.NilVal, fmt.Errorf("%s…: %w", s[:20], ErrLong)
		}
		i, ok := new(big.Int).SetString(s, 10)
		if !ok {
			panic("number.Parse: scan accepted " + s)
		}
		if i.BitLen() > maxBits {
			return cty.NilVal, fmt.Errorf("%q: %w", s, ErrLong)
		}
		return integer(i), nil
	}
	f, _, err := big.ParseFloat(s, 10, maxBits, big.ToNearestEven)
	if err != nil {
		return cty.NilVal, fmt.Errorf("%q: %w", s, ErrRange)
	}
	v, err := canonicalAs(f, s)
	if errors.Is(err, ErrInfinite) {
		err = ErrRange // an exponent beyond even those of big.Float
	}
	if err != nil {
		return cty.NilVal, fmt.Errorf("%q: %w", s, err)
	}
	return v, nil
}

// Decimal reports whether s is spelled as a decimal number, in range or not: whether Parse
// has another error for it than ErrSyntax, or none.
func Decimal(s string) bool {
	_, ok := scan(s)
	return ok
}

// Short reports whether s is spelled so short, and without an exponent, that Parse reads it;
// digits says that it is an integer as written.
func Short(s string) (digits, ok bool) {
	digits, ok = scan(s)
	return digits, ok && len(s) <= shortDigits && !strings.ContainsAny(s, "eE")
}

// scan reports whether s is a decimal number, and whether it is one of digits only.
func scan(s string) (digits, ok bool) {
	s = strings.TrimLeft(s[:min(1, len(s))], "+-") + s[min(1, len(s)):]
	whole := run(s)
	rest, frac := s[whole:], 0
	if strings.HasPrefix(rest, ".") {
		frac = run(rest[1:])
		rest = rest[1+frac:]
		if whole+frac == 0 {
			return false, false
		}
	} else if whole == 0 {
		return false, false
	} else if rest == "" {
		return true, true
	}
	if rest == "" {
		return false, true
	}
	if rest[0] != 'e' && rest[0] != 'E' {
		return false, false
	}
	rest = rest[1:]
	if rest != "" && (rest[0] == '+' || rest[0] == '-') {
		rest = rest[1:]
	}
	return false, rest != "" && run(rest) == len(rest)
}

// run returns how many digits s begins with.
func run(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}

func integer(i *big.Int) cty.Value {
	if i.IsInt64() {
		return cty.NumberIntVal(i.Int64())
	}
	return cty.NumberVal(new(big.Float).SetPrec(maxBits).SetInt(i))
}

// canonical returns the number that has the same text as f.
func canonical(f *big.Float) (cty.Value, error) {
	return canonicalAs(f, "")
}

// canonicalAs is canonical of what was read from s, which is not read again if it is canonical.
func canonicalAs(f *big.Float, s string) (cty.Value, error) {
	t, err := text(f)
	switch {
	case err != nil:
		return cty.NilVal, err
	case t == s:
		return cty.NumberVal(f), nil
	}
	return fromText(t), nil
}

// fromText reads what Text wrote.
func fromText(t string) cty.Value {
	v, err := cty.ParseNumberVal(t)
	if err != nil {
		panic("number.fromText: " + err.Error())
	}
	return v
}

// IsZero reports whether v is known to be zero.
func IsZero(v cty.Value) bool {
	v, _ = v.Unmark()
	return v.Type() == cty.Number && v.IsKnown() && !v.IsNull() && v.AsBigFloat().Sign() == 0
}
