package dewar

import (
	"path/filepath"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/foreign"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/git"
	"github.com/dewar-build/dewar/graph"
)

// Data of other projects. A project is what Git clones, or a directory of this machine; it
// is one of dewar, one of DVC, or simply files that Git has. All that is read of it is a
// stranger's: its files say what it tracks, by digest, and where the bytes may be had; the digest
// decides whether they are the right ones, and nothing that it says decides a path here.
//
// What was found at a revision has a digest like all tracked data, and that is what the
// lock keeps: a branch may move on, and the data moves when a person says so.

// stranger is another project, to be read at a commit or as it lies.
type stranger struct {
	foreign.Project
	p      *Project // whose cache, clones and credentials serve
	root   string   // of a directory of this machine; "" is a clone
	repo   *git.Repo
	commit git.Commit // zero: as it lies
}

// ImportRequest says what is wanted of another project.
type ImportRequest struct {
	graph.Import
	Base     string // what the directory of a project is relative to, if it is
	Progress func(name string, done, total int64)
}

// progress tells how far something is.
func (r *ImportRequest) progress(name string, done, total int64) {
	if r.Progress != nil {
		r.Progress(name, done, total)
	}
}

// Foreign is something that another project has.
type Foreign struct {
	Path   string
	Kind   digest.Kind
	Files  int64  // -1: not known
	Bytes  int64  // -1: not known
	By     string // what tracks it: "data.raw", "train@C=1", "data/raw.csv.dvc", "git"
	Commit string // where it was found; "" is as it lies
}

// WithTemporaryProject calls work with a project that is made for it in the directory at,
// and removed afterwards: for those who are in none, and want something of another.
func WithTemporaryProject(h Host, at string, work func(*Project) error) error {
	root := fs.TempName(at)
	if err := h.FS.MkdirAll(filepath.Join(root, Dir), 0o700); err != nil {
		return err
	}
	defer func() { _ = h.FS.RemoveAll(root) }()
	p, err := Open(h, root)
	if err != nil {
		return err
	}
	defer func() { _ = p.Close() }()
	return work(p)
}
