package fs

import (
	iofs "io/fs"
	"time"
)

// Faulty returns fsys with faults: before every operation it asks fault, and
// fails with the error it gives. op is the method's name in lower case ("open",
// "rename", …) and, on open files, "read", "write", "close"; path is the name that
// would be made, changed or read (of two, the second).
func Faulty(fsys FS, fault func(op, path string) error) FS { return &faulty{fsys, fault} }

type faulty struct {
	fsys  FS
	fault func(op, path string) error
}

func (f *faulty) check(op, path string) error {
	if err := f.fault(op, path); err != nil {
		return &iofs.PathError{Op: op, Path: path, Err: err}
	}
	return nil
}

func (f *faulty) file(path string, file File, err error) (File, error) {
	if err != nil {
		return nil, err
	}
	return &faultyFile{File: file, fs: f, path: path}, nil
}

func (f *faulty) Open(name string) (File, error) {
	if err := f.check("open", name); err != nil {
		return nil, err
	}
	file, err := f.fsys.Open(name)
	return f.file(name, file, err)
}

func (f *faulty) Create(name string, perm iofs.FileMode) (File, error) {
	if err := f.check("create", name); err != nil {
		return nil, err
	}
	file, err := f.fsys.Create(name, perm)
	return f.file(name, file, err)
}

func (f *faulty) Append(name string, perm iofs.FileMode) (File, error) {
	if err := f.check("append", name); err != nil {
		return nil, err
	}
	file, err := f.fsys.Append(name, perm)
	return f.file(name, file, err)
}

func (f *faulty) Lstat(name string) (Info, error) {
	if err := f.check("lstat", name); err != nil {
		return Info{}, err
	}
	return f.fsys.Lstat(name)
}

func (f *faulty) Stat(name string) (Info, error) {
	if err := f.check("stat", name); err != nil {
		return Info{}, err
	}
	return f.fsys.Stat(name)
}

func (f *faulty) ReadDir(name string) ([]Entry, error) {
	if err := f.check("readdir", name); err != nil {
		return nil, err
	}
	return f.fsys.ReadDir(name)
}

func (f *faulty) Readlink(name string) (string, error) {
	if err := f.check("readlink", name); err != nil {
		return "", err
	}
	return f.fsys.Readlink(name)
}

func (f *faulty) Lock(name string, exclusive, wait bool) (func() error, error) {
	if err := f.check("lock", name); err != nil {
		return nil, err
	}
	return f.fsys.Lock(name, exclusive, wait)
}

// do is for the operations that only fail or not.
func (f *faulty) do(op, path string, act func() error) error {
	if err := f.check(op, path); err != nil {
		return err
	}
	return act()
}

func (f *faulty) Mkdir(name string, perm iofs.FileMode) error {
	return f.do("mkdir", name, func() error { return f.fsys.Mkdir(name, perm) })
}

func (f *faulty) MkdirAll(name string, perm iofs.FileMode) error {
	return f.do("mkdirall", name, func() error { return f.fsys.MkdirAll(name, perm) })
}

func (f *faulty) Rename(oldname, newname string) error {
	return f.do("rename", newname, func() error { return f.fsys.Rename(oldname, newname) })
}

func (f *faulty) Exchange(a, b string) error {
	return f.do("exchange", b, func() error { return f.fsys.Exchange(a, b) })
}

func (f *faulty) Remove(name string) error {
	return f.do("remove", name, func() error { return f.fsys.Remove(name) })
}

func (f *faulty) RemoveAll(name string) error {
	return f.do("removeall", name, func() error { return f.fsys.RemoveAll(name) })
}

func (f *faulty) Chmod(name string, perm iofs.FileMode) error {
	return f.do("chmod", name, func() error { return f.fsys.Chmod(name, perm) })
}

func (f *faulty) Chtimes(name string, mtime time.Time) error {
	return f.do("chtimes", name, func() error { return f.fsys.Chtimes(name, mtime) })
}

func (f *faulty) Symlink(target, name string) error {
	return f.do("symlink", name, func() error { return f.fsys.Symlink(target, name) })
}

func (f *faulty) Link(oldname, newname string) error {
	return f.do("link", newname, func() error { return f.fsys.Link(oldname, newname) })
}

func (f *faulty) Clone(oldname, newname string, perm iofs.FileMode) error {
	return f.do("clone", newname, func() error { return f.fsys.Clone(oldname, newname, perm) })
}

type faultyFile struct {
	File
	fs   *faulty
	path string
}

func (f *faultyFile) Read(b []byte) (int, error) {
	if err := f.fs.check("read", f.path); err != nil {
		return 0, err
	}
	return f.File.Read(b)
}

func (f *faultyFile) ReadAt(b []byte, off int64) (int, error) {
	if err := f.fs.check("read", f.path); err != nil {
		return 0, err
	}
	return f.File.ReadAt(b, off)
}

func (f *faultyFile) Write(b []byte) (int, error) {
	if err := f.fs.check("write", f.path); err != nil {
		return 0, err
	}
	return f.File.Write(b)
}

// Close closes the file whatever the fault says: a test leaks nothing.
func (f *faultyFile) Close() error {
	err := f.File.Close()
	if ferr := f.fs.check("close", f.path); ferr != nil {
		return ferr
	}
	return err
}
