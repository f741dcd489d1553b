package graph

import (
	"sort"

	"github.com/dewar-build/dewar/digest"
)

// DiffTrees compares two directories file by file; labels are paths relative
// to them, sorted. Equal sub-directories are not read.
func DiffTrees(dirs DirGetter, old, new digest.Digest) ([]Change, error) {
	t := treeDiff{dirs: dirs}
	if err := t.compare("", old, new); err != nil {
		return nil, err
	}
	sort.Slice(t.changes, func(i, j int) bool { return comparePaths(t.changes[i].Label, t.changes[j].Label) < 0 })
	return t.changes, nil
}

type treeDiff struct {
	dirs    DirGetter
	changes []Change
}

// side is a name in a directory: a directory, or anything else as text.
type side struct {
	text string
	dir  digest.Digest
}

func (s side) isDir() bool { return !s.dir.IsZero() }

func (t *treeDiff) compare(prefix string, old, new digest.Digest) error {
	if old == new {
		return nil
	}
	was, err := t.read(old)
	if err != nil {
		return err
	}
	is, err := t.read(new)
	if err != nil {
		return err
	}
	for _, name := range names(was, is) {
		if err := t.name(prefix+name, was[name], is[name]); err != nil {
			return err
		}
	}
	return nil
}

func (t *treeDiff) name(path string, was, is side) error {
	switch {
	case was.isDir() && is.isDir():
		return t.compare(path+"/", was.dir, is.dir)
	case was.isDir() && is.text == "":
		return t.whole(path, was.dir, func(text string) Change { return Change{Old: text} })
	case is.isDir() && was.text == "":
		return t.whole(path, is.dir, func(text string) Change { return Change{New: text} })
	}
	if was != is {
		t.changes = append(t.changes, Change{path, was.show(), is.show()})
	}
	return nil
}

func (s side) show() string {
	if s.isDir() {
		return FormatContent(digest.Content{Kind: digest.Directory, Digest: s.dir})
	}
	return s.text
}

// whole reports each file of a directory that only one side has, and the
// directory itself if there is none.
func (t *treeDiff) whole(path string, d digest.Digest, change func(string) Change) error {
	in, err := t.read(d)
	if err != nil {
		return err
	}
	if len(in) == 0 {
		c := change(side{dir: d}.show())
		c.Label = path
		t.changes = append(t.changes, c)
	}
	for _, name := range names(in, nil) {
		s := in[name]
		if s.isDir() {
			if err := t.whole(path+"/"+name, s.dir, change); err != nil {
				return err
			}
			continue
		}
		c := change(s.text)
		c.Label = path + "/" + name
		t.changes = append(t.changes, c)
	}
	return nil
}

func (t *treeDiff) read(d digest.Digest) (map[string]side, error) {
	if d == digest.Empty {
		return nil, nil
	}
	dir, err := t.dirs(d)
	if err != nil {
		return nil, err
	}
	m := make(map[string]side, len(dir.Files)+len(dir.Dirs)+len(dir.Symlinks))
	for _, f := range dir.Files {
		m[f.Name] = side{text: FormatContent(digest.Content{Kind: digest.File, Exec: f.Exec, Digest: f.Digest})}
	}
	for _, s := range dir.Dirs {
		m[s.Name] = side{dir: s.Digest}
	}
	for _, s := range dir.Symlinks {
		m[s.Name] = side{text: "symlink to " + s.Target}
	}
	return m, nil
}

func names(a, b map[string]side) []string {
	var all []string
	for name := range a {
		all = append(all, name)
	}
	for name := range b {
		if _, both := a[name]; !both {
			all = append(all, name)
		}
	}
	sort.Strings(all)
	return all
}
