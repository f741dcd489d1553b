package eval

import (
	"errors"
	"fmt"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/zclconf/go-cty/cty"
)

// A pipeline from Git is somebody else's text: of the project that uses it, it sees what
// its params were given and nothing more, however it spells the path.

// gifts remembers the paths in a value that was given to the pipeline, as it sees them.
func (ev *evaluator) gifts(v cty.Value) {
	if ev.space.Ours() {
		return
	}
	_, marks := v.UnmarkDeep()
	for m := range marks {
		if _, at, ok := ev.used.by.places(m, ev); ok {
			ev.space.Give(at)
		}
	}
}

// note remembers the plain paths in a value that was given, and where.
func (u *use) note(v cty.Value, at diag.Span) {
	_, marks := v.UnmarkDeep()
	for m := range marks {
		if m, ok := m.(placeMark); ok {
			u.texts[m.path] = at
		}
	}
}

const (
	ofUser   = "a path of the project that uses this pipeline, and no param was given it"
	notGiven = "which is " + ofUser
)

// inside is the path of the project behind a text that nothing is checked of but that it
// does not lead out.
func (ev *evaluator) inside(s string) (string, error) {
	p, err := fs.CleanProjectPath(ev.dir, s)
	if err != nil {
		return "", err
	}
	if !ev.space.Allows(p) {
		return "", errors.New(quoteJSON(s) + " leads out of the project")
	}
	return p, nil
}

// readOwn reads a file that the pipeline's text names as one of its project, for itself.
func (ev *evaluator) readOwn(p string) ([]byte, error) {
	if !ev.space.Owns(p) {
		return nil, errors.New("the path leads out of the project that the pipeline is of")
	}
	return ev.req.Read.ReadFile(p)
}

// behind is the workspace's file behind a path of the project.
func (ev *evaluator) behind(name string) string { return ev.space.Real(ev.space.Unbare(name)) }

// spaced is the project that the pipeline is of, as functions see it. All uses of a pipeline
// have one table of functions, and now is the one whose expression is evaluated.
func (ev *evaluator) spaced(now func() *evaluator) Reader { return spacedReader{ev.req.Read, now} }

type spacedReader struct {
	read Reader
	now  func() *evaluator
}

// place is the workspace's file behind a path of the project.
func (r spacedReader) place(name string) (string, error) {
	ev := r.now()
	p := ev.space.Unbare(name)
	if ev.space.Forbidden(p) {
		return "", fmt.Errorf("%s is %s", quoteJSON(name), ofUser)
	}
	return ev.space.Real(p), nil
}

func (r spacedReader) ReadFile(name string) ([]byte, error) {
	p, err := r.place(name)
	if err != nil {
		return nil, err
	}
	return r.read.ReadFile(p)
}

// Size says how large a file is, if the reader can without reading it.
func (r spacedReader) Size(name string) (int64, error) {
	sized, ok := r.read.(interface{ Size(string) (int64, error) })
	if !ok {
		return 0, nil
	}
	p, err := r.place(name)
	if err != nil {
		return 0, err
	}
	return sized.Size(p)
}

func (r spacedReader) ReadDir(name string) ([]fs.Entry, error) {
	p, err := r.place(name)
	if err != nil {
		return nil, err
	}
	return r.read.ReadDir(p)
}

// ReadDirEnding is fs.ReadDirEnding.
func (r spacedReader) ReadDirEnding(name, ending string) ([]fs.Entry, error) {
	p, err := r.place(name)
	if err != nil {
		return nil, err
	}
	return fs.ReadDirEnding(r.read, p, ending)
}

func (r spacedReader) Lstat(name string) (fs.Info, error) {
	p, err := r.place(name)
	if err != nil {
		return fs.Info{}, err
	}
	return r.read.Lstat(p)
}
