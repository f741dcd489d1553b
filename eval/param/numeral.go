package param

import (
	"strings"

	"github.com/dewar-build/dewar/eval/number"
)

// floatText spells a canonical number so that every reader takes it for a
// float: with a point, and with the sign of its exponent.
func floatText(text string) string {
	mant, exp, has := strings.Cut(text, "e")
	if !strings.Contains(mant, ".") {
		mant += ".0"
	}
	if has {
		return mant + "e" + exp
	}
	return mant
}

// canonicalText is number.Text of a numeral of a source; what is no number, or out
// of range, stays as it is: nobody has bound it.
func canonicalText(text string) string {
	v, err := number.Parse(text)
	if err != nil {
		return text
	}
	canonical, err := number.Text(v)
	if err != nil {
		panic("param.canonicalText: " + err.Error())
	}
	return canonical
}

// respell writes a numeral of a source in the canonical way, as an int or a
// float, whichever it was.
func respell(text string) string {
	canonical := canonicalText(text)
	if _, err := number.Parse(canonical); err != nil {
		return text
	}
	if isFloat(text) || isFloat(canonical) {
		return floatText(canonical)
	}
	return canonical
}
