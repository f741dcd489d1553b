package table

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/clipperhouse/displaywidth"
)

// clean makes a text safe for a line of a terminal: without escape sequences,
// control characters and what turns the direction of writing. Breaks of lines and
// tabs are spaces. It returns how wide the text is, too.
func clean(s string) (string, int) {
	if plain(s) {
		return s, len(s)
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\u2028' || r == '\u2029':
			return ' '
		case r < ' ' || r >= 0x7f && r <= 0x9f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, ansi.Strip(strings.ToValidUTF8(s, "\ufffd")))
	return s, displaywidth.String(s)
}

// plain reports whether s is of printable ASCII only, as most is.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// width is how wide a clean text is.
func width(s string) int {
	if plain(s) {
		return len(s)
	}
	return displaywidth.String(s)
}

// shorten cuts a clean text to a width; dots say where. Of a dotted name the end
// says more than the beginning.
func shorten(s string, most int, dots string) string {
	if width(s) <= most {
		return s
	}
	if most <= width(dots) {
		return displaywidth.TruncateString(s, most, "")
	}
	if !strings.ContainsAny(s, ".:/") || strings.Contains(s, " ") {
		return displaywidth.TruncateString(s, most, dots)
	}
	for g := displaywidth.StringGraphemes(s); g.Next(); {
		if s = s[len(g.Value()):]; width(s)+width(dots) <= most {
			break
		}
	}
	return dots + s
}
