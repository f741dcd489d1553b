package diag

import "strings"

// wrap breaks text into lines of at most width columns, at spaces. Lines that
// begin with white space are code or tables and stay whole, and so does
// everything when width is not positive.
func wrap(text string, width int) []string {
	if text == "" {
		return nil
	}
	var out []string
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		line = printable(strings.TrimSuffix(line, "\r"))
		if width <= 0 || line == "" || line[0] == ' ' || line[0] == '\t' {
			out = append(out, line)
			continue
		}
		out = append(out, wrapLine(line, width)...)
	}
	return out
}

func wrapLine(line string, width int) []string {
	var out []string
	var cur strings.Builder
	used := 0
	for word := range strings.SplitSeq(line, " ") {
		w := columns(word)
		if used > 0 && used+1+w > width {
			out = append(out, cur.String())
			cur.Reset()
			used = 0
		}
		if used > 0 {
			cur.WriteByte(' ')
			used++
		}
		cur.WriteString(word)
		used += w
	}
	return append(out, cur.String())
}
