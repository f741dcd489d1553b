package eval

import (
	"errors"
	"fmt"
	"path"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/zclconf/go-cty/cty"
)

// A pipeline from Git is somebody else's text: of the project that uses it, it sees what
// its params were given and nothing more, however it spells the path.

// gifts remembers the paths in a value that was given to the pipeline, as it sees them.
func (ev *evaluator) gifts(v cty.Value) {
	if ev.root() == "." {
		return
	}
	_, marks := v.UnmarkDeep()
	for m := range marks {
		if _, at, ok := ev.used.by.places(m, ev); ok {
			ev.used.gifts[at] = true
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

// forbidden reports a path of the user's project that was not given.
func (ev *evaluator) forbidden(p string) bool {
	root := ev.root()
	if root == "." {
		return false
	}
	if _, guest := within(path.Join(root, guests), p); !guest {
		return false
	}
	for at := ev; at.root() == root; at = at.used.by { // what a user in the same project was given is there
		for dir := range around(p) {
			if at.used.gifts[dir] {
				return false
			}
		}
	}
	return true
}

const notGiven = "which is a path of the project that uses this pipeline, and no param was given it"

// inside is the path of the project behind a text that nothing is checked of but that it
// does not lead out.
func (ev *evaluator) inside(s string) (string, error) {
	p, err := fs.CleanProjectPath(ev.dir, s)
	if err != nil {
		return "", err
	}
	if _, own := within(ev.root(), p); !own || ev.forbidden(p) {
		return "", errors.New(quoteJSON(s) + " leads out of the project")
	}
	return p, nil
}

// readOwn reads a file that the pipeline's text names as one of its project, for itself.
func (ev *evaluator) readOwn(p string) ([]byte, error) {
	if _, own := within(ev.root(), p); !own && ev.root() != "." {
		return nil, errors.New("the path leads out of the project that the pipeline is of")
	}
	return ev.req.Read.ReadFile(p)
}

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
	p := path.Join(ev.root(), name)
	if ev.forbidden(p) {
		return "", fmt.Errorf("%s is %s", quoteJSON(name), notGiven)
	}
	return ev.real(p), nil
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
