package store_test

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/store"
)

// benchStore opens a store on a filesystem in memory, if there is one.
func benchStore(b *testing.B) (*store.Store, string) {
	b.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "store")
	if err != nil {
		dir = b.TempDir()
	}
	b.Cleanup(func() { fs.OS().RemoveAll(dir) })
	s, err := store.Open(fs.OS(), dir+"/store", store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return s, dir
}

// kilobyte returns 1,000 bytes that differ by n.
func kilobyte(n int) []byte { return fmt.Appendf(nil, "%01000d", n) }

func BenchmarkPut(b *testing.B) {
	s, _ := benchStore(b)
	for i := 0; b.Loop(); i++ {
		if _, err := s.Put(kilobyte(i)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPutAgain(b *testing.B) {
	s, _ := benchStore(b)
	for b.Loop() {
		if _, err := s.Put(kilobyte(1)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTake(b *testing.B) {
	s, dir := benchStore(b)
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		os.WriteFile(dir+"/src", kilobyte(i), 0o644)
		info, err := fs.OS().Lstat(dir + "/src")
		b.StartTimer()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Take(dir+"/src", info); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkIngest(b *testing.B) {
	s, dir := benchStore(b)
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		os.WriteFile(dir+"/out", kilobyte(i), 0o644)
		b.StartTimer()
		if _, err := s.Ingest(dir+"/out", false); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkIngestTree(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s, dir := benchStore(b)
			for i := 0; b.Loop(); i++ {
				b.StopTimer()
				os.Mkdir(dir+"/out", 0o755)
				for j := range n {
					os.WriteFile(fmt.Sprint(dir, "/out/", j), kilobyte(i*n+j), 0o644)
				}
				b.StartTimer()
				if _, err := s.IngestTree(dir + "/out"); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				os.RemoveAll(dir + "/out")
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/file")
		})
	}
}

func benchResult(d digest.Digest) *store.Result {
	r := &store.Result{
		Outputs: []store.Output{{At: "out", Content: digest.Content{Kind: digest.File, Digest: d}}},
		Level:   graph.IsolationProject, Program: "/usr/bin/cp", Started: time.Unix(1, 0),
	}
	for i := range 10 {
		r.Explanation = append(r.Explanation, graph.Field{Label: fmt.Sprint("input ", i), Value: d.String()})
	}
	return r
}

func BenchmarkPutResult(b *testing.B) {
	s, _ := benchStore(b)
	d, _ := s.Put(kilobyte(1))
	r := benchResult(d)
	for i := 0; b.Loop(); i++ {
		if err := s.PutResult(digest.Of(kilobyte(i)), r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkResult(b *testing.B) {
	s, _ := benchStore(b)
	d, _ := s.Put(kilobyte(1))
	s.PutResult(d, benchResult(d))
	for b.Loop() {
		if r, err := s.Result(d); r == nil || err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTree(b *testing.B) {
	s, dir := benchStore(b)
	os.Mkdir(dir+"/out", 0o755)
	const n = 10000
	for j := range n {
		os.WriteFile(fmt.Sprint(dir, "/out/", j), kilobyte(j), 0o644)
	}
	c, err := s.IngestTree(dir + "/out")
	if err != nil {
		b.Fatal(err)
	}
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			path, release, err := s.Tree(c.Digest)
			if err != nil {
				b.Fatal(err)
			}
			release()
			b.StopTimer()
			fs.OS().RemoveAll(path)
			b.StartTimer()
		}
	})
	b.Run("use", func(b *testing.B) {
		for b.Loop() {
			_, release, err := s.Tree(c.Digest)
			if err != nil {
				b.Fatal(err)
			}
			release()
		}
	})
	b.Run("check", func(b *testing.B) {
		for b.Loop() {
			if err := s.Check(c.Digest); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkTakeLarge takes a file of 256 MB: as fast as it is hashed, or as the disk is.
func BenchmarkTakeLarge(b *testing.B) {
	s, dir := benchStore(b)
	const mb = 256
	f, err := os.Create(dir + "/large")
	if err != nil {
		b.Fatal(err)
	}
	for i := range mb {
		f.Write(bytes.Repeat(fmt.Appendf(nil, "%08d", i), 1<<17))
	}
	f.Close()
	info, err := fs.OS().Lstat(dir + "/large")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(mb << 20)
	for b.Loop() {
		d, err := s.Take(dir+"/large", info)
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		name, _ := s.BlobPath(d, false)
		os.Remove(name)
		b.StartTimer()
	}
}

// BenchmarkHasAll looks whether a directory is all there.
func BenchmarkHasAll(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s, _ := benchStore(b)
			var top digest.Dir
			for i := range n / 1000 {
				var dir digest.Dir
				for j := range 1000 {
					d, err := s.Put(kilobyte(i*1000 + j))
					if err != nil {
						b.Fatal(err)
					}
					dir.Files = append(dir.Files, digest.FileEntry{Name: fmt.Sprintf("%04d", j), Digest: d})
				}
				d, err := s.PutDirectory(dir.Encode())
				if err != nil {
					b.Fatal(err)
				}
				top.Dirs = append(top.Dirs, digest.DirEntry{Name: fmt.Sprintf("%04d", i), Digest: d})
			}
			d, err := s.PutDirectory(top.Encode())
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if !s.HasAll(digest.Content{Kind: digest.Directory, Digest: d}) {
					b.Fatal("not all")
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/file")
		})
	}
}

// BenchmarkCopyTo makes a person's own file of a small blob.
func BenchmarkCopyTo(b *testing.B) {
	s, dir := benchStore(b)
	d, err := s.Put(kilobyte(1))
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		if err := s.CopyTo(d, fmt.Sprint(dir, "/copy", i), 0o644, time.Unix(1, 0)); err != nil {
			b.Fatal(err)
		}
	}
}
