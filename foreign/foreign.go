// Package foreign finds things in projects of other people: one of dewar, one of DVC, or simply files
// that Git has. It says what is tracked there, by whom, and what is at a path; what an address of a
// project may look like; and it puts together and checks what is then taken.
//
// All that it reads is a stranger's: the project's files say what it tracks, by digest, and the digest
// decides whether bytes are the right ones. Nothing that they say decides a path here.
//
// It opens no repository and fetches nothing: files come in as a fs.View, of a commit or of a
// directory, and directories as a graph.DirGetter. Package dvc reads DVC's formats for it. The root
// package imports it, and wires it to git, the store and remotes.
package foreign

import (
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
)

// Project is another project, to be read at a commit or as it lies.
type Project struct {
	Name     string                // what messages call it: as it was written, without secrets
	Revision string                // what messages call the commit; "" is as it lies
	View     fs.View               // its files; of a clone, those of the whole repository
	Warn     func(diag.Diagnostic) // of files that cannot be understood; nil passes over them in silence

	files []string // all of its files, once somebody wanted to know
}

// AsItLies reports whether it is read so, and not at a commit.
func (p *Project) AsItLies() bool { return p.Revision == "" }

// At names it with its revision.
func (p *Project) At() string {
	if p.AsItLies() {
		return p.Name
	}
	return p.Name + " at " + p.Revision
}

func failure(code, text string) error {
	return &diag.Failure{List: diag.List{{Code: code, Detail: text}}}
}
