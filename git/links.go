package git

import (
	"errors"
	iofs "io/fs"
	"path"
	"strings"

	"github.com/dewar-build/dewar/fs"
)

var (
	errIsDir  = errors.New("is a directory")
	errNotDir = errors.New("not a directory")
)

const maxLinks = 40 // that one path may lead through, as on a disk

// resolve follows the links of a path one by one, and says where it ends and
// what is there. What leads out of the project is an *fs.BadPath: neither a link to
// another place of the repository nor one to this machine is followed.
func (t *Tree) resolve(op, name string, last bool) (string, item, error) {
	l, err := t.list()
	if err != nil {
		return "", item{}, err
	}
	rest, err := fs.CleanProjectPath(".", name)
	if err != nil {
		return "", item{}, err
	}
	w := walk{tree: t, list: l, op: op, name: name}
	return w.along(rest, last)
}

// walk is the state of following one path.
type walk struct {
	tree     *Tree
	list     *listing
	op, name string // for errors
	links    int
	via      string // the link last followed
}

func (w *walk) along(rest string, last bool) (string, item, error) {
	at := "."
	for rest != "" {
		var part string
		part, rest, _ = strings.Cut(rest, "/")
		switch {
		case part == "" || part == ".":
			continue
		case part == ".." && at == ".":
			return "", item{}, w.bad(fs.PathEscapes)
		case part == "..":
			at = path.Dir(at)
			continue
		}
		here := path.Join(at, part)
		it, ok := w.list.items[here]
		if !ok || rest != "" && it.mode.IsRegular() { // a path below a file does not exist
			return "", item{}, w.missing()
		}
		if it.mode&iofs.ModeSymlink == 0 || rest == "" && !last {
			at = here
			continue
		}
		to, err := w.follow(here, it)
		if err != nil {
			return "", item{}, err
		}
		rest = strings.TrimSuffix(to+"/"+rest, "/")
	}
	it, ok := w.list.items[at]
	if !ok {
		return "", item{}, w.missing()
	}
	return at, it, nil
}

func (w *walk) follow(link string, it item) (string, error) {
	w.via = link
	if w.links++; w.links > maxLinks {
		return "", w.bad(fs.PathLoop)
	}
	b, err := w.tree.repo.blob(w.tree.ctx, it.id)
	if err != nil {
		return "", &iofs.PathError{Op: "readlink", Path: link, Err: err}
	}
	if path.IsAbs(string(b)) {
		return "", w.bad(fs.PathEscapes)
	}
	return string(b), nil
}

func (w *walk) missing() error {
	return &iofs.PathError{Op: w.op, Path: w.name, Err: iofs.ErrNotExist}
}

func (w *walk) bad(p fs.PathProblem) error {
	return &fs.BadPath{Path: w.name, Via: w.via, Problem: p}
}
