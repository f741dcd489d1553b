package fs_test

import (
	"errors"
	iofs "io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/dewar-build/dewar/fs"
)

func TestRewrite(t *testing.T) {
	if runtime.GOOS == "windows" {
		return
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	must(t, os.MkdirAll(at("far/temps"), 0o755))
	must(t, os.WriteFile(at("far/file"), []byte("one"), 0o600))
	must(t, os.Chmod(at("far/file"), 0o666)) // whatever the umask
	must(t, os.Symlink("far/file", at("near")))
	must(t, os.Symlink("near", at("link")))
	must(t, os.Symlink("round", at("round")))
	must(t, os.WriteFile(at("mine"), []byte("one"), 0o600))
	must(t, os.WriteFile(at("kept"), []byte("one"), 0o444))
	for _, test := range []struct {
		name, was, now string
		err            error
		mode           iofs.FileMode
	}{
		{"link", "one", "two", nil, 0o666},
		{"link", "one", "three", fs.ErrMeanwhile, 0o666},
		{"mine", "one", "two", nil, 0o600},
		{"mine", "", "two", fs.ErrMeanwhile, 0o600},
		{"kept", "one", "two", iofs.ErrPermission, 0o444},
		{"gone", "one", "two", iofs.ErrNotExist, 0},
	} {
		before, _ := os.ReadFile(at(test.name))
		err := fs.Rewrite(fs.OS(), at("far/temps"), at(test.name), []byte(test.was), []byte(test.now))
		if !errors.Is(err, test.err) {
			t.Errorf("%s: %v, want %v", test.name, err, test.err)
		}
		want := test.now
		if test.err != nil {
			want = string(before)
		}
		after, _ := os.ReadFile(at(test.name))
		if string(after) != want {
			t.Errorf("%s is %q, want %q", test.name, after, want)
		}
		if info, err := os.Stat(at(test.name)); err == nil && info.Mode().Perm() != test.mode {
			t.Errorf("%s has the mode %v, want %v", test.name, info.Mode(), test.mode)
		}
	}
	for name, to := range map[string]string{"link": "near", "near": "far/file"} {
		if got, err := os.Readlink(at(name)); err != nil || got != to {
			t.Errorf("%s leads to %q, %v", name, got, err)
		}
	}
	must(t, fs.Rewrite(fs.OS(), "", at("new"), nil, []byte("one")))
	if err := fs.Rewrite(fs.OS(), "", at("new"), nil, []byte("two")); !errors.Is(err, fs.ErrMeanwhile) {
		t.Errorf("what has come meanwhile: %v", err)
	}
	if err := fs.Rewrite(fs.OS(), "", at("round"), nil, nil); err == nil {
		t.Error("a circle of links is written")
	}
	for _, in := range []string{"far/temps", "."} {
		if left, _ := filepath.Glob(filepath.Join(at(in), "*.tmp-*")); len(left) > 0 {
			t.Errorf("it left %v", left)
		}
	}
}
