package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/iotest"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
)

// TestCopyHashing: whatever the size, and however it is read, what is written is what was hashed.
func TestCopyHashing(t *testing.T) {
	const piece = 1 << 20
	for _, size := range []int{0, 1, piece - 1, piece, piece + 1, 5*piece + 7} {
		b := make([]byte, size)
		for i := range b {
			b[i] = byte(i * i >> 7)
		}
		for name, r := range map[string]io.Reader{"whole": bytes.NewReader(b), "in halves": iotest.HalfReader(bytes.NewReader(b)), "with its end": iotest.DataErrReader(bytes.NewReader(b))} {
			var out bytes.Buffer
			d, err := store.CopyHashing(&out, r)
			if err != nil || d != digest.Of(b) || !bytes.Equal(out.Bytes(), b) {
				t.Errorf("%d bytes %s: %v, %d bytes written, %v", size, name, d, out.Len(), err)
			}
		}
	}
}

// full is a disk with room for some writes.
type full struct{ left int }

var errFull = errors.New("full")

func (f *full) Write(b []byte) (int, error) {
	if f.left--; f.left < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestCopyHashing_faults(t *testing.T) {
	b := make([]byte, 9<<20)
	for left := range 9 {
		src := bytes.NewReader(b)
		if _, err := store.CopyHashing(&full{left}, src); !errors.Is(err, errFull) {
			t.Errorf("full after %d: %v", left, err)
		}
	}
	bad := errors.New("bad")
	for _, good := range []int64{0, 10, 1 << 20, 3<<20 + 5} {
		src := io.MultiReader(io.LimitReader(bytes.NewReader(b), good), iotest.ErrReader(bad))
		if _, err := store.CopyHashing(io.Discard, src); !errors.Is(err, bad) {
			t.Errorf("bad after %d: %v", good, err)
		}
	}
}

// TestCopyTo: small and large copies have their bytes, mode and time, and are nobody else's.
func TestCopyTo(t *testing.T) {
	for _, p := range []struct {
		name string
		open func(*testing.T) (fs.FS, string)
	}{
		{"os", func(t *testing.T) (fs.FS, string) { p := onDisk(t); return p.FS, p.Dir }},
		{"memory", func(t *testing.T) (fs.FS, string) { p := inMemory(t); return p.FS, p.Dir }},
	} {
		t.Run(p.name, func(t *testing.T) {
			fsys, dir := p.open(t)
			s, err := store.Open(fsys, dir+"/store", store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			for i, size := range []int{0, 10, 16<<10 - 1, 16 << 10, 16<<10 + 1, 2 << 20} {
				b := bytes.Repeat([]byte{byte(i)}, size)
				d, err := s.Put(b)
				if err != nil {
					t.Fatal(err)
				}
				at, name := time.Unix(1_700_000_000+int64(i), 0), fmt.Sprint(dir, "/copy", i)
				if err := s.CopyTo(d, name, 0o755, at); err != nil {
					t.Fatal(err)
				}
				got, err := fs.ReadFile(fsys, name)
				info, serr := fsys.Lstat(name)
				if err != nil || serr != nil || !bytes.Equal(got, b) || info.Mode.Perm() != 0o755 || info.MTime != at.UnixNano() || info.Nlink > 1 {
					t.Errorf("%d bytes: %d, %+v, %v, %v", size, len(got), info, err, serr)
				}
				if err := s.CopyTo(d, name, 0o755, at); err == nil {
					t.Errorf("%d bytes: a copy over another", size)
				}
			}
			if err := s.CopyTo(digest.Of([]byte("none")), dir+"/none", 0o644, time.Unix(1, 0)); err == nil {
				t.Error("a copy of nothing")
			}
		})
	}
}

// TestLease_many: as many leases as there may be are seen by others, and given back.
func TestLease_many(t *testing.T) {
	p := inMemory(t)
	open := func() *store.Store {
		s, err := store.Open(p.FS, p.Dir+"/store", store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	holder, other := open(), open()
	ds := make([]digest.Digest, 2500)
	for i := range ds {
		ds[i] = digest.Of(fmt.Append(nil, i))
	}
	release, err := holder.Lease(ds...)
	if err != nil {
		t.Fatal(err)
	}
	again, err := holder.Lease(ds[1234])
	if err != nil {
		t.Fatal(err)
	}
	leased := func() (n int) {
		err := other.Collecting(func(leased func(digest.Digest) bool) error {
			for _, d := range ds {
				if leased(d) {
					n++
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := leased(); n != len(ds) {
		t.Errorf("%d of %d are leased", n, len(ds))
	}
	release()
	if n := leased(); n != 1 {
		t.Errorf("%d are leased, one should be", n)
	}
	again()
	if n := leased(); n != 0 {
		t.Errorf("%d are leased, none should be", n)
	}
}
