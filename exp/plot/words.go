package plot

import (
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// clip cuts a text to so many columns, and says so at its end.
func clip(text string, columns int, more string) string {
	if displaywidth.String(text) <= columns {
		return text
	}
	columns -= displaywidth.String(more)
	var b strings.Builder
	for g := displaywidth.StringGraphemes(text); g.Next(); {
		if columns -= displaywidth.String(g.Value()); columns < 0 {
			break
		}
		b.WriteString(g.Value())
	}
	return b.String() + more
}

// wrap breaks a text into lines of at most so many columns.
func wrap(text string, columns int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		word = clip(word, columns, "…")
		switch {
		case line == "":
			line = word
		case displaywidth.String(line)+1+displaywidth.String(word) > columns:
			lines, line = append(lines, line), word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}

// left and right fill a text up with spaces to so many columns.
func left(text string, columns int) string {
	return text + strings.Repeat(" ", max(0, columns-displaywidth.String(text)))
}

func right(text string, columns int) string {
	return strings.Repeat(" ", max(0, columns-displaywidth.String(text))) + text
}

// centered puts a text into the middle of so many columns.
func centered(text string, columns int) string {
	free := max(0, columns-displaywidth.String(text))
	return strings.Repeat(" ", free/2) + text + strings.Repeat(" ", free-free/2)
}

// printable replaces what could disturb a terminal. What is shown comes from files
// that we know nothing of.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n', r == 0x2028, r == 0x2029:
			return ' '
		case r < ' ', r == 0x7f, r >= 0x80 && r <= 0x9f, r == 0x200e, r == 0x200f, r == 0x61c, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
			return '\uFFFD'
		}
		return r
	}, text)
}
