package graph

import (
	"path"

	"github.com/dewar-build/dewar/digest"
)

// EachFile calls visit for the files in a directory, or for a file as "", until it says that that is enough.
func EachFile(dirs DirGetter, c digest.Content, visit func(name string, f digest.FileEntry) bool) error {
	if c.Kind == digest.File {
		visit("", digest.FileEntry{Digest: c.Digest, Exec: c.Exec})
		return nil
	}
	_, err := eachIn(dirs, c.Digest, "", visit)
	return err
}

func eachIn(dirs DirGetter, d digest.Digest, at string, visit func(string, digest.FileEntry) bool) (more bool, err error) {
	dir, err := dirs(d)
	if err != nil {
		return false, err
	}
	for _, f := range dir.Files {
		if !visit(path.Join(at, f.Name), f) {
			return false, nil
		}
	}
	for _, s := range dir.Dirs {
		if more, err := eachIn(dirs, s.Digest, path.Join(at, s.Name), visit); !more || err != nil {
			return false, err
		}
	}
	return true, nil
}
