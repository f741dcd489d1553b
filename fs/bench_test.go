package fs_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// sizes are the 1x and 10x of everything that must not grow faster than its
// input.
var sizes = []int{100_000, 1_000_000}

func bigIndex(b *testing.B, n int) string {
	b.Helper()
	dir := b.TempDir()
	x := open(b, fs.OS(), dir)
	for i := range n {
		x.Record(name(i), info(i), content(i), later)
	}
	must(b, x.Save())
	return dir
}

func BenchmarkIndexOpen(b *testing.B) {
	for _, n := range sizes {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			dir := bigIndex(b, n)
			for b.Loop() {
				x, err := fs.OpenIndex(fs.OS(), dir)
				must(b, err)
				if _, ok := x.Lookup(name(n/2), info(n/2)); !ok {
					b.Fatal("lost")
				}
				x.Close()
			}
		})
	}
}

func BenchmarkIndexLookupRandom(b *testing.B) {
	for _, n := range sizes {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			x := open(b, fs.OS(), bigIndex(b, n))
			names := make([]string, n)
			for i := range names {
				names[i] = name(i)
			}
			i := 0
			for b.Loop() {
				i = (i*7919 + 13) % n
				x.Lookup(names[i], info(0))
			}
		})
	}
}

// Every entry once, in order: the cost of the index in a run that changes
// nothing.
func BenchmarkIndexScan(b *testing.B) {
	for _, n := range sizes {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			dir := bigIndex(b, n)
			names := make([]string, n)
			infos := make([]fs.Info, n)
			for i := range names {
				names[i], infos[i] = name(i), info(i)
			}
			for b.Loop() {
				x := open(b, fs.OS(), dir)
				fs.LookupAll(x, names, infos)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/file")
		})
	}
}

func BenchmarkIndexRewrite(b *testing.B) {
	for _, n := range sizes {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			x := open(b, fs.OS(), bigIndex(b, n))
			for b.Loop() {
				must(b, x.Prune(func(string) bool { return true }))
			}
		})
	}
}

func BenchmarkIndexAppend(b *testing.B) {
	dir := bigIndex(b, 1_000_000)
	x := open(b, fs.OS(), dir)
	i := 1_000_000
	for b.Loop() {
		record(x, i, i+10)
		i += 10
		must(b, x.Save())
	}
}

// Every processor hashes at the speed that one has alone.
func BenchmarkHash(b *testing.B) {
	const size, files = 64 << 20, 8
	buf := make([]byte, size)
	b.Run("sha256", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			digest.Of(buf)
		}
	})
	b.Run("sha256/every core", func(b *testing.B) { // what the cores have together, without files
		n := runtime.GOMAXPROCS(0)
		b.SetBytes(int64(n) * size)
		for b.Loop() {
			var wg sync.WaitGroup
			for range n {
				wg.Go(func() { digest.Of(buf) })
			}
			wg.Wait()
		}
	})
	dir := b.TempDir()
	must(b, os.Mkdir(filepath.Join(dir, "d"), 0o755))
	for i := range files {
		must(b, os.WriteFile(filepath.Join(dir, "d", fmt.Sprint(i)), buf, 0o644))
	}
	for _, workers := range []int{1, runtime.GOMAXPROCS(0)} {
		b.Run(fmt.Sprint("files/workers=", workers), func(b *testing.B) {
			b.SetBytes(size * files)
			for b.Loop() {
				scan(b, &fs.Scanner{FS: fs.OS(), Root: dir, Workers: workers}, "d")
			}
		})
	}
}

// walkSizes are files of a tree with 100 in each directory, and all in one.
func BenchmarkWalk(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		for _, shape := range []string{"deep", "flat"} {
			dir := b.TempDir()
			for i := range n {
				sub := "d"
				if shape == "deep" {
					sub = fmt.Sprintf("d/%03d/%02d", i/10_000, i/100%100)
				}
				if i%100 == 0 {
					must(b, os.MkdirAll(filepath.Join(dir, sub), 0o755))
				}
				must(b, os.WriteFile(filepath.Join(dir, sub, fmt.Sprintf("file-%06d", i)), []byte("0123456789"), 0o644))
			}
			x := open(b, fs.OS(), filepath.Join(dir, ".dewar"))
			s := &fs.Scanner{FS: fs.OS(), Root: dir, Index: x, Ignore: fs.NewIgnore(fs.NewProject(fs.OS(), dir).ReadFile)}
			b.Run(fmt.Sprint("cold/", shape, "/", n), func(b *testing.B) {
				for b.Loop() {
					cold := &fs.Scanner{FS: fs.OS(), Root: dir}
					if got, err := cold.Scan(context.Background(), "d"); err != nil || got.Hashed != int64(n) {
						b.Fatal(got, err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/file")
			})
			scan(b, s, "d")
			must(b, x.Save())
			b.Run(fmt.Sprint("warm/", shape, "/", n), func(b *testing.B) {
				for b.Loop() {
					x := open(b, fs.OS(), filepath.Join(dir, ".dewar"))
					s := &fs.Scanner{FS: fs.OS(), Root: dir, Index: x, Ignore: s.Ignore}
					if got := scan(b, s, "d"); got.Hashed > int64(n)/10 {
						b.Fatal(got)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/file")
			})
		}
	}
}

// BenchmarkWriteNew makes small files in one call each, and in four.
func BenchmarkWriteNew(b *testing.B) {
	for name, fsys := range map[string]fs.FS{"at once": fs.OS(), "single calls": fs.Faulty(fs.OS(), func(_, _ string) error { return nil })} {
		b.Run(name, func(b *testing.B) {
			dir, err := os.MkdirTemp("/dev/shm", "new")
			if err != nil {
				dir = b.TempDir()
			}
			defer os.RemoveAll(dir)
			text := make([]byte, 1000)
			for i := 0; b.Loop(); i++ {
				if err := fs.WriteNew(fsys, fmt.Sprint(dir, "/", i), text, 0o444, time.Unix(946684800, 0)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
