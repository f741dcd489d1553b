package remote_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/dir"
)

// benchPlaces makes two stores and a directory between them on a disk.
func benchPlaces(b *testing.B) (from, to *store.Store, at remote.Named) {
	b.Helper()
	root := b.TempDir()
	open := func(name string) *store.Store {
		s, err := store.Open(fs.OS(), root+name, store.Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { s.Close() })
		return s
	}
	return open("/from"), open("/to"), remote.Named{Name: "disk", Place: dir.New(fs.OS(), root+"/share")}
}

// BenchmarkSmallFiles sends and fetches a directory of files of 1 KB.
func BenchmarkSmallFiles(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		for name, packs := range map[string]remote.Packs{"files": remote.PacksNever, "packs": remote.PacksAlways} {
			b.Run(fmt.Sprint(name, n), func(b *testing.B) { benchSmall(b, n, packs) })
		}
	}
}

func benchSmall(b *testing.B, n int, packs remote.Packs) {
	from, to, at := benchPlaces(b)
	var d digest.Dir
	for i := range n {
		blob, err := from.Put(fmt.Appendf(nil, "%01000d", i))
		if err != nil {
			b.Fatal(err)
		}
		d.Files = append(d.Files, digest.FileEntry{Name: fmt.Sprintf("%07d", i), Digest: blob})
	}
	top, err := from.PutDirectory(d.Encode())
	if err != nil {
		b.Fatal(err)
	}
	benchBoth(b, from, to, at, digest.Content{Kind: digest.Directory, Digest: top}, packs, float64(n)*1000, "us/file")
}

// BenchmarkLargeFile sends and fetches one file of 2 GB.
func BenchmarkLargeFile(b *testing.B) {
	from, to, at := benchPlaces(b)
	name := b.TempDir() + "/large"
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 1<<20)
	for i := range 2000 {
		copy(buf, fmt.Sprint(i))
		f.Write(buf)
	}
	f.Close()
	c, err := from.Ingest(name, false)
	if err != nil {
		b.Fatal(err)
	}
	benchBoth(b, from, to, at, c, remote.PacksAsPlace, 0, "")
}

// benchBoth pushes and fetches c once, and reports each in nanoseconds by per.
func benchBoth(b *testing.B, from, to *store.Store, at remote.Named, c digest.Content, packs remote.Packs, per float64, unit string) {
	b.Helper()
	what, opt := remote.Request{Roots: []digest.Content{c}}, remote.Options{Packs: packs}
	phase := func(name string, f func() (remote.Report, error)) {
		before := b.Elapsed()
		r, err := f()
		took := float64((b.Elapsed() - before).Nanoseconds())
		if err != nil || !r.Complete() {
			b.Fatalf("%s: %v, %v", name, r.Roots[0].Lacks, err)
		}
		if unit == "" {
			b.ReportMetric(float64(c.Digest.Size)*1e3/took, name+"-MB/s")
			return
		}
		b.ReportMetric(took/per, name+"-"+unit)
	}
	phase("push", func() (remote.Report, error) { return remote.Push(b.Context(), from, at, what, opt) })
	phase("again", func() (remote.Report, error) { return remote.Push(b.Context(), from, at, what, opt) })
	phase("fetch", func() (remote.Report, error) { return remote.Fetch(b.Context(), to, []remote.Named{at}, what, opt) })
}
