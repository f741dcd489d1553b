package store

import (
	"fmt"
	iofs "io/fs"

	"github.com/dewar-build/dewar/digest"
)

// look reports whether the file name is the blob d as far as lstat can tell,
// and refreshes its last use. What looks wrong is read in full, once: either it
// gets its modification time back or it is set aside. The error answers
// errors.Is with iofs.ErrNotExist unless the filesystem failed.
func (s *Store) look(d digest.Digest, name string) error {
	s.live()
	info, err := s.fs.Lstat(name)
	if err != nil {
		return err
	}
	if info.IsRegular() && info.Size == d.Size && info.MTime == epoch*1e9 {
		return s.use(name, info)
	}
	return s.examine(d, name)
}

// Verify reads the whole blob. One that is not what its name says is set aside
// and reported, and the error answers errors.Is with iofs.ErrNotExist.
func (s *Store) Verify(d digest.Digest) error {
	if err := s.examine(d, s.blob(d, false)); err != nil && d != digest.Empty {
		return err
	}
	if _, err := s.fs.Lstat(s.blob(d, true)); err == nil {
		s.examine(d, s.blob(d, true)) // made again from the other when needed
	}
	return nil
}

// examine reads the file name, which should be the blob d.
func (s *Store) examine(d digest.Digest, name string) error {
	if info, err := s.fs.Lstat(name); err == nil && !info.IsRegular() {
		return s.quarantine(Corruption{Path: name, Want: d, Detail: "it is " + describe(info.Mode)})
	}
	got, err := s.hashFile(name)
	switch {
	case err != nil: // perhaps there are too many open files: that says nothing about the blob
		return err
	case got == d:
		return s.refresh(name)
	case got.Hash == d.Hash: // the file is what its name says; nobody has a blob of that size
		return missing(d, name)
	}
	return s.quarantine(Corruption{Path: name, Want: d, Got: got, Detail: "its bytes are not those of its name"})
}

// quarantine moves a file away, reports it, and returns the error that it is
// missing. If a good one was put in its place meanwhile, that is lost, which
// costs no more than another miss.
func (s *Store) quarantine(c Corruption) error {
	s.putAside(&c)
	return missing(c.Want, c.Path)
}

// putAside moves a file away and reports it; false if it was not there any more:
// then somebody else did, and reports it.
func (s *Store) putAside(c *Corruption) bool {
	to := s.dir + "/quarantine/" + c.Want.Hex() + "-" + s.unique()
	if err := s.inDir(to, func() error { return s.fs.Rename(c.Path, to) }); err == nil {
		c.Kept = to
	} else if isMissing(err) {
		return false
	}
	s.opt.Corrupt(*c)
	return true
}

// missing is the error for a blob that is not there.
func missing(d digest.Digest, name string) error {
	return fmt.Errorf("blob %s: %w", d.Short(), &iofs.PathError{Op: "open", Path: name, Err: iofs.ErrNotExist})
}

// hashFile returns the digest of a file.
func (s *Store) hashFile(name string) (digest.Digest, error) {
	f, err := s.fs.Open(name)
	if err != nil {
		return digest.Digest{}, err
	}
	defer f.Close()
	buf := s.bufs.Get().(*[]byte)
	defer s.bufs.Put(buf)
	return digest.Read(f, *buf)
}
