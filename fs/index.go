package fs

import "github.com/dewar-build/dewar/digest"

// Index remembers the digests of files by path and stat. It is safe for
// concurrent use, by goroutines and by processes.
type Index struct{}

// Moment is the time of a filesystem, taken from a file just made on it.
type Moment struct {
	At    int64  // nanoseconds since 1970
	Dev   uint64 // the device whose time it is
	Grain int64  // nanoseconds within which two changes may carry the same time
}

// OpenIndex opens the index kept in dir (files "index", "index.log",
// "index.lock"), or an empty one. A corrupt file is renamed to "….corrupt" and
// named by Warnings.
func OpenIndex(fsys FS, dir string) (*Index, error) { panic("unwritten") }

// Now returns the filesystem's time, at most a few milliseconds old.
func (x *Index) Now() (Moment, error) { panic("unwritten") }

// Lookup returns the digest that the file had when it had this Info.
func (x *Index) Lookup(path string, info Info) (digest.Digest, bool) { panic("unwritten") }

// Record says that the bytes read after the moment before, from the file at
// path described by info, have digest d. A file that changed too shortly before
// that moment is not recorded: it could change again unnoticed.
func (x *Index) Record(path string, info Info, d digest.Digest, before Moment) { panic("unwritten") }

// Len returns about how many paths are known.
func (x *Index) Len() int { panic("unwritten") }

// Warnings returns what was wrong with the files of the index, for the person.
func (x *Index) Warnings() []string { panic("unwritten") }

// Save writes what was recorded since the last Save.
func (x *Index) Save() error { panic("unwritten") }

// Prune forgets the paths for which keep is false, and rewrites the index.
func (x *Index) Prune(keep func(path string) bool) error { panic("unwritten") }

// Close gives back the mapped file. Nothing is saved.
func (x *Index) Close() error { panic("unwritten") }
