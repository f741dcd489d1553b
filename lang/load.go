package lang

import (
	"errors"
	"fmt"
	iofs "io/fs"
	"path"
	"runtime"
	"strings"
	"sync"
	"syscall"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Reader is how lang sees files. Paths are project-relative, with slashes;
// "." is the project. Errors answer errors.Is with ErrNotExist of io/fs.
type Reader interface {
	ReadFile(path string) ([]byte, error)
	ReadDir(path string) ([]fs.Entry, error) // sorted by name
}

// The names of the files that declare a pipeline.
const (
	mainFile    = "pipeline.hcl"
	otherSuffix = "." + mainFile
)

// Load reads pipeline.hcl and every *.pipeline.hcl of dir. When the list holds
// errors the pipeline is what could be understood, and must not be evaluated;
// it always has the files, for snippets.
func Load(r Reader, dir string) (*Pipeline, diag.List) {
	if dir == "" {
		dir = "."
	}
	p := &Pipeline{Dir: dir}
	names, ds := find(r, dir)
	for _, name := range names {
		src, err := r.ReadFile(name)
		if err != nil {
			ds = append(ds, Unreadable(name, err))
			continue
		}
		p.Files = append(p.Files, &File{Name: name, Bytes: diag.UnixLines(src), Raw: src})
	}
	bodies, more := parseAll(p.Files)
	ds = append(ds, more...)
	if ds.HasErrors() {
		return p, ds // what a broken file declares is not known: to go on would blame the others for it
	}
	return p, declare(p, bodies)
}

// find lists the files of a pipeline, sorted.
func find(r Reader, dir string) ([]string, diag.List) {
	missing := diag.List{{
		Code:   "E-pipeline-missing",
		Detail: fmt.Sprintf("There is no %s. Run dewar init to make one, or name the directory that has one.", path.Join(dir, mainFile)),
	}}
	entries, err := fs.ReadDirEnding(r, dir, mainFile) // other names come and go, and mean nothing
	if errors.Is(err, iofs.ErrNotExist) {
		return nil, missing
	}
	if err != nil {
		return nil, diag.List{Unreadable(dir, err)}
	}
	var names []string
	main := false
	for _, e := range entries {
		if e.Type.IsDir() {
			if e.Name == mainFile {
				missing[0].Detail = fmt.Sprintf("%s is a directory. A pipeline is a file of that name.", path.Join(dir, mainFile))
			}
			continue
		}
		if IsPipelineFile(e.Name) {
			names = append(names, path.Join(dir, e.Name))
			main = main || e.Name == mainFile
		}
	}
	if !main {
		return nil, missing
	}
	return names, nil
}

// IsPipelineFile reports whether a file of this base name is part of the pipeline of its directory.
func IsPipelineFile(base string) bool {
	return base == mainFile || strings.HasSuffix(base, otherSuffix)
}

// Unreadable says why the file of a name, which is there, could not be read.
func Unreadable(name string, err error) diag.Diagnostic {
	detail := fmt.Sprintf("Reading failed: %v.", err)
	switch {
	case errors.Is(err, fs.ErrNotRegular):
		detail = fmt.Sprintf("%s is no regular file.", name)
	case errors.Is(err, syscall.EISDIR):
		detail = fmt.Sprintf("%s is a directory, not a file.", name)
	case errors.Is(err, iofs.ErrNotExist): // it was listed
		detail = fmt.Sprintf("%s is a symbolic link that leads to nothing: %v.", name, err)
	}
	return diag.Diagnostic{
		Code:   "E-file-unreadable",
		Detail: detail,
		Span:   diag.Span{File: name},
	}
}

// parseAll parses the files, as many at a time as there are processors. The
// results are in the order of the files.
func parseAll(files []*File) ([]*hclsyntax.Body, diag.List) {
	bodies := make([]*hclsyntax.Body, len(files))
	lists := make([]diag.List, len(files))
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for i, f := range files {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			bodies[i], lists[i] = parse(f.Name, f.Bytes)
		})
	}
	wg.Wait()
	var ds diag.List
	for _, l := range lists {
		ds = append(ds, l...)
	}
	return bodies, ds
}

// Source gives the text of p's files to diagnostics, as it lies there.
func (p *Pipeline) Source(file string) ([]byte, bool) {
	if f := p.File(file); f != nil {
		return f.Raw, true
	}
	return nil, false
}

// File returns the file with a name, or nil.
func (p *Pipeline) File(name string) *File {
	for _, f := range p.Files {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Text returns the source text of a range of p's files.
func (p *Pipeline) Text(r hcl.Range) string {
	f := p.File(r.Filename)
	if f == nil || r.Start.Byte > r.End.Byte || r.End.Byte > len(f.Bytes) {
		panic("lang.Text: the range is in no file of the pipeline")
	}
	return string(f.Bytes[r.Start.Byte:r.End.Byte])
}
