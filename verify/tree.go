package verify

import (
	"fmt"
	"path"

	"github.com/dewar-build/dewar/digest"
)

// content compares two contents at a path.
func (c *comparer) content(at string, was, now digest.Content) error {
	switch {
	case was == now:
		return nil
	case was.Kind != now.Kind:
		c.add(Difference{Path: at, Kind: OtherKind, Where: fmt.Sprintf("a %s was, and a %s is", was.Kind, now.Kind)})
		return nil
	case was.Kind == digest.Directory:
		return c.dir(at, was.Digest, now.Digest)
	case was.Digest == now.Digest:
		c.add(Difference{Path: at, Kind: Executable, Where: fmt.Sprintf("executable: %t, then %t", was.Exec, now.Exec)})
		return nil
	}
	return c.file(at, was.Digest, now.Digest)
}

// add counts a difference, and shows it if there is room.
func (c *comparer) add(d Difference) {
	c.report.Total++
	if len(c.report.Differences) < c.o.Most {
		c.report.Differences = append(c.report.Differences, d)
	}
}

// entry is one name of a directory.
type entry struct {
	name string
	c    digest.Content
	link string // a symbolic link: what it holds
}

// entries lists a directory in order of names: the lists of a Dir are sorted, each for itself.
func entries(d digest.Dir) []entry {
	out := make([]entry, 0, len(d.Files)+len(d.Dirs)+len(d.Symlinks))
	f, s, l := d.Files, d.Dirs, d.Symlinks
	for len(f)+len(s)+len(l) > 0 {
		switch {
		case len(f) > 0 && (len(s) == 0 || f[0].Name < s[0].Name) && (len(l) == 0 || f[0].Name < l[0].Name):
			out = append(out, entry{name: f[0].Name, c: digest.Content{Kind: digest.File, Exec: f[0].Exec, Digest: f[0].Digest}})
			f = f[1:]
		case len(s) > 0 && (len(l) == 0 || s[0].Name < l[0].Name):
			out = append(out, entry{name: s[0].Name, c: digest.Content{Kind: digest.Directory, Digest: s[0].Digest}})
			s = s[1:]
		default:
			out = append(out, entry{name: l[0].Name, link: l[0].Target})
			l = l[1:]
		}
	}
	return out
}

// dir compares two directories name by name, from the first to the last.
func (c *comparer) dir(at string, was, now digest.Digest) error {
	if was == now {
		return nil
	}
	x, err := c.src.Dir(was)
	if err != nil {
		return err
	}
	y, err := c.src.Dir(now)
	if err != nil {
		return err
	}
	a, b := entries(x), entries(y)
	for len(a)+len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].name < b[0].name:
			c.alone(path.Join(at, a[0].name), a[0], Removed)
			a = a[1:]
		case len(a) == 0 || b[0].name < a[0].name:
			c.alone(path.Join(at, b[0].name), b[0], Added)
			b = b[1:]
		default:
			if err := c.entries(path.Join(at, a[0].name), a[0], b[0]); err != nil {
				return err
			}
			a, b = a[1:], b[1:]
		}
	}
	return nil
}

// alone is a name that one side has.
func (c *comparer) alone(at string, e entry, k Kind) {
	if e.c.Kind == digest.Directory {
		at += "/"
	}
	c.report.evidence.name(path.Base(at), k)
	c.add(Difference{Path: at, Kind: k})
}

// entries compares two of one name.
func (c *comparer) entries(at string, a, b entry) error {
	if a.c.Kind != digest.None && b.c.Kind != digest.None {
		return c.content(at, a.c, b.c)
	}
	switch {
	case a.c.Kind == b.c.Kind && a.link != b.link:
		c.report.evidence.pair(a.link, b.link, "")
		c.add(Difference{Path: at, Kind: Changed, Format: "symbolic link", Where: "what it leads to", Excerpt: []string{"- " + a.link, "+ " + b.link}})
	case a.c.Kind != b.c.Kind:
		c.add(Difference{Path: at, Kind: OtherKind, Where: "a symbolic link, and something else"})
	}
	return nil
}

// file compares two files.
func (c *comparer) file(at string, was, now digest.Digest) error {
	if len(c.report.Differences) >= c.o.Most {
		c.report.Total++
		return nil
	}
	a, closeA, err := c.open(was)
	if err != nil {
		return err
	}
	defer closeA()
	b, closeB, err := c.open(now)
	if err != nil {
		return err
	}
	defer closeB()
	f := c.blobs(path.Base(at), a, b)
	if f == nil { // the digests differ
		f = &found{where: "the bytes could not be read again"}
	}
	c.add(Difference{Path: at, Kind: Changed, Members: f.members, Format: f.format, Where: f.where, Excerpt: f.excerpt, Note: f.note})
	return nil
}

func (c *comparer) open(d digest.Digest) (blob, func(), error) {
	f, err := c.src.Open(d)
	if err != nil {
		return blob{}, nil, fmt.Errorf("open %s: %w", d.Short(), err)
	}
	return blob{f, d.Size}, func() { f.Close() }, nil
}
