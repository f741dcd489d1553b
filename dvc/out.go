package dvc

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/fs"
)

// Out is something that DVC tracks.
type Out struct {
	Path   string // in the project
	By     string // what says so: the file, and the stage if it is of one
	MD5    string // 32 digits; "" is a directory whose files are in List
	Dir    bool   // MD5 is that of a listing
	Size   int64  // -1: not said; of a directory, of all its files
	Files  int64  // -1: not said
	Exec   bool
	Remote string // the only one that has it; "" is the default
	From   string // it is imported, and this is where the project has it from: DVC pushes no such data
	Legacy bool   // as DVC wrote before version 3: named by the MD5 of the text with the line ends of Unix
	List   []Entry
}

// Object is what has the bytes of the file, or of the listing of the directory.
func (o *Out) Object() Object {
	x := Object{MD5: o.MD5, Dir: o.Dir, Legacy: o.Legacy, Size: o.Size}
	if o.Dir {
		x.Size = -1
	}
	return x
}

// ObjectOf is what has the bytes of a file of the directory.
func (o *Out) ObjectOf(e Entry) Object {
	x := Object{MD5: e.MD5, Legacy: o.Legacy, Size: -1}
	if e.Size != nil {
		x.Size = *e.Size
	}
	return x
}

// Entry is a file of a directory.
type Entry struct {
	MD5     string `json:"md5" yaml:"md5"`
	Relpath string `json:"relpath" yaml:"relpath"`
	Size    *int64 `json:"size" yaml:"size"`
	IsExec  bool   `json:"isexec" yaml:"isexec"`
}

// check says what is wrong with an entry, which a stranger may have made up.
func (e Entry) check() error {
	clean, err := fs.CleanProjectPath(".", e.Relpath)
	switch {
	case err != nil || clean != e.Relpath || clean == ".":
		return fmt.Errorf("%q is no path inside of it", e.Relpath)
	case !IsMD5(e.MD5):
		return fmt.Errorf("%s has the MD5 %q", e.Relpath, e.MD5)
	case e.Size != nil && *e.Size < 0:
		return fmt.Errorf("%s has the size %d", e.Relpath, *e.Size)
	}
	return nil
}

// What a listing of a directory may be.
const (
	MaxListing = 1 << 30 // bytes
	maxFiles   = 20_000_000
)

// Listing reads the listing of a directory, sorted and checked.
func Listing(b []byte) ([]Entry, error) {
	var list []Entry
	if err := json.Unmarshal(b, &list); err != nil {
		return nil, fmt.Errorf("it is no listing: %w", err)
	}
	return Checked(list)
}

// Checked sorts what is said to be in a directory, and says what cannot be right about it.
func Checked(list []Entry) ([]Entry, error) {
	if len(list) > maxFiles {
		return nil, fmt.Errorf("it has %d files, and at most %d are taken", len(list), maxFiles)
	}
	slices.SortFunc(list, func(a, b Entry) int { return strings.Compare(a.Relpath, b.Relpath) })
	for _, e := range list {
		if err := e.check(); err != nil {
			return nil, err
		}
	}
	return list, nil
}
