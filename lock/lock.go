// Package lock is pipeline.lock: for every instance of the base evaluation its
// action key and the contents of its inputs and outputs, in JSON Lines, one
// self-contained line an instance, so that Git merges it well. It reads,
// compares, merges and writes.
//
// It knows neither the language nor the store; exp, git and the root package
// import it. The format is specified in spec/formats.md.
package lock

import (
	"cmp"
	"slices"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
)

// Version is the version of the format that this package writes, and the
// newest it reads.
const Version = 1

// Lock is the content of a pipeline.lock. The lists are sorted, no name is in
// one twice. The zero Lock is empty.
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

// Entry returns the entry of an instance ("train@C=0.1"), or nil.
func (l *Lock) Entry(instance string) *Entry {
	i, ok := slices.BinarySearchFunc(l.Entries, instance, func(e Entry, name string) int { return cmp.Compare(e.Instance, name) })
	if !ok {
		return nil
	}
	return &l.Entries[i]
}

// DataOf returns the data called name, or nil.
func (l *Lock) DataOf(name string) *Data {
	i, ok := slices.BinarySearchFunc(l.Data, name, func(d Data, name string) int { return cmp.Compare(d.Name, name) })
	if !ok {
		return nil
	}
	return &l.Data[i]
}

// Put adds entries, replacing those of the same instances. It costs as much as
// the whole lock, however many there are: put them together.
func (l *Lock) Put(es ...Entry) { l.Entries = union(l.Entries, es, entryName) }

// Keep drops the entries for which f is false: what a full run does with
// instances that no longer exist.
func (l *Lock) Keep(f func(instance string) bool) {
	l.Entries = keep(l.Entries, func(e Entry) bool { return f(e.Instance) })
}

// PutData adds tracked data, replacing that of the same names.
func (l *Lock) PutData(ds ...Data) { l.Data = union(l.Data, ds, dataName) }

// KeepData drops the data for which f is false.
func (l *Lock) KeepData(f func(name string) bool) {
	l.Data = keep(l.Data, func(d Data) bool { return f(d.Name) })
}

// SetOverrides replaces all overrides.
func (l *Lock) SetOverrides(os []graph.Override) { l.Overrides = union(nil, os, overrideName) }

func entryName(e Entry) string             { return e.Instance }
func dataName(d Data) string               { return d.Name }
func overrideName(o graph.Override) string { return o.Name }

// union returns a sorted new list of old and more; of equal names the last of more
// wins.
func union[T any](old, more []T, name func(T) string) []T {
	if len(more) == 0 && increasing(old, name) {
		return slices.Clone(old)
	}
	all := make([]T, 0, len(old)+len(more))
	all = append(append(all, old...), more...)
	slices.SortStableFunc(all, func(a, b T) int { return cmp.Compare(name(a), name(b)) })
	out := all[:0]
	for i, x := range all {
		if i+1 == len(all) || name(all[i+1]) != name(x) {
			out = append(out, x)
		}
	}
	return slices.Clip(out)
}

// keep returns a new list, so that locks may share the old one.
func keep[T any](list []T, f func(T) bool) []T {
	var out []T
	for _, x := range list {
		if f(x) {
			out = append(out, x)
		}
	}
	return out
}

// sort puts the lists within an entry in order.
func (e *Entry) sort() {
	slices.SortFunc(e.Inputs, byAt)
	slices.SortFunc(e.Outputs, byPath)
}

func (e *Entry) sorted() bool {
	return slices.IsSortedFunc(e.Inputs, byAt) && slices.IsSortedFunc(e.Outputs, byPath)
}

func byAt(a, b Input) int    { return cmp.Compare(a.At, b.At) }
func byPath(a, b Output) int { return cmp.Compare(a.Path, b.Path) }
