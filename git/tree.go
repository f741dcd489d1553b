package git

import (
	"context"
	"fmt"
	iofs "io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/dewar-build/dewar/fs"
)

// Tree is the project as a commit has it, to be read like a directory: names are
// project-relative, with slashes, "." is the project. It answers what a check-out
// of the commit would, errors included, but for two things: sizes, which git would
// have to look up one by one, and times are zero.
//
// It may be used by several goroutines. Nothing is read before it is asked for.
type Tree struct {
	repo   *Repo
	ctx    context.Context // ends what its methods started; they are an interface that has none
	commit string
	list   func() (*listing, error)
}

// Tree returns the project at c. It fails later, when it is read, if there is no
// such commit.
func (r *Repo) Tree(ctx context.Context, c Commit) (*Tree, error) {
	if !r.isID(c.ID) {
		return nil, &UnknownError{Rev: c.ID}
	}
	t := &Tree{repo: r, ctx: ctx, commit: c.ID}
	t.list = sync.OnceValues(t.read)
	return t, nil
}

// listing is every file and directory of a tree.
type listing struct {
	items map[string]item       // by project path
	dirs  map[string][]fs.Entry // sorted by name
}

type item struct {
	mode iofs.FileMode
	id   string // of the blob
}

// read lists the commit. A project that it does not have yet has no ".".
func (t *Tree) read() (*listing, error) {
	out, err := t.repo.git(t.ctx, "ls-tree", "-r", "-z", t.commit)
	if err != nil {
		return nil, err
	}
	l := &listing{items: map[string]item{}, dirs: map[string][]fs.Entry{}}
	if t.repo.prefix == "" {
		l.addDir(".", iofs.ModeDir|0o755)
	}
	for record := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if record == "" {
			continue
		}
		head, name, ok := strings.Cut(record, "\t")
		fields := strings.Fields(head)
		if !ok || len(fields) != 3 {
			return nil, fmt.Errorf("git ls-tree: cannot read %q", record)
		}
		l.add(name, fields[0], fields[2])
	}
	for name := range l.dirs {
		slices.SortFunc(l.dirs[name], func(a, b fs.Entry) int { return strings.Compare(a.Name, b.Name) })
	}
	return l, nil
}

// add takes in a file with the mode that git writes, and the directories above it.
func (l *listing) add(name, mode, id string) {
	switch mode {
	case "160000": // a submodule: its files are in a repository of its own
		l.addDir(name, iofs.ModeDir|0o755)
		return
	case "120000":
		l.put(name, item{iofs.ModeSymlink | 0o777, id})
	case "100755":
		l.put(name, item{0o755, id})
	default:
		l.put(name, item{0o644, id})
	}
}

func (l *listing) addDir(name string, mode iofs.FileMode) {
	if _, ok := l.dirs[name]; ok {
		return
	}
	l.dirs[name] = []fs.Entry{}
	l.put(name, item{mode: mode})
}

func (l *listing) put(name string, it item) {
	l.items[name] = it
	if name == "." {
		return
	}
	dir := path.Dir(name)
	l.addDir(dir, iofs.ModeDir|0o755)
	l.dirs[dir] = append(l.dirs[dir], fs.Entry{Name: path.Base(name), Type: it.mode.Type()})
}

// ReadFile returns the bytes of a file. Links are followed inside the project.
func (t *Tree) ReadFile(name string) ([]byte, error) {
	_, it, err := t.resolve("open", name, true)
	if err != nil {
		return nil, err
	}
	if it.mode.IsDir() {
		return nil, &iofs.PathError{Op: "read", Path: name, Err: errIsDir}
	}
	b, err := t.repo.blob(t.ctx, it.id)
	if err != nil {
		return nil, &iofs.PathError{Op: "read", Path: name, Err: err}
	}
	return slices.Clone(b), nil
}

// ReadDir lists a directory, sorted by the bytes of the names.
func (t *Tree) ReadDir(name string) ([]fs.Entry, error) {
	at, it, err := t.resolve("open", name, true)
	if err != nil {
		return nil, err
	}
	if !it.mode.IsDir() {
		return nil, &iofs.PathError{Op: "readdir", Path: name, Err: errNotDir}
	}
	l, err := t.list()
	if err != nil {
		return nil, err
	}
	return slices.Clone(l.dirs[at]), nil
}

// Real returns the path of what name leads to, without links.
func (t *Tree) Real(name string) (string, error) {
	at, _, err := t.resolve("open", name, true)
	return at, err
}

// Lstat describes name itself; links above it are followed.
func (t *Tree) Lstat(name string) (fs.Info, error) {
	_, it, err := t.resolve("lstat", name, false)
	return fs.Info{Mode: it.mode}, err
}

// Stat describes what name leads to.
func (t *Tree) Stat(name string) (fs.Info, error) {
	_, it, err := t.resolve("stat", name, true)
	return fs.Info{Mode: it.mode}, err
}
