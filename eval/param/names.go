package param

import (
	"slices"

	"golang.org/x/text/unicode/norm"
)

// Most mappings have a few names, and looking through them is the fastest way to one of
// them. A params file may have a mapping of 25,000 all the same, and whoever asks for each of
// its names would look through it 25,000 times: such a one has an index.

// manyNames is from how many names on a mapping has an index.
const manyNames = 16

// nameIndex leads from names in NFC to their entries. It belongs to one list of entries: a copy
// of its tree that is given another list has no index again.
type nameIndex struct {
	at    map[string]int
	first *Entry
	count int
}

// of reports whether the index is of a list.
func (x *nameIndex) of(list []Entry) bool {
	return x != nil && x.count == len(list) && x.first == &list[0]
}

// indexed returns t with an index, if it has many names.
func (t *Tree) indexed() *Tree {
	if len(t.Entries) < manyNames || t.index.of(t.Entries) {
		return t
	}
	out := *t
	out.index = newNameIndex(t.Entries)
	return &out
}

func newNameIndex(list []Entry) *nameIndex {
	x := &nameIndex{at: make(map[string]int, len(list)), first: &list[0], count: len(list)}
	for i := range list {
		x.at[norm.NFC.String(list[i].Name)] = i
	}
	return x
}

// push adds an entry to a mapping that is being made, and that has no such name yet.
func (t *Tree) push(e Entry) {
	known := len(t.Entries) > 0 && t.index.of(t.Entries)
	t.Entries = append(t.Entries, e)
	switch n := len(t.Entries); {
	case known:
		t.index.at[norm.NFC.String(e.Name)] = n - 1
		t.index.first, t.index.count = &t.Entries[0], n
	case n >= manyNames:
		t.index = newNameIndex(t.Entries)
	}
}

// remove takes an entry out of a mapping that is being made. Those after it move, so that the
// index is none of this list any more: whoever takes many out looks through what is left.
func (t *Tree) remove(e *Entry) {
	name := e.Name
	t.Entries = slices.DeleteFunc(t.Entries, func(e Entry) bool { return e.Name == name })
}

// sameName reports whether two names are one in NFC.
func sameName(a, b string) bool {
	return a == b || !(isASCII(a) && isASCII(b)) && norm.NFC.String(a) == norm.NFC.String(b)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
