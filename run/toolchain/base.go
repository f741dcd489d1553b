package toolchain

import (
	"errors"
	"fmt"
	iofs "io/fs"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/run"
)

// Where the system's own directories are hidden, a toolchain is not enough: its programs
// need the ELF interpreter and shared libraries, its scripts the programs that read them, and on
// the way to all of them are symbolic links, /bin -> usr/bin the first. The kinds
// say what they are made of (parts); here everything is followed to its end, as
// the kernel, the dynamic loader and a shell would do it.
//
// What is opened later by a name that only the program knows (dlopen, data below /usr/share)
// is not found. Whoever needs that lists it in a toolchain of kind files.

// parts are what a toolchain is made of, as its kind knows.
type parts struct {
	Programs []string `json:"programs,omitempty"` // machine code, scripts, or other files
	Trees    []tree   `json:"trees,omitempty"`    // shown as a whole; the shared objects in them need libraries
	Tools    []string `json:"tools,omitempty"`    // programs of the system that they start, by name; those that exist
	Files    []string `json:"files,omitempty"`    // what else they read, if it exists
}

// tree is a directory, or an archive in place of one.
type tree struct {
	Path    string   `json:"path"`
	As      string   `json:"as,omitempty"`      // what it is called in BaseDigest; "": its contents are in the fingerprint
	Without []string `json:"without,omitempty"` // names of directories that BaseDigest leaves out
}

// based is what a toolchain needs of the system.
type based struct {
	Base    []string   `json:"base"`
	Links   []run.Link `json:"links"`
	Digest  string     `json:"digest"`
	Lacking []string   `json:"lacking,omitempty"`
	Seen    []seen     `json:"seen"`
}

func (b *based) into(f *Found) {
	f.Binding.Base, f.Binding.Links, f.Binding.BaseDigest, f.Lacking = b.Base, b.Links, b.Digest, b.Lacking
}

// withBase returns f with its base, which is kept like f itself.
func (h *Host) withBase(f *found) (*found, error) {
	if f.Based != nil && h.holds(f.Based.Seen) {
		return f, nil
	}
	g := &gathering{
		h: h, paths: newPaths(h), binding: &f.Binding, base: map[string]bool{}, looked: map[string]bool{},
		lacking: map[string]bool{}, lines: map[string]bool{}, started: map[string]bool{}, walked: map[string]bool{},
	}
	g.objects = newObjects(g)
	b := &based{}
	if runtime.GOOS == "linux" {
		if err := g.gather(f.Parts); err != nil {
			return nil, err
		}
		b = g.result()
	}
	based := *f // others may be reading f
	based.Based = b
	h.keep(&based)
	return &based, nil
}

// gathering is a base in the making.
type gathering struct {
	h       *Host
	paths   *paths
	binding *run.Binding
	objects *objects
	base    map[string]bool // paths without symbolic links
	lines   map[string]bool // what BaseDigest is made of
	looked  map[string]bool // paths that it rests on
	lacking map[string]bool
	started map[string]bool // programs that were looked at
	walked  map[string]bool // directories that were
	inTrees bool            // the programs are through
	covered []string        // the mounts of the binding, and where they are
}

func (g *gathering) gather(p parts) error {
	for _, m := range g.binding.Mounts {
		real, err := g.add(m)
		if err != nil {
			return err
		}
		g.covered = append(g.covered, m, real)
	}
	for _, at := range p.Programs {
		if !g.h.there(at) {
			continue
		}
		if err := g.program(at); err != nil {
			return err
		}
	}
	for _, name := range p.Tools {
		if at := g.onPath(name); at != "" {
			if err := g.program(at); err != nil {
				return err
			}
		}
	}
	trees := p.Trees
	for _, at := range p.Files {
		trees = append(trees[:len(trees):len(trees)], tree{Path: at, As: at})
	}
	g.inTrees = true
	for _, t := range trees {
		if g.h.there(t.Path) {
			if err := g.tree(t); err != nil {
				return err
			}
		}
	}
	for _, dir := range g.binding.Path { // for the links alone: else all of /usr/bin were shown
		_, _ = g.paths.follow(dir)
	}
	g.objects.close()
	return nil
}

// add shows what is at a path, and returns where that is.
func (g *gathering) add(at string) (real string, err error) {
	if real, err = g.paths.follow(at); err != nil {
		return "", err
	}
	g.looked[at], g.looked[real], g.base[real] = true, true, true
	return real, nil
}

// file shows a file, whose bytes count.
func (g *gathering) file(at string) (real string, err error) {
	if real, err = g.add(at); err != nil {
		return "", err
	}
	if g.shownAnyway(real) || g.started[real] {
		return real, nil
	}
	g.started[real] = true
	sum, err := g.sum(real)
	g.lines[fmt.Sprintf("file %q %s\n", real, sum)] = true
	return real, err
}

// sum describes the bytes of a file. What we may not read, no command of ours may either.
func (g *gathering) sum(at string) (string, error) {
	d, err := g.h.hash(at)
	if errors.Is(err, iofs.ErrPermission) {
		return "unreadable", nil
	}
	return d.String(), err
}

// mounts are the mounts that no system directory hides or shows.
func (g *gathering) mounts() (out []string) {
	for _, m := range g.binding.Mounts {
		if !inSystem(m) {
			out = append(out, m)
		}
	}
	return out
}

// shownAnyway reports whether a path lies in what the binding mounts. The fingerprint tells of that.
func (g *gathering) shownAnyway(real string) bool { return inside(real, g.covered) }

// result sorts what was gathered, and leaves out what is shown with something else.
func (g *gathering) result() *based {
	mounts := g.mounts()
	b := &based{Lacking: slices.Sorted(maps.Keys(g.lacking))}
	for _, p := range outermost(slices.Collect(maps.Keys(g.base))) {
		if !inside(p, mounts) {
			b.Base = append(b.Base, p)
		}
	}
	for _, at := range slices.Sorted(maps.Keys(g.paths.links)) {
		g.looked[at] = true
		if inside(at, mounts) || inside(at, b.Base) {
			continue
		}
		b.Links = append(b.Links, run.Link{At: at, To: g.paths.links[at]})
		if inSystem(at) { // one elsewhere only says where people have their files
			g.lines[fmt.Sprintf("link %q %q\n", at, g.paths.links[at])] = true
		}
	}
	w := digest.NewWriter()
	for _, line := range slices.Sorted(maps.Keys(g.lines)) {
		fmt.Fprint(w, line)
	}
	b.Digest = w.Digest().Hex()
	b.Seen = g.h.lookAll(slices.Sorted(maps.Keys(g.looked)))
	return b
}

// system reports whether p is a place that every sandbox shows and most programs are installed in.
func system(p string) bool {
	for _, dir := range []string{"/usr", "/bin", "/sbin", "/lib", "/lib64"} {
		if p == dir || within(p, dir) {
			return true
		}
	}
	return p == "/"
}

// inSystem reports whether p lies in what a sandbox shows of the system, if it shows that.
func inSystem(p string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(filepath.ToSlash(p), "/"), "/")
	return strings.HasPrefix(first, "lib") || slices.Contains([]string{"usr", "bin", "sbin", "opt", "etc", "nix", "gnu"}, first)
}

// outsideSystem leaves out what every sandbox shows.
func outsideSystem(list []string) (out []string) {
	for _, p := range list {
		if filepath.IsAbs(p) && !system(p) {
			out = append(out, filepath.Clean(p))
		}
	}
	return out
}
