package diag

import (
	"fmt"
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// snippetWidth is how many columns of a long line are shown, and snippetLead
// how many of them may stand before what is pointed at.
const (
	snippetWidth = 160
	snippetLead  = 60
)

// snippet writes a line of the sources and the carets under the part of it
// that is meant. Tabs stay tabs in both, so that they line up in any terminal.
func (t *textWriter) snippet(s *Snippet) {
	if s == nil {
		return
	}
	before, marked, after := clip(s)
	gutter := fmt.Sprintf("  %d: ", s.Line)
	t.line("%s", strings.TrimRight(gutter+printable(before+marked+after), " \t"))
	carets := strings.Repeat("^", max(1, columns(marked)))
	t.line("%s%s%s", strings.Repeat(" ", len(gutter)), blank(before), t.paint(t.color, carets))
}

// clip cuts a line that is too long to show down to the surroundings of what is
// marked in it.
func clip(s *Snippet) (before, marked, after string) {
	before, marked, after = s.Text[:s.Start], s.Text[s.Start:s.End], s.Text[s.End:]
	if columns(s.Text) <= snippetWidth {
		return before, marked, after
	}
	if over := columns(before) - snippetLead; over > 0 {
		_, before = split(before, over)
		before = "…" + before
	}
	rest := snippetWidth - columns(before)
	if columns(marked) > rest {
		marked, _ = split(marked, rest)
		return before, marked, "…"
	}
	if rest -= columns(marked); columns(after) > rest {
		after, _ = split(after, rest)
		after += "…"
	}
	return before, marked, after
}

// split cuts s after the given number of columns.
func split(s string, cols int) (head, tail string) {
	n := 0
	for g := displaywidth.StringGraphemes(s); cols > 0 && g.Next(); {
		cols -= columns(g.Value())
		n += len(g.Value())
	}
	return s[:n], s[n:]
}

// columns returns how wide s stands on a terminal, after printable; a tab
// counts as one.
func columns(s string) int {
	return displaywidth.String(strings.ReplaceAll(printable(s), "\t", " "))
}

// blank returns white space as wide as s.
func blank(s string) string {
	var b strings.Builder
	for i, part := range strings.Split(s, "\t") {
		if i > 0 {
			b.WriteByte('\t')
		}
		b.WriteString(strings.Repeat(" ", columns(part)))
	}
	return b.String()
}

// printable replaces what could disturb a terminal: control characters (but
// tabs) and bytes that are not UTF-8. What is shown comes from files and
// command lines that we know nothing of.
func printable(s string) string {
	clean := func(r rune) bool { return r == '\t' || r >= ' ' && r != 0x7f && (r < 0x80 || r > 0x9f) && !bidi(r) }
	return strings.Map(func(r rune) rune {
		if clean(r) {
			return r
		}
		return '\uFFFD'
	}, s)
}

// bidi reports whether r reorders the text around it.
func bidi(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}
