package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/store"
)

// TestCollect_besideRuns: runs that look for a result, make it if it is not there, and name it
// afterwards, never name what a collector beside them has taken away.
func TestCollect_besideRuns(t *testing.T) {
	p := onDisk(t)
	old := &aged{FS: p.FS}
	dir := p.Dir + "/store"
	open := func(fsys fs.FS) *store.Store {
		s, err := store.Open(fsys, dir, store.Options{})
		if err != nil {
			t.Error(err)
		}
		return s
	}
	const actions, rounds, runs = 200, 40, 3
	var mu sync.Mutex
	named := map[int]bool{} // the lock: what a run of the past named; others forget it
	key := func(i int) digest.Digest { return digest.Of(fmt.Appendf(nil, "action %d", i)) }
	run := func(s *store.Store, i int) error {
		r, err := s.Result(key(i))
		if err != nil || r != nil {
			return err
		}
		var dir digest.Dir
		for n := range 3 {
			d, err := s.Put(fmt.Appendf(nil, "blob %d of %d", n, i%100)) // some are shared
			if err != nil {
				return err
			}
			dir.Files = append(dir.Files, digest.FileEntry{Name: fmt.Sprint(n), Digest: d})
		}
		d, err := s.PutDirectory(dir.Encode())
		if err != nil {
			return err
		}
		out := store.Output{At: "out", Content: digest.Content{Kind: digest.Directory, Digest: d}}
		return s.PutResult(key(i), &store.Result{Level: graph.IsolationOff, Started: time.Unix(1, 0), Outputs: []store.Output{out}})
	}
	past := open(p.FS)
	for i := range actions {
		if err := run(past, i); err != nil {
			t.Fatal(err)
		}
	}
	past.Close()
	old.before = time.Now().UnixNano() // all that is a day ago
	var all sync.WaitGroup
	for n := range runs {
		all.Go(func() {
			for round := range rounds {
				i := (round*37 + n*3) % actions
				s := open(old)
				err := run(s, i)
				mu.Lock()
				named[i] = true
				mu.Unlock()
				if r, rerr := s.Result(key(i)); err != nil || rerr != nil || r == nil {
					t.Errorf("run %d: the result that it has just named is gone: %v %v", n, err, rerr)
				}
				s.Close()
				mu.Lock()
				delete(named, (i+1)%actions)
				mu.Unlock()
			}
		})
	}
	collected := 0
	collector := func(fsys fs.FS) {
		s := open(fsys)
		defer s.Close()
		c, err := s.Collect()
		if errors.Is(err, store.ErrCollecting) {
			return
		}
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		mu.Lock()
		for i := range named {
			c.KeepResult(key(i))
		}
		mu.Unlock()
		v, err := c.Survey(context.Background(), store.CollectOptions{})
		if err == nil {
			var n store.Amount
			n, err = c.Remove(context.Background(), v, nil)
			collected += n.Count
		}
		if err != nil {
			t.Error(err)
		}
	}
	all.Go(func() {
		for range rounds {
			collector(old)
		}
	})
	all.Wait()
	collector(old)
	s := open(p.FS)
	defer s.Close()
	for i := range named {
		if r, err := s.Result(key(i)); err != nil || r == nil {
			_, lerr := p.FS.Lstat(fmt.Sprintf("%s/ac/%s/%s", dir, key(i).Hex()[:2], key(i).Hex()))
			t.Errorf("action %d is named and gone: %v; its entry: %v", i, err, lerr)
		}
	}
	if collected == 0 {
		t.Error("nothing was collected")
	}
}
