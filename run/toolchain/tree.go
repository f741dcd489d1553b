package toolchain

import (
	"errors"
	"fmt"
	iofs "io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// tree shows a directory. The shared objects in it will be loaded, symbolic links in it may
// lead out of it, and if nothing else tells of what is in it, all of that counts.
func (g *gathering) tree(t tree) error {
	real, err := g.add(t.Path)
	if err != nil {
		return err
	}
	info, err := g.h.FS.Stat(real)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return g.inTree(t, real, filepath.Base(real))
	}
	return g.walk(t, real, real)
}

// walk goes through a directory of a tree. A tree in a tree is gone through once for what it
// needs, and again if its contents count.
func (g *gathering) walk(t tree, root, dir string) error {
	if t.As == "" && g.walked[dir] {
		return nil
	}
	g.walked[dir] = true
	entries, err := g.h.FS.ReadDir(dir)
	if err != nil && !errors.Is(err, iofs.ErrPermission) {
		return err
	}
	if t.As != "" {
		g.looked[dir] = true
	}
	for _, e := range entries {
		at := filepath.Join(dir, e.Name)
		switch {
		case e.Type.IsDir():
			sub := t
			if e.Name == "__pycache__" { // made of what lies beside it
				continue
			}
			if slices.Contains(t.Without, e.Name) {
				sub.As = ""
			}
			err = g.walk(sub, root, at)
		case e.Type.IsRegular():
			rel, _ := filepath.Rel(root, at)
			err = g.inTree(t, at, filepath.ToSlash(rel))
		case e.Type&iofs.ModeSymlink != 0:
			err = g.linkInTree(t, root, at)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// inTree looks at a file of a tree.
func (g *gathering) inTree(t tree, at, rel string) error {
	if t.As != "" {
		sum, err := g.sum(at)
		if err != nil {
			return err
		}
		g.looked[at] = true
		g.lines[fmt.Sprintf("%s %q %s\n", t.As, rel, sum)] = true
	}
	name := filepath.Base(at)
	if strings.HasSuffix(name, ".so") || strings.Contains(name, ".so.") || strings.HasSuffix(name, ".node") {
		g.looked[at] = true
		return g.objects.load(at)
	}
	if filepath.Base(filepath.Dir(at)) == "bin" {
		return g.program(at)
	}
	return nil
}

// linkInTree follows a symbolic link that may lead out of its tree. One that leads nowhere is left alone.
func (g *gathering) linkInTree(t tree, root, at string) error {
	real, err := g.paths.follow(at)
	if err != nil {
		return nil
	}
	if t.As != "" {
		rel, _ := filepath.Rel(root, at)
		to := g.paths.links[at]
		g.lines[fmt.Sprintf("%s %q link %q\n", t.As, filepath.ToSlash(rel), to)] = true
	}
	if inside(real, []string{root}) || g.shownAnyway(real) {
		return nil
	}
	info, err := g.h.FS.Stat(real)
	switch {
	case err != nil || info.IsDir() && tooMuch(real, root):
		return nil
	case info.IsDir():
		return g.tree(tree{Path: at, As: t.As})
	case !info.IsRegular():
		return nil
	}
	return g.program(at)
}

// tooMuch reports whether a directory is too much to be shown because a link in a tree leads to it: a
// whole part of the system, or what the tree itself lies in.
func tooMuch(dir, root string) bool {
	return within(root, dir) || len(namesOf(dir)) < 2
}
