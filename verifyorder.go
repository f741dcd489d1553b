package dewar

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
)

// Who lists a directory and does not sort gets an order that no one has promised: of a hash on one filesystem, of when
// files were made on another. A command that depends on it makes the same here each time, and something else
// on the next machine. So directories that are inputs are shown as copies that are listed the other way round. That can
// be had where listings follow the order in which files were made, as on a tmpfs.

// The bounds of what is copied for one execution.
const (
	maxOrderFiles = 10_000
	maxOrderBytes = 256 << 20
)

// room is where copies go.
type room struct {
	dir         string // "" is nowhere
	newestFirst bool   // how listings follow the order in which files were made
	serial      chan int
}

// roomPrefix begins the names of our directories there.
const roomPrefix = "dewar-verify-"

// makeRoom makes a directory for copies of directories, if their order can be chosen there. What a process left that
// was killed is removed.
func (v *verifier) makeRoom() (remove func(), err error) {
	remove = func() {}
	if v.o.Memory == "" || v.o.Listing == nil || !slices.Contains(v.o.Vary, varyOrder) {
		return remove, nil
	}
	fsys := v.p.host.FS
	v.sweepRooms()
	tmp, drop, err := v.p.store.TempDir() // its name is nobody else's
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(v.o.Memory, roomPrefix+filepath.Base(tmp))
	_ = drop()
	unlock, err := fsys.Lock(dir+".lock", true, false)
	if err != nil {
		return remove, nil // nobody lets us in: directories are not varied, which is said
	}
	remove = func() {
		_ = fsys.RemoveAll(dir)
		_ = unlock()
		_ = fsys.Remove(dir + ".lock")
	}
	if err := fsys.Mkdir(dir, 0o755); err != nil {
		return remove, nil
	}
	if newest, ok := v.listed(filepath.Join(dir, "try")); ok {
		v.room = room{dir: dir, newestFirst: newest, serial: make(chan int, 1)}
		v.room.serial <- 0
	}
	return remove, nil
}

// sweepRooms removes what nobody holds a lock on any more.
func (v *verifier) sweepRooms() {
	fsys := v.p.host.FS
	entries, err := fsys.ReadDir(v.o.Memory)
	if err != nil {
		return
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name, ".lock")
		if !ok || !strings.HasPrefix(name, roomPrefix) {
			continue
		}
		at := filepath.Join(v.o.Memory, name)
		unlock, err := fsys.Lock(at+".lock", true, false)
		if err != nil {
			continue
		}
		_ = fsys.RemoveAll(at)
		_ = fsys.Remove(at + ".lock")
		_ = unlock()
	}
}

// listed finds out how listings follow the order in which files are made; not ok if they do not.
func (v *verifier) listed(dir string) (newestFirst, ok bool) {
	if v.p.host.FS.Mkdir(dir, 0o755) != nil {
		return false, false
	}
	made := []string{"m", "c", "x", "a", "q", "f", "z", "b"}
	for _, name := range made {
		if fs.WriteFile(v.p.host.FS, filepath.Join(dir, name), nil) != nil {
			return false, false
		}
	}
	got, err := v.o.Listing(dir)
	if err != nil {
		return false, false
	}
	if slices.Equal(got, made) {
		return false, true
	}
	slices.Reverse(got)
	return true, slices.Equal(got, made)
}

// varyOrder shows directories in another order. Both results are empty if there are none.
func (v *verifier) varyOrder(a *graph.Action) (one *variation, why string) {
	var at []string
	left := orderBudget{maxOrderFiles, maxOrderBytes}
	for _, l := range a.Inputs {
		if l.Content.Kind != digest.Directory {
			continue
		}
		if v.room.dir == "" {
			return nil, "there is no place here where the order of a directory can be chosen (/dev/shm)"
		}
		n := left
		switch err := v.weigh(l.Content.Digest, &n); {
		case errors.Is(err, errTooLarge):
			why = fmt.Sprintf("%s/ has more than %d files or %d MiB", l.At, maxOrderFiles, maxOrderBytes>>20)
		case err != nil:
			why = fmt.Sprintf("%s/ cannot be read: %v", l.At, err)
		default:
			at, left = append(at, l.At), n
		}
	}
	if len(at) == 0 {
		return nil, why
	}
	return &variation{apply: func(ctx context.Context, a *graph.Action, _ string) (*graph.Action, func(), error) {
		return v.reorder(ctx, a, at)
	}}, why
}

type orderBudget struct{ files, bytes int64 }

var errTooLarge = errors.New("too large")

// weigh takes what a directory holds from a budget.
func (v *verifier) weigh(d digest.Digest, left *orderBudget) error {
	dir, err := v.dir(d)
	if err != nil {
		return err
	}
	left.files -= int64(len(dir.Files) + len(dir.Dirs) + len(dir.Symlinks))
	for _, f := range dir.Files {
		left.bytes -= f.Digest.Size
	}
	if left.files < 0 || left.bytes < 0 {
		return errTooLarge
	}
	for _, sub := range dir.Dirs {
		if err := v.weigh(sub.Digest, left); err != nil {
			return err
		}
	}
	return nil
}

// reorder is an action whose inputs at some places are copies that are listed the other way round.
func (v *verifier) reorder(ctx context.Context, a *graph.Action, at []string) (*graph.Action, func(), error) {
	n := <-v.room.serial
	v.room.serial <- n + 1
	base := filepath.Join(v.room.dir, fmt.Sprint(n))
	undo := func() { _ = v.p.host.FS.RemoveAll(base) }
	if err := v.p.host.FS.Mkdir(base, 0o755); err != nil {
		return nil, undo, err
	}
	b := *a
	b.Inputs = slices.Clone(a.Inputs)
	for i := range b.Inputs {
		l := &b.Inputs[i]
		if l.Content.Kind != digest.Directory || !slices.Contains(at, l.At) {
			continue
		}
		from, release := l.Host, func() {}
		if from == "" {
			var err error
			if from, release, err = v.p.store.Tree(l.Content.Digest); err != nil {
				return nil, undo, err
			}
		}
		to := filepath.Join(base, fmt.Sprint(i))
		err := v.turned(ctx, from, to)
		release()
		if err != nil {
			return nil, undo, err
		}
		l.Host = to
	}
	return &b, undo, nil
}

// turned copies a directory so that it is listed the other way round.
func (v *verifier) turned(ctx context.Context, from, to string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	fsys := v.p.host.FS
	info, err := fsys.Stat(from)
	if err != nil {
		return err
	}
	names, err := v.o.Listing(from)
	if err != nil {
		return err
	}
	if !v.room.newestFirst { // the first to be made is the first to be listed
		slices.Reverse(names)
	}
	if err := fsys.Mkdir(to, 0o755); err != nil {
		return err
	}
	for _, name := range names {
		if err := v.turnedEntry(ctx, filepath.Join(from, name), filepath.Join(to, name)); err != nil {
			return err
		}
	}
	return errors.Join(fsys.Chmod(to, info.Mode.Perm()|0o500), fsys.Chtimes(to, time.Unix(0, info.MTime)))
}

func (v *verifier) turnedEntry(ctx context.Context, from, to string) error {
	fsys := v.p.host.FS
	info, err := fsys.Lstat(from)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return v.turned(ctx, from, to)
	case info.IsSymlink():
		text, err := fsys.Readlink(from)
		if err != nil {
			return err
		}
		return fsys.Symlink(text, to)
	}
	if err := fsys.Clone(from, to, info.Mode.Perm()); err != nil {
		return err
	}
	return fsys.Chtimes(to, time.Unix(0, info.MTime))
}
