package fs

import (
	"errors"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dewar-build/dewar/digest"
)

// statBatch is how many files of one directory a worker stats at a time.
const statBatch = 256

// found is what becomes of one entry of a directory.
type found struct {
	digest.FileEntry
	info  Info
	there bool // it still is; otherwise the entry is dropped
	read  bool // the index does not know it: its bytes must be read
}

// dir returns the digest of a directory, bottom-up; there is false if it
// vanished.
func (w *scan) dir(p string, level *ignoreLevel) (d digest.Digest, there bool) {
	h, err := OpenDir(w.FS, native(w.Root, p))
	if gone(err) {
		return d, false
	}
	if err != nil {
		w.fail(err)
		return d, false
	}
	files, dirs, links, err := w.list(h, p, &level)
	if err != nil {
		h.Close()
		w.fail(err)
		return d, false
	}
	list := w.statFiles(h, p, files)
	h.Close() // not kept open on the way down
	w.readFiles(p, list)
	entries, links := w.linked(p, entriesOf(list), links)
	return w.encode(digest.Dir{
		Files:    entries,
		Dirs:     w.subdirs(p, dirs, level),
		Symlinks: w.symlinks(p, links),
	})
}

// entryAt is path.Join of a clean path and a name, of which there may be a million.
func entryAt(dir, name string) string {
	if dir == "." {
		return name
	}
	return dir + "/" + name
}

// list sorts the names of a directory by what they are. An ignore file among
// them changes the level for all of them.
func (w *scan) list(h Dir, p string, level **ignoreLevel) (files []string, dirs []subdir, links []string, err error) {
	w.dirs.Add(1)
	entries, err := h.Entries()
	if err != nil {
		return nil, nil, nil, err
	}
	if w.Ignore != nil && hasIgnoreFile(entries) {
		if *level, err = w.Ignore.enter(*level, p); err != nil {
			return nil, nil, nil, err
		}
	}
	for _, e := range entries {
		at := entryAt(p, e.Name)
		if w.Ignore != nil && (*level).match(at, e.Type.IsDir()) {
			w.ignored.Add(1)
			continue
		}
		switch {
		case !utf8.ValidString(e.Name):
			w.report(BadEntry{Path: at, Problem: NameNotUTF8})
		case e.Type.IsRegular():
			files = append(files, e.Name)
		case e.Type.IsDir():
			dirs = append(dirs, subdir{name: e.Name})
		case Info{Mode: e.Type}.IsSymlink():
			links = append(links, e.Name)
		default:
			w.report(BadEntry{Path: at, Problem: SpecialFile})
		}
	}
	return files, dirs, links, nil
}

func hasIgnoreFile(sorted []Entry) bool {
	_, ok := slices.BinarySearchFunc(sorted, IgnoreFile, func(e Entry, name string) int {
		return strings.Compare(e.Name, name)
	})
	return ok
}

// statFiles finds each file's digest in the index where it can.
func (w *scan) statFiles(h Dir, p string, names []string) []found {
	list := make([]found, len(names))
	batch := func(b int) {
		near := 0
		for i := b * statBatch; i < min((b+1)*statBatch, len(names)); i++ {
			w.statFile(h, p, names[i], &list[i], &near)
		}
	}
	if len(names) <= statBatch {
		batch(0)
	} else {
		w.each((len(names)+statBatch-1)/statBatch, batch)
	}
	return list
}

func (w *scan) statFile(h Dir, p, name string, f *found, near *int) {
	info, err := h.Lstat(name)
	if gone(err) {
		return
	}
	if err != nil {
		w.fail(err)
		return
	}
	f.Name, f.info, f.there = name, info, true
	d, ok := w.known(entryAt(p, name), info, near)
	if !ok {
		f.read = true
		return
	}
	f.Digest, f.Exec = d, info.Exec()
	w.count(info)
}

func (w *scan) count(info Info) {
	w.files.Add(1)
	w.bytes.Add(info.Size)
}

// readFiles hashes what the index did not know: one file a worker.
func (w *scan) readFiles(p string, list []found) {
	var unknown []*found
	for i := range list {
		if list[i].read {
			unknown = append(unknown, &list[i])
		}
	}
	one := func(i int) {
		f := unknown[i]
		e, there := w.read(entryAt(p, f.Name), f.info)
		e.Name = f.Name
		f.FileEntry, f.there = e, there
	}
	switch len(unknown) {
	case 0:
	case 1:
		one(0)
	default:
		w.each(len(unknown), one)
	}
}

func entriesOf(list []found) []digest.FileEntry {
	entries := make([]digest.FileEntry, 0, len(list))
	for i := range list {
		if list[i].there {
			entries = append(entries, list[i].FileEntry)
		}
	}
	return entries
}

// subdir is a directory of a directory, and its digest once it is known.
type subdir struct {
	name   string
	digest digest.Digest
	there  bool
}

func (w *scan) subdirs(p string, dirs []subdir, level *ignoreLevel) []digest.DirEntry {
	one := func(i int) {
		at := entryAt(p, dirs[i].name)
		dirs[i].digest, dirs[i].there = w.dir(at, level)
	}
	switch len(dirs) {
	case 0:
		return nil
	case 1:
		one(0)
	default:
		w.each(len(dirs), one)
	}
	entries := make([]digest.DirEntry, 0, len(dirs))
	for _, d := range dirs {
		if d.there {
			entries = append(entries, digest.DirEntry{Name: d.name, Digest: d.digest})
		}
	}
	return entries
}

// symlinks checks that every link leads to something inside what was asked
// for: another machine has nothing else.
func (w *scan) symlinks(p string, names []string) []digest.SymlinkEntry {
	var entries []digest.SymlinkEntry
	for _, name := range names {
		at := entryAt(p, name)
		target, err := w.FS.Readlink(native(w.Root, at))
		if gone(err) {
			continue
		}
		if err != nil {
			w.fail(err)
			continue
		}
		inside := at
		if w.root != "." {
			inside = strings.TrimPrefix(at, w.root+"/")
		}
		_, _, err = resolve(w.FS, native(w.Root, w.root), inside, true)
		problem, err := linkProblem(target, err)
		switch {
		case err != nil:
			w.fail(err)
		case problem != 0:
			w.report(BadEntry{Path: at, Target: target, Problem: problem})
		default:
			entries = append(entries, digest.SymlinkEntry{Name: name, Target: target})
		}
	}
	return entries
}

func linkProblem(target string, err error) (EntryProblem, error) {
	var bad *BadPath
	switch {
	case !utf8.ValidString(target):
		return NameNotUTF8, nil
	case errors.As(err, &bad) && bad.Problem == PathLoop:
		return LinkLoop, nil
	case errors.As(err, &bad) && path.IsAbs(target):
		return LinkAbsolute, nil
	case errors.As(err, &bad):
		return LinkEscapes, nil
	case missing(err):
		return LinkDangling, nil
	}
	return 0, err
}

func (w *scan) encode(d digest.Dir) (digest.Digest, bool) {
	if w.stopped() {
		return digest.Digest{}, false
	}
	b := d.Encode()
	if w.Take == nil {
		return digest.Of(b), true
	}
	got, err := w.Take.PutDirectory(b)
	if err != nil {
		w.fail(err)
	}
	return got, err == nil
}
