package diag

import (
	"fmt"
	"io"
	"strings"
)

// TextOptions say how Text writes.
type TextOptions struct {
	Color bool // use ANSI colours
	Width int  // columns to wrap details at; 0 is 80, negative never wraps
	Limit int  // messages shown; 0 is 20, negative is all
}

// Text writes l for people: sorted, merged, and no more than the limit, errors
// before warnings when something must be left out.
func Text(w io.Writer, l List, src Sources, opt TextOptions) error {
	if opt.Width == 0 {
		opt.Width = 80
	}
	if opt.Limit == 0 {
		opt.Limit = 20
	}
	l = l.Sorted()
	shown := capped(l, opt.Limit)
	t := &textWriter{opt: opt}
	for i, m := range messages(shown, newSnippets(src)) {
		if i > 0 {
			t.b.WriteByte('\n')
		}
		t.message(m)
	}
	if n := len(l) - len(shown); n > 0 {
		t.line("\nand %d more", n)
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

// textWriter renders messages into b.
type textWriter struct {
	opt   TextOptions
	b     strings.Builder
	color string // of the message being written
}

// The escape sequences in use.
const (
	red    = "\x1b[1;31m"
	yellow = "\x1b[1;33m"
	bold   = "\x1b[1m"
	plain  = "\x1b[0m"
)

func (t *textWriter) message(m Message) {
	head := "Error"
	t.color = red
	if m.Severity == Warning.String() {
		head, t.color = "Warning", yellow
	}
	t.line("%s: %s", t.paint(t.color, head+"["+m.Code+"]"), t.paint(bold, printable(m.Summary)))
	t.place("on ", m)
	t.detail(m.Detail)
	for _, v := range m.Values {
		t.line("  %s is %s", printable(v.Name), printable(v.Text))
	}
	if points := InPoints(m.Instances, m.Total); points != "" {
		t.detail(points)
	}
	for _, n := range m.Notes {
		t.note(n)
	}
}

// place writes where a message is about, and the line.
func (t *textWriter) place(on string, m Message) {
	var parts []string
	if m.Range != nil {
		parts = append(parts, on+where(m.Range))
	}
	if m.Subject != "" {
		parts = append(parts, "in "+printable(m.Subject))
	}
	if len(parts) > 0 {
		t.line("  %s:", strings.Join(parts, ", "))
	}
	t.snippet(m.Snippet)
}

func (t *textWriter) note(n MessageNote) {
	switch {
	case n.Range == nil:
		t.detail("note: " + n.Text)
	case n.Text == "":
		t.line("  note: on %s:", where(n.Range))
	default:
		t.line("  note: %s, on %s:", printable(n.Text), where(n.Range))
	}
	t.snippet(n.Snippet)
}

func where(r *Range) string {
	if r.Start.Line == 0 {
		return printable(r.File)
	}
	return fmt.Sprintf("%s line %d", printable(r.File), r.Start.Line)
}

// InPoints says in which points something happened, if in some: three are named. total
// is how many there are, 0 if that is not known.
func InPoints(points []string, total int) string {
	n := len(points)
	if n == 0 {
		return ""
	}
	const named = 3
	text := fmt.Sprintf("in %d points: ", n)
	if n == 1 {
		text = "in 1 point: "
	}
	if total > 0 {
		text = fmt.Sprintf("in %d of %d points: ", n, total)
	}
	text += strings.Join(points[:min(n, named)], "; ")
	if n > named {
		text += fmt.Sprintf("; and %d more", n-named)
	}
	return text
}

func (t *textWriter) detail(s string) {
	for _, line := range wrap(s, t.opt.Width-2) {
		t.line("%s", strings.TrimRight("  "+line, " "))
	}
}

func (t *textWriter) line(format string, args ...any) {
	fmt.Fprintf(&t.b, format, args...)
	t.b.WriteByte('\n')
}

func (t *textWriter) paint(color, s string) string {
	if !t.opt.Color {
		return s
	}
	return color + s + plain
}
