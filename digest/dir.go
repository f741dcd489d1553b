package digest

import (
	"fmt"
	"sort"
	"strings"

	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"google.golang.org/protobuf/proto"
)

// Dir is one directory of a tree: three lists, each sorted by the bytes of the
// name, no name twice. It is the value form of the Remote Execution API's
// Directory message; Encode gives its canonical bytes.
type Dir struct {
	Files    []FileEntry
	Dirs     []DirEntry
	Symlinks []SymlinkEntry
}

// FileEntry is a regular file of a Dir.
type FileEntry struct {
	Name   string
	Digest Digest
	Exec   bool
}

// DirEntry is a sub-directory of a Dir, by the digest of its own encoding.
type DirEntry struct {
	Name   string
	Digest Digest
}

// SymlinkEntry is a symbolic link of a Dir. The target is kept as text.
type SymlinkEntry struct {
	Name   string
	Target string
}

// Sort puts the three lists in canonical order.
func (d *Dir) Sort() {
	sort.Slice(d.Files, func(i, j int) bool { return d.Files[i].Name < d.Files[j].Name })
	sort.Slice(d.Dirs, func(i, j int) bool { return d.Dirs[i].Name < d.Dirs[j].Name })
	sort.Slice(d.Symlinks, func(i, j int) bool { return d.Symlinks[i].Name < d.Symlinks[j].Name })
}

// DecodeDir reads a Directory message and checks it: names are single path
// segments, sorted, unique across the three lists; digests are well formed.
// It is safe on bytes from anywhere.
func DecodeDir(b []byte) (Dir, error) {
	var m repb.Directory
	if err := proto.Unmarshal(b, &m); err != nil {
		return Dir{}, fmt.Errorf("directory message: %w", err)
	}
	var d Dir
	for _, f := range m.Files {
		dg, err := FromProto(f.Digest)
		if err != nil {
			return Dir{}, fmt.Errorf("directory message: file %q: %w", f.Name, err)
		}
		d.Files = append(d.Files, FileEntry{Name: f.Name, Digest: dg, Exec: f.IsExecutable})
	}
	for _, s := range m.Directories {
		dg, err := FromProto(s.Digest)
		if err != nil {
			return Dir{}, fmt.Errorf("directory message: directory %q: %w", s.Name, err)
		}
		d.Dirs = append(d.Dirs, DirEntry{Name: s.Name, Digest: dg})
	}
	for _, s := range m.Symlinks {
		d.Symlinks = append(d.Symlinks, SymlinkEntry{Name: s.Name, Target: s.Target})
	}
	return d, d.Check()
}

// Check reports the first thing about d that is not canonical.
func (d Dir) Check() error {
	seen := make(map[string]bool, len(d.Files)+len(d.Dirs)+len(d.Symlinks))
	names := func(n int, name func(int) string) error {
		prev := ""
		for i := range n {
			s := name(i)
			if s == "" || s == "." || s == ".." || strings.ContainsAny(s, "/\x00") {
				return fmt.Errorf("directory message: %q is not a file name", s)
			}
			if s < prev {
				return fmt.Errorf("directory message: %q comes after %q", s, prev)
			}
			if seen[s] {
				return fmt.Errorf("directory message: %q is there twice", s)
			}
			seen[s], prev = true, s
		}
		return nil
	}
	if err := names(len(d.Files), func(i int) string { return d.Files[i].Name }); err != nil {
		return err
	}
	if err := names(len(d.Dirs), func(i int) string { return d.Dirs[i].Name }); err != nil {
		return err
	}
	return names(len(d.Symlinks), func(i int) string { return d.Symlinks[i].Name })
}
