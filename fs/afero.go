package fs

import (
	"errors"
	"io"
	iofs "io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/afero"
)

// Memory returns a new, empty filesystem in memory: "/" exists. It has no
// symbolic or hard links (ErrUnsupported) and enforces no permissions.
func Memory() FS { return Afero(afero.NewMemMapFs()) }

// Afero makes an afero filesystem ours. What afero has no call for (links,
// reflinks) is ErrUnsupported; Exchange, Lock and Clone work among the users of
// the one value returned.
//
// afero's filesystem in memory makes missing parents, removes directories that
// are not empty, renames over anything and lets MkdirAll succeed on a file. So
// every change is checked here first, under a lock that makes check and change
// one.
func Afero(base afero.Fs) FS {
	return &aferoFS{base: base, locks: newLockTable()}
}

type aferoFS struct {
	base  afero.Fs
	mu    sync.RWMutex // held for writing by everything that changes names
	locks *lockTable
}

func fail(op, name string, err error) error {
	return &iofs.PathError{Op: op, Path: name, Err: err}
}

// stat describes name or says that it is not there; a.mu is held.
func (a *aferoFS) stat(op, name string) (Info, error) {
	fi, err := a.base.Stat(name)
	if err != nil {
		if errors.Is(err, syscall.ENOTDIR) {
			err = iofs.ErrNotExist
		}
		return Info{}, fail(op, name, cause(err))
	}
	return aferoInfo(fi), nil
}

func cause(err error) error {
	var pe *iofs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// aferoInfo copies at once: the FileInfo of a file in memory is alive.
func aferoInfo(fi os.FileInfo) Info {
	info := Info{Mode: fi.Mode(), MTime: fi.ModTime().UnixNano(), Nlink: 1}
	if !fi.IsDir() {
		info.Size = fi.Size()
	}
	return info
}

// fresh checks that name may be made: it is not there and its parent is.
func (a *aferoFS) fresh(op, name string) error {
	if _, err := a.stat(op, name); err == nil {
		return fail(op, name, iofs.ErrExist)
	}
	parent, err := a.stat(op, filepath.Dir(filepath.Clean(name)))
	switch {
	case err != nil:
		return fail(op, name, iofs.ErrNotExist)
	case !parent.IsDir():
		return fail(op, name, syscall.ENOTDIR)
	}
	return nil
}

func (a *aferoFS) Open(name string) (File, error) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	info, err := a.stat("open", name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() { // else it would read as an empty file
		return nil, fail("open", name, syscall.EISDIR)
	}
	return a.wrap(a.base.Open(name))
}

func (a *aferoFS) wrap(f afero.File, err error) (File, error) {
	if err != nil {
		return nil, err
	}
	return &aferoFile{f: f}, nil
}

func (a *aferoFS) Create(name string, perm iofs.FileMode) (File, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.fresh("create", name); err != nil {
		return nil, err
	}
	return a.wrap(a.base.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, perm))
}

func (a *aferoFS) Append(name string, perm iofs.FileMode) (File, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.fresh("append", name); err != nil && !errors.Is(err, iofs.ErrExist) {
		return nil, err
	}
	return a.wrap(a.base.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, perm))
}

func (a *aferoFS) Stat(name string) (Info, error) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.stat("stat", name)
}

func (a *aferoFS) Lstat(name string) (Info, error) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.stat("lstat", name)
}

func (a *aferoFS) ReadDir(name string) ([]Entry, error) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.readDir(name)
}

func (a *aferoFS) readDir(name string) ([]Entry, error) {
	info, err := a.stat("readdir", name)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fail("readdir", name, syscall.ENOTDIR)
	}
	f, err := a.base.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list, err := f.Readdir(-1)
	if err != nil && err != io.EOF {
		return nil, fail("readdir", name, err)
	}
	entries := make([]Entry, len(list))
	for i, fi := range list {
		entries[i] = Entry{Name: fi.Name(), Type: fi.Mode().Type()}
	}
	sortEntries(entries)
	return entries, nil
}

func (a *aferoFS) Mkdir(name string, perm iofs.FileMode) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.fresh("mkdir", name); err != nil {
		return err
	}
	return a.base.Mkdir(name, perm)
}

func (a *aferoFS) MkdirAll(name string, perm iofs.FileMode) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.mkdirAll(filepath.Clean(name), perm)
}

func (a *aferoFS) mkdirAll(name string, perm iofs.FileMode) error {
	info, err := a.stat("mkdir", name)
	if err == nil {
		if !info.IsDir() {
			return fail("mkdir", name, syscall.ENOTDIR)
		}
		return nil
	}
	if parent := filepath.Dir(name); parent != name {
		if err := a.mkdirAll(parent, perm); err != nil {
			return err
		}
	}
	return a.base.Mkdir(name, perm)
}

func (a *aferoFS) Chmod(name string, perm iofs.FileMode) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.base.Chmod(name, perm)
}

func (a *aferoFS) Chtimes(name string, mtime time.Time) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.base.Chtimes(name, mtime, mtime)
}

func (a *aferoFS) Readlink(name string) (string, error) {
	return "", fail("readlink", name, ErrUnsupported)
}

func (a *aferoFS) Symlink(target, name string) error {
	return fail("symlink", name, ErrUnsupported)
}

func (a *aferoFS) Link(oldname, newname string) error {
	return fail("link", newname, ErrUnsupported)
}

func (a *aferoFS) Clone(from, to string, perm iofs.FileMode) error {
	src, err := a.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := a.Create(to, perm)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	if cerr := dst.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		a.Remove(to)
	}
	return err
}

func (a *aferoFS) Lock(name string, exclusive, wait bool) (func() error, error) {
	f, err := a.Append(name, 0o644)
	if err != nil {
		return nil, err
	}
	f.Close()
	if !a.locks.acquire(filepath.Clean(name), exclusive, wait) {
		return nil, fail("lock", name, ErrLocked)
	}
	var once sync.Once
	return func() error {
		once.Do(func() { a.locks.release(filepath.Clean(name), exclusive) })
		return nil
	}, nil
}

// aferoFile makes ReadAt independent of reading, as it must be: in memory it
// moves the one position, and may return less than was asked without an error.
type aferoFile struct {
	mu sync.Mutex
	f  afero.File
}

func (f *aferoFile) Read(b []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.f.Read(b)
}

func (f *aferoFile) Write(b []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.f.Write(b)
}

func (f *aferoFile) ReadAt(b []byte, off int64) (n int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for n < len(b) {
		m, err := f.f.ReadAt(b[n:], off+int64(n))
		n += m
		if err == io.ErrUnexpectedEOF || err == nil && m == 0 {
			err = io.EOF
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func (f *aferoFile) Close() error { return f.f.Close() }

func (f *aferoFile) Stat() (Info, error) {
	fi, err := f.f.Stat()
	if err != nil {
		return Info{}, err
	}
	return aferoInfo(fi), nil
}
