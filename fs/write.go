package fs

import (
	"crypto/rand"
	"encoding/hex"
	"io"
	iofs "io/fs"
	"path/filepath"
	"syscall"
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
	tmp := TempName(temps)
	if err := createWith(fsys, tmp, b, perm); err != nil {
		return err
	}
	if err := fsys.Rename(tmp, path); err != nil {
		fsys.Remove(tmp)
		return err
	}
	return nil
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

// ReadFile returns the bytes of a file.
func ReadFile(fsys FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fail("read", name, syscall.EISDIR)
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
