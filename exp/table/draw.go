package table

import "bufio"

// style is how a text is shown where there are colors.
type style string

const (
	normal style = ""
	bold   style = "\x1b[1m"
	faint  style = "\x1b[2m"
	red    style = "\x1b[31m"
	green  style = "\x1b[32m"
	reset        = "\x1b[0m"
)

func styleOf(row *Row, c *Cell) style {
	switch {
	case c.Error || c.Tone < 0:
		return red
	case c.Tone > 0:
		return green
	case row.Dim || c.Absent:
		return faint
	default:
		return normal
	}
}

// drawing writes lines from left to right. Lines do not end with spaces.
type drawing struct {
	out   *bufio.Writer // keeps the first error, which Flush returns
	color bool
	signs signs
	at    int // the column of characters where the line ends so far
	want  int // where the next text stands
}

// to says where the next text stands, if nothing stands there.
func (d *drawing) to(column int) { d.want = column }

func (d *drawing) write(s string, width int, as style) {
	if s == "" {
		return
	}
	const spaces = "                                                                "
	for d.at < d.want {
		n := min(d.want-d.at, len(spaces))
		_, _ = d.out.WriteString(spaces[:n])
		d.at += n
	}
	if d.color && as != normal {
		_, _ = d.out.WriteString(string(as))
	}
	_, _ = d.out.WriteString(s)
	if d.color && as != normal {
		_, _ = d.out.WriteString(reset)
	}
	d.at += width
}

func (d *drawing) end() {
	_ = d.out.WriteByte('\n')
	d.at, d.want = 0, 0
}

func (d *drawing) note(s string) {
	d.write(s, len(s), faint)
	d.end()
}
