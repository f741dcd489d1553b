package lang

import (
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
)

// Reader is how lang sees files. Paths are project-relative, with slashes;
// "." is the project. Errors answer errors.Is with fs.ErrNotExist of io/fs.
type Reader interface {
	ReadFile(path string) ([]byte, error)
	ReadDir(path string) ([]fs.Entry, error) // sorted by name
}

// Load reads pipeline.hcl and every *.pipeline.hcl of dir. When the list holds
// errors the pipeline is what could be understood, and must not be evaluated;
// it always has the files, for snippets.
func Load(r Reader, dir string) (*Pipeline, diag.List) { panic("lang.Load: unwritten") }

// Source gives the text of p's files to diagnostics.
func (p *Pipeline) Source(file string) ([]byte, bool) {
	for _, f := range p.Files {
		if f.Name == file {
			return f.Bytes, true
		}
	}
	return nil, false
}
