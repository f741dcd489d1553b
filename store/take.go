package store

import (
	"errors"
	"fmt"
	iofs "io/fs"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

func isMissing(err error) bool { return errors.Is(err, iofs.ErrNotExist) }

// Take takes a file that stays where it is into the store: a source snapshot.
// The digest is that of the bytes taken, whatever happens to the file meanwhile.
// info is what the caller knew of the file; its size is a hint only.
func (s *Store) Take(name string, info fs.Info) (digest.Digest, error) {
	if !info.IsRegular() {
		return digest.Digest{}, fmt.Errorf("take %s: it is %s, not a file", name, describe(info.Mode))
	}
	if info.Size < bufSize {
		d, fits, err := s.takeSmall(name)
		if fits || err != nil {
			return d, err
		}
	}
	tmp := s.temp()
	d, err := s.takeLarge(name, tmp)
	if err != nil {
		s.fs.Remove(tmp)
		return digest.Digest{}, fmt.Errorf("take %s: %w", name, err)
	}
	return s.keep(tmp, d)
}

// takeLarge makes tmp a copy of a file and says what is in it: in one pass, unless the
// copy costs nothing.
func (s *Store) takeLarge(name, tmp string) (digest.Digest, error) {
	err := s.inDir(tmp, func() error { return fs.Reflink(s.fs, name, tmp, plainMode) })
	if err == nil {
		return s.hashFile(tmp)
	}
	if !errors.Is(err, fs.ErrUnsupported) {
		return digest.Digest{}, err
	}
	src, err := s.fs.Open(name)
	if err != nil {
		return digest.Digest{}, err
	}
	defer src.Close()
	dst, err := s.fs.Create(tmp, plainMode)
	if err != nil {
		return digest.Digest{}, err
	}
	d, err := copyHashing(dst, src)
	return d, errors.Join(err, dst.Close())
}

// takeSmall takes a file that fits in a buffer: one read, and no file is made if
// the store has the bytes.
func (s *Store) takeSmall(name string) (d digest.Digest, fits bool, err error) {
	buf := s.bufs.Get().(*[]byte)
	defer s.bufs.Put(buf)
	n, err := fs.ReadUpTo(s.fs, name, *buf)
	if err != nil || n == bufSize {
		return digest.Digest{}, false, err
	}
	d, err = s.Put((*buf)[:n])
	return d, true, err
}

// Ingest moves a file that an action made into the store: by rename if
// nothing else can write to it, else by copying. Afterwards name may be gone. Anything
// but a regular file is an error that says what it is.
func (s *Store) Ingest(name string, exec bool) (digest.Content, error) {
	info, err := s.fs.Lstat(name)
	if err != nil {
		return digest.Content{}, fmt.Errorf("ingest: %w", err)
	}
	if !info.IsRegular() {
		return digest.Content{}, fmt.Errorf("ingest %s: it is %s, not a file", name, describe(info.Mode))
	}
	d, err := s.ingest(name, info)
	return digest.Content{Kind: digest.File, Exec: exec, Digest: d}, err
}

// ingest moves a regular file into the store.
func (s *Store) ingest(name string, info fs.Info) (digest.Digest, error) {
	if info.Nlink > 1 { // another name can write to it, and its mode is not ours to change
		return s.Take(name, info)
	}
	if err := s.fs.Chmod(name, plainMode); err != nil {
		return s.Take(name, info)
	}
	d, err := s.hashFile(name)
	if err != nil {
		return digest.Digest{}, fmt.Errorf("ingest: %w", err)
	}
	if s.Has(d) {
		return d, nil // ours is removed with the directory it is in
	}
	if s.placeOrLeave(name, d) == nil {
		return d, nil
	}
	return s.Take(name, info) // another filesystem
}

// describe says what a thing that is not a regular file is.
func describe(m iofs.FileMode) string {
	switch {
	case m.IsDir():
		return "a directory"
	case m&iofs.ModeSymlink != 0:
		return "a symbolic link"
	case m&iofs.ModeNamedPipe != 0:
		return "a named pipe"
	case m&iofs.ModeSocket != 0:
		return "a socket"
	case m&iofs.ModeDevice != 0:
		return "a device"
	case m.IsRegular():
		return "a file"
	}
	return "something irregular"
}
