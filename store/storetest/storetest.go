// Package storetest is the conformance suite of package store: what a store
// does on whatever filesystem it is given. Tests of packages that bring a
// filesystem of their own run it; nothing else imports it.
package storetest

import (
	"path"
	"testing"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
)

// Place is an empty directory on a filesystem.
type Place struct {
	FS  fs.FS
	Dir string
}

// Run runs the suite; place makes a new Place for every test of it.
func Run(t *testing.T, place func(t *testing.T) Place) {
	for _, c := range []struct {
		name string
		test func(*testing.T, *bench)
	}{
		{"put and get", putAndGet},
		{"big blobs", bigBlobs},
		{"the empty blob", emptyBlob},
		{"the size is part of the digest", sizeMatters},
		{"take leaves the file", takeLeavesTheFile},
		{"ingest keeps the bytes", ingestKeepsTheBytes},
		{"ingest a tree", ingestTree},
		{"executable twin", executableTwin},
		{"concurrent puts", concurrentPuts},
		{"damage in size", damageInSize},
		{"damage in place", damageInPlace},
		{"touched but whole", touchedButWhole},
		{"verify finds all damage", verifyFindsAllDamage},
		{"results", results},
		{"results of directories", resultsOfDirectories},
		{"local results", localResults},
		{"results without their blobs", resultsWithoutBlobs},
		{"damaged results", damagedResults},
		{"trees", trees},
		{"concurrent trees", concurrentTrees},
		{"a changed tree", changedTree},
		{"a copied tree", copiedTree},
		{"no copied tree", notCopiedTree},
		{"leases", leases},
		{"a newer layout", newerLayout},
		{"few files", fewFiles},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, newBench(t, place(t))) })
	}
}

// bench is a store at work.
type bench struct {
	Place
	*testing.T
	s       *store.Store
	corrupt []store.Corruption
	now     time.Time
}

func newBench(t *testing.T, p Place) *bench {
	b := &bench{Place: p, T: t, now: time.Now()}
	b.s = b.open()
	return b
}

// open opens the store once more, as another process would.
func (b *bench) open() *store.Store {
	b.Helper()
	s, err := store.Open(b.FS, b.Dir+"/store", store.Options{
		Now:     func() time.Time { return b.now },
		Corrupt: func(c store.Corruption) { b.corrupt = append(b.corrupt, c) },
	})
	b.must(err)
	b.Cleanup(func() { s.Close() })
	return s
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) put(text string) digest.Digest {
	b.Helper()
	d, err := b.s.Put([]byte(text))
	b.must(err)
	return d
}

// holds fails unless the store has a blob with these bytes.
func (b *bench) holds(d digest.Digest, want string) {
	b.Helper()
	got, err := b.s.ReadAll(d, 0)
	b.must(err)
	if string(got) != want {
		b.Fatalf("blob %s holds %.50q, want %.50q", d.Short(), got, want)
	}
}

// lacks fails if the store has a blob.
func (b *bench) lacks(d digest.Digest) {
	b.Helper()
	if b.s.Has(d) {
		b.Fatalf("the store has %s", d)
	}
}

// write makes a file outside the store.
func (b *bench) write(name, text string) string {
	b.Helper()
	name = b.Dir + "/" + name
	b.must(b.FS.MkdirAll(path.Dir(name), 0o755))
	b.must(fs.WriteFile(b.FS, name, []byte(text)))
	return name
}

func (b *bench) path(d digest.Digest) string {
	b.Helper()
	name, err := b.s.BlobPath(d, false)
	b.must(err)
	return name
}

// overwrite changes the bytes of a file behind the store's back.
func (b *bench) overwrite(name, text string) {
	b.Helper()
	b.must(b.FS.Remove(name))
	f, err := b.FS.Create(name, 0o644)
	b.must(err)
	_, err = f.Write([]byte(text))
	b.must(err)
	b.must(f.Close())
}

// files returns the paths below a directory of the place.
func (b *bench) files(dir string) []string {
	b.Helper()
	entries, err := b.FS.ReadDir(b.Dir + "/" + dir)
	if err != nil {
		return nil
	}
	var all []string
	for _, e := range entries {
		if e.Type.IsDir() {
			all = append(all, b.files(dir+"/"+e.Name)...)
		} else {
			all = append(all, dir+"/"+e.Name)
		}
	}
	return all
}
