package table

import "slices"

// gap is between columns, and how much of what has no natural end is shown when
// room is scarce.
const (
	gap        = 2
	leastTitle = 12
	mostText   = 24
	mostFirst  = 40
)

// lane is a column as it is drawn.
type lane struct {
	column int
	title  string
	whole  int // of the numbers in it, the most before a decimal point
	part   int // and behind
	text   int // of the texts in it, the widest
	width  int // of all of it
	start  int // from the left edge
	says   int // how much one learns from it; known when room is scarce
}

// body is how wide the cells of a lane are.
func (l *lane) body() int { return max(l.whole+l.part, l.text) }

// lanes measures all columns.
func (t *Table) lanes(pieces []piece) []lane {
	out := make([]lane, len(t.Columns))
	for c := range out {
		out[c].column = c
		out[c].title, _ = clean(t.Columns[c].Header)
	}
	for len(pieces) > 0 { // row by row, as they lie in memory
		for c := range out {
			l, p := &out[c], &pieces[c]
			if p.point < 0 || !t.Columns[c].Numeric {
				l.text = max(l.text, int(p.width))
				continue
			}
			l.whole, l.part = max(l.whole, int(p.point)), max(l.part, int(p.width-p.point))
		}
		pieces = pieces[len(out):]
	}
	return out
}

// place gives every lane its width and start, and returns how wide all are. A
// group is at least as wide as its name.
func (t *Table) place(lanes []lane) int {
	at, first := 0, 0
	for i := range lanes {
		l := &lanes[i]
		l.width, l.start = max(width(l.title), l.body()), at
		if t.groupStarts(lanes, i) {
			first = i
		}
		if t.groupEnds(lanes, i) {
			name, _ := clean(t.Columns[l.column].Group)
			l.width = max(l.width, width(name)-(at-lanes[first].start))
		}
		at += l.width + gap
	}
	return max(0, at-gap)
}

// groupStarts reports whether lane i is the first of its group.
func (t *Table) groupStarts(lanes []lane, i int) bool {
	return i == 0 || t.Columns[lanes[i-1].column].Group != t.Columns[lanes[i].column].Group
}

// groupEnds reports whether lane i is the last of its group.
func (t *Table) groupEnds(lanes []lane, i int) bool {
	return i+1 == len(lanes) || t.groupStarts(lanes, i+1)
}

// fit makes the lanes as wide as they may be together: it shortens titles, then
// texts, and then leaves out the columns that say least. It returns how many.
func (t *Table) fit(lanes []lane, most int, s signs) (fitting []lane, elided int) {
	if t.place(lanes) <= most || most <= 0 {
		return lanes, 0
	}
	full := slices.Clone(lanes)
	for i := range lanes {
		lanes[i].title = shorten(lanes[i].title, max(leastTitle, lanes[i].body()), s.dots)
	}
	tellApart(lanes, full)
	if t.place(lanes) <= most {
		return lanes, 0
	}
	for i := range lanes {
		l := &lanes[i]
		limit := mostText
		if i == 0 {
			limit = min(mostFirst, most)
		}
		l.text, l.says = min(l.text, limit), t.says(l.column)
		l.title = shorten(l.title, max(limit, l.whole+l.part), s.dots)
	}
	tellApart(lanes, full)
	all := len(lanes)
	for t.place(lanes) > most && len(lanes) > 1 {
		least := leastOf(lanes)
		lanes = slices.Delete(lanes, least, least+1)
	}
	t.widen(lanes, full, most)
	return lanes, all - len(lanes)
}

// tellApart gives titles back that read alike once they are cut: a column less is a smaller loss.
func tellApart(lanes, full []lane) {
	called := map[string]int{}
	for i := range lanes {
		called[lanes[i].title]++
	}
	for i := range lanes {
		if called[lanes[i].title] > 1 {
			lanes[i].title = full[i].title
		}
	}
}

// widen gives back what was cut, from the left, as far as there is room again.
func (t *Table) widen(lanes, full []lane, most int) {
	for i := range lanes {
		cut := lanes[i]
		lanes[i].title, lanes[i].text = full[cut.column].title, full[cut.column].text
		if t.place(lanes) > most {
			lanes[i] = cut
		}
	}
	t.place(lanes)
}

// leastOf returns the lane that says least, of several the last one; never the first.
func leastOf(lanes []lane) int {
	least, found := 99, 0
	for i := len(lanes) - 1; i > 0; i-- {
		if lanes[i].says < least {
			least, found = lanes[i].says, i
		}
	}
	return found
}

// says ranks columns by how much one learns from them.
func (t *Table) says(column int) int {
	if !t.varies(column) {
		return 0
	}
	switch t.Columns[column].Group {
	case Metrics:
		return 4
	case "":
		return 3
	case Params:
		return 2
	default:
		return 1
	}
}
