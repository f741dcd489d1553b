package fs

import (
	"cmp"
	iofs "io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/digest"
)

// Trace is what an evaluation read of a project, what it looked for and did
// not find included. It is JSON by its tags.
type Trace struct {
	Files  []FileRead `json:"files,omitempty"`  // sorted by Path
	Dirs   []DirRead  `json:"dirs,omitempty"`   // sorted by Path, then Ending
	Stats  []StatRead `json:"stats,omitempty"`  // sorted by Path, then Follow
	Broken string     `json:"broken,omitempty"` // a read failed in a way that cannot be repeated; such a trace never holds
}

// FileRead is a file that was read.
type FileRead struct {
	Path   string         `json:"path"`
	Digest *digest.Digest `json:"digest,omitempty"` // nil: it was not there
}

// DirRead is a directory that was listed, or those of its names that have an ending.
type DirRead struct {
	Path   string         `json:"path"`
	Ending string         `json:"ending,omitempty"` // "": all of them
	Digest *digest.Digest `json:"digest,omitempty"` // of the listing; nil: it was not there
}

// StatRead is a path whose type was asked for.
type StatRead struct {
	Path   string        `json:"path"`
	Follow bool          `json:"follow,omitempty"` // Stat, not Lstat
	Found  bool          `json:"found,omitempty"`
	Type   iofs.FileMode `json:"type,omitempty"`
	Exec   bool          `json:"exec,omitempty"` // never of directories
}

func answerOf(path string, follow bool, info Info, err error) StatRead {
	if err != nil {
		return StatRead{Path: path, Follow: follow}
	}
	return StatRead{
		Path: path, Follow: follow, Found: true,
		Type: info.Mode.Type(), Exec: info.IsRegular() && info.Exec(),
	}
}

// info is what a Recorder gives on: nothing in it is not part of the trace.
func (s StatRead) info() Info {
	if !s.Found {
		return Info{}
	}
	perm := iofs.FileMode(0o444)
	if s.Exec {
		perm = 0o555
	}
	return Info{Mode: s.Type | perm}
}

// Holds reports whether a View would still answer everything in t as it did.
// index may be nil; with it, files that did not change are not read.
func (t Trace) Holds(view View, index *Index) bool {
	if t.Broken != "" {
		return false
	}
	for _, f := range t.Files {
		if !f.holds(view, index) {
			return false
		}
	}
	for _, s := range t.Stats {
		if !s.holds(view) {
			return false
		}
	}
	for _, d := range t.Dirs {
		if !d.holds(view) {
			return false
		}
	}
	return true
}

func (f FileRead) holds(view View, index *Index) bool {
	info, err := view.Stat(f.Path)
	if err != nil || f.Digest == nil {
		return missing(err) && f.Digest == nil
	}
	if !info.IsRegular() || info.Size != f.Digest.Size {
		return false
	}
	if d, ok := index.Lookup(f.Path, info); ok {
		return d == *f.Digest
	}
	return f.read(view, index, info)
}

// read is for what the index does not know: the bytes decide.
func (f FileRead) read(view View, index *Index, info Info) bool {
	before, timeErr := index.Now()
	b, err := view.ReadFile(f.Path)
	if err != nil || digest.Of(b) != *f.Digest {
		return false
	}
	after, err := view.Stat(f.Path)
	if err == nil && timeErr == nil && after == info {
		index.Record(f.Path, info, *f.Digest, before)
	}
	return true
}

func (s StatRead) holds(view View) bool {
	ask := view.Lstat
	if s.Follow {
		ask = view.Stat
	}
	info, err := ask(s.Path)
	if err != nil && !missing(err) {
		return false
	}
	return answerOf(s.Path, s.Follow, info, err) == s
}

// A listing is read again rather than trusted to the directory's times: that
// costs little more than a stat, and filesystems in memory have no such times.
func (d DirRead) holds(view View) bool {
	entries, err := ReadDirEnding(view, d.Path, d.Ending)
	if err != nil || d.Digest == nil {
		return missing(err) && d.Digest == nil
	}
	return listing(entries) == *d.Digest
}

// dirLister is what lists directories.
type dirLister interface {
	ReadDir(path string) ([]Entry, error)
}

// ReadDirEnding lists what has a name with an ending in a directory. A lister that remembers
// what it was asked, as a Recorder does, has a method of that name: of the other names nothing was learnt.
func ReadDirEnding(l dirLister, path, ending string) ([]Entry, error) {
	if narrow, ok := l.(interface {
		ReadDirEnding(path, ending string) ([]Entry, error)
	}); ok {
		return narrow.ReadDirEnding(path, ending)
	}
	entries, err := l.ReadDir(path)
	if ending == "" || err != nil {
		return entries, err
	}
	var out []Entry
	for _, e := range entries {
		if strings.HasSuffix(e.Name, ending) {
			out = append(out, e)
		}
	}
	return out, nil
}

// listing is the digest of a sorted listing: names and types.
func listing(entries []Entry) digest.Digest {
	w := digest.NewWriter()
	var b []byte
	for _, e := range entries {
		b = append(b[:0], e.Name...)
		b = append(b, 0, typeLetter(e.Type), '\n')
		w.Write(b)
	}
	return w.Digest()
}

func typeLetter(t iofs.FileMode) byte {
	switch {
	case t.IsRegular():
		return 'f'
	case t.IsDir():
		return 'd'
	case t&iofs.ModeSymlink != 0:
		return 'l'
	default:
		return 's'
	}
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}

func sortedDirs(m map[dirAsked]*digest.Digest) []DirRead {
	var list []DirRead
	for asked, d := range m {
		list = append(list, DirRead{asked.path, asked.ending, d})
	}
	slices.SortFunc(list, func(a, b DirRead) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Ending, b.Ending))
	})
	return list
}

func sortedStats(m map[statAsked]StatRead) []StatRead {
	list := slices.Collect(maps.Values(m))
	slices.SortFunc(list, func(a, b StatRead) int {
		if c := cmp.Compare(a.Path, b.Path); c != 0 {
			return c
		}
		if a.Follow == b.Follow {
			return 0
		}
		if b.Follow {
			return -1
		}
		return 1
	})
	return list
}
