package store

import (
	"fmt"
	"runtime"
	"sync"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// Check reports whether the materialized directory d is still what Tree made:
// the same names, and every file with the size and the modification time it
// must have. It reads no file; a write shows in the time. If something is different, the tree is
// removed, to be made anew, and the error says what it was.
//
// It costs an lstat a file. Concurrent checks of one tree are not made one: a
// check that has begun may already have passed by what happens now.
func (s *Store) Check(d digest.Digest) error { return s.check(treeArea, d) }

func (s *Store) check(area string, d digest.Digest) error {
	err := s.checkDir(d, s.tree(area, d))
	if err == nil {
		return nil
	}
	if rm := s.discard(area, d); rm != nil && !isMissing(rm) {
		return fmt.Errorf("tree %s was changed: %w (and could not be removed: %v)", d.Short(), err, rm)
	}
	return fmt.Errorf("tree %s was changed: %w", d.Short(), err)
}

// checkDir compares one directory. Names are compared by looking each of the
// encoding up in the listing, both sorted by bytes.
func (s *Store) checkDir(d digest.Digest, name string) error {
	dir, err := s.Dir(d)
	if err != nil {
		return err
	}
	h, err := fs.OpenDir(s.fs, name)
	if err != nil {
		return err
	}
	defer h.Close()
	entries, err := h.Entries()
	if err != nil {
		return err
	}
	if n := len(dir.Files) + len(dir.Dirs) + len(dir.Symlinks); len(entries) != n {
		return fmt.Errorf("%s has %d entries, not %d", name, len(entries), n)
	}
	if err := checkFiles(h, dir.Files, name); err != nil {
		return err
	}
	for _, l := range dir.Symlinks {
		if target, err := s.fs.Readlink(name + "/" + l.Name); err != nil || target != l.Target {
			return fmt.Errorf("%s/%s is not the symbolic link to %q", name, l.Name, l.Target)
		}
	}
	for _, sub := range dir.Dirs {
		if err := s.checkDir(sub.Digest, name+"/"+sub.Name); err != nil {
			return err
		}
	}
	return nil
}

// manyFiles are worth a second processor.
const manyFiles = 2000

// checkFiles looks at files, with every processor if there are many. Of several that
// are wrong it names the first.
func checkFiles(h fs.Dir, files []digest.FileEntry, name string) error {
	parts := 1
	if len(files) >= manyFiles {
		parts = runtime.GOMAXPROCS(0)
	}
	errs := make([]error, parts)
	var wg sync.WaitGroup
	for i := range parts {
		wg.Go(func() {
			for _, f := range files[i*len(files)/parts : (i+1)*len(files)/parts] {
				if errs[i] = checkFile(h, f, name); errs[i] != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func checkFile(h fs.Dir, f digest.FileEntry, dir string) error {
	info, err := h.Lstat(f.Name)
	name := dir + "/" + f.Name
	switch {
	case err != nil:
		return err
	case !info.IsRegular():
		return fmt.Errorf("%s is %s", name, describe(info.Mode))
	case info.Size != f.Digest.Size:
		return fmt.Errorf("%s has %d bytes, not %d", name, info.Size, f.Digest.Size)
	case info.MTime != epoch*1e9:
		return fmt.Errorf("%s was written to", name)
	case info.Exec() != f.Exec:
		return fmt.Errorf("the executable bit of %s was changed", name)
	}
	return nil
}
