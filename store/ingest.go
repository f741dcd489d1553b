package store

import (
	"fmt"
	"path"
	"runtime"
	"sort"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// IngestTree moves every file under the directory name into the store, in
// parallel, with the encodings of all its directories. What cannot be content
// (devices, sockets, links that lead out, names that are not UTF-8) fails with
// a *fs.TreeError that lists all of it by paths within the directory, and then
// nothing has been moved.
func (s *Store) IngestTree(name string) (digest.Content, error) {
	w := &treeWalk{fs: s.fs, root: name, kinds: make(map[string]entryKind), links: make(map[string]string)}
	top, err := w.walk("")
	if err != nil {
		return digest.Content{}, fmt.Errorf("ingest: %w", err)
	}
	w.checkLinks()
	if len(w.bad) > 0 {
		sort.Slice(w.bad, func(i, j int) bool { return w.bad[i].Path < w.bad[j].Path })
		return digest.Content{}, &fs.TreeError{Dir: name, Bad: w.bad}
	}
	if err := s.ingestFiles(name, w.files); err != nil {
		return digest.Content{}, err
	}
	d, err := s.putTree(top)
	return digest.Content{Kind: digest.Directory, Digest: d}, err
}

// ingestFiles moves the files into the store and sets their digests.
func (s *Store) ingestFiles(root string, files []*walkFile) error {
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for batch := range chunks(files, 32) { // a goroutine a small file would cost as much as the file
		g.Go(func() error {
			for _, f := range batch {
				d, err := s.ingest(root+"/"+f.path, f.info)
				if err != nil {
					return err
				}
				f.digest = d
			}
			return nil
		})
	}
	return g.Wait()
}

// chunks yields the files a few at a time; a big file ends its chunk.
func chunks(files []*walkFile, n int) func(yield func([]*walkFile) bool) {
	return func(yield func([]*walkFile) bool) {
		start := 0
		for i, f := range files {
			if i-start+1 < n && f.info.Size < bufSize && i+1 < len(files) {
				continue
			}
			if !yield(files[start : i+1]) {
				return
			}
			start = i + 1
		}
	}
}

// putTree stores the encodings of a walked directory, sub-directories first.
func (s *Store) putTree(w *walkDir) (digest.Digest, error) {
	var dir digest.Dir
	for _, f := range w.files {
		dir.Files = append(dir.Files, digest.FileEntry{Name: path.Base(f.path), Digest: f.digest, Exec: f.info.Exec()})
	}
	for _, sub := range w.dirs {
		d, err := s.putTree(sub)
		if err != nil {
			return digest.Digest{}, err
		}
		dir.Dirs = append(dir.Dirs, digest.DirEntry{Name: path.Base(sub.path), Digest: d})
	}
	dir.Symlinks = w.links
	dir.Sort()
	return s.PutDirectory(dir.Encode())
}

// treeWalk is a directory as it was found.
type treeWalk struct {
	fs    fs.FS
	root  string
	files []*walkFile
	kinds map[string]entryKind // of every path within the root
	links map[string]string    // their targets
	bad   []fs.BadEntry
}

type entryKind uint8

const (
	noEntry entryKind = iota
	fileEntry
	dirEntry
	linkEntry
)

type walkFile struct {
	path   string // within the root
	info   fs.Info
	digest digest.Digest
}

type walkDir struct {
	path  string
	files []*walkFile
	dirs  []*walkDir
	links []digest.SymlinkEntry
}

// walk lists the directory dir, a path within the root.
func (w *treeWalk) walk(dir string) (*walkDir, error) {
	entries, err := w.fs.ReadDir(path.Join(w.root, dir))
	if err != nil {
		return nil, err
	}
	d := &walkDir{path: dir}
	w.kinds[dir] = dirEntry
	for _, e := range entries {
		at := path.Join(dir, e.Name)
		if !utf8.ValidString(e.Name) {
			w.fault(at, fs.NameNotUTF8, "")
			continue
		}
		if err := w.entry(d, at, e); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// entry adds one entry to d.
func (w *treeWalk) entry(d *walkDir, at string, e fs.Entry) error {
	name := w.root + "/" + at
	switch {
	case e.Type.IsDir():
		sub, err := w.walk(at)
		if err != nil {
			return err
		}
		d.dirs = append(d.dirs, sub)
	case e.Type&linkType != 0:
		target, err := w.fs.Readlink(name)
		if err != nil {
			return err
		}
		w.kinds[at], w.links[at] = linkEntry, target
		d.links = append(d.links, digest.SymlinkEntry{Name: e.Name, Target: target})
	case e.Type == 0:
		info, err := w.fs.Lstat(name)
		if err != nil {
			return err
		}
		f := &walkFile{path: at, info: info}
		w.kinds[at] = fileEntry
		d.files = append(d.files, f)
		w.files = append(w.files, f)
	default:
		w.fault(at, fs.SpecialFile, "")
	}
	return nil
}

func (w *treeWalk) fault(at string, p fs.EntryProblem, target string) {
	w.bad = append(w.bad, fs.BadEntry{Path: at, Problem: p, Target: target})
}
