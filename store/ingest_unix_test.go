//go:build unix

package store_test

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
)

func openOS(t *testing.T) (*store.Store, string) {
	t.Helper()
	p := onDisk(t)
	s, err := store.Open(p.FS, p.Dir+"/store", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s, p.Dir
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// TestIngestNamesWhatCannotBeContent: all of it at once, and nothing is moved.
func TestIngestNamesWhatCannotBeContent(t *testing.T) {
	s, dir := openOS(t)
	out := dir + "/out"
	must(t, os.MkdirAll(out+"/d1/d2", 0o755), os.WriteFile(out+"/file", []byte("f"), 0o644),
		syscall.Mkfifo(out+"/d1/pipe", 0o644))
	for name, target := range map[string]string{
		"good":       "d1/../file",
		"alsogood":   "d1/d2",
		"d1/up":      "../file",
		"absolute":   "/etc/passwd",
		"out":        "../x",
		"d1/out":     "../../x",
		"nowhere":    "none",
		"loop":       "loop",
		"d1/a":       "../d1/b",
		"d1/b":       "a",
		"d1/d2/root": "../..",
		"physical":   "d1/d2/root/../x", // only its text stays inside
		"throughfil": "file/x",
	} {
		must(t, os.Symlink(target, out+"/"+name))
	}
	badName := "bad\xff"
	if os.WriteFile(out+"/"+badName, nil, 0o644) != nil {
		badName = ""
	}
	_, err := s.IngestTree(out)
	var te *fs.TreeError
	if !errors.As(err, &te) {
		t.Fatalf("error %v", err)
	}
	got := make(map[string]fs.EntryProblem)
	for _, b := range te.Bad {
		got[b.Path] = b.Problem
	}
	want := map[string]fs.EntryProblem{
		"absolute": fs.LinkAbsolute, "out": fs.LinkEscapes, "d1/out": fs.LinkEscapes, "nowhere": fs.LinkDangling,
		"loop": fs.LinkLoop, "d1/a": fs.LinkLoop, "d1/b": fs.LinkLoop, "physical": fs.LinkEscapes,
		"throughfil": fs.LinkDangling, "d1/pipe": fs.SpecialFile,
	}
	if badName != "" {
		want[badName] = fs.NameNotUTF8
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := os.Lstat(out + "/file"); err != nil {
		t.Errorf("the good file is gone: %v", err)
	}
}

func TestTreesHaveSymbolicLinks(t *testing.T) {
	s, dir := openOS(t)
	must(t, os.MkdirAll(dir+"/out/sub", 0o755), os.WriteFile(dir+"/out/sub/f", []byte("f"), 0o644), os.Symlink("sub/f", dir+"/out/l"))
	c, err := s.IngestTree(dir + "/out")
	must(t, err)
	root, release, err := s.Tree(c.Digest)
	must(t, err)
	defer release()
	if b, err := os.ReadFile(root + "/l"); string(b) != "f" {
		t.Errorf("through the link: %q, %v", b, err)
	}
	must(t, s.Check(c.Digest), os.Chmod(root, 0o755), os.Remove(root+"/l"), os.Symlink("sub/g", root+"/l"))
	if s.Check(c.Digest) == nil {
		t.Error("a changed link went unnoticed")
	}
}

// TestIngestCopiesWhatHasAnotherName: the other name could write to the blob.
func TestIngestCopiesWhatHasAnotherName(t *testing.T) {
	s, dir := openOS(t)
	must(t, os.WriteFile(dir+"/mine", []byte("shared"), 0o644), os.Link(dir+"/mine", dir+"/out"))
	c, err := s.Ingest(dir+"/out", false)
	must(t, err)
	must(t, os.WriteFile(dir+"/mine", []byte("edited"), 0o644))
	if b, err := s.ReadAll(c.Digest, 0); err != nil || string(b) != "shared" {
		t.Errorf("the blob is %q, %v", b, err)
	}
}

func TestIngestMovesAndDoesNotCopy(t *testing.T) {
	s, dir := openOS(t)
	must(t, os.WriteFile(dir+"/out", []byte("moved"), 0o640))
	before, err := fs.OS().Lstat(dir + "/out")
	must(t, err)
	c, err := s.Ingest(dir+"/out", false)
	must(t, err)
	name, err := s.BlobPath(c.Digest, false)
	must(t, err)
	after, err := fs.OS().Lstat(name)
	must(t, err)
	if after.Ino != before.Ino || after.Mode.Perm() != 0o444 {
		t.Errorf("it was %+v, is %+v", before, after)
	}
}

// TestWritingThroughATreeIsSeen: a tree is made of hard links of blobs, so a
// write damages the blob. The time gives it away.
func TestWritingThroughATreeIsSeen(t *testing.T) {
	s, dir := openOS(t)
	must(t, os.MkdirAll(dir+"/out", 0o755), os.WriteFile(dir+"/out/f", []byte("right"), 0o644))
	c, err := s.IngestTree(dir + "/out")
	must(t, err)
	root, release, err := s.Tree(c.Digest)
	must(t, err)
	defer release()
	must(t, os.Chmod(root+"/f", 0o644), os.WriteFile(root+"/f", []byte("wrong"), 0o644))
	if err := s.Check(c.Digest); err == nil || !strings.Contains(err.Error(), "written to") {
		t.Errorf("error %v", err)
	}
	if s.Has(digest.Of([]byte("right"))) {
		t.Error("the damaged blob counts as there")
	}
}

// TestUseIsRefreshedHourly: by the change time, for the modification time is always the same.
func TestUseIsRefreshedHourly(t *testing.T) {
	p := onDisk(t)
	now := time.Now()
	s, err := store.Open(p.FS, p.Dir+"/store", store.Options{Now: func() time.Time { return now }})
	must(t, err)
	d, err := s.Put([]byte("blob"))
	must(t, err)
	name, err := s.BlobPath(d, false)
	must(t, err)
	first, err := p.FS.Lstat(name)
	must(t, err)
	waitForTick(t, p.Dir)
	s.Has(d)
	if again, _ := p.FS.Lstat(name); again != first {
		t.Errorf("touched within the hour: %+v, %+v", first, again)
	}
	now = now.Add(2 * time.Hour)
	s.Has(d)
	if again, _ := p.FS.Lstat(name); again.CTime <= first.CTime || again.MTime != first.MTime {
		t.Errorf("not touched after two hours: %+v, %+v", first, again)
	}
}

// waitForTick returns once the filesystem's clock has moved on.
func waitForTick(t *testing.T, dir string) {
	t.Helper()
	var first int64
	for i := 0; ; i++ {
		must(t, os.WriteFile(dir+"/tick", []byte{byte(i)}, 0o644))
		info, err := fs.OS().Lstat(dir + "/tick")
		must(t, err)
		if first == 0 {
			first = info.MTime
		}
		if info.MTime > first {
			return
		}
	}
}
