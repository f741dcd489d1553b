package table

import (
	"strings"
	"unicode/utf8"
)

// piece is a cell as it stands on a terminal.
type piece struct {
	text  string
	width int32
	point int32 // of a number, how wide it is before its decimal point; else -1
}

// signs are the characters that a drawing adds to what is in the table.
type signs struct {
	dots, branch, end, line string
	replace                 *strings.Replacer // of the signs that operations put into cells
}

func signsOf(o Options) signs {
	if o.Unicode {
		return signs{dots: "…", branch: "├─ ", end: "└─ ", line: "─"}
	}
	return signs{dots: "...", branch: "|- ", end: "`- ", line: "-", replace: strings.NewReplacer("…", "...", "±", "+-")}
}

// pieces prepares all cells, row by row.
func (t *Table) pieces(s signs) []piece {
	n := len(t.Columns)
	out := make([]piece, n*len(t.Rows))
	for r := range t.Rows {
		for c := range n {
			p := &out[r*n+c]
			*p = pieceOf(t.Rows[r].at(c), s)
			if c == 0 {
				p.indent(t.branch(r, s))
			}
		}
	}
	return out
}

func pieceOf(c *Cell, s signs) piece {
	text, w := clean(c.show())
	if s.replace != nil && w != len(text) {
		text = s.replace.Replace(text)
		w = width(text)
	}
	p := piece{text: text, width: int32(w), point: -1}
	if c.IsNumber && c.has() {
		p.point = min(int32(whole(text)), p.width)
	}
	return p
}

// whole returns how long the whole part of a number is.
func whole(text string) int {
	for i := range len(text) {
		switch text[i] {
		case '.', 'e', ' ':
			return i
		}
	}
	return len(text)
}

func (p *piece) indent(branch string) {
	if branch != "" {
		p.text, p.width, p.point = branch+p.text, p.width+int32(utf8.RuneCountInString(branch)), -1
	}
}

// branch is what stands before the first cell of a row.
func (t *Table) branch(row int, s signs) string {
	depth := t.Rows[row].Depth
	if depth <= 0 {
		return ""
	}
	branch := s.end
	if row+1 < len(t.Rows) && t.Rows[row+1].Depth >= depth {
		branch = s.branch
	}
	return strings.Repeat(" ", 3*(min(depth, 20)-1)) + branch
}
