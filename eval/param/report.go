package param

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/dewar-build/dewar/diag"
)

// report makes a diagnostic of a code; its summary stands in diag's table.
func report(code string, span diag.Span, format string, args ...any) diag.Diagnostic {
	d := diag.Diagnostic{Code: code, Summary: diag.Summary(code), Span: span, Detail: fmt.Sprintf(format, args...)}
	if strings.HasPrefix(code, "W-") {
		d.Severity = diag.Warning
	}
	return d
}

// nearest returns " Did you mean x?" for the one name that word most likely
// meant, or "".
func nearest(word string, names []string) string {
	best, dist := "", 3
	for _, n := range names {
		d := levenshtein.Distance(word, n, nil)
		if strings.EqualFold(word, n) {
			d = 0
		}
		if d < dist && (d == 0 || d < max(len(word), len(n))) {
			best, dist = n, d
		}
	}
	if best == "" {
		return ""
	}
	return " Did you mean " + best + "?"
}

// nearestOrAll is nearest, or all names if none is near and they are few.
func nearestOrAll(word string, names []string) string {
	const few = 12
	if hint := nearest(word, names); hint != "" || len(names) == 0 || len(names) > few {
		return hint
	}
	return " It has " + strings.Join(names, ", ") + "."
}

// dotted writes a path as people do: train.C, m["a b"].
func dotted(path []string) string {
	var b strings.Builder
	for i, p := range path {
		switch {
		case !isWord(p):
			b.WriteString("[" + strconv.Quote(p) + "]")
		case i > 0:
			b.WriteString("." + p)
		default:
			b.WriteString(p)
		}
	}
	return b.String()
}

func isWord(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= 0x80
		if !letter && (i == 0 || c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != ""
}

// shorten keeps values in messages on one line.
func shorten(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
