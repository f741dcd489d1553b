// Package fstest holds what every filesystem of package fs must do, as one
// suite of tests that all implementations run. What a filesystem refuses
// (links, exchange) must be refused with fs.ErrUnsupported.
//
// Only tests import it.
package fstest

import (
	"errors"
	"io"
	iofs "io/fs"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/internal/machinetest"
)

// Make returns a filesystem and an existing, empty directory in it.
type Make func(t *testing.T) (fsys fs.FS, root string)

// Run holds a filesystem to the contract of fs.FS. It must refuse the operations
// refuses, and no others; what is on a disk may lack more where this is not CI.
func Run(t *testing.T, mk Make, refuses ...string) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, b bed)
	}{
		{"create and read", createAndRead},
		{"create refuses what exists", createExisting},
		{"append", appendTwice},
		{"what is not there", notThere},
		{"a path below a file", belowFile},
		{"directories", directories},
		{"read a directory as a file", readDirectory},
		{"rename", rename},
		{"rename directories", renameDirectories},
		{"rename refuses", renameRefuses},
		{"remove", remove},
		{"remove all", removeAll},
		{"exchange", exchange},
		{"chmod and chtimes", chmodChtimes},
		{"identity changes with content", identity},
		{"open files", openFiles},
		{"clone", clone},
		{"links", links},
		{"hard links", hardLinks},
		{"locks", locks},
		{"locks wait", locksWait},
		{"odd names", oddNames},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys, root := mk(t)
			c.test(t, bed{t, fsys, root, refuses})
		})
	}
}

// bed is a filesystem under test with short words for what tests do.
type bed struct {
	*testing.T
	fs.FS
	root    string
	refuses []string
}

func (b bed) path(elem ...string) string { return filepath.Join(append([]string{b.root}, elem...)...) }

func (b bed) ok(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// is checks that err is want and names a path, as errors of a filesystem do.
func (b bed) is(err, want error) {
	b.Helper()
	if !errors.Is(err, want) {
		b.Errorf("error is %v, want %v", err, want)
	}
}

func (b bed) fails(err error) {
	b.Helper()
	if err == nil {
		b.Error("no error")
	}
}

func (b bed) put(name, text string) string {
	b.Helper()
	p := b.path(name)
	f, err := b.Create(p, 0o644)
	b.ok(err)
	_, err = io.WriteString(f, text)
	b.ok(err)
	b.ok(f.Close())
	return p
}

func (b bed) mkdir(name string) string {
	b.Helper()
	b.ok(b.Mkdir(b.path(name), 0o755))
	return b.path(name)
}

func (b bed) holds(p, text string) {
	b.Helper()
	got, err := fs.ReadFile(b.FS, p)
	b.ok(err)
	if string(got) != text {
		b.Errorf("%s holds %q, want %q", p, got, text)
	}
}

func (b bed) absent(p string) {
	b.Helper()
	_, err := b.Lstat(p)
	b.is(err, iofs.ErrNotExist)
}

func (b bed) names(dir string) (names []string) {
	b.Helper()
	entries, err := b.ReadDir(dir)
	b.ok(err)
	for _, e := range entries {
		names = append(names, e.Name)
	}
	return names
}

// can reports whether a test goes on after its first op, which ended with err.
func (b bed) can(op string, err error) bool {
	b.Helper()
	refused := errors.Is(err, fs.ErrUnsupported)
	if slices.Contains(b.refuses, op) {
		if !refused {
			b.Errorf("%s should be refused, but: %v", op, err)
		}
		return false
	}
	if refused {
		machinetest.Lacks(b.T, "a filesystem with "+op)
	}
	b.ok(err)
	return true
}

func old() time.Time { return time.Unix(1_000_000_000, 0) }
