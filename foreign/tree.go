package foreign

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// Tree makes directories of what is put at paths. Its zero value is empty.
type Tree struct {
	top growing
}

// growing is a directory that is not complete yet.
type growing struct {
	dir  digest.Dir
	subs map[string]*growing
	here map[string]bool // names that are taken
}

// Keeper has directories.
type Keeper interface {
	PutDirectory(encoded []byte) (digest.Digest, error)
}

// Put has the path at hold a content. It is an error if it is taken, or no path inside.
func (t *Tree) Put(at string, c digest.Content) error {
	parts := strings.Split(at, "/")
	d := &t.top
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
			next = &growing{}
			d.take(name)
			d.subs[name] = next
		}
		d = next
	}
	return nil
}

func (d *growing) add(name, at string, c digest.Content) error {
	if d.here[name] {
		return fmt.Errorf("%s is there twice", at)
	}
	d.take(name)
	switch c.Kind {
	case digest.Directory:
		d.dir.Dirs = append(d.dir.Dirs, digest.DirEntry{Name: name, Digest: c.Digest})
	default:
		d.dir.Files = append(d.dir.Files, digest.FileEntry{Name: name, Digest: c.Digest, Exec: c.Exec})
	}
	return nil
}

func (d *growing) take(name string) {
	if d.here == nil {
		d.subs, d.here = map[string]*growing{}, map[string]bool{}
	}
	d.here[name] = true
}

// Keep has a store keep the directories.
func (t *Tree) Keep(s Keeper) (digest.Content, error) {
	d, err := t.top.keep(s)
	return digest.Content{Kind: digest.Directory, Digest: d}, err
}

func (d *growing) keep(s Keeper) (digest.Digest, error) {
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
