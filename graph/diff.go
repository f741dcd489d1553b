package graph

import "github.com/dewar-build/dewar/digest"

// Change is one difference between two explanations, or two trees. Old is ""
// for what was added, New for what was removed.
type Change struct{ Label, Old, New string }

// Diff compares two explanations field by field, in the order of new; what was
// removed stands where it was.
func Diff(old, new []Field) []Change { panic("unwritten") }

// DiffTrees compares two directories file by file; labels are paths relative
// to them, sorted.
func DiffTrees(dirs DirGetter, old, new digest.Digest) ([]Change, error) { panic("unwritten") }

// FormatFields and ParseFields are how an explanation is kept in a file.
func FormatFields(fields []Field) []byte { panic("unwritten") }

// ParseFields reads what FormatFields wrote.
func ParseFields(b []byte) ([]Field, error) { panic("unwritten") }
