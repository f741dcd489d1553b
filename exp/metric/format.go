package metric

import (
	"math"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/exp/frame"
)

// Precision is how many decimals people see if they do not say.
const Precision = 5

// Format rounds a number to so many decimals, without zeros at their end.
// Integers stay as they are, and so does what is no number. What would come
// to 0 but is not gets so many significant digits instead: nothing that was
// measured disappears.
func Format(v frame.Value, precision int) string {
	if v.Kind != frame.Number || !strings.ContainsAny(v.Text, ".e") || math.Abs(v.Number) >= 1e21 {
		return v.Text
	}
	precision = min(max(precision, 0), 400)
	out := strconv.FormatFloat(v.Number, 'f', precision, 64)
	if strings.Trim(out, "-0.") == "" {
		return strconv.FormatFloat(v.Number, 'g', max(precision, 1), 64)
	}
	return trimZeros(out)
}

// trimZeros cuts zeros at the end of decimals.
func trimZeros(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}
