package store

import (
	"errors"
	"fmt"
	"io"
	iofs "io/fs"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// bufSize is the size of read buffers: SHA-256 reaches its full speed at 1 MiB.
// Files that fit are read once and written from memory.
const bufSize = 1 << 20

// The modes of blobs: nothing writes to them.
const (
	plainMode iofs.FileMode = 0o444
	execMode  iofs.FileMode = 0o555
)

// Put stores b.
func (s *Store) Put(b []byte) (digest.Digest, error) {
	d := digest.Of(b)
	return d, s.put(d, b)
}

// PutBlob stores b, whose digest the caller has found to be d.
func (s *Store) PutBlob(d digest.Digest, b []byte) error { return s.put(d, b) }

func (s *Store) put(d digest.Digest, b []byte) error {
	if s.Has(d) {
		return nil
	}
	tmp := s.temp()
	err := s.inDir(tmp, func() error { return fs.WriteNew(s.fs, tmp, b, plainMode, time.Unix(epoch, 0)) })
	if err == nil {
		err = s.orHas(d, tmp, s.moveIn(tmp, d))
	}
	if err != nil {
		return fmt.Errorf("store blob %s: %w", d.Short(), err)
	}
	return nil
}

// place makes a complete temporary file the blob d. Where it cannot, the
// temporary file is gone.
func (s *Store) place(tmp string, d digest.Digest) error {
	return s.orHas(d, tmp, s.placeOrLeave(tmp, d))
}

// orHas removes a temporary file that did not become the blob d. That is no error if
// another put was faster, and the system does not replace what is open.
func (s *Store) orHas(d digest.Digest, tmp string, err error) error {
	if err == nil {
		return nil
	}
	s.fs.Remove(tmp)
	if s.Has(d) {
		return nil
	}
	return err
}

// placeOrLeave is place for a file that must survive failure.
func (s *Store) placeOrLeave(name string, d digest.Digest) error {
	if err := s.fs.Chtimes(name, time.Unix(epoch, 0)); err != nil {
		return err
	}
	return s.moveIn(name, d)
}

// moveIn moves a file that is as a blob is to its place.
func (s *Store) moveIn(name string, d digest.Digest) error {
	if err := s.share(name, plainMode); err != nil {
		return err
	}
	to := s.blob(d, false)
	return s.inDir(to, func() error { return fs.RenameFile(s.fs, name, to) })
}

// PutReader stores what r yields.
func (s *Store) PutReader(r io.Reader) (digest.Digest, error) {
	buf := s.bufs.Get().(*[]byte)
	defer s.bufs.Put(buf)
	n, err := io.ReadFull(r, *buf)
	switch {
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		return s.Put((*buf)[:n])
	case err != nil:
		return digest.Digest{}, err
	}
	tmp, f, err := s.createTemp(plainMode)
	if err != nil {
		return digest.Digest{}, fmt.Errorf("store blob: %w", err)
	}
	w := digest.NewWriter()
	both := io.MultiWriter(w, f)
	_, err = both.Write(*buf)
	if err == nil {
		_, err = io.CopyBuffer(both, struct{ io.Reader }{r}, *buf)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		s.fs.Remove(tmp)
		return digest.Digest{}, fmt.Errorf("store blob: %w", err)
	}
	return s.keep(tmp, w.Digest())
}

// keep makes a temporary file the blob d, or removes it if there is one.
func (s *Store) keep(tmp string, d digest.Digest) (digest.Digest, error) {
	if s.Has(d) {
		return d, s.fs.Remove(tmp)
	}
	if err := s.place(tmp, d); err != nil {
		return digest.Digest{}, fmt.Errorf("store blob %s: %w", d.Short(), err)
	}
	return d, nil
}

// Has reports whether the blob is there, whole as far as lstat can tell. The
// empty blob always is. Asking counts as a use.
func (s *Store) Has(d digest.Digest) bool {
	return d == digest.Empty || s.look(d, s.blob(d, false)) == nil
}

// BlobPath returns the path of a blob, to be bound read-only or cloned from. With
// exec it is another file with the same bytes that may be executed.
func (s *Store) BlobPath(d digest.Digest, exec bool) (string, error) {
	name := s.blob(d, exec)
	err := s.look(d, name)
	if err == nil || !errors.Is(err, iofs.ErrNotExist) {
		return name, err
	}
	if !exec {
		if d != digest.Empty {
			return "", err
		}
		tmp, err := s.writeTemp(nil, plainMode) // it is always there, but not always as a file
		if err != nil {
			return "", err
		}
		return name, s.place(tmp, d)
	}
	plain, err := s.BlobPath(d, false)
	if err != nil {
		return "", err
	}
	return name, s.cloneExec(plain, name)
}

// cloneExec makes the executable twin of a blob.
func (s *Store) cloneExec(plain, name string) error {
	tmp := s.temp()
	err := s.inDir(tmp, func() error { return s.fs.Clone(plain, tmp, execMode) })
	if err == nil {
		err = s.fs.Chtimes(tmp, time.Unix(epoch, 0))
	}
	if err == nil {
		err = s.share(tmp, execMode)
	}
	if err != nil {
		s.fs.Remove(tmp)
		return err
	}
	return s.rename(tmp, name)
}

// Open opens a blob for reading; errors.Is(err, iofs.ErrNotExist) if it is not there.
func (s *Store) Open(d digest.Digest) (fs.File, error) {
	name, err := s.BlobPath(d, false)
	if err != nil {
		return nil, err
	}
	return s.fs.Open(name)
}

// ReadAll returns the bytes of a blob of at most limit bytes, fully verified.
// limit <= 0 is no limit.
func (s *Store) ReadAll(d digest.Digest, limit int64) ([]byte, error) {
	if d == digest.Empty {
		return nil, nil
	}
	if limit > 0 && d.Size > limit {
		return nil, fmt.Errorf("read blob %s: it has %d bytes, more than %d", d.Short(), d.Size, limit)
	}
	f, err := s.Open(d) // the size is right, so that d.Size is not what a stranger made up
	if err != nil {
		return nil, err
	}
	b := make([]byte, d.Size)
	_, err = io.ReadFull(f, b)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read blob %s: %w", d.Short(), err)
	}
	if digest.Of(b) != d {
		return nil, s.Verify(d)
	}
	return b, nil
}

// CloneTo makes a private copy of a blob at name, which must not exist.
func (s *Store) CloneTo(d digest.Digest, name string, perm iofs.FileMode) error {
	from, err := s.BlobPath(d, false)
	if err != nil {
		return err
	}
	return s.fs.Clone(from, name, perm)
}

// copyUpTo is how large a blob may be that is copied through memory: cheaper than to
// have the system do it, and no loss where it could share the blocks.
const copyUpTo = 16 << 10

// CopyTo is CloneTo of a file with a modification time.
func (s *Store) CopyTo(d digest.Digest, name string, perm iofs.FileMode, mtime time.Time) error {
	from, err := s.BlobPath(d, false)
	if err != nil {
		return err
	}
	if d.Size < copyUpTo {
		buf := s.bufs.Get().(*[]byte)
		defer s.bufs.Put(buf)
		n, err := fs.ReadUpTo(s.fs, from, (*buf)[:copyUpTo])
		if err != nil || int64(n) == d.Size {
			if err == nil {
				err = fs.WriteNew(s.fs, name, (*buf)[:n], perm, mtime)
			}
			return err
		}
	}
	if err := s.fs.Clone(from, name, perm); err != nil {
		return err
	}
	return s.fs.Chtimes(name, mtime)
}

// slurp reads a small file of the store's own.
func (s *Store) slurp(name string, limit int64) ([]byte, error) {
	f, err := s.fs.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("read %s: longer than %d bytes", name, limit)
	}
	return b, err
}
