package fs

import (
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dewar-build/dewar/digest"
)

// The stat index answers "which bytes does this file hold?" without reading
// it, for as long as its stat has not changed.
//
// Every entry is a fact that stays true: a file that had this device, inode,
// size, mode and these times had these bytes. That is only so if the file could not
// change again without a change of its times, so a file whose times are
// not clearly older than the moment it was read is not recorded at all (the
// racy rule); it is read once more the next time. Because entries are facts, processes
// need no order among them: whatever any of them appends is right.
//
// On disk it is a sorted file (index_base.go), mapped and searched as it is, and a
// journal of what came since (index_log.go).

// Index remembers the digests of files by path and stat. It is safe for
// concurrent use, by goroutines and by processes. A nil Index knows nothing
// and remembers nothing.
type Index struct {
	fsys FS
	dir  string
	base atomic.Pointer[base]

	mu       sync.RWMutex
	saved    map[string]entry // from the journal
	fresh    map[string]entry // not yet saved
	old      []*base          // mapped before a rewrite; given back by Close
	log      logState         // the journal as we last saw it
	warnings []string

	clock struct {
		sync.Mutex
		last  Moment
		taken time.Time
	}
}

// entry is what is known of one path.
type entry struct {
	dev, ino           uint64
	size, mtime, ctime int64
	mode               uint32
	hash               [32]byte
}

func entryOf(info Info, d digest.Digest) entry {
	return entry{
		dev: info.Dev, ino: info.Ino, size: info.Size, mtime: info.MTime, ctime: info.CTime,
		mode: uint32(info.Mode), hash: d.Hash,
	}
}

func (e *entry) is(info Info) bool {
	return e.ino == info.Ino && e.mtime == info.MTime && e.ctime == info.CTime && e.size == info.Size &&
		e.dev == info.Dev && e.mode == uint32(info.Mode)
}

func (e *entry) digest() digest.Digest { return digest.Digest{Hash: e.hash, Size: e.size} }

// OpenIndex opens the index kept in dir (files "index", "index.log",
// "index.lock"), or an empty one. A corrupt file is renamed to "….corrupt" and
// named by Warnings; some corruption shows only later, when the page is looked at.
func OpenIndex(fsys FS, dir string) (*Index, error) {
	x := &Index{fsys: fsys, dir: dir, saved: map[string]entry{}, fresh: map[string]entry{}}
	b, err := x.loadBase()
	if err != nil {
		return nil, err
	}
	x.base.Store(b)
	if err := x.loadLog(); err != nil {
		return nil, err
	}
	return x, nil
}

func (x *Index) file(name string) string { return filepath.Join(x.dir, name) }

// Lookup returns the digest that the file had when it had this Info.
func (x *Index) Lookup(path string, info Info) (digest.Digest, bool) {
	at := 0
	return x.lookup(path, info, &at)
}

// lookup starts its search at the record *at and leaves it where it ended: who
// asks in the order of paths finds each a few records on.
func (x *Index) lookup(path string, info Info, at *int) (digest.Digest, bool) {
	if x == nil {
		return digest.Digest{}, false
	}
	if e, ok := x.overlay(path); ok {
		if e.is(info) {
			return e.digest(), true
		}
		return digest.Digest{}, false
	}
	e, ok := x.base.Load().find(path, at)
	if !ok || !e.is(info) {
		return digest.Digest{}, false
	}
	return e.digest(), true
}

func (x *Index) overlay(path string) (entry, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if e, ok := x.fresh[path]; ok {
		return e, true
	}
	e, ok := x.saved[path]
	return e, ok
}

// Record says that the bytes read after the moment before, from the file at
// path described by info, have digest d. A file that changed too shortly before
// that moment is not recorded: it could change again unnoticed.
func (x *Index) Record(path string, info Info, d digest.Digest, before Moment) {
	if x == nil || d.Size != info.Size || len(path) > maxPath || !before.clean(info) {
		return
	}
	if known, ok := x.Lookup(path, info); ok && known == d {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.fresh[path] = entryOf(info, d)
}

// Len returns about how many paths are known.
func (x *Index) Len() int {
	if x == nil {
		return 0
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.base.Load().count + len(x.saved) + len(x.fresh)
}

// Warnings returns what was wrong with the files of the index, for the person.
func (x *Index) Warnings() []string {
	if x == nil {
		return nil
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	list := append([]string(nil), x.warnings...)
	if x.base.Load().bad.Load() {
		list = append(list, fmt.Sprintf("%s is corrupt; files are read again and it is rewritten", x.file("index")))
	}
	return list
}

// Close gives back the mapped file. Nothing is saved.
func (x *Index) Close() error {
	if x == nil {
		return nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	var first error
	for _, b := range append(x.old, x.base.Swap(&base{})) {
		if err := b.close(); err != nil && first == nil {
			first = err
		}
	}
	x.old = nil
	return first
}

// setAside renames a corrupt file, so that it can be looked at, and says so.
func (x *Index) setAside(name string, why error) {
	kept := x.file(name) + ".corrupt"
	if err := x.fsys.Rename(x.file(name), kept); err != nil {
		kept = "nowhere: " + err.Error()
	}
	x.warnings = append(x.warnings,
		fmt.Sprintf("%s is corrupt (%v); files are read again; it was set aside as %s", x.file(name), why, kept))
}
