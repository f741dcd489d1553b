package graph

import (
	"slices"
	"strings"

	"github.com/dewar-build/dewar/digest"
)

// entry is something that stands in an input root: a leaf, or a directory that
// must exist (leaf nil).
type entry struct {
	at   string
	leaf *Leaf
}

// inputRoot writes the Directory messages above the leaves of a, bottom up.
func (w *keyWriter) inputRoot(a *Action) (digest.Digest, [][]byte) {
	t := treeWriter{w: w, entries: rootEntries(a)}
	root := t.dir(0, len(t.entries), 0)
	slices.Reverse(t.dirs) // a directory is written after what it holds
	return root, t.dirs
}

func (w *keyWriter) leaf(l *Leaf) {
	if !inside(l.At) || l.At == "." && l.Content.Kind != digest.Directory {
		w.fail("input %q is not a path inside the input root", l.At)
	}
	w.text(l.At)
	if l.Content.Kind == digest.None || l.Content.Kind == digest.Directory && l.Content.Exec {
		w.fail("input %q has no valid content", l.At)
	}
}

// rootEntries returns what must stand in the input root of a, in the order of
// a walk. What the outputs and the working directory need is added here, so
// that Mkdirs cannot be incomplete.
func rootEntries(a *Action) []entry {
	es := make([]entry, 0, len(a.Inputs)+len(a.Mkdirs)+len(a.Outputs)+1)
	for i := range a.Inputs {
		at := a.Inputs[i].At
		if at == "." {
			at = "" // what is inside follows it, whatever its name
		}
		es = append(es, entry{at, &a.Inputs[i]})
	}
	for _, d := range a.Mkdirs {
		es = append(es, entry{at: d})
	}
	for _, o := range a.Outputs {
		if o.Dir {
			es = append(es, entry{at: o.At})
		} else if i := strings.LastIndexByte(o.At, '/'); i > 0 {
			es = append(es, entry{at: o.At[:i]})
		}
	}
	es = append(es, entry{at: a.WorkingDir})
	es = slices.DeleteFunc(es, func(e entry) bool { return e.at == "." && e.leaf == nil })
	slices.SortStableFunc(es, func(x, y entry) int { return comparePaths(x.at, y.at) })
	return es
}

// comparePaths orders paths as a walk meets them: a directory just before what
// is in it.
func comparePaths(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] == b[i] {
			continue
		}
		if a[i] == '/' {
			return -1
		}
		if b[i] == '/' {
			return 1
		}
		return int(a[i]) - int(b[i])
	}
	return len(a) - len(b)
}

type treeWriter struct {
	w       *keyWriter
	entries []entry
	dirs    [][]byte
}

// dir writes the directory that entries[from:to] are in; start is where names in it
// begin. It returns the digest.
func (t *treeWriter) dir(from, to, start int) digest.Digest {
	if from < to && t.entries[from].at == "" {
		return t.opaque(from, to)
	}
	half := 120 * (to - from) // room for as many entries with names of common length
	buf := make([]byte, 2*half)
	files, dirs := buf[:0:half], buf[half:half]
	for from < to {
		name := firstSegment(t.entries[from].at[start:])
		end := start + len(name)
		next := from + 1
		for next < to && under(t.entries[next].at, t.entries[from].at[:end]) {
			next++
		}
		first := t.entries[from]
		switch {
		case len(first.at) > end:
			dirs = appendEntry(dirs, directoryDir, name, t.dir(from, next, end+1), false)
		case first.leaf == nil:
			dirs = appendEntry(dirs, directoryDir, name, t.made(from, next, end), false)
		case first.leaf.Content.Kind == digest.Directory:
			dirs = appendEntry(dirs, directoryDir, name, t.opaque(from, next), false)
		default:
			files = appendEntry(files, directoryFile, name, t.file(from, next), first.leaf.Content.Exec)
		}
		from = next
	}
	b := dirs
	if len(files) > 0 {
		b = append(files, dirs...)
	}
	if len(b) > 0 {
		t.dirs = append(t.dirs, b)
	}
	return digest.Of(b)
}

// made is a directory that must exist: it is mentioned only if nothing that is
// in it implies it.
func (t *treeWriter) made(from, to, end int) digest.Digest {
	at := t.entries[from].at
	for from < to && t.entries[from].at == at && t.entries[from].leaf == nil {
		from++
	}
	if from == to {
		t.w.note("directory ", at, "empty")
	}
	return t.dir(from, to, end+1)
}

// opaque is a directory leaf. Directories that must exist inside it do: Layout
// sees to it.
func (t *treeWriter) opaque(from, to int) digest.Digest {
	l := t.entries[from].leaf
	for _, e := range t.entries[from+1 : to] {
		if e.leaf != nil {
			t.w.fail("input %q stands inside input %q", e.at, l.At)
		}
	}
	if l.Content.Digest == digest.Empty {
		t.w.note("directory ", l.At, "empty")
	} else {
		t.w.noteContent(l)
	}
	return l.Content.Digest
}

func (t *treeWriter) file(from, to int) digest.Digest {
	l := t.entries[from].leaf
	if from+1 < to {
		t.w.fail("%q stands inside or at the file %q", t.entries[from+1].at, l.At)
	}
	t.w.noteContent(l)
	return l.Content.Digest
}

func firstSegment(p string) string {
	if i := strings.IndexByte(p, '/'); i >= 0 {
		return p[:i]
	}
	return p
}

// under reports whether p is dir or lies inside it.
func under(p, dir string) bool {
	return len(p) >= len(dir) && p[:len(dir)] == dir && (len(p) == len(dir) || p[len(dir)] == '/')
}
