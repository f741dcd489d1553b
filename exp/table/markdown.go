package table

import (
	"bufio"
	"io"
	"strings"
)

// Markdown writes a table as GitHub knows them. The best values are bold.
func (t *Table) Markdown(w io.Writer) error {
	if len(t.Columns) == 0 {
		return nil
	}
	escape := strings.NewReplacer(`\`, `\\`, "|", `\|`, "`", "\\`", "*", `\*`, "[", `\[`, "<", "&lt;", "&", "&amp;").Replace
	out := bufio.NewWriter(w)
	write := func(text func(column int) string) {
		for i := range t.Columns {
			_, _ = out.WriteString("| " + text(i) + " ")
		}
		_, _ = out.WriteString("|\n")
	}
	titles := t.titles()
	write(func(i int) string { return escape(titles[i]) })
	write(func(i int) string {
		if t.Columns[i].Numeric {
			return "--:"
		}
		return "---"
	})
	s := signsOf(Options{Unicode: true})
	for r := range t.Rows {
		write(func(i int) string {
			c := t.Rows[r].at(i)
			text, _ := clean(c.show())
			text = escape(text)
			if c.Tone > 0 && c.has() {
				text = "**" + text + "**"
			}
			if i == 0 {
				text = strings.TrimLeft(t.branch(r, s), " ") + text
			}
			return text
		})
	}
	return out.Flush()
}

// titles returns the headers of the columns, or their full names where two
// headers are the same: there is but one line for them.
func (t *Table) titles() []string {
	count := map[string]int{}
	for _, c := range t.Columns {
		count[c.Header]++
	}
	out := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		out[i] = c.Header
		if count[c.Header] > 1 {
			out[i] = c.Name
		}
		out[i], _ = clean(out[i])
	}
	return out
}
