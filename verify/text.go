package verify

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// The bounds of what is looked at in texts.
const (
	textWindow   = 1 << 20 // bytes from the first difference on
	textLines    = 50      // how far one side may be ahead of the other
	textHunks    = 64      // places that are looked at for causes
	excerptLines = 4       // of each side
	excerptWidth = 100     // characters of a line
)

// text finds the first lines that differ.
func (c *comparer) text(_ string, a, b blob) *found {
	at, same := firstDifference(a, b)
	if same {
		return nil
	}
	line, start := lineAt(a, at)
	x, y := lines(a.head(start, textWindow)), lines(b.head(start, textWindow))
	f := &found{format: "text", where: fmt.Sprintf("line %d", line)}
	for n := 0; n < textHunks && (len(x) > 0 || len(y) > 0); n++ {
		i, j := meet(x, y)
		if n == 0 {
			f.excerpt = excerpt(a, start, x[:i], y[:j])
			if (i == 0 || j == 0) && i < len(x) { // what both have then tells where it is
				f.excerpt = append(f.excerpt, "  "+clip(x[i], 0))
			}
		}
		c.report.evidence.hunk(x[:i], y[:j])
		x, y = x[i:], y[j:]
		k := 0
		for k < min(len(x), len(y)) && x[k] == y[k] {
			k++
		}
		x, y = x[k:], y[k:]
	}
	c.sameLines(a, b)
	return f
}

// lineAt returns the number of the line that holds an offset, and where it begins.
func lineAt(b blob, at int64) (line, start int64) {
	const chunk = 1 << 20
	line = 1
	for off := int64(0); off < at; off += chunk {
		part := b.head(off, min(chunk, at-off))
		line += int64(bytes.Count(part, []byte("\n")))
		if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
			start = off + int64(i) + 1
		}
	}
	return line, start
}

func lines(b []byte) []string {
	if len(b) == 0 {
		return nil
	}
	return strings.SplitAfter(strings.TrimSuffix(string(b), "\n"), "\n")
}

// meet returns how many lines of each side come before one that both have.
func meet(x, y []string) (i, j int) {
	for sum := 0; sum <= 2*textLines; sum++ {
		for i := 0; i <= sum; i++ {
			j := sum - i
			if i < len(x) && j < len(y) && x[i] == y[j] && (sum > 0) {
				return i, j
			}
		}
	}
	return min(len(x), textLines), min(len(y), textLines)
}

// excerpt shows the line before, and what both sides have then.
func excerpt(a blob, start int64, x, y []string) []string {
	var out []string
	if start > 0 {
		before := lines(a.head(max(0, start-500), min(500, start)))
		out = append(out, "  "+clip(before[len(before)-1], 0))
	}
	col := 0
	if len(x) > 0 && len(y) > 0 {
		col = commonPrefix([]byte(x[0]), []byte(y[0]))
	}
	side := func(sign string, list []string) {
		for i, l := range list {
			if i == excerptLines {
				out = append(out, fmt.Sprintf("%s and %d more lines", sign, len(list)-i))
				return
			}
			from := 0
			if i == 0 {
				from = col
			}
			out = append(out, sign+" "+clip(l, from))
		}
	}
	side("-", x)
	side("+", y)
	return out
}

// clip shortens a line so that what stands at a byte is seen.
func clip(l string, at int) string {
	l = printable(strings.TrimRight(l, "\r\n"))
	if len(l) <= excerptWidth {
		return l
	}
	from := max(0, min(at, len(l))-excerptWidth/2)
	for from > 0 && !utf8.RuneStart(l[from]) {
		from--
	}
	to := min(len(l), from+excerptWidth)
	for to < len(l) && !utf8.RuneStart(l[to]) {
		to++
	}
	out := l[from:to]
	if from > 0 {
		out = "..." + out
	}
	if to < len(l) {
		out += "..."
	}
	return out
}

// printable replaces what would disturb a terminal; the length of what is replaced stays.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}

// sameLines notes whether both sides have the same lines in another order.
func (c *comparer) sameLines(a, b blob) {
	if a.size != b.size || a.size > maxParsed {
		return
	}
	x, y := lines(a.head(0, a.size)), lines(b.head(0, b.size))
	if reordered(x, y) {
		c.report.evidence.order("lines", x)
	}
}

// reordered reports whether both lists have the same, in another order. The last of a text may lack its newline.
func reordered(x, y []string) bool {
	if len(x) != len(y) || len(x) < 2 || slices.Equal(x, y) {
		return false
	}
	x, y = bare(x), bare(y)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

func bare(list []string) []string {
	out := make([]string, len(list))
	for i, l := range list {
		out[i] = strings.TrimRight(l, "\r\n")
	}
	return out
}
