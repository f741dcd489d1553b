package fs

import (
	"crypto/rand"
	"encoding/hex"
	"io"
	iofs "io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// WriteFile writes a whole file atomically: a temporary file beside it, then
// rename. Who reads the path sees the old bytes or the new, never half.
func WriteFile(fsys FS, path string, b []byte) error {
	return WriteFileIn(fsys, "", path, b, 0o644)
}

// WriteFileIn is WriteFile with a mode, and with the directory for the
// temporary file; "" is that of path. Both must be on one filesystem.
func WriteFileIn(fsys FS, temps, path string, b []byte, perm iofs.FileMode) error {
	if temps == "" {
		temps = filepath.Dir(path)
	}
	return writeVia(fsys, TempName(temps), path, b, perm)
}

// writeVia writes the file tmp and makes it path.
func writeVia(fsys FS, tmp, path string, b []byte, perm iofs.FileMode) error {
	if err := createWith(fsys, tmp, b, perm); err != nil {
		return err
	}
	if err := fsys.Rename(tmp, path); err != nil {
		fsys.Remove(tmp)
		return err
	}
	return nil
}

// Own begins the names of temporary files of WriteFileVia.
const Own = "own"

// WriteFileVia is WriteFile by way of the directory temps, which it makes if need be: who is killed leaves
// nothing beside the file. If temps is on another device it has to be beside it.
func WriteFileVia(fsys FS, temps, path string, b []byte) error {
	tmp, err := tempVia(fsys, temps, path)
	if err != nil {
		return err
	}
	return writeVia(fsys, tmp, path, b, 0o644)
}

// tempVia names the temporary file for WriteFileVia.
func tempVia(fsys FS, temps, path string) (string, error) {
	if err := fsys.MkdirAll(temps, 0o777); err != nil {
		return "", err
	}
	there, err := fsys.Stat(temps)
	if err != nil {
		return "", err
	}
	if here, err := fsys.Stat(filepath.Dir(path)); err != nil || here.Dev != there.Dev {
		return TempName(filepath.Dir(path)), nil
	}
	return filepath.Join(temps, Own+filepath.Base(TempName(temps))), nil
}

// createWith makes a file of b; when it cannot, nothing is left.
func createWith(fsys FS, name string, b []byte, perm iofs.FileMode) error {
	f, err := fsys.Create(name, perm)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		fsys.Remove(name)
	}
	return err
}

// TempName returns a name in dir that nothing else uses, for Create, Mkdir or
// Clone. It is random: processes on different machines may share dir.
func TempName(dir string) string {
	var b [9]byte
	rand.Read(b[:]) // never fails
	return filepath.Join(dir, ".tmp-"+hex.EncodeToString(b[:]))
}

// SweepTemp removes what TempName named in dir, behind prefix, files and empty directories, if nothing has changed it since
// before: what a process left that was killed. Failing to is no failure: it is only there for longer.
func SweepTemp(fsys FS, dir, prefix string, before time.Time) {
	entries, err := fsys.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		name := filepath.Join(dir, e.Name)
		if temp, ok := strings.CutPrefix(e.Name, prefix); !ok || !isTempName(temp) {
			continue
		}
		if info, err := fsys.Lstat(name); err == nil && max(info.MTime, info.CTime) < before.UnixNano() {
			fsys.Remove(name)
		}
	}
}

// isTempName reports whether TempName could have made a name.
func isTempName(name string) bool {
	rest, ok := strings.CutPrefix(name, ".tmp-")
	_, err := hex.DecodeString(rest)
	return ok && len(rest) == 18 && err == nil
}

// ReadFile returns the bytes of a file. What is no regular file is ErrNotRegular before it is
// opened: to open a pipe waits for whoever writes into it, which may be nobody.
func ReadFile(fsys FS, name string) ([]byte, error) {
	if info, err := fsys.Stat(name); err == nil && special(info) {
		return nil, fail("read", name, ErrNotRegular)
	}
	return readRegular(fsys, name)
}

// special reports whether something is neither a file nor a directory nor a link.
func special(info Info) bool {
	return !info.IsRegular() && !info.IsDir() && !info.IsSymlink()
}

// readRegular is ReadFile of what was looked at.
func readRegular(fsys FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	switch {
	case info.IsDir():
		return nil, fail("read", name, syscall.EISDIR)
	case special(info): // it has become one
		return nil, fail("read", name, ErrNotRegular)
	}
	return readSized(f, info.Size)
}

// readSized reads all of r in one buffer when size tells the truth.
func readSized(r io.Reader, size int64) ([]byte, error) {
	b := make([]byte, 0, max(size, 0)+1)
	for {
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return b, err
		}
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
	}
}
