// Package space has the paths of pipelines that use each other as modules: which path is
// which file to whom, and which files are none of a pipeline's business.
//
// Each pipeline has a space of paths: what its expressions compute with, and what its
// commands find. Of a pipeline that stands for itself it is the project. Of a module it is
// the project too, but its outputs are seen in its own directory, where it makes them,
// while they are put somewhere else in the workspace. Of a module from Git it is that
// project, which is kept in ours: what it is given from outside is seen in a directory of
// its own there.
//
// So a path has as many forms as there are pipelines that see it. Here it is translated
// from one to another:
//
//	Seen, Real         a file of the workspace, and the path under which a pipeline sees it
//	MadeAt, PlaceOf    what a stage makes, as another pipeline sees it, and where it is put
//	Bare, Unbare       a path of the pipeline, and the same in the project that it is of
//	Give, Forbidden    what a pipeline from Git was given of its user's project
//
// What holds for all of them: Real undoes Seen; nothing is seen outside of the pipeline's own
// project; two projects are never seen in one directory; no path has a commit in it; and a
// pipeline sees the same whether it is a module or stands for itself.
//
// It knows texts and how pipelines use each other, and nothing of values, their marks,
// instances that are being made, or messages. Package eval alone imports it.
package space

// Kept is where projects are kept that modules are of, by commit.
const Kept = ".dewar/modules"

// Space is the space of a pipeline. It is used from one goroutine.
type Space struct {
	pipe   Pipeline
	dir    string            // of the pipeline
	root   string            // of the project that it is of; "." if that is ours
	by     *Space            // of the pipeline that uses it; nil: it stands for itself
	out    string            // where by sees what it makes
	shared string            // where by sees what has one place for all points of the module
	names  map[string]string // under which it sees projects that are kept, by the directory of each
	gifts  map[string]bool   // paths that it was given, as it sees them
	brings map[string]string // where data lies that is brought for the project, by where that sees it
}

// Pipeline is what a space asks of the pipeline that has it.
type Pipeline interface {
	// Modules are its module blocks, in the order of the text.
	Modules() []Module
	// Find looks for the project that a module of a name is of, if nobody has yet. It is
	// "" if there is no such module, or its project cannot be had.
	Find(name string) (root string)
}

// Module is a module block, as far as it is known already.
type Module struct {
	Name   string
	Root   string // directory of the project that it is of; "" if only Find knows
	Inside *Space // of one of its points, for all have the same modules; nil if nobody has looked into it
}

// New is the space of a pipeline that stands for itself.
func New(pipe Pipeline, dir string) *Space { return &Space{pipe: pipe, dir: dir, root: "."} }

// Use says how a pipeline is used by another.
type Use struct {
	Dir    string // of the pipeline that is used
	Root   string // directory of the project that it is of
	Out    string // where its user sees what it makes
	Shared string // where its user sees what has one place for all points of the module
}

// Use is the space of a pipeline that s has as a module.
func (s *Space) Use(pipe Pipeline, u Use) *Space {
	return &Space{pipe: pipe, dir: u.Dir, root: u.Root, by: s, out: u.Out, shared: u.Shared}
}

// Root is the directory of the project that the pipeline is of.
func (s *Space) Root() string { return s.root }

// Ours reports whether the pipeline is of the project that is evaluated, and not from Git.
func (s *Space) Ours() bool { return s.root == "." }

// Holds reports whether to is the space of the pipeline itself or of a part of it.
func (s *Space) Holds(to *Space) bool {
	for ; to != nil; to = to.by {
		if to == s {
			return true
		}
	}
	return false
}

// host is the space of the nearest user of the pipeline that is of another project.
func (s *Space) host() *Space {
	at := s
	for at.by != nil && at.root == s.root {
		at = at.by
	}
	return at
}
