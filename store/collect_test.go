package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/store"
)

// heap is a store with something of every kind in it.
type heap struct {
	testing.TB
	fs      fs.FS
	dir     string
	now     time.Time
	keep    digest.Content // a directory
	kept    digest.Digest  // the action key of the result that has it
	blobs   map[string]digest.Digest
	results map[string]digest.Digest
	leased  bool // less goes than was announced: some of it is leased
}

func newHeap(t testing.TB, fsys fs.FS, dir string) *heap {
	h := &heap{TB: t, fs: fsys, dir: dir + "/store", now: time.Now(), blobs: map[string]digest.Digest{}, results: map[string]digest.Digest{}}
	s := h.open()
	defer s.Close()
	h.keep = h.tree(s, "kept")
	h.result(s, "kept", time.Hour, h.keep)
	h.result(s, "same", time.Second, h.keep)
	h.result(s, "old", 90*time.Second, h.tree(s, "old"), h.file(s, "old file"))
	h.result(s, "new", 30*time.Second, h.tree(s, "new"))
	h.file(s, "loose")
	h.kept = h.results["kept"]
	twin := h.file(s, "twin")
	_, err := s.BlobPath(twin.Digest, true)
	h.must(err)
	_, err = s.BlobPath(h.blobs["file of kept"], true)
	h.must(err)
	for _, tree := range []string{"kept", "old"} {
		_, release, err := s.Tree(h.blobs["tree "+tree])
		h.must(err)
		release()
	}
	data := h.tree(s, "data")
	h.must(s.NoteData(store.DataNote{Content: data, Name: "images", Path: "data/images"}))
	return h
}

func (h *heap) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *heap) open() *store.Store {
	s, err := store.Open(h.fs, h.dir, store.Options{Now: func() time.Time { return h.now }})
	h.must(err)
	return s
}

func (h *heap) file(s *store.Store, text string) digest.Content {
	d, err := s.Put([]byte(text))
	h.must(err)
	h.blobs[text] = d
	return digest.Content{Kind: digest.File, Digest: d}
}

func (h *heap) tree(s *store.Store, name string) digest.Content {
	sub := digest.Dir{Files: []digest.FileEntry{{Name: "f", Digest: h.file(s, "file of "+name).Digest}, {Name: "g", Digest: h.file(s, "shared").Digest}}}
	d, err := s.PutDirectory(sub.Encode())
	h.must(err)
	h.blobs["sub of "+name] = d
	d, err = s.PutDirectory(digest.Dir{Dirs: []digest.DirEntry{{Name: name, Digest: d}}}.Encode())
	h.must(err)
	h.blobs["tree "+name] = d
	return digest.Content{Kind: digest.Directory, Digest: d}
}

func (h *heap) result(s *store.Store, name string, wall time.Duration, outs ...digest.Content) {
	r := &store.Result{Level: graph.IsolationOff, Started: time.Unix(1_700_000_000, 0), Wall: wall, Log: h.file(s, "log of "+name).Digest}
	for i, c := range outs {
		r.Outputs = append(r.Outputs, store.Output{At: fmt.Sprintf("%s%d", name, i), Content: c})
	}
	h.results[name] = digest.Of([]byte("action " + name))
	h.must(s.PutResult(h.results[name], r))
}

// collect collects with the one result as what is named.
func (h *heap) collect(o store.CollectOptions) (*store.Survey, error) {
	s := h.open()
	defer s.Close()
	c, err := s.Collect()
	if err != nil {
		return nil, err
	}
	defer c.Close()
	c.KeepResult(h.kept)
	v, err := c.Survey(context.Background(), o)
	if err != nil {
		return nil, err
	}
	done, err := c.Remove(context.Background(), v, nil)
	want := v.Removed()
	want.Count += v.Trees
	if err == nil && (done != want) != h.leased {
		h.Errorf("%v were announced, %v removed", want, done)
	}
	return v, err
}

// left lists what the store has of what was made.
func (h *heap) left() string {
	s := h.open()
	defer s.Close()
	var out []string
	for name, d := range h.blobs {
		if _, err := h.fs.Lstat(fmt.Sprintf("%s/cas/%s/%s", h.dir, d.Hex()[:2], d.Hex())); err == nil {
			out = append(out, name)
		}
	}
	for name, d := range h.results {
		if _, err := h.fs.Lstat(fmt.Sprintf("%s/ac/%s/%s", h.dir, d.Hex()[:2], d.Hex())); err == nil {
			out = append(out, "result "+name)
		}
	}
	for _, name := range []string{"kept", "old"} {
		if _, err := h.fs.Lstat(h.dir + "/trees/" + h.blobs["tree "+name].Hex()); err == nil {
			out = append(out, "made "+name)
		}
	}
	for _, name := range []string{"file of kept", "twin"} {
		d := h.blobs[name]
		if _, err := h.fs.Lstat(fmt.Sprintf("%s/exec/%s/%s", h.dir, d.Hex()[:2], d.Hex())); err == nil {
			out = append(out, "executable "+name)
		}
	}
	return sortedLines(out)
}

func sortedLines(list []string) string {
	for i := range list {
		for j := range i {
			if list[i] < list[j] {
				list[i], list[j] = list[j], list[i]
			}
		}
	}
	return strings.Join(list, ", ")
}

const (
	keptOnly = "executable file of kept, file of kept, log of kept, log of same, made kept, result kept, result same, shared, sub of kept, tree kept"
	keptData = "executable file of kept, file of data, file of kept, log of kept, log of same, made kept, result kept, result same, shared, sub of data, sub of kept, tree data, tree kept"
)

func onFilesystems(t *testing.T, test func(t *testing.T, h *heap)) {
	t.Run("os", func(t *testing.T) { p := onDisk(t); test(t, newHeap(t, p.FS, p.Dir)) })
	t.Run("memory", func(t *testing.T) { p := inMemory(t); test(t, newHeap(t, p.FS, p.Dir)) })
}

func TestCollect(t *testing.T) {
	onFilesystems(t, func(t *testing.T, h *heap) {
		v, err := h.collect(store.CollectOptions{})
		h.must(err)
		if got := h.left(); got != keptData {
			t.Errorf("left:\n%s\nnot\n%s", got, keptData)
		}
		if len(v.Results) != 2 || v.Rebuild != 2*time.Minute {
			t.Errorf("results %v, to be made again in %s", v.Results, v.Rebuild)
		}
		if len(v.Data) != 1 || v.Data[0].Note.Name != "images" || v.Data[0].Count != 3 {
			t.Errorf("data: %+v", v.Data)
		}
		again, err := h.collect(store.CollectOptions{})
		h.must(err)
		if !again.Nothing() {
			t.Errorf("once more there is garbage: %+v", again)
		}
		_, err = h.collect(store.CollectOptions{Data: true})
		h.must(err)
		if got := h.left(); got != keptOnly {
			t.Errorf("with data, left:\n%s\nnot\n%s", got, keptOnly)
		}
		s := h.open()
		defer s.Close()
		if notes, _ := s.DataNotes(); len(notes) != 0 {
			t.Errorf("notes of data that is gone: %v", notes)
		}
	})
}

// TestCollect_size: the least recently used results go until the rest fits.
func TestCollect_size(t *testing.T) {
	onFilesystems(t, func(t *testing.T, h *heap) {
		old := h.results["old"]
		h.must(h.fs.Chtimes(fmt.Sprintf("%s/ac/%s/%s", h.dir, old.Hex()[:2], old.Hex()), time.Unix(1_700_000_000, 0)))
		v, err := h.collect(store.CollectOptions{Size: 1 << 20})
		h.must(err)
		if !v.Nothing() {
			t.Fatalf("there is room, but these would go: %+v", v)
		}
		v, err = h.collect(store.CollectOptions{Size: v.Before.Bytes - 1})
		h.must(err)
		if len(v.Results) != 0 || v.Loose.Count == 0 { // what belongs to no result goes first, and that suffices
			t.Fatalf("not the loose blobs first: %+v", v)
		}
		v, err = h.collect(store.CollectOptions{Size: v.Before.Bytes - v.Removed().Bytes - 1})
		h.must(err)
		if len(v.Results) != 1 || v.Results[0].Output != "old0" || v.Rebuild != 90*time.Second {
			t.Fatalf("not the oldest result: %+v", v)
		}
		if got := h.left(); !strings.Contains(got, "result new") || !strings.Contains(got, "file of new") {
			t.Errorf("left: %s", got)
		}
	})
}

// TestCollect_older: what was used lately stays.
func TestCollect_older(t *testing.T) {
	p := onDisk(t)
	h := newHeap(t, p.FS, p.Dir)
	all := h.left()
	v, err := h.collect(store.CollectOptions{Older: 30 * 24 * time.Hour})
	h.must(err)
	if !v.Nothing() || h.left() != all {
		t.Fatalf("too young, but gone: %+v", v)
	}
	h.now = h.now.Add(31 * 24 * time.Hour)
	if _, err = h.collect(store.CollectOptions{Older: 30 * 24 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	if got := h.left(); got != keptData {
		t.Errorf("left:\n%s", got)
	}
}

// TestCollect_stale: what was set aside long ago, and half of what was fetched.
func TestCollect_stale(t *testing.T) {
	p := onDisk(t)
	h := newHeap(t, p.FS, p.Dir)
	for _, name := range []string{"quarantine/x-1", "incoming/" + h.blobs["loose"].Hex()} {
		h.must(h.fs.MkdirAll(filepath.Dir(h.dir+"/"+name), 0o755))
		h.must(fs.WriteFile(h.fs, h.dir+"/"+name, []byte("1234")))
	}
	o := store.CollectOptions{Stale: time.Hour}
	v, err := h.collect(o)
	h.must(err)
	if v.Stale.Count != 0 {
		t.Errorf("stale already: %+v", v.Stale)
	}
	h.now = h.now.Add(2 * time.Hour)
	v, err = h.collect(o)
	h.must(err)
	if diff := cmp.Diff(store.Amount{Count: 2, Bytes: 8}, v.Stale); diff != "" {
		t.Error(diff)
	}
	if v, err = h.collect(o); err != nil || v.Stale.Count != 0 {
		t.Errorf("still there: %+v %v", v.Stale, err)
	}
}

// TestCollect_inUse: while another process is there, nothing goes that it may
// have found; when it is gone, it does.
func TestCollect_inUse(t *testing.T) {
	onFilesystems(t, func(t *testing.T, h *heap) {
		all := h.left()
		other := h.open()
		if !other.Has(h.blobs["loose"]) {
			t.Fatal("it is not there")
		}
		v, err := h.collect(store.CollectOptions{})
		h.must(err)
		if got := h.left(); got != all || v.InUse.Count == 0 {
			t.Errorf("gone while another process is there: %+v\n%s", v, got)
		}
		h.must(other.Close())
		_, err = h.collect(store.CollectOptions{})
		h.must(err)
		if got := h.left(); got != keptData {
			t.Errorf("left:\n%s", got)
		}
	})
}

// TestCollect_leased: a lease holds whatever has no younger use.
func TestCollect_leased(t *testing.T) {
	p := onDisk(t)
	h := newHeap(t, &aged{FS: p.FS, before: time.Now().Add(time.Hour).UnixNano()}, p.Dir)
	other := h.open()
	defer other.Close()
	release, err := other.Lease(h.blobs["loose"], h.blobs["tree old"])
	h.must(err)
	h.leased = true
	_, err = h.collect(store.CollectOptions{})
	h.must(err)
	if got := h.left(); !strings.Contains(got, "loose") || !strings.Contains(got, "made old") || strings.Contains(got, "twin") {
		t.Errorf("left: %s", got)
	}
	release()
	h.leased = false
	_, err = h.collect(store.CollectOptions{})
	h.must(err)
	if got := h.left(); got != keptData {
		t.Errorf("left:\n%s", got)
	}
}

// aged is a filesystem whose files were last used a day ago, if that was before
// a moment.
type aged struct {
	fs.FS
	before int64
}

func (a *aged) Lstat(name string) (fs.Info, error) {
	info, err := a.FS.Lstat(name)
	if info.CTime < a.before && !strings.HasSuffix(name, ".live") {
		info.CTime -= int64(24 * time.Hour)
		if !info.IsDir() && strings.Contains(name, "/ac/") {
			info.MTime -= int64(24 * time.Hour)
		}
	}
	return info, err
}

// TestCollect_usedMeanwhile: what is old, but used between the look of a
// collector and its removal, stays; and who uses it in the very moment of its
// removal is told that it is not there.
func TestCollect_usedMeanwhile(t *testing.T) {
	p := onDisk(t)
	old := &aged{FS: p.FS, before: time.Now().Add(time.Hour).UnixNano()}
	h := newHeap(t, old, p.Dir)
	old.before = time.Now().UnixNano()
	loose := h.blobs["loose"]
	name := fmt.Sprintf("%s/cas/%s/%s", h.dir, loose.Hex()[:2], loose.Hex())

	// The other process looks at the blob when the collector is about to rename it.
	var start sync.Once
	has, touched, answered := false, make(chan bool, 1), make(chan bool)
	h.fs = fs.Faulty(old, func(op, path string) error { // of the other process
		if op == "lock" && strings.HasSuffix(path, "/gate") {
			select {
			case touched <- true:
			default:
			}
		}
		return nil
	})
	other := h.open()
	defer other.Close()
	other.Has(h.blobs["file of kept"]) // it is present, and has been
	looked := 0
	h.fs = fs.Faulty(old, func(op, path string) error { // of the collector
		if op == "lstat" && path == name {
			looked++
		}
		if op == "rename" && strings.Contains(path, "/trash/") && looked == 1 { // no goroutine but the collector's renames, and nothing is unlinked yet
			start.Do(func() {
				select { // of an earlier look
				case <-touched:
				default:
				}
				go func() { has = other.Has(loose); close(answered) }()
				select {
				case <-touched:
				case <-answered:
				}
			})
		}
		return nil
	})
	// Only the loose blob is garbage, so that the first rename is its own.
	s := h.open()
	c, err := s.Collect()
	h.must(err)
	for n, d := range h.blobs {
		if n != "loose" {
			c.KeepUnknown(d)
		}
	}
	for _, d := range h.results {
		c.KeepResult(d)
	}
	v, err := c.Survey(context.Background(), store.CollectOptions{})
	h.must(err)
	if v.Loose.Count != 1 {
		t.Fatalf("garbage: %+v", v)
	}
	looked = 0
	_, err = c.Remove(context.Background(), v, nil)
	h.must(err)
	c.Close()
	h.must(s.Close())
	<-answered
	if _, err := p.FS.Lstat(name); (err == nil) != has {
		t.Errorf("the other process was told %t, and the blob: %v", has, err)
	}
}

// TestCollect_used: a use between the survey and the removal, as a person
// takes their time to answer, saves a blob and a result.
func TestCollect_used(t *testing.T) {
	p := onDisk(t)
	old := &aged{FS: p.FS, before: time.Now().Add(time.Hour).UnixNano()}
	h := newHeap(t, old, p.Dir)
	old.before = time.Now().UnixNano()
	s := h.open()
	defer s.Close()
	c, err := s.Collect()
	h.must(err)
	defer c.Close()
	c.KeepResult(h.kept)
	v, err := c.Survey(context.Background(), store.CollectOptions{})
	h.must(err)
	other := h.open()
	defer other.Close()
	if r, err := other.Result(h.results["old"]); err != nil || r == nil {
		t.Fatal("no result", err)
	}
	_, err = c.Remove(context.Background(), v, nil)
	h.must(err)
	if r, err := other.Result(h.results["old"]); err != nil || r == nil {
		t.Errorf("the result that was used is gone: %v\n%s", err, h.left())
	}
	if got := h.left(); strings.Contains(got, "loose") {
		t.Errorf("left: %s", got)
	}
}

func TestCollect_two(t *testing.T) {
	onFilesystems(t, func(t *testing.T, h *heap) {
		s := h.open()
		defer s.Close()
		c, err := s.Collect()
		h.must(err)
		if _, err := h.collect(store.CollectOptions{}); !errors.Is(err, store.ErrCollecting) {
			t.Errorf("the second says %v", err)
		}
		c.Close()
		_, err = h.collect(store.CollectOptions{})
		h.must(err)
	})
}

// TestCollect_killed: whatever operation it dies before, nothing that is named
// is lost, no result is half there, and the next collection finishes.
func TestCollect_killed(t *testing.T) {
	for n := 0; ; n++ {
		p := inMemory(t)
		if n%10 == 0 {
			p = onDisk(t)
		}
		h := newHeap(t, p.FS, p.Dir)
		var mu sync.Mutex // files are unlinked by several goroutines
		left, died := n, false
		revive := func() { mu.Lock(); defer mu.Unlock(); left = 1 << 30 }
		h.fs = fs.Faulty(p.FS, func(op, _ string) error {
			mu.Lock()
			defer mu.Unlock()
			if left--; left < 0 && op != "close" {
				died = true
				return errors.New("killed")
			}
			return nil
		})
		s, err := store.Open(h.fs, h.dir, store.Options{Now: func() time.Time { return h.now }})
		if err == nil {
			if c, err := s.Collect(); err == nil {
				c.KeepResult(h.kept)
				if v, err := c.Survey(context.Background(), store.CollectOptions{}); err == nil {
					c.Remove(context.Background(), v, nil)
				}
				revive() // locks go with a process
				c.Close()
			}
			revive()
			s.Close()
		}
		h.fs = p.FS
		h.whole(n)
		if _, err := h.collect(store.CollectOptions{}); err != nil {
			t.Fatalf("after %d operations: %v", n, err)
		}
		if got := h.left(); got != keptData {
			t.Fatalf("after %d operations, left:\n%s", n, got)
		}
		if trash, _ := p.FS.ReadDir(h.dir + "/trash"); len(trash) > 0 {
			t.Fatalf("after %d operations, trash is left", n)
		}
		if !died {
			if n < 100 {
				t.Fatalf("only %d operations", n)
			}
			return
		}
	}
}

// whole checks what a killed collector must leave.
func (h *heap) whole(n int) {
	h.Helper()
	s := h.open()
	defer s.Close()
	if r, err := s.Result(h.kept); err != nil || r == nil {
		h.Fatalf("killed at %d: the result that is named is gone: %v\n%s", n, err, h.left())
	}
	for name, d := range h.results {
		_, lerr := h.fs.Lstat(fmt.Sprintf("%s/ac/%s/%s", h.dir, d.Hex()[:2], d.Hex()))
		if r, err := s.Result(d); lerr == nil && (err != nil || r == nil) {
			h.Fatalf("killed at %d: the result %s is half there: %v", n, name, err)
		}
	}
}

// TestCollect_gone: who was present during a collection may have written down
// somewhere that it relies on what it found, and be gone before the collector removes
// anything. What was used lately stays then, though nothing has touched it since.
func TestCollect_gone(t *testing.T) {
	for _, c := range []struct {
		name             string
		came, went, late bool // whether it comes before the collection begins, and is gone before the survey
	}{{"came before", true, false, false}, {"came before, gone at once", true, true, false}, {"came later", false, true, false}, {"came last", false, false, true}} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			p := onDisk(t)
			h := newHeap(t, p.FS, p.Dir)
			var other *store.Store
			come := func() {
				other = h.open()
				if !other.Has(h.blobs["loose"]) {
					t.Error("it is not there")
				}
			}
			if c.came {
				come()
			}
			s := h.open()
			col, err := s.Collect()
			h.must(err)
			col.KeepResult(h.kept)
			if !c.came && !c.late {
				come()
			}
			if c.went {
				h.must(other.Close())
			}
			v, err := col.Survey(context.Background(), store.CollectOptions{})
			h.must(err)
			if c.late {
				come()
			}
			if !c.went {
				h.must(other.Close())
			}
			_, err = col.Remove(context.Background(), v, nil)
			h.must(err)
			if got := h.left(); !strings.Contains(got, "loose") {
				t.Errorf("what it found is gone; left: %s", got)
			}
			col.Close()
			h.must(s.Close())
			if _, err = h.collect(store.CollectOptions{}); err != nil {
				t.Fatal(err)
			}
			if got := h.left(); got != keptData {
				t.Errorf("the next collection left: %s", got)
			}
		})
	}
}
