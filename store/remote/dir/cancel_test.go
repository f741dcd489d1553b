package dir_test

import (
	"context"
	"errors"
	iofs "io/fs"
	"testing"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote/dir"
)

// slowClone is a filesystem whose copies are begun and do not end.
type slowClone struct {
	fs.FS
	begun, end chan string
}

func (s slowClone) Clone(from, to string, perm iofs.FileMode) error {
	f, err := s.Create(to, perm)
	if err == nil {
		err = f.Close()
	}
	s.begun <- to
	<-s.end
	return err
}

// TestGet_cancelled: a copy cannot be stopped, but the process may end before it does, so
// what there is of it goes at once.
func TestGet_cancelled(t *testing.T) {
	const size = 17 << 20
	mem := fs.Memory()
	if err := errors.Join(mem.MkdirAll("/share/cas/aa", 0o755), mem.MkdirAll("/files", 0o755),
		fs.WriteFile(mem, "/share/cas/aa/x", make([]byte, size))); err != nil {
		t.Fatal(err)
	}
	slow := slowClone{mem, make(chan string), make(chan string)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- dir.New(slow, "/share").Get(ctx, "cas/aa/x", "/files/x", 0, size, nil) }()
	<-slow.begun
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	left, err := mem.ReadDir("/files")
	if err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	close(slow.end)
}
