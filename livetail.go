package dewar

import (
	"bytes"
	"io"
	"path"
	"strings"

	"github.com/dewar-build/dewar/exp/frame"
	"github.com/dewar-build/dewar/fs"
)

// tail reads what is appended to a table. It keeps its place, the header of a CSV file, and
// what a line has so far; never the file. A file that is shorter than it was, or
// whose bytes at that place are not what they were, has been written anew: it
// is read from the beginning. One that was replaced by a longer one with the same
// beginning goes on.
type tail struct {
	fsys fs.FS
	at   string // on this machine
	name string // its extension says what it is

	info   fs.Info // when it was last read
	offset int64   // up to where it was read
	before []byte  // the last bytes before offset
	header []byte  // the first line of a CSV file
	line   []byte  // a line without its end so far
	long   bool    // that line is too long to be kept
	newest []byte  // the newest whole line that may be a row
	rows   int
}

const (
	tailBefore = 64       // bytes that are compared
	tailLine   = 64 << 10 // a longer line is no row
	tailValues = 64       // a row's values beyond these are not reported
)

func newTail(fsys fs.FS, at, name string) *tail { return &tail{fsys: fsys, at: at, name: name} }

// next returns the values of the newest row, if there is one that is new. last
// says that nothing more will be written: a line without its end counts.
func (t *tail) next(last bool) []NamedValue {
	t.newest = nil
	t.read()
	if last && len(t.line) > 0 {
		t.whole()
	}
	return t.values()
}

// read takes in what is new. What cannot be read now may be later.
func (t *tail) read() {
	info, err := t.fsys.Lstat(t.at) // a link may lead anywhere, and a fifo has no end
	if err != nil || !info.IsRegular() {
		return
	}
	if info.Size == t.offset && info.MTime == t.info.MTime && info.Ino == t.info.Ino {
		return
	}
	f, err := t.fsys.Open(t.at)
	if err != nil {
		return
	}
	defer f.Close()
	if info.Size < t.offset || !t.holds(f) {
		*t = tail{fsys: t.fsys, at: t.at, name: t.name}
	}
	t.info = info
	buf := make([]byte, 32<<10)
	for {
		n, err := f.ReadAt(buf, t.offset)
		t.take(buf[:n])
		if err != nil || n == 0 {
			return
		}
	}
}

// holds reports whether what was read last is still there.
func (t *tail) holds(f io.ReaderAt) bool {
	now := make([]byte, len(t.before))
	n, _ := f.ReadAt(now, t.offset-int64(len(now)))
	return bytes.Equal(now[:n], t.before)
}

// take takes in the next bytes.
func (t *tail) take(b []byte) {
	t.offset += int64(len(b))
	if len(b) >= tailBefore {
		t.before = append(t.before[:0], b[len(b)-tailBefore:]...)
	} else if t.before = append(t.before, b...); len(t.before) > tailBefore {
		t.before = append([]byte{}, t.before[len(t.before)-tailBefore:]...)
	}
	for len(b) > 0 {
		part, rest, whole := bytes.Cut(b, []byte("\n"))
		if len(t.line)+len(part) > tailLine {
			t.long, t.line = true, nil
		}
		if !t.long {
			t.line = append(t.line, part...)
		}
		if b = rest; whole {
			t.whole()
		}
	}
}

// whole ends a line.
func (t *tail) whole() {
	line := bytes.TrimSpace(t.line)
	long := t.long
	t.line, t.long = nil, false
	switch {
	case long || len(line) == 0:
	case t.lines():
		if line[0] == '{' && line[len(line)-1] == '}' {
			t.newest, t.rows = line, t.rows+1
		}
	case t.header == nil:
		t.header = line
	default:
		t.newest, t.rows = line, t.rows+1
	}
}

// lines reports whether it is one object a line.
func (t *tail) lines() bool {
	ext := strings.ToLower(path.Ext(t.name))
	return ext == ".jsonl" || ext == ".ndjson"
}

// values reads the newest row. What is no row gives none.
func (t *tail) values() []NamedValue {
	if t.newest == nil {
		return nil
	}
	text := append(append([]byte{}, t.newest...), '\n')
	if !t.lines() {
		text = append(append(append([]byte{}, t.header...), '\n'), text...)
	}
	f, err := frame.Read(t.name, text)
	if err != nil || len(f.Rows) != 1 {
		return nil
	}
	var out []NamedValue
	for i, v := range f.Rows[0] {
		if v.Kind != frame.Absent && len(out) < tailValues {
			out = append(out, NamedValue{f.Columns[i], v.Text})
		}
	}
	return out
}
