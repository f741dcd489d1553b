//go:build unix

package store_test

import (
	"io"
	iofs "io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/store"
)

// TestGroup: in a directory that a group may write to, everybody of the group can
// go on with what one of them made, whatever that one's umask is.
func TestGroup(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077))
	p := onDisk(t)
	dir := p.Dir + "/store"
	must(t, os.Mkdir(dir, 0o777), os.Chmod(dir, 0o775|os.ModeSetgid))
	s, err := store.Open(p.FS, dir, store.Options{})
	must(t, err)
	d, err := s.Put([]byte("shared"))
	must(t, err)
	_, err = s.PutReader(io.LimitReader(strings.NewReader(strings.Repeat("x", 3<<20)), 3<<20))
	must(t, err)
	_, err = s.BlobPath(d, true)
	must(t, err)
	must(t, s.PutResult(digest.Of([]byte("action")), &store.Result{}), s.Close())
	seen := 0
	must(t, filepath.WalkDir(dir, func(name string, e iofs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		seen++
		switch m := info.Mode(); {
		case e.IsDir() && m&(0o770|os.ModeSetgid) != 0o770|os.ModeSetgid:
			t.Errorf("%s: %v", name, m)
		case !e.IsDir() && m&0o444 != 0o444:
			t.Errorf("%s: %v", name, m)
		}
		return nil
	}))
	if seen < 20 {
		t.Errorf("only %d files", seen)
	}
}

// TestGroup_alone: a store that is nobody else's is made as the umask has it.
func TestGroup_alone(t *testing.T) {
	s, dir := openOS(t)
	_, err := s.Put([]byte("mine"))
	must(t, err)
	info, err := os.Stat(dir + "/store/cas")
	must(t, err)
	if info.Mode()&0o020 != 0 {
		t.Errorf("%v", info.Mode())
	}
}
