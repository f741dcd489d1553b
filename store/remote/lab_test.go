package remote_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/store"
	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/remotetest"
)

// lab is two stores and a place between them.
type lab struct {
	*testing.T
	fs    fs.FS
	a, b  *store.Store
	place *remotetest.Memory
	clock *remotetest.Clock
	n     int
}

func newLab(t *testing.T, like remote.Traits) *lab {
	l := &lab{T: t, fs: fs.Memory(), clock: remotetest.NewClock(25 * time.Second)}
	l.place = remotetest.NewMemory(l.fs, like)
	l.place.Now = l.clock.Now
	l.a, l.b = l.open("/a"), l.open("/b")
	return l
}

func (l *lab) open(dir string) *store.Store {
	l.Helper()
	s, err := store.Open(l.fs, dir, store.Options{Now: l.clock.Now})
	l.must(err)
	l.Cleanup(func() { s.Close() })
	return s
}

// fresh returns another empty store.
func (l *lab) fresh() *store.Store {
	l.n++
	return l.open(fmt.Sprint("/fresh", l.n))
}

func (l *lab) must(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

func (l *lab) options() remote.Options {
	return remote.Options{Clock: l.clock, Jitter: func() float64 { return 0 }, Parallel: 4, Idle: time.Minute}
}

func (l *lab) put(s *store.Store, b []byte) digest.Digest {
	l.Helper()
	d, err := s.Put(b)
	l.must(err)
	return d
}

func (l *lab) file(s *store.Store, text string) digest.Content {
	l.Helper()
	return digest.Content{Kind: digest.File, Digest: l.put(s, []byte(text))}
}

// dir puts a directory of entries: contents by name.
func (l *lab) dir(s *store.Store, entries map[string]digest.Content) digest.Content {
	l.Helper()
	var dir digest.Dir
	for name, c := range entries {
		if c.Kind == digest.Directory {
			dir.Dirs = append(dir.Dirs, digest.DirEntry{Name: name, Digest: c.Digest})
		} else {
			dir.Files = append(dir.Files, digest.FileEntry{Name: name, Digest: c.Digest})
		}
	}
	dir.Sort()
	d, err := s.PutDirectory(dir.Encode())
	l.must(err)
	return digest.Content{Kind: digest.Directory, Digest: d}
}

// tree puts a tree with some of everything, which differs by seed.
func (l *lab) tree(s *store.Store, seed uint64) digest.Content {
	l.Helper()
	r := rand.New(rand.NewPCG(seed, 2))
	data := func(n int) digest.Content {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return digest.Content{Kind: digest.File, Digest: l.put(s, b)}
	}
	shared := l.dir(s, map[string]digest.Content{"x": data(10), "y": data(70_000)})
	deep := l.dir(s, map[string]digest.Content{"shared": shared, "empty": l.dir(s, nil)})
	top := map[string]digest.Content{
		"deep": deep, "shared": shared, "nothing": l.file(s, ""), "large": data(1<<20 + 100), "common": l.file(s, "common"),
	}
	for i := range 25 {
		top[fmt.Sprint("small", i)] = data(100 + i)
	}
	return l.dir(s, top)
}

// result keeps a result with an output and a log, and returns its action key.
func (l *lab) result(s *store.Store, name string, out digest.Content) digest.Digest {
	l.Helper()
	actionKey := digest.Of([]byte(name))
	l.must(s.PutResult(actionKey, &store.Result{
		Outputs: []store.Output{{At: "out", Content: out}}, Log: l.put(s, []byte("log of "+name)),
		Level: graph.IsolationProject, Started: time.Unix(1, 0),
	}))
	return actionKey
}

func (l *lab) push(what remote.Request, opt remote.Options) remote.Report {
	l.Helper()
	r, err := remote.Push(l.Context(), l.a, l.at(), what, opt)
	l.must(err)
	return r
}

func (l *lab) fetch(to *store.Store, what remote.Request, opt remote.Options) remote.Report {
	l.Helper()
	r, err := remote.Fetch(l.Context(), to, []remote.Named{l.at()}, what, opt)
	l.must(err)
	return r
}

func (l *lab) at() remote.Named { return remote.Named{Name: "origin", Place: l.place} }

// whole fails unless the store has all of c, with the right bytes.
func (l *lab) whole(s *store.Store, c digest.Content) {
	l.Helper()
	if !s.HasAll(c) {
		l.Fatalf("the store lacks something of %s", c.Digest.Short())
	}
	l.check(s, c)
}

func (l *lab) check(s *store.Store, c digest.Content) {
	l.Helper()
	_, err := s.ReadAll(c.Digest, 0)
	l.must(err)
	if c.Kind != digest.Directory {
		return
	}
	dir, err := s.Dir(c.Digest)
	l.must(err)
	for _, f := range dir.Files {
		l.check(s, digest.Content{Kind: digest.File, Digest: f.Digest})
	}
	for _, sub := range dir.Dirs {
		l.check(s, digest.Content{Kind: digest.Directory, Digest: sub.Digest})
	}
}

// closed fails if the place has something that refers to what it lacks, or an
// object that is not what its name says.
func (l *lab) closed() {
	l.Helper()
	objects := l.place.Objects()
	blobs := l.blobs(objects)
	for name, b := range objects {
		if len(name) > 3 && name[:3] == "ac/" {
			e, err := store.DecodeEntry(b)
			l.must(err)
			for _, o := range e.Result.Outputs {
				l.needs(blobs, name, o.Content.Digest)
			}
			for _, d := range e.Blobs {
				l.needs(blobs, name, d)
			}
		}
	}
	for d, b := range blobs {
		dir, err := digest.DecodeDir(b)
		if err != nil || d.Size == 0 {
			continue
		}
		for _, f := range dir.Files {
			l.needs(blobs, "directory "+d.Short(), f.Digest)
		}
		for _, sub := range dir.Dirs {
			l.needs(blobs, "directory "+d.Short(), sub.Digest)
		}
	}
}

func (l *lab) needs(blobs map[digest.Digest][]byte, who string, d digest.Digest) {
	l.Helper()
	if _, ok := blobs[d]; !ok && d != digest.Empty {
		l.Errorf("%s is there without %s", who, d.Short())
	}
}

// blobs returns the blobs of a place, those in packs too.
func (l *lab) blobs(objects map[string][]byte) map[digest.Digest][]byte {
	l.Helper()
	all := map[digest.Digest][]byte{}
	for name, b := range objects {
		switch {
		case len(name) > 4 && name[:4] == "cas/":
			d := digest.Of(b)
			if remote.BlobName(d) != name {
				l.Errorf("%s holds %s", name, d)
			}
			all[d] = b
		case len(name) > 6 && name[len(name)-6:] == ".index":
			data, ok := objects[name[:len(name)-6]]
			if !ok {
				l.Errorf("%s is there without its pack", name)
			}
			blobs, _, err := remote.DecodeIndex(b)
			l.must(err)
			for _, d := range blobs {
				all[d], data = data[:d.Size], data[d.Size:]
				if digest.Of(all[d]) != d {
					l.Errorf("%s says another blob than there is", name)
				}
			}
		}
	}
	return all
}

func (l *lab) isConfig(err error) {
	l.Helper()
	if !errors.Is(err, remote.ErrConfig) {
		l.Errorf("the error is %v", err)
	}
}
