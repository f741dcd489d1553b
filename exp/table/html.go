package table

import (
	"bufio"
	"html"
	"io"
	"strconv"
	"strings"
)

// HTML writes a table as a fragment of a page, of class dewar. Its rows and cells
// carry what scripts sort and select by: data-kind, data-depth, data-value (exact;
// none if absent), data-number and data-std; headers data-name, data-group and
// data-better. Cells are of the classes number, absent, error, good and bad, rows
// of dim.
func (t *Table) HTML(w io.Writer) error {
	out := &markup{bufio.NewWriter(w)}
	out.raw("<table class=\"dewar\">\n<thead>\n")
	t.htmlGroups(out)
	out.raw("<tr>")
	numbers := t.numbers()
	for i, c := range t.Columns {
		out.raw(`<th scope="col"`)
		out.class(classIf(numbers[i], "number"))
		out.attr("data-name", c.Name)
		if c.Group != "" {
			out.attr("data-group", c.Group)
		}
		if c.Better != 0 {
			out.attr("data-better", strconv.Itoa(int(c.Better)))
		}
		out.raw(">")
		out.text(c.Header)
		out.raw("</th>")
	}
	out.raw("</tr>\n</thead>\n<tbody>\n")
	for r := range t.Rows {
		t.htmlRow(out, &t.Rows[r], numbers)
	}
	out.raw("</tbody>\n</table>\n")
	return out.w.Flush()
}

// htmlGroups writes the line of groups, if there are any.
func (t *Table) htmlGroups(out *markup) {
	any := false
	for _, c := range t.Columns {
		any = any || c.Group != ""
	}
	if !any {
		return
	}
	out.raw(`<tr class="groups">`)
	for i := 0; i < len(t.Columns); {
		end := i + 1
		for end < len(t.Columns) && t.Columns[end].Group == t.Columns[i].Group {
			end++
		}
		out.raw(`<th scope="colgroup" colspan="` + strconv.Itoa(end-i) + `">`)
		out.text(t.Columns[i].Group)
		out.raw("</th>")
		i = end
	}
	out.raw("</tr>\n")
}

// numbers says of each column whether it stands to the right, as numbers do: it is
// one of numbers, or has nothing else.
func (t *Table) numbers() []bool {
	out := make([]bool, len(t.Columns))
	for i := range t.Columns {
		some, others := false, false
		for r := range t.Rows {
			c := t.Rows[r].at(i)
			some = some || c.has() && c.IsNumber
			others = others || c.has() && !c.IsNumber
		}
		out[i] = t.Columns[i].Numeric && (some || !others) || some && !others
	}
	return out
}

func (t *Table) htmlRow(out *markup, row *Row, numbers []bool) {
	out.raw("<tr")
	out.class(classIf(row.Dim, "dim"))
	out.attr("data-kind", row.Kind)
	out.attr("data-depth", strconv.Itoa(row.Depth))
	out.raw(">")
	for i := range t.Columns {
		c := row.at(i)
		out.raw("<td")
		out.class(classIf(c.IsNumber && c.has() || !c.has() && numbers[i], "number"), classIf(c.Absent, "absent"), classIf(c.Error, "error"),
			classIf(c.Tone > 0, "good"), classIf(c.Tone < 0, "bad"))
		if c.has() {
			out.attr("data-value", c.Text)
			if c.IsNumber {
				out.attr("data-number", decimal(c.Number))
			}
		}
		if c.Std != "" {
			out.attr("data-std", c.Std)
		}
		out.raw(">")
		out.text(c.show())
		out.raw("</td>")
	}
	out.raw("</tr>\n")
}

func classIf(is bool, name string) string {
	if is {
		return name
	}
	return ""
}

// markup writes HTML; the writer keeps the first error.
type markup struct{ w *bufio.Writer }

func (m *markup) raw(s string) { _, _ = m.w.WriteString(s) }

// text writes a text of the table.
func (m *markup) text(s string) {
	s, _ = clean(s)
	m.raw(html.EscapeString(s))
}

// attr writes an attribute. Of control characters pages have only white space.
func (m *markup) attr(name, value string) {
	value = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r <= 0x9f {
			return '\ufffd'
		}
		return r
	}, value)
	m.raw(" " + name + `="` + strings.ReplaceAll(html.EscapeString(value), "\n", "&#10;") + `"`)
}

// class writes the classes that are not empty.
func (m *markup) class(names ...string) {
	var all []string
	for _, name := range names {
		if name != "" {
			all = append(all, name)
		}
	}
	if len(all) > 0 {
		m.attr("class", strings.Join(all, " "))
	}
}
