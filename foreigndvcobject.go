package dewar

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // DVC's names; what we believe is the SHA-256
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote"
)

// locate finds out what a place calls objects, and how large they are.
func (s *dvcSource) locate(ctx context.Context, at *dvcPlace, list []dvcObject) (names []string, sizes []int64, err error) {
	names, sizes = make([]string, len(list)), make([]int64, len(list))
	for i := range sizes {
		sizes[i] = remote.Absent
	}
	for which := range 2 {
		var ask []string
		var of []int
		for i, o := range list {
			if sizes[i] == remote.Absent {
				ask, of = append(ask, o.names()[which]), append(of, i)
			}
		}
		if len(ask) == 0 {
			break
		}
		have, err := s.stat(ctx, at, ask)
		if err != nil {
			return nil, nil, err
		}
		for n, i := range of {
			names[i], sizes[i] = ask[n], have[n]
		}
	}
	for i, o := range list {
		if o.dir && sizes[i] > maxDVCListing {
			return nil, nil, fmt.Errorf("%w: the listing %s has %d bytes", remote.ErrSize, names[i], sizes[i])
		}
	}
	return names, sizes, nil
}

// dvcTries is how often a place is asked for something before it is given up.
const dvcTries = 4

// stat asks with patience.
func (s *dvcSource) stat(ctx context.Context, at *dvcPlace, names []string) (sizes []int64, err error) {
	err = s.patient(ctx, func() error { sizes, err = at.Place.Stat(ctx, names); return err })
	if err == nil && len(sizes) != len(names) {
		err = fmt.Errorf("it answered with %d sizes for %d names", len(sizes), len(names))
	}
	return sizes, err
}

// patient tries again what may succeed later.
func (s *dvcSource) patient(ctx context.Context, try func() error) error {
	for n := 1; ; n++ {
		err := try()
		if err == nil || n == dvcTries || ctx.Err() != nil || isFinal(err) {
			return err
		}
		if err := s.p.wait(ctx, time.Second<<n/2); err != nil {
			return err
		}
	}
}

func isFinal(err error) bool {
	for _, e := range []error{remote.ErrAbsent, remote.ErrSize, remote.ErrDenied, remote.ErrCredentials, remote.ErrNoPlace, remote.ErrConfig, remote.ErrHere} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// get brings one object; false if what came is not what its name says.
func (s *dvcSource) get(ctx context.Context, at *dvcPlace, o dvcObject, name string, size int64) (digest.Digest, bool, error) {
	s.wanted.Add(size)
	file, unlock, err := s.p.store.Incoming(digest.Of([]byte("md5 " + o.md5)))
	if errors.Is(err, fs.ErrLocked) { // somebody else gets the same: then there will be two
		unlock = func() {}
		file, err = s.p.store.TempFile()
	}
	if err != nil {
		return digest.Digest{}, false, errors.Join(remote.ErrHere, err)
	}
	defer unlock()
	for _, again := range []bool{false, true} {
		var have int64
		if info, err := s.p.host.FS.Lstat(file); err == nil {
			have = info.Size
			if again || have > size {
				if err := s.p.host.FS.Remove(file); err != nil {
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
	if _, err := s.p.store.SetAside(file, digest.Of([]byte("md5 "+o.md5))); err != nil {
		return digest.Digest{}, false, errors.Join(remote.ErrHere, err)
	}
	s.p.warn(diag.Diagnostic{Severity: diag.Warning, Code: "W-remote-corrupt", Detail: fmt.Sprintf("What %s (%s) has as %s is not what its name says. It counts as missing there.", at.Name, s.name, name)})
	return digest.Digest{}, false, nil
}

// getTo has the file hold the object, going on from what is in it.
func (s *dvcSource) getTo(ctx context.Context, at *dvcPlace, name, file string, size int64) error {
	return s.patient(ctx, func() error {
		var have int64
		if info, err := s.p.host.FS.Lstat(file); err == nil {
			have = info.Size
		}
		if have < size || size == 0 {
			counted := func(n int64) {
				s.request.progress(s.name, s.came.Add(n), s.wanted.Load())
			}
			if err := at.Place.Get(ctx, name, file, have, size, counted); err != nil {
				return err
			}
		}
		info, err := s.p.host.FS.Lstat(file)
		switch {
		case err != nil && size == 0 && isNotExist(err):
			return errors.Join(fs.WriteFile(s.p.host.FS, file, nil))
		case err != nil:
			return errors.Join(remote.ErrHere, err)
		case info.Size != size:
			return fmt.Errorf("%s ended after %d of %d bytes", name, info.Size, size)
		}
		return nil
	})
}

// verify makes a file a blob if it is the object.
func (s *dvcSource) verify(file string, o dvcObject) (digest.Digest, bool, error) {
	f, err := s.p.host.FS.Open(file)
	if err != nil {
		return digest.Digest{}, false, errors.Join(remote.ErrHere, err)
	}
	d, sums, err := md5Of(f, o.legacy)
	if err := errors.Join(err, f.Close()); err != nil {
		return d, false, errors.Join(remote.ErrHere, err)
	}
	if !slices.Contains(sums, o.md5) || o.size >= 0 && d.Size != o.size && !o.legacy {
		return d, false, nil
	}
	if _, err := s.p.store.Adopt(file, d); err != nil {
		return d, false, errors.Join(remote.ErrHere, err)
	}
	return d, true, nil
}

// md5Of reads all and returns its digest, and the MD5s that DVC may know it by: of its bytes, and, as versions before 3
// had it, of its bytes with the line ends of Unix, made in pieces of a megabyte.
func md5Of(r io.Reader, legacy bool) (digest.Digest, []string, error) {
	plain, unix, sha := md5.New(), md5.New(), digest.NewWriter() //nolint:gosec // see above
	buf := make([]byte, 1<<20)
	for {
		n, err := io.ReadFull(r, buf)
		piece := buf[:n]
		_, _ = plain.Write(piece)
		_, _ = sha.Write(piece)
		if legacy {
			_, _ = unix.Write(bytes.ReplaceAll(piece, []byte("\r\n"), []byte("\n")))
		}
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			sums := []string{hex.EncodeToString(plain.Sum(nil))}
			if legacy {
				sums = append(sums, hex.EncodeToString(unix.Sum(nil)))
			}
			return sha.Digest(), sums, nil
		case err != nil:
			return digest.Digest{}, nil, err
		}
	}
}
