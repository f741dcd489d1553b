package graph

import "github.com/dewar-build/dewar/digest"

// DirGetter returns the directory that has the given digest.
type DirGetter func(digest.Digest) (digest.Dir, error)

// Layout arranges leaves as an input root: sorted, none twice, none inside
// another. A leaf that stands inside a directory leaf is merged into it; the
// canonical bytes of directories that come into being that way are returned,
// for the caller to keep. Leaves that disagree are a *ConflictError.
//
// A directory that is used by reference (Host) cannot be merged into, as its
// bytes are not in the store: it is split into its entries instead, which
// gives the same input root.
func Layout(leaves []Leaf, dirs DirGetter) (out []Leaf, newDirs [][]byte, err error) {
	panic("unwritten")
}

// ConflictError says that two inputs want to be different things at one path.
type ConflictError struct {
	At   string         // in the input root
	A, B digest.Content // what they are
}

func (e *ConflictError) Error() string { panic("unwritten") }

// Lookup returns what stands at sub ("" or "." is root itself) inside root;
// its Kind is digest.None if there is nothing, or a symbolic link.
func Lookup(dirs DirGetter, root digest.Content, sub string) (digest.Content, error) {
	panic("unwritten")
}
