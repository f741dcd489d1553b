// Package dvc reads what DVC, another tool for data, writes beside it: what a project tracks
// (.dvc files and dvc.lock), what is in a directory (.dir listings), where the bytes may be had
// (.dvc/config), what they are called there, and whether what came is what its name says.
//
// DVC names a file by the MD5 of its bytes. A directory is a listing of names and MD5s, as JSON,
// which has a name of its own that ends in .dir. Caches and remotes have both under their names.
//
// All that it reads is a stranger's: paths that lead out of the project are left out or faulted, and
// nothing that a file says is opened here. It moves no bytes and knows neither our store nor our
// remotes; evaluation of dvc.yaml, but for the directories of stages, is left out as well. Package
// foreign imports it for what a project tracks, and the root package for what is then fetched.
package dvc

import (
	"path"
	"strings"

	"github.com/dewar-build/dewar/fs"
)

// View is the files of a project, at a commit or as they lie: names are relative to it, with slashes.
type View interface {
	ReadFile(name string) ([]byte, error)
	Stat(name string) (fs.Info, error)
}

// What DVC's own files are called.
const (
	Dir    = ".dvc"       // of a project
	Lock   = "dvc.lock"   // what stages made
	Ignore = ".dvcignore" // what it does not look at
	ending = ".dvc"       // of the file beside what is tracked

	pipeline = "dvc.yaml" // beside dvc.lock
)

// IsFile reports whether a name is that of a file beside what is tracked.
func IsFile(name string) bool {
	base := path.Base(name)
	return strings.HasSuffix(base, ending) && base != ending
}

// FileOf is what the file beside a path is called.
func FileOf(name string) string { return name + ending }

// Top is the directory of the project of DVC that dir is in.
func Top(v View, dir string) string {
	for at := dir; ; at = path.Dir(at) {
		if info, err := v.Stat(path.Join(at, Dir)); at == "." || err == nil && info.IsDir() {
			return at
		}
	}
}
