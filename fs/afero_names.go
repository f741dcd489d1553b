package fs

import (
	iofs "io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
)

// Changes of names: what the adapter must check before it lets afero act.

// Rename takes the rules of the operating system: a file replaces a file,
// nothing replaces a directory, a directory cannot go into itself.
func (a *aferoFS) Rename(oldname, newname string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.rename("rename", filepath.Clean(oldname), filepath.Clean(newname))
}

func (a *aferoFS) rename(op, oldname, newname string) error {
	wrong := func(err error) error {
		return &os.LinkError{Op: op, Old: oldname, New: newname, Err: err}
	}
	from, err := a.stat(op, oldname)
	if err != nil {
		return wrong(iofs.ErrNotExist)
	}
	if oldname == newname {
		return nil
	}
	if below(newname, oldname) {
		return wrong(syscall.EINVAL)
	}
	to, err := a.stat(op, newname)
	switch {
	case err != nil:
		if err := a.fresh(op, newname); err != nil {
			return wrong(cause(err))
		}
	case to.IsDir():
		return wrong(iofs.ErrExist)
	case from.IsDir():
		return wrong(syscall.ENOTDIR)
	}
	return a.base.Rename(oldname, newname)
}

// below reports whether the native path name is inside dir.
func below(name, dir string) bool {
	return strings.HasPrefix(name, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
}

// Exchange is three renames; who looks through this value sees one.
func (a *aferoFS) Exchange(x, y string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	x, y = filepath.Clean(x), filepath.Clean(y)
	for _, name := range []string{x, y} {
		if _, err := a.stat("exchange", name); err != nil {
			return err
		}
	}
	if x == y {
		return nil
	}
	if below(x, y) || below(y, x) {
		return fail("exchange", y, syscall.EINVAL)
	}
	aside := TempName(filepath.Dir(x))
	if err := a.rename("exchange", x, aside); err != nil {
		return err
	}
	if err := a.rename("exchange", y, x); err != nil {
		return err
	}
	return a.rename("exchange", aside, y)
}

func (a *aferoFS) Remove(name string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	info, err := a.stat("remove", name)
	if err != nil {
		return err
	}
	if info.IsDir() {
		entries, err := a.readDir(name)
		if err != nil {
			return err
		}
		if len(entries) > 0 {
			return fail("remove", name, syscall.ENOTEMPTY)
		}
	}
	return a.base.Remove(name)
}

func (a *aferoFS) RemoveAll(name string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, err := a.stat("removeall", name); err != nil {
		return nil
	}
	return a.base.RemoveAll(name)
}

// lockTable holds advisory locks by name, for one filesystem value.
type lockTable struct {
	mu   sync.Mutex
	free *sync.Cond
	held map[string]int // -1: exclusively; n: by n sharers
}

func newLockTable() *lockTable {
	t := &lockTable{held: map[string]int{}}
	t.free = sync.NewCond(&t.mu)
	return t
}

func (t *lockTable) acquire(name string, exclusive, wait bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.held[name] < 0 || exclusive && t.held[name] > 0 {
		if !wait {
			return false
		}
		t.free.Wait()
	}
	if exclusive {
		t.held[name] = -1
	} else {
		t.held[name]++
	}
	return true
}

func (t *lockTable) release(name string, exclusive bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if exclusive || t.held[name] == 1 {
		delete(t.held, name)
	} else {
		t.held[name]--
	}
	t.free.Broadcast()
}
