package graph

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/digest"
)

// DirGetter returns the directory that has the given digest. It is not asked
// for digest.Empty.
type DirGetter func(digest.Digest) (digest.Dir, error)

// Layout arranges leaves as an input root: sorted, none twice, none inside
// another. A leaf that stands inside a directory leaf is merged into it; the
// canonical bytes of directories that come into being that way are returned,
// for the caller to keep. Leaves that disagree are a *ConflictError.
//
// What is used by reference (Host) cannot be merged, as its bytes are not in
// the store: the directory is split into its entries instead, which gives the
// same input root.
func Layout(leaves []Leaf, dirs DirGetter) (out []Leaf, newDirs [][]byte, err error) {
	l := &layouter{merger: merger{dirs: dirs}}
	if err := l.arrange(leaves); err != nil {
		return nil, nil, err
	}
	slices.SortFunc(l.out, func(a, b Leaf) int { return strings.Compare(a.At, b.At) })
	return l.out, l.newDirs, nil
}

// ConflictError says that two inputs want to be different things at one path.
// A symbolic link has the kind None.
type ConflictError struct {
	At   string         // in the input root
	A, B digest.Content // what they are
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("two inputs disagree about %s: %s and %s", e.At, describe(e.A), describe(e.B))
}

func describe(c digest.Content) string {
	switch {
	case c.Kind == digest.None:
		return "a symbolic link"
	case c.Kind == digest.Directory:
		return "a directory " + c.Digest.Short()
	case c.Exec:
		return "an executable file " + c.Digest.Short()
	}
	return "a file " + c.Digest.Short()
}

type layouter struct {
	merger
	out []Leaf
}

// arrange appends leaves to out, a group that overlaps at a time.
func (l *layouter) arrange(leaves []Leaf) error {
	leaves = slices.Clone(leaves)
	slices.SortStableFunc(leaves, func(a, b Leaf) int { return comparePaths(rooted(a.At), rooted(b.At)) })
	for len(leaves) > 0 {
		n := 1
		for n < len(leaves) && under(rooted(leaves[n].At), rooted(leaves[0].At)) {
			n++
		}
		if err := l.group(leaves[:n:n]); err != nil {
			return err
		}
		leaves = leaves[n:]
	}
	return nil
}

// rooted returns p with the root spelled so that everything is under it.
func rooted(p string) string {
	if p == "." {
		return ""
	}
	return "/" + p
}

// group arranges leaves that are all inside the first.
func (l *layouter) group(leaves []Leaf) error {
	top, more, err := l.distinct(leaves)
	if err != nil {
		return err
	}
	if len(more) == 0 {
		l.out = append(l.out, top)
		return nil
	}
	all := append([]Leaf{top}, more...)
	if slices.ContainsFunc(all, func(x Leaf) bool { return x.Host != "" }) {
		return l.split(all)
	}
	parts := make([]part, len(all))
	for i, x := range all {
		parts[i] = part{rest: strings.TrimPrefix(rooted(x.At)[len(rooted(top.At)):], "/"), content: x.Content}
	}
	if top.Content, err = l.merge(top.At, parts); err != nil {
		return err
	}
	l.out = append(l.out, top)
	return nil
}

// distinct returns the outermost leaf and those that are not already in it. Of
// equal ones it prefers the one that needs no reference.
func (l *layouter) distinct(leaves []Leaf) (top Leaf, more []Leaf, err error) {
	top = leaves[0]
	for _, x := range leaves[1:] {
		if x.At == top.At && x.Content == top.Content {
			if x.Host == "" {
				top.Host = ""
			}
			continue
		}
		sub := strings.TrimPrefix(rooted(x.At)[len(rooted(top.At)):], "/")
		if sub == "" || top.Content.Kind != digest.Directory {
			more = append(more, x)
			continue
		}
		there, err := Lookup(l.dirs, top.Content, sub)
		if err != nil {
			return Leaf{}, nil, err
		}
		if there != x.Content {
			more = append(more, x)
		}
	}
	return top, more, nil
}

// split replaces the directories at the place of the outermost leaf by their
// entries, and arranges again.
func (l *layouter) split(leaves []Leaf) error {
	top := leaves[0]
	var finer []Leaf
	for _, x := range leaves {
		if x.At != top.At {
			finer = append(finer, x)
			continue
		}
		if x.Content.Kind != digest.Directory || top.Content.Kind != digest.Directory {
			return &ConflictError{top.At, top.Content, firstOther(leaves)}
		}
		entries, err := l.entries(x)
		if err != nil {
			return err
		}
		finer = append(finer, entries...)
	}
	return l.arrange(finer)
}

// firstOther returns a content that disagrees with that of the first leaf.
func firstOther(leaves []Leaf) digest.Content {
	for _, x := range leaves[1:] {
		if x.At != leaves[0].At {
			return digest.Content{Kind: digest.Directory, Digest: digest.Empty} // something is inside the file
		}
		if x.Content != leaves[0].Content {
			return x.Content
		}
	}
	return digest.Content{}
}

func (l *layouter) entries(x Leaf) ([]Leaf, error) {
	dir, err := l.read(x.Content.Digest)
	if err != nil {
		return nil, err
	}
	if len(dir.Symlinks) > 0 {
		return nil, fmt.Errorf("input %s: other inputs stand inside it, it is used by reference and holds the symbolic link %q: declare what is needed of it one by one", x.At, dir.Symlinks[0].Name)
	}
	at := func(name string, c digest.Content) Leaf {
		host := x.Host
		if host != "" {
			host += "/" + name
		}
		return Leaf{At: path.Join(x.At, name), Content: c, Host: host}
	}
	var out []Leaf
	for _, f := range dir.Files {
		out = append(out, at(f.Name, digest.Content{Kind: digest.File, Exec: f.Exec, Digest: f.Digest}))
	}
	for _, s := range dir.Dirs {
		out = append(out, at(s.Name, digest.Content{Kind: digest.Directory, Digest: s.Digest}))
	}
	return out, nil
}

// Lookup returns what stands at sub ("" or "." is root itself) inside root;
// its Kind is digest.None if there is nothing, or a symbolic link.
func Lookup(dirs DirGetter, root digest.Content, sub string) (digest.Content, error) {
	m := merger{dirs: dirs}
	for sub != "" && sub != "." {
		if root.Kind != digest.Directory {
			return digest.Content{}, nil
		}
		name, rest, _ := strings.Cut(sub, "/")
		dir, err := m.read(root.Digest)
		if err != nil {
			return digest.Content{}, err
		}
		root, sub = find(dir, name), rest
	}
	return root, nil
}

func find(dir digest.Dir, name string) digest.Content {
	for _, f := range dir.Files {
		if f.Name == name {
			return digest.Content{Kind: digest.File, Exec: f.Exec, Digest: f.Digest}
		}
	}
	for _, s := range dir.Dirs {
		if s.Name == name {
			return digest.Content{Kind: digest.Directory, Digest: s.Digest}
		}
	}
	return digest.Content{}
}
