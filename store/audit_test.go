package store_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/store"
)

func (h *heap) blobName(area, name string) string {
	d, ok := h.blobs[name]
	if !ok {
		d = h.results[name]
	}
	return fmt.Sprintf("%s/%s/%s/%s", h.dir, area, d.Hex()[:2], d.Hex())
}

// damageFile writes to a file of the store.
func (h *heap) damageFile(name, text string) {
	h.Helper()
	os.Chmod(name, 0o644)
	h.must(os.WriteFile(name, []byte(text), 0o644))
}

// TestAudit: everything that is damaged is found, set aside and named, and nothing else.
func TestAudit(t *testing.T) {
	for _, quick := range []bool{false, true} {
		p := onDisk(t)
		h := newHeap(t, p.FS, p.Dir)
		s := h.open()
		audit := func() *store.Audit {
			t.Helper()
			a, err := s.Audit(context.Background(), store.AuditOptions{Quick: quick})
			h.must(err)
			return a
		}
		if a := audit(); len(a.Damaged) != 0 || a.Blobs.Count == 0 || a.Twins.Count != 2 || a.Entries != 4 || a.Trees != 2 || a.Incomplete != 0 {
			t.Fatalf("a whole store: %+v", a)
		}
		h.damageFile(h.blobName("cas", "loose"), "lOose")
		h.damageFile(h.blobName("cas", "log of new"), "longer than before")
		h.damageFile(h.blobName("exec", "twin"), "tWin")
		h.damageFile(h.blobName("ac", "new"), "\xff\xff")
		tree := h.dir + "/trees/" + h.blobs["tree old"].Hex()
		os.Chmod(tree, 0o755)
		h.must(os.WriteFile(tree+"/more", nil, 0o644))
		h.must(os.Remove(h.blobName("cas", "old file"))) // lost, not damaged
		a := audit()
		var found []string
		for _, c := range a.Damaged {
			rel, _ := filepath.Rel(h.dir, c.Path)
			area, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
			found = append(found, area)
			if _, err := os.Lstat(c.Path); err == nil {
				t.Errorf("%s is still there", rel)
			}
			if area != "trees" && !strings.Contains(c.Kept, "/quarantine/") {
				t.Errorf("%s was set aside as %q", rel, c.Kept)
			}
		}
		if got := strings.Join(found, " "); got != "ac cas cas exec trees" || a.Incomplete != 1 {
			t.Errorf("quick %t: found %s, %d incomplete", quick, got, a.Incomplete)
		}
		if a := audit(); len(a.Damaged) != 0 {
			t.Errorf("again: %+v", a.Damaged)
		}
		h.must(s.Close())
	}
}

// TestAudit_silent: damage that changed no time is found by reading everything only.
func TestAudit_silent(t *testing.T) {
	p := onDisk(t)
	h := newHeap(t, p.FS, p.Dir)
	name := h.blobName("cas", "loose")
	info, err := os.Stat(name)
	h.must(err)
	h.damageFile(name, "lOose")
	h.must(os.Chtimes(name, info.ModTime(), info.ModTime()))
	s := h.open()
	defer s.Close()
	for quick, want := range map[bool]int{true: 0} {
		a, err := s.Audit(context.Background(), store.AuditOptions{Quick: quick})
		if h.must(err); len(a.Damaged) != want {
			t.Errorf("quick: %+v", a.Damaged)
		}
	}
	a, err := s.Audit(context.Background(), store.AuditOptions{})
	if h.must(err); len(a.Damaged) != 1 {
		t.Errorf("all: %+v", a.Damaged)
	}
}

// TestRestore: a lost blob is made again from its executable copy, unless that is
// damaged; results that lack something are dropped.
func TestRestore(t *testing.T) {
	p := onDisk(t)
	h := newHeap(t, p.FS, p.Dir)
	for _, name := range []string{"file of kept", "twin", "old file"} {
		h.must(os.Remove(h.blobName("cas", name)))
	}
	h.damageFile(h.blobName("exec", "twin"), "tWin")
	s := h.open()
	defer s.Close()
	n, err := s.Restore(context.Background())
	if h.must(err); n != 1 || !s.Has(h.blobs["file of kept"]) || s.Has(h.blobs["twin"]) {
		t.Errorf("%d restored", n)
	}
	n, err = s.DropIncomplete(context.Background())
	if h.must(err); n != 1 {
		t.Errorf("%d dropped", n)
	}
	if got := h.left(); strings.Contains(got, "result old") || !strings.Contains(got, "result kept") {
		t.Errorf("left: %s", got)
	}
}

func TestContents(t *testing.T) {
	onFilesystems(t, func(t *testing.T, h *heap) {
		s := h.open()
		defer s.Close()
		c, err := s.Contents()
		h.must(err)
		// kept and same have one tree of two files, old a tree and a file, new a tree; "shared" is in all.
		if c.Outputs.Count != 2+2+3+2 || c.Distinct.Count != 5 || c.Results.Count != 4 || c.Twins.Count != 2 || c.Trees != 2 {
			t.Errorf("%+v", c)
		}
		want := float64(4*len("shared")+2*len("file of kept")+len("file of old")+len("old file")+len("file of new")) /
			float64(len("shared")+len("file of kept")+len("file of old")+len("old file")+len("file of new"))
		if c.Dedup() != want {
			t.Errorf("%g times less, want %g", c.Dedup(), want)
		}
		if lacks := s.Lacks(h.keep, 9); len(lacks) != 0 {
			t.Errorf("lacks %v", lacks)
		}
		h.must(h.fs.Remove(h.blobName("cas", "shared")))
		if lacks := s.Lacks(h.keep, 9); len(lacks) != 1 || lacks[0] != h.blobs["shared"] {
			t.Errorf("lacks %v", lacks)
		}
		if n := s.SizeOf(digest.Content{Kind: digest.Directory, Digest: digest.Empty}); n.Count != 0 {
			t.Errorf("an empty directory: %+v", n)
		}
	})
}
