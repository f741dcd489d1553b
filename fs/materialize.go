package fs

import (
	"errors"
	"fmt"
	iofs "io/fs"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/dewar-build/dewar/digest"
	"golang.org/x/sync/errgroup"
)

// Source is where a tree's contents come from.
type Source interface {
	// Dir returns the directory with that digest.
	Dir(d digest.Digest) (digest.Dir, error)
	// CloneTo makes the file dst, which does not exist, of the bytes with that digest.
	CloneTo(d digest.Digest, exec bool, dst string) error
}

// MaterializeOptions says how a tree is written.
type MaterializeOptions struct {
	ReadOnly bool      // directories are 0555, else 0755; files are as the Source makes them
	MTime    time.Time // of files and directories; zero: now
	Workers  int       // how many files are made at once; 0: one a processor
	AnyLinks bool      // symbolic links lead where they like: dst will be a root directory for who follows them
}

// MaterializeDir writes the tree d as the directory dst, which must not exist. When
// it fails, what was written so far is removed. Names and symbolic links
// that leave dst are errors, whatever the Source says.
//
// Every directory is made here and nothing is written through a link: links
// come last. Then each is followed, in the tree as it is on disk, to see where it
// leads, unless AnyLinks says that this does not matter. So dst should be a temporary place that is renamed when this returns.
func MaterializeDir(fsys FS, src Source, d digest.Digest, dst string, opt MaterializeOptions) error {
	if err := fsys.Mkdir(dst, 0o755); err != nil {
		return err
	}
	m := &materializer{fsys: fsys, src: src, dst: dst, opt: opt}
	err := m.all(d)
	if err != nil {
		err = errors.Join(err, fsys.RemoveAll(dst))
	}
	return err
}

type materializer struct {
	fsys  FS
	src   Source
	dst   string
	opt   MaterializeOptions
	dirs  []string // relative paths, parents first
	links []linkToMake
}

type linkToMake struct{ at, target string }

func (m *materializer) all(d digest.Digest) error {
	workers := m.opt.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var files errgroup.Group
	files.SetLimit(workers)
	err := m.dir(&files, ".", d, 0)
	if ferr := files.Wait(); err == nil {
		err = ferr
	}
	if err != nil {
		return err
	}
	if err := m.makeLinks(); err != nil {
		return err
	}
	return m.finish()
}

// fileBatch is how many files of one directory a worker makes at a time.
const fileBatch = 64

// maxDepth is deeper than any path can be; a tree that a remote made up may not
// be deeper still.
const maxDepth = 2000

// dir makes the contents of one directory; its files on other goroutines.
func (m *materializer) dir(files *errgroup.Group, p string, d digest.Digest, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("directory %s: deeper than %d levels", p, maxDepth)
	}
	dir, err := m.src.Dir(d)
	if err != nil {
		return fmt.Errorf("directory %s (%s): %w", p, d.Short(), err)
	}
	if err := checkNames(dir); err != nil {
		return fmt.Errorf("directory %s (%s): %w", p, d.Short(), err)
	}
	m.dirs = append(m.dirs, p)
	at := native(m.dst, p)
	for part := range slices.Chunk(dir.Files, fileBatch) {
		files.Go(func() error { return m.files(at, part) })
	}
	for _, l := range dir.Symlinks {
		m.links = append(m.links, linkToMake{path.Join(p, l.Name), l.Target})
	}
	for _, s := range dir.Dirs {
		if err := m.fsys.Mkdir(filepath.Join(at, s.Name), 0o755); err != nil {
			return err
		}
		if err := m.dir(files, path.Join(p, s.Name), s.Digest, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// checkNames is Dir.Check and what this system's file names need beside.
func checkNames(d digest.Dir) error {
	if err := d.Check(); err != nil {
		return err
	}
	names := make([]string, 0, len(d.Files)+len(d.Dirs)+len(d.Symlinks))
	for _, f := range d.Files {
		names = append(names, f.Name)
	}
	for _, s := range d.Dirs {
		names = append(names, s.Name)
	}
	for _, l := range d.Symlinks {
		names = append(names, l.Name)
	}
	for _, n := range names {
		if !filepath.IsLocal(n) || filepath.Base(n) != n {
			return fmt.Errorf("%q is not a file name on this system", n)
		}
	}
	return nil
}

func (m *materializer) files(at string, files []digest.FileEntry) error {
	for _, f := range files {
		name := filepath.Join(at, f.Name)
		if err := m.src.CloneTo(f.Digest, f.Exec, name); err != nil {
			return fmt.Errorf("file %s (%s): %w", name, f.Digest.Short(), err)
		}
		if !m.opt.MTime.IsZero() {
			if err := m.fsys.Chtimes(name, m.opt.MTime); err != nil {
				return err
			}
		}
	}
	return nil
}

// makeLinks makes every link, then follows every link.
func (m *materializer) makeLinks() error {
	for _, l := range m.links {
		if err := m.fsys.Symlink(l.target, native(m.dst, l.at)); err != nil {
			return err
		}
	}
	if m.opt.AnyLinks {
		return nil
	}
	var bad []BadEntry
	for _, l := range m.links {
		_, _, err := resolve(m.fsys, m.dst, l.at, true)
		if errors.Is(err, iofs.ErrNotExist) {
			err = nil // inside, and nothing there: harmless
		}
		problem, err := linkProblem(l.target, err)
		if err != nil {
			return err
		}
		if problem != 0 {
			bad = append(bad, BadEntry{Path: l.at, Target: l.target, Problem: problem})
		}
	}
	if len(bad) > 0 {
		return newTreeError(m.dst, bad)
	}
	return nil
}

// finish sets times and modes of directories, the deepest first: making
// entries changed the times, and a read-only directory takes no more.
func (m *materializer) finish() error {
	for i := len(m.dirs) - 1; i >= 0; i-- {
		at := native(m.dst, m.dirs[i])
		if !m.opt.MTime.IsZero() {
			if err := m.fsys.Chtimes(at, m.opt.MTime); err != nil {
				return err
			}
		}
		if m.opt.ReadOnly {
			if err := m.fsys.Chmod(at, 0o555); err != nil {
				return err
			}
		}
	}
	return nil
}
