package dewar

import (
	"cmp"
	"fmt"
	iofs "io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/store"
)

// grove makes directories of what is put at paths.
type grove struct {
	top *growing
}

// growing is a directory that is not complete yet.
type growing struct {
	dir  digest.Dir
	subs map[string]*growing
	here map[string]bool // names that are taken
}

func newGrove() *grove { return &grove{newGrowing()} }

func newGrowing() *growing { return &growing{subs: map[string]*growing{}, here: map[string]bool{}} }

// put has the path at hold a content. It is an error if it is taken, or no path inside.
func (g *grove) put(at string, c digest.Content) error {
	parts := strings.Split(at, "/")
	d := g.top
	for i, name := range parts {
		if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "\x00\\") || !fs.IsNFC(name) {
			return fmt.Errorf("%q is no path", at)
		}
		if i == len(parts)-1 {
			return d.add(name, at, c)
		}
		next := d.subs[name]
		if next == nil {
			if d.here[name] {
				return fmt.Errorf("%s is a file, and %s would be inside of it", strings.Join(parts[:i+1], "/"), at)
			}
			next = newGrowing()
			d.subs[name], d.here[name] = next, true
		}
		d = next
	}
	return nil
}

func (d *growing) add(name, at string, c digest.Content) error {
	if d.here[name] {
		return fmt.Errorf("%s is there twice", at)
	}
	d.here[name] = true
	switch c.Kind {
	case digest.Directory:
		d.dir.Dirs = append(d.dir.Dirs, digest.DirEntry{Name: name, Digest: c.Digest})
	default:
		d.dir.Files = append(d.dir.Files, digest.FileEntry{Name: name, Digest: c.Digest, Exec: c.Exec})
	}
	return nil
}

// keep puts the directories into a store.
func (g *grove) keep(s *store.Store) (digest.Content, error) {
	d, err := g.top.keep(s)
	return digest.Content{Kind: digest.Directory, Digest: d}, err
}

func (d *growing) keep(s *store.Store) (digest.Digest, error) {
	for _, name := range slices.Sorted(maps.Keys(d.subs)) {
		sub, err := d.subs[name].keep(s)
		if err != nil {
			return digest.Digest{}, err
		}
		d.dir.Dirs = append(d.dir.Dirs, digest.DirEntry{Name: name, Digest: sub})
	}
	d.dir.Sort()
	return s.PutDirectory(d.dir.Encode())
}

// eachFile calls visit for the files in a directory, or for a file as "", until it says that that is enough.
func eachFile(dirs graph.DirGetter, c digest.Content, at string, visit func(name string, f digest.FileEntry) bool) error {
	if c.Kind == digest.File {
		visit(at, digest.FileEntry{Digest: c.Digest, Exec: c.Exec})
		return nil
	}
	_, err := eachIn(dirs, c.Digest, at, visit)
	return err
}

func eachIn(dirs graph.DirGetter, d digest.Digest, at string, visit func(string, digest.FileEntry) bool) (more bool, err error) {
	dir, err := dirs(d)
	if err != nil {
		return false, err
	}
	for _, f := range dir.Files {
		if !visit(path.Join(at, f.Name), f) {
			return false, nil
		}
	}
	for _, s := range dir.Dirs {
		if more, err := eachIn(dirs, s.Digest, path.Join(at, s.Name), visit); !more || err != nil {
			return false, err
		}
	}
	return true, nil
}

// settled is content as a scan of the workspace will find it at a path: without what is ignored there.
// Links that lead out of it are an error.
func (p *Project) settled(at string, c digest.Content) (digest.Content, error) {
	if c.Kind != digest.Directory {
		return c, nil
	}
	s := &settler{p: p, at: at, root: c}
	s.ignore = fs.NewIgnore(s.read)
	d, err := s.dir(c.Digest, "")
	return digest.Content{Kind: digest.Directory, Digest: d}, err
}

// settler leaves out of a directory what is ignored.
type settler struct {
	p      *Project
	at     string // where it will be in the project
	root   digest.Content
	ignore *fs.Ignore
}

// read reads a file of the workspace as it will be.
func (s *settler) read(name string) ([]byte, error) {
	sub, below := strings.CutPrefix(name, s.at+"/")
	if !below {
		return s.p.view.ReadFile(name)
	}
	c, err := graph.Lookup(s.p.store.Dir, s.root, sub)
	if err != nil || c.Kind != digest.File {
		return nil, cmp.Or(err, error(iofs.ErrNotExist))
	}
	return s.p.store.ReadAll(c.Digest, 1<<20)
}

func (s *settler) dir(d digest.Digest, sub string) (digest.Digest, error) {
	was, err := s.p.store.Dir(d)
	if err != nil {
		return d, err
	}
	now := digest.Dir{}
	if err := checkLinks(was, sub); err != nil {
		return d, err
	}
	ignored := func(name string, dir bool) bool {
		if err == nil {
			var yes bool
			yes, err = s.ignore.Match(path.Join(s.at, sub, name), dir)
			return yes
		}
		return false
	}
	for _, f := range was.Files {
		if !ignored(f.Name, false) {
			now.Files = append(now.Files, f)
		}
	}
	for _, l := range was.Symlinks {
		if !ignored(l.Name, false) {
			now.Symlinks = append(now.Symlinks, l)
		}
	}
	for _, x := range was.Dirs {
		if ignored(x.Name, true) {
			continue
		}
		child, cerr := s.dir(x.Digest, path.Join(sub, x.Name))
		if cerr != nil {
			return d, cerr
		}
		now.Dirs = append(now.Dirs, digest.DirEntry{Name: x.Name, Digest: child})
	}
	if err != nil {
		return d, err
	}
	return s.p.store.PutDirectory(now.Encode())
}

// checkLinks says what links of a directory lead out of the top, which it is sub of.
func checkLinks(d digest.Dir, sub string) error {
	for _, l := range d.Symlinks {
		if path.IsAbs(l.Target) || leadsOut(sub, l.Target) {
			return fmt.Errorf("the symbolic link %s leads to %s, out of the data", path.Join(sub, l.Name), l.Target)
		}
	}
	return nil
}

// leadsOut reports whether a relative link in the directory sub leads above the top.
func leadsOut(sub, link string) bool {
	to := path.Join(sub, link)
	return to == ".." || strings.HasPrefix(to, "../")
}

// nearPaths returns paths that may have been meant by one, the likeliest first, at most three.
func nearPaths(rel string, names []string) []string {
	type near struct {
		name string
		far  int
	}
	var list []near
	base := path.Base(rel)
	for _, n := range slices.Compact(slices.Sorted(slices.Values(names))) {
		far := levenshtein.Distance(rel, n, nil)
		if path.Base(n) == base || strings.EqualFold(n, rel) {
			far = 0
		}
		if far <= max(2, len(rel)/4) {
			list = append(list, near{n, far})
		}
	}
	slices.SortStableFunc(list, func(a, b near) int { return cmp.Compare(a.far, b.far) })
	var out []string
	for _, n := range list[:min(3, len(list))] {
		out = append(out, n.name)
	}
	return out
}
