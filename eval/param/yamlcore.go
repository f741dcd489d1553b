package param

import (
	"math/big"
	"regexp"
	"strings"
	"sync"

	"github.com/dewar-build/dewar/eval/number"
)

// coreSchema says what a plain scalar is by the core schema of YAML 1.2, where
// yes, 1_000 and 12:30 are strings, 017 is seventeen and 0o17 is fifteen.
func coreSchema(s string) (Shape, string) {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return Null, ""
	case "true", "True", "TRUE":
		return Boolean, "true"
	case "false", "False", "FALSE":
		return Boolean, "false"
	case ".nan", ".NaN", ".NAN":
		return Numeral, ".nan"
	case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF":
		return Numeral, ".inf"
	case "-.inf", "-.Inf", "-.INF":
		return Numeral, "-.inf"
	}
	for _, base := range [...]struct {
		prefix string
		base   int
	}{{"0o", 8}, {"0x", 16}} {
		if digits, ok := strings.CutPrefix(s, base.prefix); ok && len(digits) < 1000 && !strings.ContainsAny(digits, "_+-") {
			if i, ok := new(big.Int).SetString(digits, base.base); ok {
				return Numeral, i.String()
			}
		}
	}
	if isDecimal(s) {
		return Numeral, s
	}
	return String, s
}

// isDecimal reports whether s is spelled as a decimal number, in range or not.
func isDecimal(s string) bool {
	return number.Decimal(s)
}

// The schema of YAML 1.1, as PyYAML has it; most scripts read their params by it.

// yaml11 holds the forms of plain scalars that are no strings in YAML 1.1.
type yaml11 struct{ integer, float, other *regexp.Regexp }

var schema11 = sync.OnceValue(func() yaml11 {
	return yaml11{
		integer: regexp.MustCompile(`^[-+]?(0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(:[0-5]?[0-9])+)$`),
		float:   regexp.MustCompile(`^([-+]?[0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?|\.[0-9][0-9_]*([eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$`),
		other: regexp.MustCompile(`^(~|null|Null|NULL|yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF|<<|=|` +
			`[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(\.[0-9]*)?([ \t]*(Z|[-+][0-9]{1,2}(:[0-9]{2})?))?)?$`),
	}
})

// string11 reports whether a plain scalar is a string in YAML 1.1.
func string11(s string) bool {
	if !doubtful(s) {
		return true
	}
	re := schema11()
	return s != "" && !re.integer.MatchString(s) && !re.float.MatchString(s) && !re.other.MatchString(s)
}

// doubtful reports whether some reader of some version could take a plain string
// for something else, PyYAML or not: y, 1.2.3, 08. Quotes cost nothing.
func doubtful(s string) bool {
	switch strings.ToLower(s) {
	case "", "y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "=", "<<", "nan", "inf":
		return true
	}
	if !strings.ContainsRune("+-.0123456789", rune(s[0])) {
		return false
	}
	return strings.Trim(s, "0123456789abcdefABCDEF_xXoO.:+-tTzZ nNiI") == ""
}

// numeral11 reports whether a numeral of YAML 1.2 is the same number, of the same
// kind, in YAML 1.1.
func numeral11(raw string) bool {
	digits := strings.TrimLeft(raw, "+-")
	signed := digits != raw
	switch {
	case strings.HasPrefix(digits, "0x"):
		return !signed && !strings.Contains(digits, "_")
	case strings.HasPrefix(digits, "."):
		return !signed && !strings.ContainsAny(digits, "eE")
	case !isFloat(digits):
		return digits == "0" || digits[0] != '0' && isDecimal(raw)
	}
	mant, exp, has := strings.Cut(strings.ToLower(digits), "e")
	return strings.Contains(mant, ".") && (!has || strings.HasPrefix(exp, "+") || strings.HasPrefix(exp, "-"))
}
