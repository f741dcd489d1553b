package eval

import (
	"fmt"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/agext/levenshtein"
)

// nearest returns the one of names that was most likely meant, or "".
func nearest(name string, names []string) string {
	sort.Strings(names)
	best, at := "", 3
	for _, n := range names {
		if d := levenshtein.Distance(name, n, nil); d < at && d < len(name) {
			best, at = n, d
		}
	}
	return best
}

// offer says which names there are, or which of them was meant.
func offer(name string, names []string) string {
	if best := nearest(name, names); best != "" {
		return fmt.Sprintf("Did you mean %q?", best)
	}
	switch {
	case len(names) == 0:
		return "There are no names at all."
	case len(names) > 12:
		return fmt.Sprintf("There are %d names, %s, … among them.", len(names), strings.Join(names[:6], ", "))
	}
	return "There is " + strings.Join(names, ", ") + "."
}

// capital begins a sentence.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
