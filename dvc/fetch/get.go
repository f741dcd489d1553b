package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	iofs "io/fs"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/dvc"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote"
)

// get brings one object; false if what came is not what its name says.
func (s *Source) get(ctx context.Context, at *Place, o dvc.Object, name string, size int64) (digest.Digest, bool, error) {
	s.wanted.Add(size)
	file, unlock, err := s.Store.Incoming(digest.Of([]byte("md5 " + o.MD5)))
	if errors.Is(err, fs.ErrLocked) { // somebody else gets the same: then there will be two
		unlock = func() {}
		file, err = s.Store.TempFile()
	}
	if err != nil {
		return digest.Digest{}, false, errors.Join(remote.ErrHere, err)
	}
	defer unlock()
	for _, again := range []bool{false, true} {
		var have int64
		if info, err := s.FS.Lstat(file); err == nil {
			have = info.Size
			if again || have > size {
				if err := s.FS.Remove(file); err != nil {
					return digest.Digest{}, false, errors.Join(remote.ErrHere, err)
				}
				have = 0
			}
		}
		if err := s.getTo(ctx, at, name, file, size); err != nil {
			return digest.Digest{}, false, err
		}
		d, ok, err := s.verify(file, o)
		if err != nil || ok {
			return d, ok, err
		}
		if have == 0 {
			break
		}
	}
	if _, err := s.Store.SetAside(file, digest.Of([]byte("md5 "+o.MD5))); err != nil {
		return digest.Digest{}, false, errors.Join(remote.ErrHere, err)
	}
	s.Corrupt(at.Name, name)
	return digest.Digest{}, false, nil
}

// getTo has the file hold the object, going on from what is in it.
func (s *Source) getTo(ctx context.Context, at *Place, name, file string, size int64) error {
	return s.patient(ctx, func() error {
		var have int64
		if info, err := s.FS.Lstat(file); err == nil {
			have = info.Size
		}
		if have < size || size == 0 {
			counted := func(n int64) { s.Progress(s.came.Add(n), s.wanted.Load()) }
			if err := at.Place.Get(ctx, name, file, have, size, counted); err != nil {
				return err
			}
		}
		info, err := s.FS.Lstat(file)
		switch {
		case err != nil && size == 0 && errors.Is(err, iofs.ErrNotExist):
			if err := fs.WriteFile(s.FS, file, nil); err != nil {
				return errors.Join(remote.ErrHere, err)
			}
		case err != nil:
			return errors.Join(remote.ErrHere, err)
		case info.Size != size:
			return fmt.Errorf("%s ended after %d of %d bytes", name, info.Size, size)
		}
		return nil
	})
}

// verify makes a file a blob if it is the object.
func (s *Source) verify(file string, o dvc.Object) (digest.Digest, bool, error) {
	f, err := s.FS.Open(file)
	if err != nil {
		return digest.Digest{}, false, errors.Join(remote.ErrHere, err)
	}
	ours := digest.NewWriter()
	ok, err := o.Is(io.TeeReader(f, ours))
	d := ours.Digest()
	if err := errors.Join(err, f.Close()); err != nil {
		return d, false, errors.Join(remote.ErrHere, err)
	}
	if !ok {
		return d, false, nil
	}
	if _, err := s.Store.Adopt(file, d); err != nil {
		return d, false, errors.Join(remote.ErrHere, err)
	}
	return d, true, nil
}
