package foreign

import (
	"cmp"
	"fmt"
	iofs "io/fs"
	"path"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
)

// Store has what was taken.
type Store interface {
	Keeper
	Dir(d digest.Digest) (digest.Dir, error)
	ReadAll(d digest.Digest, limit int64) ([]byte, error)
}

// Settle returns content as a scan of a workspace will find it at a path: without what is ignored there. here reads
// what the workspace has already. Links that lead out of the content are an error.
func Settle(s Store, here func(name string) ([]byte, error), at string, c digest.Content) (digest.Content, error) {
	if c.Kind != digest.Directory {
		return c, nil
	}
	x := &settler{store: s, here: here, at: at, root: c}
	x.ignore = fs.NewIgnore(x.read)
	d, err := x.dir(c.Digest, "")
	return digest.Content{Kind: digest.Directory, Digest: d}, err
}

// settler leaves out of a directory what is ignored.
type settler struct {
	store  Store
	here   func(name string) ([]byte, error)
	at     string // where it will be in the workspace
	root   digest.Content
	ignore *fs.Ignore
}

// read reads a file of the workspace as it will be.
func (s *settler) read(name string) ([]byte, error) {
	sub, below := strings.CutPrefix(name, s.at+"/")
	if !below {
		return s.here(name)
	}
	c, err := graph.Lookup(s.store.Dir, s.root, sub)
	if err != nil || c.Kind != digest.File {
		return nil, cmp.Or(err, error(iofs.ErrNotExist))
	}
	return s.store.ReadAll(c.Digest, 1<<20)
}

func (s *settler) dir(d digest.Digest, sub string) (digest.Digest, error) {
	was, err := s.store.Dir(d)
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
	return s.store.PutDirectory(now.Encode())
}

// LinksInside is an error if links in a directory lead out of it.
func LinksInside(dirs graph.DirGetter, c digest.Content) error {
	if c.Kind != digest.Directory {
		return nil
	}
	return linksInside(dirs, c.Digest, "")
}

func linksInside(dirs graph.DirGetter, d digest.Digest, sub string) error {
	dir, err := dirs(d)
	if err != nil {
		return err
	}
	if err := checkLinks(dir, sub); err != nil {
		return err
	}
	for _, x := range dir.Dirs {
		if err := linksInside(dirs, x.Digest, path.Join(sub, x.Name)); err != nil {
			return err
		}
	}
	return nil
}

// checkLinks says what links of a directory lead out of the top, which it is sub of.
func checkLinks(d digest.Dir, sub string) error {
	for _, l := range d.Symlinks {
		if path.IsAbs(l.Target) || leadsOut(sub, l.Target) {
			return fmt.Errorf("the symbolic link %s leads to %s, out of the data", path.Join(sub, l.Name), l.Target)
		}
		if turnsBack(l.Target) {
			return fmt.Errorf("the symbolic link %s leads to %s, into a name and back: where that is, other links decide", path.Join(sub, l.Name), l.Target)
		}
	}
	return nil
}

// leadsOut reports whether a relative link in the directory sub leads above the top.
func leadsOut(sub, link string) bool {
	to := path.Join(sub, link)
	return to == ".." || strings.HasPrefix(to, "../")
}

// turnsBack reports whether a link goes up after a name. If that name is a link too, it goes up from elsewhere,
// and no text tells whether that is still inside.
func turnsBack(link string) bool {
	for strings.HasPrefix(link, "../") || strings.HasPrefix(link, "./") || strings.HasPrefix(link, "/") {
		_, link, _ = strings.Cut(link, "/")
	}
	return link != ".." && strings.Contains("/"+link+"/", "/../")
}
