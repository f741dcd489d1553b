// Package verify finds where two contents of a store differ, and says of what kind the difference is.
//
// An action that is executed twice should make the same bytes. When it does not, "the digests differ" helps
// nobody: a person wants the first place that is different, in words of the file's own format (a line, a
// member of an archive, an element of an array, an attribute of a pickled object), and what usually makes
// such a place differ (a time stamp, the order of a directory, a seed).
//
// It reads bytes and guesses; it executes nothing, and does not know what an action is. What experiments with
// the action found out comes in as Circumstances. Everything that it reads may have been made by anybody:
// what is packed is unpacked within bounds. The root package and cmd/dewar import it.
package verify

import (
	"io"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// Source is where the two contents are. A store is one.
type Source interface {
	Dir(d digest.Digest) (digest.Dir, error)
	Open(d digest.Digest) (fs.File, error)
}

// Options say what is known of two executions before their results are looked at.
type Options struct {
	Times   []time.Time // when they were: a number near them is a time stamp; none: any time of these years is
	Host    string      // the name of the machine that only the second one saw
	TempDir string      // the temporary directory that only the second one had
	Most    int         // how many paths are looked into; 0: 10
	Unpack  int64       // how many bytes are unpacked, of both sides together; 0: 256 MiB
}

// Kind says how a path differs.
type Kind string

// The kinds of differences.
const (
	Changed    Kind = "changed"    // both have it, with other bytes
	Added      Kind = "added"      // only the second has it
	Removed    Kind = "removed"    // only the first has it
	Executable Kind = "executable" // it may be executed in one, and not in the other
	OtherKind  Kind = "kind"       // a file in one, a directory or a symbolic link in the other
)

// Difference is the first place at which one path differs.
type Difference struct {
	Path    string   // in the content; "" is the content itself
	Members []string // of archives, the outermost first
	Kind    Kind
	Format  string   // as what it was read: text, json, zip, tar, gzip, npy, pickle, png, binary, ...
	Where   string   // "line 3", "byte 132", "element [3, 2] of a float64 array"
	Excerpt []string // both sides of the place, as lines with "-" and "+" in front, and " " where they are alike
	Note    string   // what was not looked at
}

// Report is all that two contents differ in.
type Report struct {
	Differences []Difference // sorted by path, at most Options.Most
	Total       int          // how many paths differ
	evidence    evidence
}

// Compare compares what was made first with what was made later. Its errors are those of reading.
func Compare(src Source, was, now digest.Content, o Options) (*Report, error) {
	if o.Most == 0 {
		o.Most = 10
	}
	if o.Unpack == 0 {
		o.Unpack = maxUnpacked
	}
	c := &comparer{src: src, o: o, report: &Report{}, unpack: o.Unpack}
	c.report.evidence.o = o
	err := c.content("", was, now)
	return c.report, err
}

// The bounds of one comparison.
const (
	maxUnpacked = 256 << 20 // bytes that are unpacked, of both sides together
	maxDepth    = 4         // archives in archives
	maxParsed   = 32 << 20  // bytes of a document that is read as a whole
	maxMembers  = 100_000   // of an archive
)

type comparer struct {
	src    Source
	o      Options
	report *Report
	unpack int64 // bytes that may yet be unpacked
	depth  int
}

// blob is the bytes of one side.
type blob struct {
	r    io.ReaderAt
	size int64
}

// head returns at most n bytes from offset on.
func (b blob) head(offset, n int64) []byte {
	if offset >= b.size || offset < 0 {
		return nil
	}
	buf := make([]byte, min(n, b.size-offset))
	got, _ := b.r.ReadAt(buf, offset)
	return buf[:got]
}

func (b blob) reader() io.Reader { return b.section() }

// section reads nothing outside the blob, whatever offsets an archive has in it.
func (b blob) section() *io.SectionReader { return io.NewSectionReader(b.r, 0, b.size) }

// found is a difference within one file, before it is known of which path.
type found struct {
	members []string
	format  string
	where   string
	excerpt []string
	note    string
}

// in puts a difference into a member of an archive.
func (f *found) in(member string) *found {
	f.members = append([]string{member}, f.members...)
	return f
}
