// Package lock is pipeline.lock: for every instance of the base evaluation its
// action key and the contents of its inputs and outputs, in JSON Lines, one
// self-contained line an instance, so that Git merges it well. It reads,
// compares, merges and writes.
//
// It knows neither the language nor the store; exp, git and the root package
// import it. The format is specified in spec/formats.md.
package lock

import (
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
)

// Version is the version of the format that this package writes, and the
// newest it reads.
const Version = 1

// Lock is the content of a pipeline.lock. The lists are sorted.
type Lock struct {
	Overrides []graph.Override // sorted by Name
	Data      []Data           // sorted by Name
	Entries   []Entry          // sorted by Instance
}

// Data is tracked data as it was when last used.
type Data struct {
	Name    string
	Path    string
	Content digest.Content
}

// Entry is one instance.
type Entry struct {
	Instance string // "train@C=0.1"
	Action   digest.Digest
	Inputs   []Input  // sorted by At
	Outputs  []Output // sorted by Path
}

// Input is one path of an instance's input root.
type Input struct {
	At      string
	Content digest.Content
}

// Output is one artifact.
type Output struct {
	Group   graph.Group
	Name    string
	Path    string // where it lives in the workspace
	Content digest.Content
	Files   int64 // files in a directory; 0: not known
	Bytes   int64 // their sizes together; 0: not known
}

// Problem is something in a lock that could not be used. What it is about
// counts as absent.
type Problem struct {
	Line, End int    // the first and the last line, from 1
	Text      string // "merge conflict: …", "not a line of this format: …"
}

// Read reads the bytes of a pipeline.lock; none are an empty lock. Lines that
// are damaged or in conflict count as absent and are named by a Problem. It is an
// error, of type *VersionError, only if a newer dewar wrote it.
func Read(b []byte) (*Lock, []Problem, error) { panic("unwritten") }

// VersionError says that a lock is too new for this program.
type VersionError struct{ Version int64 }

func (e *VersionError) Error() string { panic("unwritten") }

// Bytes returns the canonical bytes of l, which it sorts first.
func (l *Lock) Bytes() []byte { panic("unwritten") }

// Entry returns the entry of an instance ("train@C=0.1"), or nil.
func (l *Lock) Entry(instance string) *Entry { panic("unwritten") }

// Put adds entries, replacing those of the same instances.
func (l *Lock) Put(es ...Entry) { panic("unwritten") }

// Keep drops the entries for which f is false: what a full run does with
// instances that no longer exist.
func (l *Lock) Keep(f func(instance string) bool) { panic("unwritten") }

// PutData adds tracked data, replacing that of the same names; KeepData drops.
func (l *Lock) PutData(ds ...Data) { panic("unwritten") }

// KeepData drops the data for which f is false.
func (l *Lock) KeepData(f func(name string) bool) { panic("unwritten") }

// SetOverrides replaces all overrides.
func (l *Lock) SetOverrides(os []graph.Override) { panic("unwritten") }

// Merge adds to base what ours has, by instance and by data name, ours winning, and
// takes ours' overrides. Neither argument is changed.
func Merge(base, ours *Lock) *Lock { panic("unwritten") }

// Update changes the lock at path under a lock file (lockFile, inside .dewar): it reads what is there
// now, which another process may have written since the caller last looked,
// has change edit it, and writes it by rename unless the bytes are equal.
// Problems of what was there are returned; writing heals them.
func Update(fsys fs.FS, path, lockFile string, change func(*Lock)) ([]Problem, error) {
	panic("unwritten")
}

// MergeFiles is the merge driver of Git: it merges by line identity (instance, data name,
// override name). Where both sides changed one line differently, both are
// written between conflict markers, which Read counts as absent.
func MergeFiles(base, ours, theirs []byte) (merged []byte, conflicts int) { panic("unwritten") }
