package fs

import (
	"fmt"
	"slices"
	"strings"
)

// TreeError names the entries of a directory that cannot be content.
type TreeError struct {
	Dir string
	Bad []BadEntry // sorted by Path
}

// BadEntry is one of them.
type BadEntry struct {
	Path    string // project path
	Target  string // of a symbolic link
	Problem EntryProblem
}

// EntryProblem says why an entry cannot be content.
type EntryProblem uint8

// The problems of entries.
const (
	LinkAbsolute EntryProblem = iota + 1 // a symbolic link to an absolute path
	LinkEscapes                          // a symbolic link that leads out of the directory
	LinkDangling                         // a symbolic link to nothing
	LinkLoop                             // a symbolic link that leads to itself
	SpecialFile                          // a device, socket or fifo
	NameNotUTF8                          // a name whose bytes are no text
	LinkLost                             // a link into a store that has lost the file
)

func (p EntryProblem) String() string {
	switch p {
	case LinkAbsolute:
		return "is a symbolic link to an absolute path"
	case LinkEscapes:
		return "is a symbolic link that leads out of the directory"
	case LinkDangling:
		return "is a symbolic link to nothing"
	case LinkLoop:
		return "is a symbolic link that leads to itself"
	case SpecialFile:
		return "is a device, socket or fifo"
	case NameNotUTF8:
		return "has a name that is not UTF-8"
	case LinkLost:
		return "is a link into the cache, which has lost the file"
	default:
		return "cannot be content"
	}
}

func newTreeError(dir string, bad []BadEntry) *TreeError {
	bad = slices.Clone(bad)
	slices.SortFunc(bad, func(a, b BadEntry) int { return strings.Compare(a.Path, b.Path) })
	return &TreeError{Dir: dir, Bad: bad}
}

// Error names at most ten; Bad has them all.
func (e *TreeError) Error() string {
	const most = 10
	var b strings.Builder
	for i, x := range e.Bad {
		if i == most {
			fmt.Fprintf(&b, "; and %d more", len(e.Bad)-most)
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "%q %s", x.Path, x.Problem)
		if x.Target != "" {
			fmt.Fprintf(&b, " (%q)", x.Target)
		}
	}
	return b.String()
}
